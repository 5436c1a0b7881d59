"""Readings made by hand: quick to build, the same for the same seed."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from lucida.index import FileState, Reading
from lucida.types import Box, Document, Page, Passage, Picture, PictureRole, Region, RegionKind, TextOrigin, Word

DIMENSION = 16
#: Of the space that pictures and windows share.
SHARED_DIMENSION = 8


def unit_vectors(count: int, seed: int, dimension: int = DIMENSION) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def page(number: int = 1, *, image: bytes = b"", caption: str = "", role: PictureRole = PictureRole.PHOTO) -> Page:
    words = (Word("Total", Box(0.1, 0.1, 0.2, 0.12), 0.9, 0), Word("12,50", Box(0.3, 0.1, 0.4, 0.12), 1.0, 0))
    pictures = (Picture(role, number, Box(0.1, 0.5, 0.9, 0.9), 640, 480, image, caption),) if image or caption else ()
    regions = (Region(RegionKind.TEXT, Box(0.1, 0.1, 0.4, 0.12), "Total 12,50"),)
    return Page(number, 595.0, 842.0, words, regions, pictures, TextOrigin.LAYER, reader="native")


def reading(
    path: str = "/docs/a.pdf",
    texts: tuple[str, ...] = ("the quick brown fox", "a lazy dog"),
    *,
    seed: int = 0,
    vectors: bool = True,
    media_type: str = "application/pdf",
    created: datetime | None = None,
    pages: tuple[Page, ...] | None = None,
    mtime_ns: int = 1_000,
    section: tuple[str, ...] = (),
    shared: bool = False,
) -> Reading:
    """With ``shared``, pictures have vectors too, and each passage has two windows."""
    passages = tuple(Passage(text, 1, Box(0.1, 0.1, 0.9, 0.2), section) for text in texts)
    document = Document(
        media_type, "A title", created, (page(),) if pages is None else pages, passages, {"author": "Ada"}
    )
    file = FileState(path, 100 + seed, mtime_ns, f"{seed:064x}")
    passages_seen = unit_vectors(len(texts), seed) if vectors else None
    if not shared:
        return Reading(file, document, passages_seen)
    count = sum(len(page.pictures) for page in document.pages)
    return Reading(file, document, passages_seen, picture_vectors(count, seed), windows(len(texts), seed))


def picture_vectors(count: int, seed: int) -> np.ndarray:
    return unit_vectors(count, 10_000 + seed, SHARED_DIMENSION)


def windows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    return unit_vectors(2 * count, 20_000 + seed, SHARED_DIMENSION), np.repeat(np.arange(count), 2)


def batch(number: int, size: int = 3, *, shared: bool = False) -> list[Reading]:
    """Batch ``number`` of a made-up ingest: the paths of different batches differ, two share each picture."""
    rows = []
    for row in range(size):
        key = number * size + row
        texts = tuple(f"document{key} passage{part} common words" for part in range(3))
        pages = (page(image=b"picture %d" % (key // 2)),)
        rows.append(reading(f"/docs/{key}.pdf", texts, seed=key, pages=pages, shared=shared))
    return rows
