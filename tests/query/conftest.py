"""An index in memory and an encoder of word counts: the read API that queries need, exact and quick."""

from __future__ import annotations

import fnmatch
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from lucida.index.records import Binding, Filter, ItemRow, PageRow, SourceRow
from lucida.query.terms import stem, tokens
from lucida.types import Box, PictureRole, Region, RegionKind, TextOrigin, Word


class CountingEncoder:
    """Hashes stems into a vector: texts that share words lie close."""

    spec, fingerprint, dimension = "counting", "counting-1", 256

    def encode_texts(self, texts: Sequence[str]) -> Any:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for token in tokens(text):
                row[sum(ord(c) * 31**i for i, c in enumerate(stem(token.folded))) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


class ColourEncoder(CountingEncoder):
    """Texts as above; a picture is the name of its middle's colour, some way off as in every encoder of both."""

    spec, fingerprint, text_is_minilm, calibration = "colours", "colours-1", True, None
    blind = False

    def __init__(self, *, text_is_minilm: bool = True) -> None:
        self.text_is_minilm = text_is_minilm

    def encode_images(self, images: Sequence[Any]) -> Any:
        assert not self.blind, "a query of words must not wake the image tower"
        rows = 0.6 * self.encode_texts([self.name_of(image) for image in images])
        rows[:, -1] += 0.8
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    @staticmethod
    def name_of(image: Any) -> str:
        pixel = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        names = {(255, 0, 0): "red", (0, 255, 0): "green", (0, 0, 255): "blue", (255, 255, 0): "yellow"}
        return names[min(names, key=lambda colour: sum((a - b) ** 2 for a, b in zip(colour, pixel, strict=True)))]


@dataclass
class MemoryIndex:
    """Brute-force doubles of what queries read from a library's index."""

    encoder_used: Any = None
    shared_used: Any = None
    rows: list[ItemRow] = field(default_factory=list)
    page_rows: dict[tuple[int, int], PageRow] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    stored: Any = None
    pictures: dict[int, Any] = field(default_factory=dict)
    hashes: dict[int, int] = field(default_factory=dict)
    _stems: list[Counter[str]] | None = None

    def add(self, page: PageRow, passages: Sequence[str], section: tuple[str, ...] = (), title: str = "") -> None:
        self.page_rows[page.source_id, page.number] = page
        self.titles[page.source_id] = title
        for order, text in enumerate(passages):
            row = ItemRow(
                len(self.rows) + 1, "passage", page.source_id, page.source, page.media_type, page.number, Box.whole(),
                text, section, RegionKind.TEXT, order,
            )  # fmt: skip
            self.rows.append(row)
        self.stored = None
        self._stems = None

    def add_picture(self, image: Any, source: str, *, caption: str = "", role: str = "photo", look: int = 0) -> int:
        row = ItemRow(
            len(self.rows) + 1, "picture", 1000 + len(self.rows), source, "image/png", 1, Box.whole(), caption, (),
            None, 0, PictureRole(role), None, *image.size,
        )  # fmt: skip
        self.rows.append(row)
        self.pictures[row.id] = self.shared_used.encode_images([image])[0]
        self.hashes[row.id] = look or row.id * 0x0123_4567_89AB_CDEF % 2**64
        self.stored = self._stems = None
        return row.id

    def encoder(self) -> Binding | None:
        used = self.encoder_used
        return Binding(used.spec, used.fingerprint, used.dimension) if used else None

    def shared(self) -> Binding | None:
        used = self.shared_used
        return Binding(used.spec, used.fingerprint, used.dimension, not used.text_is_minilm) if used else None

    def select(self, where: Filter) -> Any:
        if where.empty:
            return None
        kept = [
            row.id
            for row in self.rows
            if (where.path is None or fnmatch.fnmatch(row.source, where.path))
            and (where.kind in (None, row.kind))
            and (where.media_type in (None, row.media_type))
        ]
        return np.array(kept, np.int64)

    def _list(self, kind: str) -> tuple[list[int], Any]:
        if kind == "picture":
            return list(self.pictures), np.array(list(self.pictures.values())).reshape(-1, 256)
        if self.stored is None:
            texts = [row for row in self.rows if row.kind == "passage"]
            self.stored = [row.id for row in texts], self.encoder_used.encode_texts([row.text for row in texts])
        return self.stored

    def vectors(self, item_ids: Sequence[int], kind: str) -> tuple[Any, Any]:
        ids, rows = self._list(kind)
        places = [place for place, item in enumerate(ids) if item in set(item_ids)]
        return np.array([ids[place] for place in places], np.int64), rows[places]

    def all_vectors(self, kind: str) -> Any:
        yield self.vectors(self._list(kind)[0], kind)

    def nearest(
        self, query: Any, k: int, *, among: Any = None, kind: str = "passage", fingerprint: str | None = None
    ) -> list[tuple[int, float]]:
        ids, rows = self._list(kind)
        allowed = set(among.tolist()) if among is not None else set(ids)
        cosines = rows @ np.asarray(query).reshape(-1)
        found = [(item, float(cosine)) for item, cosine in zip(ids, cosines, strict=True) if item in allowed]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _counts(self) -> list[Counter[str]]:
        if self._stems is None:
            self._stems = [Counter(stem(token.folded) for token in tokens(row.text)) for row in self.rows]
        return self._stems

    def full_text(self, terms: Sequence[str], k: int, *, among: Any = None) -> list[tuple[int, float]]:
        frequencies = self.term_frequencies(terms)
        allowed = set(among.tolist()) if among is not None else None
        found = []
        for row, counts in zip(self.rows, self._counts(), strict=True):
            length = 0.25 + 0.75 * sum(counts.values()) / 100
            score = sum(
                math.log(1 + len(self.rows) / max(frequencies[term], 1))
                * counts[stem(term)]
                / (counts[stem(term)] + length)
                for term in terms
            )
            if score > 0 and (allowed is None or row.id in allowed):
                found.append((row.id, score))
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def term_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: sum(stem(term) in counts for counts in self._counts()) for term in terms}

    def passage_count(self) -> int:
        return len(self.rows) - len(self.pictures)

    def picture_count(self) -> int:
        return len(self.pictures)

    def picture_hashes(self, item_ids: Sequence[int] | None = None) -> tuple[Any, Any]:
        ids = [item for item in self.hashes if item_ids is None or item in set(item_ids)]
        return np.array(ids, np.int64), np.array([self.hashes[item] for item in ids], np.uint64)

    def items(self, ids: Sequence[int]) -> list[ItemRow]:
        by_id = {row.id: row for row in self.rows}
        return [by_id[number] for number in ids if number in by_id]

    def page(self, source_id: int, number: int) -> PageRow | None:
        return self.page_rows.get((source_id, number))

    def pages(self, source_id: int) -> list[PageRow]:
        return [row for (source, _), row in sorted(self.page_rows.items()) if source == source_id]

    def passages_of(self, source_id: int, page: int | None = None) -> list[ItemRow]:
        own = [row for row in self.rows if row.source_id == source_id and row.kind == "passage"]
        return [row for row in own if page in (None, row.page)]

    def sources(self, *, failed: bool | None = None) -> list[SourceRow]:
        keys = dict.fromkeys(source for source, _ in self.page_rows)
        return sorted((row for key in keys if (row := self.source(key)) is not None), key=lambda row: row.path)

    def source(self, source_id: int) -> SourceRow | None:
        from datetime import datetime

        row = next((page for (source, _), page in self.page_rows.items() if source == source_id), None)
        if row is None:
            return None
        now = datetime(2025, 1, 1)
        title, count = self.titles.get(source_id, ""), len(self.pages(source_id))
        return SourceRow(source_id, row.source, 1, 1, "", row.media_type, title, None, now, count, 1, None, None)


#: A line of a page: runs of (x in fractions of the width, text).
Line = Sequence[tuple[float, str]]

_CHARACTER = 0.009
_ROW = 0.018


def make_words(lines: Sequence[Line], top: float = 0.1, pitch: float = 0.025) -> tuple[Word, ...]:
    """Words of a typewriter page: every character is as wide, every line as high; an empty line leaves a gap."""
    words: list[Word] = []
    for number, line in enumerate(lines):
        y = top + number * pitch
        for x, text in line:
            cursor = x
            for part in text.split(" "):
                end = cursor + len(part) * _CHARACTER
                if part:
                    words.append(Word(part, Box(cursor, y, min(end, 1.0), y + _ROW * 0.8), 1.0, number))
                cursor = end + 0.5 * _CHARACTER
    return tuple(words)


def make_page(
    lines: Sequence[Line],
    *,
    source_id: int = 1,
    number: int = 1,
    source: str = "/docs/page.pdf",
    regions: tuple[Region, ...] = (),
    words: tuple[Word, ...] | None = None,
    rotation: int = 0,
) -> PageRow:
    return PageRow(
        source_id * 100 + number, source_id, source, "application/pdf", number, 595.0, 842.0, TextOrigin.LAYER,
        rotation, 0.0, "native", words if words is not None else make_words(lines), regions,
    )  # fmt: skip


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def index(encoder: CountingEncoder) -> MemoryIndex:
    return MemoryIndex(encoder)


@pytest.fixture
def colours() -> ColourEncoder:
    return ColourEncoder()


@pytest.fixture
def page_of() -> Callable[..., PageRow]:
    return make_page


@pytest.fixture(scope="session")
def words_of() -> Callable[..., tuple[Word, ...]]:
    return make_words
