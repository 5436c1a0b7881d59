"""Proof: an answer counts only when its quote stands in the page's own words, whose places give the box."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.types import Box, Word, union

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A quote that does not stand in one piece (text around a figure, another reading order) may stand in so many...
_MOST_PIECES = 4
#: ...each of at least so many characters, so that no sentence is pieced together from single words.
_SHORTEST_PIECE = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a quote stands on its page.

    Attributes:
        words: indices into the page's words, in reading order.
        box: around all of them.
        lines: one box per visual line, top to bottom.
    """

    words: tuple[int, ...]
    box: Box
    lines: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Stream:
    """A page's letters and digits in a row: each one's word, and where tokens start and end."""

    text: str
    owner: tuple[int, ...]
    starts: frozenset[int]
    ends: frozenset[int]


def locate(quote: str, words: Sequence[Word], near: Box | None = None) -> Evidence | None:
    """Find a quote in a page's words, blind to white space, case, punctuation, ligatures and hyphenation.

    Args:
        quote: what is claimed to be printed.
        words: the page's, in reading order.
        near: of several places, the one closest to this box is meant.

    Returns:
        None when the quote does not stand there, or holds no letter or digit.
    """
    stream = _stream(words)
    wanted = _letters(quote)
    if not wanted:
        return _signs(quote, words)
    spans = _occurrences(stream, wanted)
    if not spans:
        pieces = _pieces(stream, quote)
        return evidence_of(
            [index for a, b in pieces for index in range(stream.owner[a], stream.owner[b - 1] + 1)], words
        )
    found = [evidence_of(_with_signs(stream.owner[a], stream.owner[b - 1] + 1, quote, words), words) for a, b in spans]
    places = [place for place in found if place is not None]
    return min(places, key=lambda place: _distance(place.box, near)) if near is not None else places[0]


def evidence_of(indices: Sequence[int], words: Sequence[Word]) -> Evidence | None:
    """The evidence that given words make; None for no words."""
    distinct = tuple(dict.fromkeys(indices))
    if not distinct:
        return None
    by_line: dict[int, list[Box]] = {}
    for index in distinct:
        by_line.setdefault(words[index].line, []).append(words[index].box)
    lines = tuple(union(boxes) for boxes in by_line.values())
    return Evidence(distinct, union(lines), lines)


def _with_signs(start: int, end: int, quote: str, words: Sequence[Word]) -> range:
    """Take in words without letters ("€", "☒") that begin or end the quote and stand beside the rest of it."""
    parts = quote.split()
    while start > 0 and not _letters(parts[0]) and words[start - 1].text == parts[0]:
        start -= 1
        parts = parts[1:]
    while end < len(words) and not _letters(parts[-1]) and words[end].text == parts[-1]:
        end += 1
        parts = parts[:-1]
    return range(start, end)


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _stream(words: Sequence[Word]) -> _Stream:
    text: list[str] = []
    owner: list[int] = []
    starts: set[int] = set()
    ends: set[int] = set()
    for index, word in enumerate(words):
        for part in re.split(r"[\W_]+", unicodedata.normalize("NFKC", word.text)):
            letters = _letters(part)
            if letters:
                starts.add(len(owner))
                text.append(letters)
                owner.extend([index] * len(letters))
                ends.add(len(owner))
    return _Stream("".join(text), tuple(owner), frozenset(starts), frozenset(ends))


def _occurrences(stream: _Stream, wanted: str) -> list[tuple[int, int]]:
    """Spans of the stream that read as wanted and start and end with a token: "12" is not found within "2012"."""
    found: list[tuple[int, int]] = []
    start = stream.text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if start in stream.starts and end in stream.ends:
            found.append((start, end))
        start = stream.text.find(wanted, start + 1)
    return found


def _pieces(stream: _Stream, quote: str) -> list[tuple[int, int]]:
    """Cover a quote greedily by its longest runs of words that stand on the page; empty when that fails."""
    parts = [letters for word in quote.split() if (letters := _letters(word))]
    covered: list[tuple[int, int]] = []
    start = 0
    while start < len(parts) and len(covered) < _MOST_PIECES:
        end = len(parts)
        spans: list[tuple[int, int]] = []
        while end > start and not spans:
            spans = _occurrences(stream, "".join(parts[start:end]))
            end -= 0 if spans else 1
        if not spans or spans[0][1] - spans[0][0] < _SHORTEST_PIECE:
            return []
        covered.append(spans[0])
        start = end
    return covered if start == len(parts) else []


def _signs(quote: str, words: Sequence[Word]) -> Evidence | None:
    """A quote of signs alone (a ticked box) must be a word of its own."""
    wanted = "".join(quote.split())
    match = next((index for index, word in enumerate(words) if wanted and word.text == wanted), None)
    return evidence_of([match], words) if match is not None else None


def _distance(box: Box, near: Box) -> float:
    (x, y), (u, v) = box.center, near.center
    return (x - u) ** 2 + (y - v) ** 2
