"""What the catalogue knows about itself: the encoders its vectors belong to, its generation, the next item's id."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from lucida.errors import ModelError
from lucida.index import kinds
from lucida.index.records import Binding
from lucida.index.schema import Meta

_GENERATION = "generation"
_NEXT_ITEM = "next_item"
_FUTILE = "futile_"
_TEXT, _SHARED, _PENDING = "encoder", "shared", "pending"
_TRAITS = ("spec", "fingerprint", "dimension", "windows")


def generation(connection: Connection) -> int:
    """Counts the commits that changed segments, tombstones or bindings; readers compare it with what they have."""
    return int(_get(connection, _GENERATION) or 0)


def advance(connection: Connection) -> None:
    """Tell readers that segments, tombstones or bindings changed."""
    _set(connection, _GENERATION, str(generation(connection) + 1))


def next_item(connection: Connection) -> int:
    """The first id that no item ever had."""
    return int(_get(connection, _NEXT_ITEM) or 1)


def reserve(connection: Connection, upto: int) -> None:
    """Say that ids below ``upto`` are taken for good."""
    _set(connection, _NEXT_ITEM, str(upto))


def encoder(connection: Connection) -> Binding | None:
    """The text encoder that the passages' vectors belong to, None before the first."""
    return _binding(connection, _TEXT)


def shared(connection: Connection) -> Binding | None:
    """The encoder that the vectors of pictures and windows belong to, None before the first."""
    return _binding(connection, _SHARED)


def pending(connection: Connection) -> Binding | None:
    """The encoder that a switch is on its way to, None when there is no switch."""
    return _binding(connection, _PENDING)


def bound(connection: Connection) -> dict[str, Binding]:
    """The encoder of each list that has one."""
    text, other = encoder(connection), shared(connection)
    lists = {kinds.PASSAGE: text, kinds.PICTURE: other, kinds.WINDOW: other if other and other.windows else None}
    return {kind: binding for kind, binding in lists.items() if binding is not None}


def bind_encoder(connection: Connection, binding: Binding) -> None:
    """Bind the passages to a text encoder, or check that it is the one they are bound to.

    Raises:
        ModelError: the vectors belong to another encoder.
    """
    held = encoder(connection)
    if held is None:
        _bind(connection, _TEXT, binding)
    elif held[1:3] != binding[1:3]:
        raise ModelError(
            f"The library's vectors were made by the encoder {held.spec}; {binding.spec} makes others.",
            f'Use encoder = "{held.spec}", or ingest into a new library.',
        )


def bind_shared(connection: Connection, binding: Binding) -> None:
    """Bind pictures and windows to a shared encoder, or check that it is the one they are bound to.

    Raises:
        ModelError: the vectors belong to another encoder.
    """
    held = shared(connection)
    if held is None:
        set_shared(connection, binding)
    elif held[1:] != binding[1:]:
        other = f"another version of {held.spec}" if held.spec == binding.spec else held.spec
        raise ModelError(
            f"The library's pictures are in the space of {other}; {binding.spec} puts them elsewhere.",
            f"Have them embedded anew with: lucida models switch {binding.spec}.",
        )


def set_shared(connection: Connection, binding: Binding | None) -> None:
    """Say whose space pictures and windows are in from now on; None says that they are in none."""
    _bind(connection, _SHARED, binding)


def set_pending(connection: Connection, binding: Binding | None) -> None:
    """Begin a switch, or end it."""
    _bind(connection, _PENDING, binding)


def futile(connection: Connection, kind: str, fingerprint: str) -> int:
    """How many items were left without a vector in a list when all had been tried."""
    held, _, count = (_get(connection, _FUTILE + kind) or "").rpartition(" ")
    return int(count) if held == fingerprint else 0


def set_futile(connection: Connection, kind: str, fingerprint: str, count: int) -> None:
    """Note how many items have been tried in vain, so that they are not tried by every run."""
    _set(connection, _FUTILE + kind, f"{fingerprint} {count}")


def _binding(connection: Connection, name: str) -> Binding | None:
    spec, fingerprint, dimension, windows = (_get(connection, f"{name}_{trait}") for trait in _TRAITS)
    if spec is None or fingerprint is None or dimension is None:
        return None
    return Binding(spec, fingerprint, int(dimension), windows == "1")


def _bind(connection: Connection, name: str, binding: Binding | None) -> None:
    connection.execute(delete(Meta).where(Meta.key.in_([f"{name}_{trait}" for trait in _TRAITS])))
    if binding is not None:
        values = (binding.spec, binding.fingerprint, str(binding.dimension), str(int(binding.windows)))
        for trait, value in zip(_TRAITS, values, strict=True):
            _set(connection, f"{name}_{trait}", value)
    advance(connection)


def _get(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(Meta.value).where(Meta.key == key))


def _set(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(Meta).where(Meta.key == key))
    connection.execute(insert(Meta).values(key=key, value=value))
