"""What the catalogue knows about itself: the encoder its vectors belong to, its generation, the next item's id."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from lucida.errors import ModelError
from lucida.index.schema import Meta

_GENERATION = "generation"
_NEXT_ITEM = "next_item"
_ENCODER = ("encoder_spec", "encoder_fingerprint", "encoder_dimension")


def generation(connection: Connection) -> int:
    """Counts the commits that changed segments or tombstones; readers look at it to know whether theirs are current."""
    return int(_get(connection, _GENERATION) or 0)


def advance(connection: Connection) -> None:
    """Tell readers that segments or tombstones changed."""
    _set(connection, _GENERATION, str(generation(connection) + 1))


def next_item(connection: Connection) -> int:
    """The first id that no item ever had."""
    return int(_get(connection, _NEXT_ITEM) or 1)


def reserve(connection: Connection, upto: int) -> None:
    """Say that ids below ``upto`` are taken for good."""
    _set(connection, _NEXT_ITEM, str(upto))


def encoder(connection: Connection) -> tuple[str, str, int] | None:
    """(spec, fingerprint, dimension) that the vectors belong to, None before the first."""
    spec, fingerprint, dimension = (_get(connection, key) for key in _ENCODER)
    return None if spec is None or fingerprint is None or dimension is None else (spec, fingerprint, int(dimension))


def bind_encoder(connection: Connection, spec: str, fingerprint: str, dimension: int) -> None:
    """Bind the library to an encoder, or check that it is the one it is bound to.

    Raises:
        ModelError: the vectors belong to another encoder.
    """
    bound = encoder(connection)
    if bound is None:
        for key, value in zip(_ENCODER, (spec, fingerprint, str(dimension)), strict=True):
            _set(connection, key, value)
    elif bound[1:] != (fingerprint, dimension):
        raise ModelError(
            f"The library's vectors were made by the encoder {bound[0]}; {spec} makes others.",
            f'Use encoder = "{bound[0]}", or ingest into a new library.',
        )


def _get(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(Meta.value).where(Meta.key == key))


def _set(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(Meta).where(Meta.key == key))
    connection.execute(insert(Meta).values(key=key, value=value))
