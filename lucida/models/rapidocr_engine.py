"""RapidOCR: PaddleOCR's networks on onnxruntime, slower than Tesseract and stronger on poor scans.

Its default models come inside the wheel, so it works offline. Source: Du et al., "PP-OCR" (2020).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import DependencyError, SourceError
from lucida.lazy import require
from lucida.models.orientation import middle, most_legible
from lucida.models.processor import processor
from lucida.models.protocols import OcrPage
from lucida.types import Box, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.Image import Image

#: Side of the middle square whose lines tell whether the page lies on its side, in pixels.
_SAMPLE_PX = 1200
#: A box this much higher than wide is a line of several letters that runs up or down.
_UPRIGHT_LINE = 1.5


class RapidOcr:
    """An ``OcrEngine``. The networks load at the first page and stay behind when the engine is pickled.

    Args:
        threads: per network; by default all physical cores. Give 1 where several processes read at once.
    """

    name = "rapidocr"

    def __init__(self, *, threads: int | None = None) -> None:
        self._threads = threads
        self._engine: Any = None

    def read(self, image: Image, *, dpi: int) -> OcrPage:
        """Read an upright page; see ``OcrEngine``."""
        return OcrPage(tuple(self._words(image)), self.name)

    def upright_rotation(self, image: Image, *, dpi: int) -> int:
        """Degrees clockwise that bring the page upright: by the shape of its lines, then by how well they read."""
        sample = middle(image, _SAMPLE_PX)
        boxes = self._call(sample, use_rec=False).boxes
        if boxes is None or not len(boxes):
            return 0
        sideways = _runs_vertically(np.asarray(boxes, dtype=np.float64))
        return most_legible(sample, (90, 270) if sideways else (0, 180), self._words)

    def _words(self, image: Image) -> list[Word]:
        found = self._call(image, return_word_box=True)
        if found.boxes is None or not found.txts:
            return []
        return in_reading_order(found.word_results, image.width, image.height)

    def _call(self, image: Image, **options: Any) -> Any:
        engine = self._loaded()
        # The networks were trained on blue-green-red. Turned lines are left alone: the caller brings pages upright.
        pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        settings = {"use_det": True, "use_cls": False, "use_rec": True, "return_word_box": False} | options
        try:
            return engine(pixels, **settings)
        except Exception as error:
            raise SourceError(
                f"RapidOCR failed on this page: {type(error).__name__}: {error}.",
                "Check that the page can be displayed, or read it with tesseract.",
            ) from error

    def _loaded(self) -> Any:
        if self._engine is None:
            require_installed()
            module = require("rapidocr", "read scans with the engine rapidocr")
            threads = self._threads or processor().cores
            self._engine = module.RapidOCR(
                params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
            )
        return self._engine

    def __getstate__(self) -> dict[str, Any]:
        return {"_threads": self._threads, "_engine": None}


def require_installed() -> None:
    """Look for the package without importing it.

    Raises:
        DependencyError: it is absent.
    """
    if find_spec("rapidocr") is None:
        raise DependencyError(
            "The OCR engine rapidocr is an extra, and it is not installed.",
            "Install it with: pip install 'camera-lucida[rapidocr]', or use the engine tesseract.",
        )


def in_reading_order(results: Iterable[Sequence[Any]], width: int, height: int) -> list[Word]:
    """Words of RapidOCR's lines, top to bottom; lines side by side, as in columns of a form, left to right.

    Args:
        results: per line, a sequence of (text, score 0..1, four corner points in pixels).
        width: of the raster, in pixels.
        height: of the raster, in pixels.
    """
    lines = [line for line in (_line(result, width, height) for result in results) if line]
    words: list[Word] = []
    for number, line in enumerate(_by_rows(lines)):
        words += [word._replace(line=number) for word in line]
    return words


def _line(result: Sequence[Any], width: int, height: int) -> list[Word]:
    words = []
    for text, score, corners in result:
        if corners is None or not str(text).strip():
            continue
        points = np.asarray(corners, dtype=np.float64)  # (4, 2), px
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        words.append(Word(str(text).strip(), Box.from_px(x0, y0, x1, y1, width, height), float(score), 0))
    return words


def _by_rows(lines: list[list[Word]]) -> list[list[Word]]:
    """Lines whose middles lie within half a line's height of each other make a row, read from left to right."""
    rows: list[list[list[Word]]] = []
    for line in sorted(lines, key=lambda line: line[0].box.center[1]):
        first = rows[-1][0][0].box if rows else None
        if first and abs(line[0].box.center[1] - first.center[1]) < first.height / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line[0].box.x0)]


def _runs_vertically(boxes: np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    """Whether most lines run up or down. ``boxes`` has shape (lines, 4 corners, 2), in pixels."""
    extent = boxes.max(axis=1) - boxes.min(axis=1)
    return bool(np.mean(extent[:, 1] > _UPRIGHT_LINE * extent[:, 0]) > 0.5)
