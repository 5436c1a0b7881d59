"""Lettering for pictures: one line of any script, word by word in the first typeface that has all of its letters.

Latin, Greek and Cyrillic come from the Nimbus Sans inside PyMuPDF, so that a sheet looks the same everywhere; Chinese,
Japanese and Korean from its Droid Sans Fallback. Other scripts take the machine's own fonts, where it has them.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from lucida.errors import DependencyError
from lucida.lazy import require
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

Weight: TypeAlias = Literal["regular", "bold"]
#: Part of a line, and the typeface that draws it.
Run: TypeAlias = "tuple[str, FreeTypeFont]"

#: PyMuPDF's short names of fonts whose files it carries.
_CARRIED: dict[Weight, tuple[str, ...]] = {"regular": ("helv", "cjk"), "bold": ("hebo", "helv", "cjk")}
#: File names by which Pillow finds the system's fonts; between them most scripts in use.
_INSTALLED = (
    "DejaVuSans.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSymbols2-Regular.ttf",
    "Arial Unicode.ttf",
)
#: No font has a letter at this private code, so it draws as the sign for missing letters.
_NOBODY_HAS = "\U000f1234"
_ELLIPSIS = "…"
#: Stands for a letter that no font here has.
_MISSING = "□?"
#: A long name may break after these.
_BREAKS = "-_/."


class Lettering:
    """A size and a weight of type.

    Args:
        size_px: height of the letters' body.
        weight: "regular" or "bold".

    Raises:
        DependencyError: Pillow is not installed.
    """

    def __init__(self, size_px: int, weight: Weight = "regular") -> None:
        self.size_px, self._weight = size_px, weight
        self._fonts = [font for name in _CARRIED[weight] if (font := _carried(name, size_px)) is not None]
        if not self._fonts:
            self._fonts = [_default(size_px)]
        #: From one baseline to the next.
        self.line_px = round(size_px * 1.4)

    def width(self, text: str) -> float:
        """How long a line is, in pixels."""
        return sum(font.getlength(part) for part, font in self.runs(text))

    def draw(self, canvas: ImageDraw, x: float, y: float, text: str, ink: str) -> None:
        """Draw one line with its top left at (x, y); all its typefaces stand on one baseline."""
        baseline = y + round(self.size_px * 1.05)
        for part, font in self.runs(text):
            canvas.text((x, baseline), part, fill=ink, font=font, anchor="ls")
            x += font.getlength(part)

    def wrapped(self, text: str, width: float, lines: int) -> list[str]:
        """Break a text into at most so many lines that fit; a word that is too long breaks where it must.

        What is beyond gives way to an ellipsis. Bytes that are no text come as ``printable`` shows them.
        """
        left, broken = printable(" ".join(text.split())), list[str]()
        while left and len(broken) < lines:
            taken = self._fitting(left, width)
            if taken < len(left) and len(broken) == lines - 1:
                return [*broken, self._cut(left, width)]
            cut = _break(left, taken)
            broken.append(left[:cut].rstrip())
            left = left[cut:].lstrip()
        return broken

    def runs(self, text: str) -> list[Run]:
        """The line in pieces of one typeface each."""
        found: list[Run] = []
        for word in _pieces(text):
            for part, font in self._set(word):
                if found and found[-1][1] is font:
                    found[-1] = (found[-1][0] + part, font)
                else:
                    found.append((part, font))
        return found

    def _set(self, word: str) -> list[Run]:
        if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in word):
            whole = self._font_for(word)  # one typeface joins its letters and turns the order around
            if whole is not None:
                return [(word, whole)]
        found: list[Run] = []
        for char in word:
            if not unicodedata.category(char).startswith("M"):
                found.append(self._set_char(char))
            elif found and found[-1][0][0] not in _MISSING:
                found[-1] = (found[-1][0] + char, found[-1][1])  # a mark goes with its letter, or not at all
        return found

    def _set_char(self, char: str) -> Run:
        font = self._font_for(char)
        if font is not None:
            return char, font
        return next((sign, font) for sign in _MISSING if (font := self._font_for(sign)) is not None)

    def _font_for(self, word: str) -> FreeTypeFont | None:
        carried = next((font for font in self._fonts if _has(font, word)), None)
        if carried is not None:
            return carried
        installed = (_installed(name, self.size_px) for name in _INSTALLED)
        return next((font for font in installed if font is not None and _has(font, word)), None)

    def _fitting(self, text: str, width: float) -> int:
        """How many leading characters fit, at least one; the width grows with the text, so halving finds it."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width(text[:middle]) <= width else (low, middle - 1)
        return low

    def _cut(self, text: str, width: float) -> str:
        return text[: self._fitting(text, width - self.width(_ELLIPSIS))].rstrip() + _ELLIPSIS


def _break(text: str, most: int) -> int:
    """Where a line of at most so many characters ends: at a space, else after a sign inside a long name."""
    if most == len(text):
        return most
    space = text.rfind(" ", 0, most + 1)
    if space > 0:
        return space
    sign = max(text.rfind(sign, 0, most) for sign in _BREAKS) + 1
    return sign if sign > most // 2 else most


def _pieces(text: str) -> list[str]:
    """Words, each with the spaces after it."""
    words: list[str] = []
    for part in text.split(" "):
        if words:
            words[-1] += " "
        words.append(part)
    return [word for word in words if word]


def _has(font: FreeTypeFont, text: str) -> bool:
    return all(char == " " or _covers(font, char) for char in text)


@lru_cache(maxsize=65536)
def _covers(font: FreeTypeFont, char: str) -> bool:
    """Whether a font has a letter: what it lacks it draws as one and the same sign."""
    return bytes(font.getmask(char)) != bytes(font.getmask(_NOBODY_HAS))


@lru_cache(maxsize=64)
def _carried(name: str, size_px: int) -> FreeTypeFont | None:
    fonts = require("PIL.ImageFont", "letter pictures")
    try:
        buffer = require("pymupdf", "letter pictures").Font(name).buffer
    except DependencyError:
        return None
    font: FreeTypeFont = fonts.truetype(io.BytesIO(buffer), size_px)
    return font


@lru_cache(maxsize=256)
def _installed(name: str, size_px: int) -> FreeTypeFont | None:
    try:
        font: FreeTypeFont = require("PIL.ImageFont", "letter pictures").truetype(name, size_px)
    except OSError:
        return None
    return font


@lru_cache(maxsize=16)
def _default(size_px: int) -> FreeTypeFont:
    """Pillow's own typeface, which has the letters of English and few others."""
    font: FreeTypeFont = require("PIL.ImageFont", "letter pictures").load_default(size_px)
    return font
