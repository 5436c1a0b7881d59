"""A second look at what proves an answer: does the page show what its text layer says?

A text layer is what a file claims about itself. It can hold white text on white, other figures than the page shows, or
somebody's bad OCR. So the place of each citation is read again from its pixels, and where the two do not agree, the
answer says so.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from lucida.types import Box, TextOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lucida.index.records import PageRow
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
#: Signs that OCR takes for one another, in figures and codes.
_CONFUSED = str.maketrans("OoQDIl|iSsZzBG", "00001111552286")


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
        # Nothing at all near the place means a blank; some words nearby may as well be boxes that fit badly.
        return None if words else f"The file says “{citation.quote}”, and its page shows nothing there."
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
    with_digits = [word for word in unicodedata.normalize("NFKC", text).split() if any(map(str.isdigit, word))]
    return "".join(char for char in "".join(with_digits).translate(_CONFUSED) if char.isdigit())


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _with_margin(box: Box, page: PageRow) -> Box:
    """The box with about a line of its surroundings: OCR reads words badly that touch the edge of their picture."""
    line = max(box.height, 0.008)
    return box.expand(line * page.height_pt / max(page.width_pt, 1.0), line)
