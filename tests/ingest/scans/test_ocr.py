"""Scans: pages rendered here, spoilt, and read by the real Tesseract."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.errors import SourceError
from lucida.ingest.documents.pdf import read_document
from lucida.ingest.documents.raster import finer_resolution
from lucida.ingest.scans.ocr import read_scan
from lucida.models.protocols import OcrPage
from lucida.models.tesseract import Tesseract
from lucida.types import Box, Page, RegionKind, TextOrigin, Word

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")

LETTER = (
    "<h1>Harbour office</h1><p>Dear captain, the northern basin will be closed for dredging during the second week of "
    "October. Vessels above forty metres must moor at the eastern quay. The fee remains 125 dollars a day.</p>"
    "<p>Please confirm your arrival in writing. Our staff will assign a berth on the following morning.</p>"
)


class CountingTesseract(Tesseract):
    """The real engine, counting how often it is run."""

    runs = 0
    orientations = 0

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        self.runs += 1
        return super().read(image, dpi=dpi)

    def upright_rotation(self, image: Image.Image, *, dpi: int) -> int:
        self.orientations += 1
        return super().upright_rotation(image, dpi=dpi)


class ScriptedEngine:
    """Returns prepared words, or fails."""

    name = "scripted"

    def __init__(self, words: tuple[Word, ...] = (), error: Exception | None = None) -> None:
        self._words, self._error = words, error

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        if self._error:
            raise self._error
        return OcrPage(self._words, self.name)

    def upright_rotation(self, image: Image.Image, *, dpi: int) -> int:
        return 0


@pytest.fixture(scope="module")
def typed() -> pymupdf.Document:
    document = pymupdf.open()
    document.new_page(width=420, height=420).insert_htmlbox(pymupdf.Rect(40, 40, 380, 380), LETTER)
    return document


@pytest.fixture(scope="module")
def raster(typed: pymupdf.Document) -> Image.Image:
    pixmap = typed[0].get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def share_read(typed: pymupdf.Document, page: Page) -> float:
    wanted = Counter(word[4] for word in typed[0].get_text("words"))
    return sum((wanted & Counter(word.text for word in page.words)).values()) / wanted.total()


def scan(image: Image.Image, engine: object) -> Page:
    return read_scan(image, 200, engine, number=1, width_pt=image.width * 0.36, height_pt=image.height * 0.36)


@needs_tesseract
def test_upright_level_page_costs_one_run(typed: pymupdf.Document, raster: Image.Image) -> None:
    engine = CountingTesseract(("eng",))
    page = scan(raster, engine)
    assert (engine.runs, engine.orientations) == (1, 0)
    assert share_read(typed, page) > 0.9
    assert page.origin is TextOrigin.OCR
    assert page.regions[0].kind is RegionKind.TITLE
    assert page.regions[0].text == "Harbour office"


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read_and_boxes_lie_on_the_page_as_stored(
    typed: pymupdf.Document, raster: Image.Image, turn: int
) -> None:
    turned = raster.rotate(-turn, expand=True)  # clockwise
    page = scan(turned, Tesseract(("eng",)))
    assert page.rotation == (360 - turn) % 360
    assert share_read(typed, page) > 0.9
    assert_on_ink(turned, page, "dredging")
    word = next(word for word in page.words if word.text == "dredging")
    upright = next(word for word in scan(raster, Tesseract(("eng",))).words if word.text == "dredging").box.center
    x, y = {90: (1 - upright[1], upright[0]), 180: (1 - upright[0], 1 - upright[1]), 270: (upright[1], 1 - upright[0])}[
        turn
    ]
    assert word.box.center == pytest.approx((x, y), abs=0.01)


@needs_tesseract
@pytest.mark.parametrize("degrees", [4.0, -7.0])
def test_skewed_pages_are_levelled_and_mapped_back(
    typed: pymupdf.Document, raster: Image.Image, degrees: float
) -> None:
    skewed = raster.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    engine = CountingTesseract(("eng",))
    page = scan(skewed, engine)
    assert engine.runs == 1
    assert page.skew == pytest.approx(degrees, abs=0.3)
    assert share_read(typed, page) > 0.9
    assert_on_ink(skewed, page, "captain,")
    assert_on_ink(skewed, page, "berth")


def assert_on_ink(image: Image.Image, page: Page, text: str) -> None:
    """The word's box holds about as much ink as its letters need, and its surroundings' middle is that word."""
    box = next(word.box for word in page.words if word.text == text)
    left, top, right, bottom = box.to_px(*image.size)
    dark = np.asarray(image)[top:bottom, left:right] < 128
    assert 0.05 < dark.mean() < 0.6
    middle = dark[dark.shape[0] // 4 : -dark.shape[0] // 4, dark.shape[1] // 4 : -dark.shape[1] // 4]
    assert middle.any()


@needs_tesseract
def test_faded_uneven_page_is_flattened_first(typed: pymupdf.Document, raster: Image.Image) -> None:
    grey = np.asarray(raster, dtype=np.float32)
    across = np.linspace(120, 235, grey.shape[1], dtype=np.float32)
    spoilt = Image.fromarray((across - (255 - grey) * 0.25).clip(0, 255).astype(np.uint8))
    assert share_read(typed, scan(spoilt, Tesseract(("eng",)))) > 0.85


@needs_tesseract
def test_scanned_pdf_end_to_end(typed: pymupdf.Document, raster: Image.Image, tmp_path: Path) -> None:
    noisy = np.asarray(raster, dtype=np.float32) + np.random.default_rng(3).normal(0, 18, raster.size[::-1])
    picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).rotate(2, fillcolor=255)
    picture.save(tmp_path / "scan.jpg", quality=60)
    document = pymupdf.open()
    document.new_page(width=420, height=420).insert_image(pymupdf.Rect(0, 0, 420, 420), filename=tmp_path / "scan.jpg")
    document.save(tmp_path / "scan.pdf")
    made = read_document(
        tmp_path / "scan.pdf", "application/pdf", ReadOptions(), Tesseract(("eng",)), lambda done, total: None
    )
    page = made.pages[0]
    assert page.reader == "tesseract"
    assert share_read(typed, page) > 0.9
    assert "moor at the eastern quay." in " ".join(made.passages[-1].text.split())
    assert [picture.role for picture in page.pictures] == ["page"]


def test_without_engine_a_scan_is_kept_with_advice(raster: Image.Image, tmp_path: Path) -> None:
    raster.save(tmp_path / "scan.pdf")
    made = read_document(tmp_path / "scan.pdf", "application/pdf", ReadOptions(), None, lambda done, total: None)
    assert made.pages[0].origin is TextOrigin.NONE
    assert "no OCR engine is set; install Tesseract" in made.pages[0].warnings[0]


def test_engine_failure_costs_the_page_only(raster: Image.Image, tmp_path: Path) -> None:
    raster.save(tmp_path / "scan.pdf")
    engine = ScriptedEngine(error=SourceError("The engine choked.", "Try again."))
    made = read_document(tmp_path / "scan.pdf", "application/pdf", ReadOptions(), engine, lambda done, total: None)
    assert made.pages[0].warnings == ("OCR failed: The engine choked.",)


def test_blank_scan_has_no_words() -> None:
    page = scan(Image.new("L", (400, 300), 250), ScriptedEngine())
    assert page.words == ()
    assert page.origin is TextOrigin.NONE


def prepared(*rows: tuple[float, tuple[tuple[float, str], ...]]) -> tuple[Word, ...]:
    words = []
    for line, (y, parts) in enumerate(rows):
        for x, text in parts:
            at = x
            for piece in text.split():
                words.append(Word(piece, Box(at, y, at + 0.012 * len(piece), y + 0.018), 0.95, line))
                at += 0.012 * (len(piece) + 1)
    return tuple(words)


def test_aligned_columns_become_a_table() -> None:
    rows = (("Item", "Pieces", "Price"), ("Bolt", "12", "3.40"), ("Washer", "200", "8.00"), ("Nut", "15", "1.20"))
    words = prepared(*((0.1 + 0.03 * i, tuple(zip((0.1, 0.4, 0.7), row, strict=True))) for i, row in enumerate(rows)))
    page = scan(Image.new("L", (1000, 1000), 255), ScriptedEngine(words))
    assert [region.kind for region in page.regions] == [RegionKind.TABLE]
    table = page.regions[0].table
    assert table is not None
    assert (table.rows, table.columns) == (4, 3)
    assert table.cells[4].text == "12"


def test_labels_and_values_are_no_table() -> None:
    rows = (("Name:", "Jane Roe"), ("Street:", "4 Hill Road"), ("Town:", "Springfield"), ("Date:", "12 May 2024"))
    words = prepared(*((0.1 + 0.03 * i, tuple(zip((0.1, 0.5), row, strict=True))) for i, row in enumerate(rows)))
    page = scan(Image.new("L", (1000, 1000), 255), ScriptedEngine(words))
    assert all(region.table is None for region in page.regions)
    assert "Name: Jane Roe\nStreet: 4 Hill Road" in "\n".join(region.text for region in page.regions)


class ShortSighted:
    """Reads words of a given height in points, surely only from a resolution of 400 dpi on."""

    name = "short-sighted"

    def __init__(self, height_pt: float) -> None:
        self.height_pt = height_pt
        self.resolutions: list[int] = []

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        self.resolutions.append(dpi)
        high = self.height_pt / 160
        text, confidence = ("fine", 0.95) if dpi >= 400 else ("flne", 0.8)
        words = [Word(text, Box(0.1 * n, 0.5, 0.1 * n + 0.08, 0.5 + high), confidence, 0) for n in range(8)]
        return OcrPage(tuple(words), self.name)

    def upright_rotation(self, image: Image.Image, *, dpi: int) -> int:
        return 0


@pytest.mark.parametrize(("height_pt", "read", "runs"), [(2.2, "fine", 2), (8.0, "flne", 1)])
def test_only_small_print_is_read_again_finer(tmp_path: Path, height_pt: float, read: str, runs: int) -> None:
    scanned = pymupdf.open()
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 2500, 1333), False)
    picture.clear_with(255)
    scanned.new_page(width=300, height=160).insert_image(pymupdf.Rect(0, 0, 300, 160), pixmap=picture)
    scanned.save(tmp_path / "scan.pdf")
    engine = ShortSighted(height_pt)
    options = ReadOptions(ocr_dpi=150)
    document = read_document(tmp_path / "scan.pdf", "application/pdf", options, engine, lambda done, total: None)
    assert {word.text for word in document.pages[0].words} == {read}
    assert len(engine.resolutions) == runs
    assert engine.resolutions[0] == 300


def test_a_picture_without_more_pixels_is_not_read_again() -> None:
    words = tuple(Word("tiny", Box(0.1 * n, 0.1, 0.1 * n + 0.05, 0.105), 0.4, 0) for n in range(6))
    page = Page(1, 595, 842, words)
    assert finer_resolution(page, 150, 150) is None
    assert finer_resolution(page, 150, 600) == 274
