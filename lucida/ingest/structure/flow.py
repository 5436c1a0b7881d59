"""Running text from printed lines: which line ends are deliberate, and which hyphens are the typesetter's."""

# ruff: noqa: RUF001 - typographic dashes, quotes and bullets are what this module is about

from __future__ import annotations

import itertools
from operator import attrgetter
from typing import TYPE_CHECKING

from lucida.ingest.structure.lines import is_mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.types import Word

_SOFT_HYPHEN = "\u00ad"
_HYPHENS = ("-", "‐", _SOFT_HYPHEN)
#: A gap of more than so many average characters separates fields, not words.
_FIELD_GAP_CHARS = 3.5


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """Group words by their visual line, keeping their order."""
    return [list(line) for _, line in itertools.groupby(words, key=attrgetter("line"))]


def right_margin(lines: Sequence[Sequence[Word]], column_right: float) -> float:
    """Where lines could have run to: their own longest end for running text, the column's for short lines."""
    own = max(line[-1].box.x1 for line in lines)
    lengths = sorted([len(line) for line in lines])
    twice_the_median = lengths[(len(lengths) - 1) // 2] + lengths[len(lengths) // 2]
    return own if twice_the_median >= 8 else max(own, column_right)


def separator(line: Sequence[Word], following: Sequence[Word], right: float) -> str:
    """What stands between two lines: a space, a newline, or nothing where a hyphenated word goes on.

    A line end is deliberate before a list mark, and where the next line's first word would have fitted. (Lines of
    separate fields break as well; see :func:`separators`.)
    """
    last, first = line[-1], following[0]
    if is_broken_word(last.text, first.text):
        return ""
    if is_mark(first.text) and len(following) > 1:
        return "\n"
    needed = (first.box.x1 - first.box.x0) * (1 + 1.5 / max(len(first.text), 1))
    return "\n" if right - last.box.x1 > needed else " "


def separators(lines: Sequence[Sequence[Word]], right: float) -> list[str]:
    """What stands after each line but the last. Lines that consist of separate fields stand alone."""
    fields = [has_fields(line) for line in lines]
    return [
        "\n" if fields[i] or fields[i + 1] else separator(lines[i], lines[i + 1], right) for i in range(len(lines) - 1)
    ]


def is_broken_word(text: str, following: str) -> bool:
    """Whether ``text`` is the first part of a word that was hyphenated at a line end."""
    if not text.endswith(_HYPHENS) or len(text) < 3 or not following:
        return False
    return text.endswith(_SOFT_HYPHEN) or (text[-2].isalpha() and following[0].islower())


def without_hyphen(text: str) -> str:
    """The text less a final hyphen and every soft hyphen."""
    return (text[:-1] if text.endswith(_HYPHENS) else text).replace(_SOFT_HYPHEN, "")


def has_fields(line: Sequence[Word]) -> bool:
    """Whether gaps in the line are too wide for spaces, as between a label and its amount."""
    if len(line) < 2:
        return False
    boxes = [word.box for word in line]
    gaps = [after.x0 - before.x1 for before, after in itertools.pairwise(boxes)]
    printed = sum([box.x1 - box.x0 for box in boxes])
    limit = _FIELD_GAP_CHARS * printed / max(sum([len(word.text) for word in line]), 1)
    if max(gaps) <= limit:
        return False
    return not is_mark(line[0].text) or max(gaps[1:], default=0.0) > limit


def join(words: Sequence[Word], column_right: float = 0.0) -> str:
    """The text of a region, hyphenation undone, deliberate line ends kept as newlines.

    Args:
        words: of one region, in reading order.
        column_right: right edge of the column the region stands in, fraction of the page; 0 when unknown.
    """
    lines = lines_of(words)
    if not lines:
        return ""
    texts = [" ".join([word.text for word in line]) for line in lines]
    parts: list[str] = []
    for text, gap in zip(texts, separators(lines, right_margin(lines, column_right)), strict=False):
        parts.append((without_hyphen(text) if gap == "" else text) + gap)
    return "".join([*parts, texts[-1]]).replace(_SOFT_HYPHEN, "")
