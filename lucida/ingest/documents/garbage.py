"""Is a text layer usable? Broken encodings look like text to a program and like noise to a reader."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lucida.ingest.structure.lines import Token

_CID = re.compile(r"\(cid:\d+\)")
#: Replacement characters, private use, noncharacters, lone surrogates and controls other than white space.
_MEANINGLESS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffd-\uffff\U000f0000-\U0010ffff]"
)
#: The letter pairs that make up most of running text in English, German, French, Spanish, Italian, Portuguese and
#: Dutch. A text in a language of the Latin script has about half of its pairs here, random letters about an eighth.
_PAIRS = """th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi
    ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so
    rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl
    ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ei sc au ue qu ui da do du ao oo nn rd"""
_COMMON_PAIRS = frozenset((pair[0], pair[1]) for pair in _PAIRS.split())
_MIN_LETTERS = 120
_MIN_SHARE = 0.28
#: Enough to tell; a broken encoding breaks the whole page.
_SAMPLE_CHARS = 1500
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LATIN = re.compile("[a-z]")
#: Dotted leaders and rules drawn with characters.
_LEADERS = re.compile(r"[.·…_–—=*|/-]")
_VOWELS = "aeiouy"


def unusable(text: str) -> str | None:
    """Why a text layer cannot be read, or None when it can.

    Four signs, each measured as a share: characters that carry no meaning (replacement, private use, control),
    ``(cid:12)`` escapes, words that mix letters with symbols, and letter pairs as in no language.

    Returns:
        The reason as part of a sentence, e.g. ``"4 of 5 characters have no meaning"``.
    """
    printed = "".join(text.split())
    solid = len(printed)
    if solid < 12:
        return None
    if "(cid:" in text and len(_CID.findall(text)) * 6 > 0.2 * solid:
        return "it holds glyph numbers instead of letters"
    empty = 0 if printed.isprintable() else len(_MEANINGLESS.findall(text))
    if empty > 0.15 * solid:
        return f"{round(100 * empty / solid)}% of its characters have no meaning"
    if _soup(text):
        return "its letters form no words"
    return None


def _soup(text: str) -> bool:
    """Whether Latin letters are arranged as in no language.

    Broken encodings usually shift or permute the alphabet, which keeps the look of words but not their letter pairs.
    Words in capitals count only where there is little else, and weigh less: codes and acronyms obey no statistics.
    """
    words = _LETTERS.findall(_plain(text[:_SAMPLE_CHARS]))
    ordinary = [word for word in words if not word.isupper()]
    if 2 * sum(map(len, ordinary)) < sum(map(len, words)):
        return _unlike_language(words, 0.7 * _MIN_SHARE) or _symbol_soup(text)
    return _unlike_language(ordinary, _MIN_SHARE) or _symbol_soup(text)


def _unlike_language(words: Sequence[str], least: float) -> bool:
    """Whether fewer of the words' letter pairs are common ones than ``least``, or vowels are far too few or many."""
    letters = "".join(words).lower()
    latin = len(letters) if letters.isascii() else len(_LATIN.findall(letters))
    if latin < max(_MIN_LETTERS, 0.7 * len(letters)):
        return False
    spaced = " ".join(words).lower()
    pairs = Counter(itertools.pairwise(spaced))
    # A pair with a space is none: each of the spaces between words makes two.
    count = pairs.total() - 2 * (len(words) - 1)
    common = sum([pairs[pair] for pair in _COMMON_PAIRS]) / max(count, 1)
    vowels = sum(map(letters.count, _VOWELS)) / len(letters)
    return common < least or not 0.18 < vowels < 0.75


def _symbol_soup(text: str) -> bool:
    """Whether marks stand inside words where letters should: ``7KLV LV D WH[W`` and ``!"#$ %&'``."""
    solid = "".join(text[:_SAMPLE_CHARS].split())
    letters = sum(map(str.isalpha, solid))
    if len(solid) < _MIN_LETTERS or letters > 0.4 * len(solid):
        return False
    digits = sum(map(str.isdigit, solid))
    leaders = len(_LEADERS.findall(solid))
    return len(solid) - letters - digits - leaders > 0.45 * len(solid)


def _plain(text: str) -> str:
    """Without accents, so that ``é`` counts as ``e``."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def covers_ink(tokens: Sequence[Token], dark: NDArray[np.bool_], scale: float) -> float:
    """Share of hidden words under which the scan really shows ink.

    Args:
        tokens: words of the hidden layer, points.
        dark: bool (height, width), a small raster of the page, True where it is dark.
        scale: raster pixels per point.

    Returns:
        0..1; 1.0 for no words.
    """
    hits = 0
    for token in tokens:
        y0, y1 = int(token.y0 * scale), int(token.y1 * scale) + 1
        x0, x1 = int(token.x0 * scale), int(token.x1 * scale) + 1
        hits += bool(dark[max(y0, 0) : y1, max(x0, 0) : x1].any())
    return hits / len(tokens) if tokens else 1.0
