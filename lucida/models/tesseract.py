"""Tesseract through pytesseract: word boxes with confidences, and which way up a page is.

Source: Smith, "An Overview of the Tesseract OCR Engine" (2007); recognition is the LSTM engine of version 4 and later.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import ChainMap
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from lucida.errors import DependencyError, SourceError, StalledSourceError, UsageError
from lucida.lazy import require
from lucida.models.orientation import legibility, most_legible
from lucida.models.protocols import OcrPage
from lucida.types import Box, Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from PIL.Image import Image

#: Page segmentation modes: https://tesseract-ocr.github.io/tessdoc/ImproveQuality.html#page-segmentation-method
_AUTOMATIC, _SPARSE, _ORIENTATION = 3, 11, 0
#: With fewer words than this, automatic segmentation may have taken a sparse form or label for a picture.
_FEW_WORDS = 10
#: Share of dark pixels below which a page is taken for blank and not read twice.
_INK = 0.0005
#: OSD's log-likelihood margin; right answers on full pages have 5 and more, wrong ones stay below 2 at 150 dpi and up.
_SURE = 2.0
#: Scans coarser than the first are enlarged to the second before they are read: the engine learned on large letters. On
#: eight of FUNSD's forms (about 85 dpi) the likeness of labels and answers to the truth (ANLS) rose from 0.79 and 0.72
#: to 0.94 and 0.83 at twice the size, and to 0.95 and 0.85 at three times, for twice the time.
_COARSE_DPI, _ENLARGED_DPI, _MOST_ENLARGED = 150, 240, 3.0
#: Files lie about their resolution: none is enlarged beyond this.
_LONGEST_PX = 3600
#: Words lower than the first are read again at about the second height. Of pages in letters of 5 pt at 150 dpi (7 px),
#: 0.54 of the words came out right as they were, 0.84 at twice and 0.91 at three times the size; none beyond the third.
_SMALL_PX, _LEGIBLE_PX, _LONGEST_SMALL_PX = 12.0, 21.0, 5400
#: Tesseract ignores resolutions outside this range, with a warning.
_DPI_RANGE = (70, 2400)
_TSV_WORD = "5"


class Tesseract:
    """An ``OcrEngine``. Creating it runs nothing; it is plain data and crosses process borders.

    Args:
        languages: names of language packs, most likely first.
        timeout_s: an image that takes longer is given up; below the time after which a silent worker is ended.

    Raises:
        UsageError: a language's name cannot be one.
    """

    name = "tesseract"

    def __init__(self, languages: Sequence[str] = ("eng",), *, timeout_s: float = 50.0) -> None:
        for language in languages:
            if not re.fullmatch(r"[A-Za-z0-9_/-]+", language):
                raise UsageError(f"{language!r} is no language of Tesseract.", 'Languages are named like "eng", "deu".')
        self.languages = tuple(languages) or ("eng",)
        self._timeout_s = timeout_s
        self._installed: tuple[str, ...] = ()

    def read(self, image: Image, *, dpi: int) -> OcrPage:
        """Read an upright page; see ``OcrEngine``.

        The page is segmented automatically. Where that finds few words although there is ink, the page is read again
        as scattered text, and where its letters are small, once more enlarged; the reading with more confident letters
        is kept.
        """
        self._require_languages()
        grey, dpi = _enlarged(image if image.mode == "L" else image.convert("L"), dpi)
        words = self._words(grey, dpi, _AUTOMATIC)
        if len(words) < _FEW_WORDS and _has_ink(grey):
            words = max(words, in_rows(self._words(grey, dpi, _SPARSE)), key=legibility)
        if (factor := _for_small_letters(words, grey)) > 1.0:
            larger = self._words(_scaled(grey, factor), round(dpi * factor), _AUTOMATIC)
            words = max(words, larger, key=legibility)
        return OcrPage(tuple(words), self.name)

    def upright_rotation(self, image: Image, *, dpi: int) -> int:
        """Degrees clockwise that bring the page upright, by Tesseract's orientation detection (OSD).

        It takes about half as long as reading the page, so ask only when a reading came out poor. Where OSD is unsure
        or absent, samples are read both or all four ways up. 0 where there is too little text to tell.
        """
        self._require_languages()
        grey, dpi = _enlarged(image if image.mode == "L" else image.convert("L"), dpi)
        if "osd" in self._installed:
            found = self._detect(grey, dpi)
            if found is None:
                return 0
            rotation, margin = found
            if margin >= _SURE:
                return rotation
            candidates = tuple(dict.fromkeys((0, rotation, (rotation + 180) % 360)))
        else:
            candidates = (0, 90, 180, 270)
        return most_legible(grey, candidates, partial(self._words, dpi=dpi, mode=_AUTOMATIC))

    def _words(self, grey: Image, dpi: int, mode: int) -> list[Word]:
        table = self._run("image_to_data", grey, dpi, mode, lang="+".join(self.languages))
        return parse_tsv(table, grey.width, grey.height)

    def _detect(self, grey: Image, dpi: int) -> tuple[int, float] | None:
        """Rotation and its margin; None where OSD finds too few characters or fails."""
        try:
            report = self._run("image_to_osd", grey, dpi, _ORIENTATION)
        except StalledSourceError:
            raise
        except SourceError:
            return None
        return parse_osd(report)

    def _run(self, function: str, grey: Image, dpi: int, mode: int, **options: Any) -> str:
        engine = _pytesseract()
        # pytesseract hands the image over as a file of its own format, PNG by default: 100 ms a page to compress.
        raw = grey.copy()
        raw.format = "PPM"
        low, high = _DPI_RANGE
        config = f"--psm {mode} --dpi {min(max(dpi, low), high)}"
        try:
            text: str = getattr(engine, function)(raw, config=config, timeout=self._timeout_s, **options)
        except engine.TesseractNotFoundError as error:
            raise _no_program() from error
        except engine.TesseractError as error:
            raise SourceError(
                f"Tesseract failed on this page: {_first_line(error.message)}.", "Check that the page can be displayed."
            ) from error
        except RuntimeError as error:  # pytesseract's way to report a timeout
            raise StalledSourceError(
                f"Tesseract did not finish this page within {self._timeout_s:g} seconds.",
                "Read it at a lower resolution, or split the page.",
            ) from error
        except (OSError, ValueError) as error:
            raise SourceError(
                f"The page could not be handed to Tesseract: {error}.", "Check the space left in the temporary folder."
            ) from error
        return text

    def _require_languages(self) -> None:
        if self._installed:
            return
        installed = installed_languages()
        missing = [name for name in self.languages if name not in installed]
        if missing:
            packs = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
            raise DependencyError(
                f"Tesseract lacks the language {', '.join(missing)}.",
                f"Install it with: apt install {packs} (Debian, Ubuntu) or brew install tesseract-lang (macOS).",
            )
        self._installed = installed


def installed_languages() -> tuple[str, ...]:
    """Names of the installed language packs, sorted; "osd" is the one that detects orientation.

    Raises:
        DependencyError: the program or pytesseract is absent.
    """
    engine = _pytesseract()
    try:
        listed: list[str] = engine.get_languages()
    except engine.TesseractNotFoundError as error:
        raise _no_program() from error
    return tuple(sorted(listed))


def program() -> str | None:
    """Path of the ``tesseract`` program, or None."""
    return shutil.which("tesseract")


def parse_tsv(table: str, width: int, height: int) -> list[Word]:
    """Words of Tesseract's TSV output, in its reading order.

    Args:
        table: header line and one row per block, paragraph, line and word.
        width: of the raster, in pixels.
        height: of the raster, in pixels.
    """
    words: list[Word] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) < 12 or cells[0] != _TSV_WORD or not cells[11].strip():
            continue
        line = lines.setdefault(tuple(cells[1:5]), len(lines))  # page, block, paragraph, line
        left, top, wide, high = (int(cell) for cell in cells[6:10])
        box = Box.from_px(left, top, left + wide, top + high, width, height)
        words.append(Word(cells[11].strip(), box, min(max(float(cells[10]) / 100, 0.0), 1.0), line))
    return words


def parse_osd(report: str) -> tuple[int, float] | None:
    """Rotation in degrees clockwise and its margin, out of what ``--psm 0`` prints; None if they are not there."""
    rotation = re.search(r"^Rotate: (\d+)$", report, re.MULTILINE)
    margin = re.search(r"^Orientation confidence: ([\d.]+)$", report, re.MULTILINE)
    return (int(rotation.group(1)) % 360, float(margin.group(1))) if rotation and margin else None


def in_rows(words: Sequence[Word]) -> list[Word]:
    """Put the lines of scattered text, which come in no order, from top to bottom and left to right."""
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    rows = sorted(lines.values(), key=lambda row: (round(min(word.box.y0 for word in row), 2), row[0].box.x0))
    return [word._replace(line=number) for number, row in enumerate(rows) for word in row]


def _enlarged(grey: Image, dpi: int) -> tuple[Image, int]:
    """A coarse scan with larger letters, and its new resolution; any other as it is."""
    scale = min(_ENLARGED_DPI / max(dpi, 1), _MOST_ENLARGED, _LONGEST_PX / max(grey.size))
    if dpi >= _COARSE_DPI or scale <= 1.0:
        return grey, dpi
    return _scaled(grey, scale), round(dpi * scale)


def _for_small_letters(words: Sequence[Word], grey: Image) -> float:
    """By how much to enlarge a raster whose words are small; 1 where they are not, or there are too few to tell."""
    if len(words) < _FEW_WORDS:
        return 1.0
    height = median((word.box.y1 - word.box.y0) * grey.height for word in words)
    if height >= _SMALL_PX:
        return 1.0
    return min(_LEGIBLE_PX / max(height, 1.0), _MOST_ENLARGED, _LONGEST_SMALL_PX / max(grey.size))


def _scaled(grey: Image, scale: float) -> Image:
    from PIL import Image as Images

    size = (round(grey.width * scale), round(grey.height * scale))
    return grey.resize(size, Images.Resampling.LANCZOS)


def _has_ink(grey: Image) -> bool:
    counts = grey.histogram()
    return sum(counts[:128]) > _INK * sum(counts)


def _pytesseract() -> ModuleType:
    """The module, told to run Tesseract with one thread: several pages at once use the cores better."""
    engine = require("pytesseract", "read scans").pytesseract
    if not isinstance(engine.environ, ChainMap):
        # The variable must reach the child only: in our own process it would tie down faiss and torch too.
        engine.environ = ChainMap({"OMP_THREAD_LIMIT": "1"}, os.environ)
    return engine  # type: ignore[no-any-return]


def _no_program() -> DependencyError:
    return DependencyError(
        "The program tesseract, which reads scans, is not installed.",
        "Install it with: apt install tesseract-ocr (Debian, Ubuntu) or brew install tesseract (macOS).",
    )


def _first_line(message: str) -> str:
    return (message.strip().splitlines() or ["no message"])[0].rstrip(".")
