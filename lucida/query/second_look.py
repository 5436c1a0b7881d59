"""A second look at what proves an answer: does the page show what its text layer says?

A text layer is what a file claims about itself. It can hold white text on white, other figures than the page shows, or
somebody's bad OCR. So the place of each citation is read again from its pixels, and where the two do not agree, the
answer says so.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from lucida.errors import LucidaError
from lucida.types import Box, TextOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lucida.index.records import PageRow
    from lucida.query.aids import Aids
    from lucida.types import Citation, Word

    #: Reads a part of a page from its pixels: words with boxes in fractions of the page; None where there is nobody to
    #: read it, or the file is gone.
    Reread = Callable[[PageRow, Box], Sequence[Word] | None]

#: Words that were read below this confidence accuse nobody.
_SURE = 0.7
#: Share of a word that must lie in the citation's box.
_INSIDE = 0.5
#: Texts without figures count as the same from this similarity on; OCR errs by a letter here and there.
_ALIKE = 0.6
#: Alone, such a sign may be a one.
_STROKES = frozenset({"|", "l", "I"})
#: Fewer letters and figures than this, alone, are easily overlooked.
_SEEN = 3
#: Signs that OCR takes for one another, in figures and codes.
_CONFUSED = str.maketrans("OoQDIl|iSsZzBG", "00001111552286")


class SecondLook(NamedTuple):
    """What came of looking at cited places again.

    Attributes:
        warnings: a sentence for each place that shows something else than its file says, or could not be read again.
        detail: for the trace.
    """

    warnings: tuple[str, ...]
    detail: str


def look_again(
    citations: Sequence[Citation], pages: Mapping[tuple[str, int], PageRow], aids: Aids
) -> SecondLook | None:
    """Read the cited places from their pixels; None where nobody can.

    Args:
        citations: of an answer.
        pages: theirs, by source and number.
        aids: who reads, and until when; places that it is too late for are left as they are.
    """
    if aids.reread is None:
        return None
    warnings: list[str] = []
    looked = broken = 0
    layers = [cited for cited in citations if pages[cited.source, cited.page].origin is TextOrigin.LAYER]
    for cited in layers:
        if aids.late:
            break
        try:
            said = disagreement(cited, pages[cited.source, cited.page], aids.reread)
        except LucidaError as error:
            # The answer was proved without: that nobody can look again is worth a word, no more.
            broken += 1
            said = f"The page's picture could not be read again. {error.message}"
        looked += 1
        warnings += [said] if said is not None else []
    shown = len(warnings) - broken
    detail = f"{looked} of {len(citations)} read from pixels, {shown} show otherwise"
    detail += f", {len(layers) - looked} left for lack of time" if looked < len(layers) else ""
    return SecondLook(tuple(dict.fromkeys(warnings)), detail + (f", {broken} failed" if broken else ""))


def disagreement(citation: Citation, page: PageRow, reread: Reread) -> str | None:
    """One sentence on how the page's pixels contradict the citation's quote; None where they do not.

    Only pages whose words come from a text layer are looked at: elsewhere pixels are where the words came from. Figures
    must be the same; words may differ by what OCR misreads. A place that cannot be read again contradicts nothing.
    """
    if page.origin is not TextOrigin.LAYER:
        return None
    words = reread(page, _with_margin(citation.box, page))
    if words is None:
        return None
    inside = [word for word in words if word.box.coverage(citation.box) >= _INSIDE]
    if not inside:
        # Nothing at all near the place means a blank; some words nearby may as well be boxes that fit badly, and a sign
        # or two by themselves OCR overlooks.
        return (
            None
            if words or len(_letters(citation.quote)) < _SEEN
            else f"The file says “{citation.quote}”, and its page shows nothing there."
        )
    if any(word.confidence < _SURE for word in inside):
        return None
    shown = " ".join(word.text for word in inside)
    if agree(citation.quote, shown):
        return None
    return f"The file says “{citation.quote}”, and its page shows “{shown}”."


def agree(said: str, shown: str) -> bool:
    """Whether what OCR read can be what the text layer says."""
    figures = [_figures(text) for text in (said, shown)]
    if figures[0] or figures[1]:
        # What stands beside the quote within its box may bring figures of its own.
        return figures[0] in figures[1] and (bool(figures[0]) or _similar(said, shown))
    return _similar(said, shown)


def _similar(said: str, shown: str) -> bool:
    from rapidfuzz import fuzz

    one, two = _letters(said), _letters(shown)
    return not one or fuzz.partial_ratio(one, two) >= 100 * _ALIKE


def _figures(text: str) -> str:
    """The digits of the words that hold any, with look-alikes put right."""
    words = unicodedata.normalize("NFKC", text).split()
    with_digits = [word for word in words if any(map(str.isdigit, word)) or word in _STROKES]
    return "".join(char for char in "".join(with_digits).translate(_CONFUSED) if char.isdigit())


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _with_margin(box: Box, page: PageRow) -> Box:
    """The box with about a line of its surroundings: OCR reads words badly that touch the edge of their picture."""
    line = max(box.height, 0.008)
    return box.expand(line * page.height_pt / max(page.width_pt, 1.0), line)
