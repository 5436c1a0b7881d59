"""The stretch of a passage that shows best why it was found, with the matched words marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.terms import Token, stem, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Characters of a snippet, about three printed lines.
SNIPPET_LENGTH = 240
#: Shorter terms must agree by stem: a three-letter prefix matches too much ("car" and "carpet").
_PREFIX_LENGTH = 4
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """``highlights`` are (start, end) character offsets into ``text``, in order, not overlapping."""

    text: str
    highlights: tuple[tuple[int, int], ...]


def matched_tokens(text: str, terms: Sequence[str], language: str = "en") -> list[tuple[Token, str]]:
    """Words of ``text`` that match a term, by equal stem or as its continuation, each with the term's stem."""
    stems = {stem(term, language) for term in terms}
    prefixes = sorted((term for term in terms if len(term) >= _PREFIX_LENGTH), key=len, reverse=True)
    found: list[tuple[Token, str]] = []
    for token in tokens(text):
        own = stem(token.folded, language)
        if own in stems:
            found.append((token, own))
            continue
        prefix = next((term for term in prefixes if token.folded.startswith(term)), None)
        if prefix is not None:
            found.append((token, stem(prefix, language)))
    return found


def make_snippet(text: str, terms: Sequence[str], language: str = "en", length: int = SNIPPET_LENGTH) -> Snippet:
    """Cut the window that holds the most different matched words, then the most matches, then the earliest.

    Args:
        text: the passage; white space is folded first.
        terms: folded words of the query.
        language: for stemming, see ``terms.stem``.
        length: most characters to show, ellipses included.
    """
    text = " ".join(text.split())
    matches = matched_tokens(text, terms, language)
    if len(text) <= length:
        return Snippet(text, tuple((token.start, token.end) for token, _ in matches))
    start, end = _window(text, matches, length - 2 * len(_ELLIPSIS))
    lead = _ELLIPSIS if start > 0 else ""
    shown = lead + text[start:end] + (_ELLIPSIS if end < len(text) else "")
    shift = len(lead) - start
    inside = [token for token, _ in matches if token.start >= start and token.end <= end]
    return Snippet(shown, tuple((token.start + shift, token.end + shift) for token in inside))


def _window(text: str, matches: list[tuple[Token, str]], length: int) -> tuple[int, int]:
    """Offsets of the best window, cut at word borders where there are any."""
    first, last = _densest(matches, length)
    slack = max(length - (last - first), 0)
    start = max(0, min(first - slack // 2, len(text) - length))
    return _word_borders(text, start, min(start + length, len(text)), first, last)


def _densest(matches: list[tuple[Token, str]], length: int) -> tuple[int, int]:
    """Span of the run of matches, no wider than ``length``, with most different stems."""
    best, best_score = (0, 0), (0, 0)
    tail = 0
    for head in range(len(matches)):
        while matches[head][0].end - matches[tail][0].start > length and tail < head:
            tail += 1
        run = matches[tail : head + 1]
        score = (len({found for _, found in run}), len(run))
        if score > best_score:
            best_score, best = score, (run[0][0].start, run[-1][0].end)
    return best


def _word_borders(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """Move both cuts inwards to white space, but never into the matched run; a text without any is cut as it is."""
    if start > 0 and not text[start - 1].isspace():
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    if end < len(text) and not text[end].isspace():
        space = text.rfind(" ", max(start, last), end)
        end = space if space > start else end
    return start, end
