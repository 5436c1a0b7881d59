"""Embedding what the library holds already: items that lack vectors, and all of them when the encoder changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LibraryError
from lucida.index import Index, ItemRow
from lucida.library.embedding import Embedder, image_vectors, passage_input
from lucida.library.previews import previews

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import SharedEncoder, TextEncoder, Vectors

#: Items whose vectors are made durable together: what a kill can cost.
BATCH_ITEMS = 256

#: Gives vectors for some items: ids int64 (m,), ascending, and float32 (m, dimension). Items may be left out.
Encode = Callable[[Sequence[ItemRow]], "tuple[NDArray[np.int64], Vectors]"]
#: Told after each batch how many items got vectors, and how many were looked at.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SwitchReport:
    """What a switch did: the encoder in force now, and how many items this run embedded for it."""

    spec: str
    pictures: int
    passages: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 3)}


def fill(index: Index, kind: str, encode: Encode, told: Told, *, pending: bool = False) -> int:
    """Embed the items that a list lacks, batch by batch, each durable before the next begins.

    Args:
        index: open for writing.
        kind: the list.
        encode: makes the vectors; where it leaves an item out, that has none.
        told: hears of each batch.
        pending: fill the space that a switch is on its way to.

    Returns:
        How many items got vectors.
    """
    after, count = 0, 0
    while ids := index.lacking(kind, after=after, limit=BATCH_ITEMS, pending=pending):
        after = ids[-1]
        made, vectors = encode(sorted(index.items(ids), key=lambda row: row.id))
        index.add_vectors(kind, made, vectors, pending=pending)
        embedded = len(np.unique(made))
        count += embedded
        told(embedded, len(ids))
    if not pending:
        index.note_futile(kind)
    return count


def of_passages(encoder: TextEncoder) -> Encode:
    """Embeds passages with the text encoder."""

    def encode(rows: Sequence[ItemRow]) -> tuple[NDArray[np.int64], Vectors]:
        return _ids(rows), encoder.encode_texts([passage_input(row.text, row.section) for row in rows])

    return encode


def of_windows(encoder: SharedEncoder) -> Encode:
    """Embeds the windows of passages with the shared encoder."""

    def encode(rows: Sequence[ItemRow]) -> tuple[NDArray[np.int64], Vectors]:
        vectors, owners = encoder.encode_windows([passage_input(row.text, row.section) for row in rows])
        return _ids(rows)[owners], vectors

    return encode


def of_pictures(index: Index, encoder: SharedEncoder, passwords: tuple[str, ...] = ()) -> Encode:
    """Embeds pictures from their previews, pages from their sources."""

    def encode(rows: Sequence[ItemRow]) -> tuple[NDArray[np.int64], Vectors]:
        vectors = image_vectors(encoder, previews(index, rows, passwords))
        there = vectors.any(axis=1)
        return _ids(rows)[there], vectors[there]

    return encode


def catch_up(index: Index, embedder: Embedder, told: Told, passwords: tuple[str, ...] = ()) -> int:
    """Embed what earlier runs left without vectors, where it was not tried in vain before; returns how many items.

    Loads no encoder where nothing lacks.
    """
    due = index.due()
    count = 0
    if "passage" in due and (text := embedder.text_encoder()) is not None:
        count += _tried(embedder, "text", lambda: fill(index, "passage", of_passages(text), told))
    if due.keys() & {"picture", "window"} and (shared := embedder.shared_encoder()) is not None:
        count += _tried(embedder, "shared", lambda: fill(index, "picture", of_pictures(index, shared, passwords), told))
        if not shared.text_is_minilm:
            count += _tried(embedder, "shared", lambda: fill(index, "window", of_windows(shared), told))
    return count


def _tried(embedder: Embedder, name: str, work: Callable[[], int]) -> int:
    try:
        return work()
    except LibraryError:
        raise
    except Exception as error:  # noqa: BLE001 - runtimes raise what they like
        embedder.failed(name, error)
        return 0


def switch(
    index: Index,
    encoder: SharedEncoder,
    told: Told,
    before_finish: Callable[[], None],
    passwords: tuple[str, ...] = (),
) -> SwitchReport:
    """Move pictures and windows into another encoder's space; the old one answers until the last moment.

    Args:
        index: open for writing.
        encoder: where to.
        told: hears of each batch.
        before_finish: called when all is embedded, just before the new space comes into force.
        passwords: for pages of encrypted documents, which have to be drawn.
    """
    started = time.monotonic()
    windows = not encoder.text_is_minilm
    index.begin_switch(encoder.spec, encoder.fingerprint, encoder.dimension, windows=windows)
    pictures = fill(index, "picture", of_pictures(index, encoder, passwords), told, pending=True)
    passages = fill(index, "window", of_windows(encoder), told, pending=True) if windows else 0
    before_finish()
    index.finish_switch()
    for kind in ("picture", "window") if windows else ("picture",):
        index.note_futile(kind)
    return SwitchReport(encoder.spec, pictures, passages, time.monotonic() - started)


def _ids(rows: Sequence[ItemRow]) -> NDArray[np.int64]:
    return np.array([row.id for row in rows], dtype=np.int64)
