from __future__ import annotations

import base64
import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, UnsafeSourceError
from lucida.ingest.read import read_source
from lucida.ingest.render import render_page
from lucida.models.protocols import OcrPage
from lucida.types import Box, Document, PictureRole, Word

#: EXIF numbers.
ORIENTATION, MODEL, DESCRIPTION, GPS, EXIF_IFD, DATE_TIME_ORIGINAL = 0x0112, 0x0110, 0x010E, 0x8825, 0x8769, 0x9003


#: 64 x 48 pixels, the left half blue and the right half red. Nothing at hand writes the format, only reads it.
HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA"
    "AAAERAAAEAAQAAAAABoQABAAAAAAAAACMAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAA"
    "AADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkA"
    "AAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAA"
    "AAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAC"
    "ttZGF0AAAAHygBrwtg9eWDr//3Rlb4cqPvZZVS7anf22hvv9CJ9OA="
)


class CountingOcr:
    """Says "page of text" once per call; counts how often it was asked."""

    name = "counting"

    def __init__(self, confidence: float = 0.95) -> None:
        self.calls = 0
        self.confidence = confidence

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        self.calls += 1
        said = enumerate(["page", "of", "text"])
        words = tuple(Word(text, Box(0.1 + i / 5, 0.1, 0.3 + i / 5, 0.12), self.confidence, 0) for i, text in said)
        return OcrPage(words, self.name)

    def upright_rotation(self, image: Image.Image, *, dpi: int) -> int:
        return 0


def photo(width: int = 640, height: int = 480, seed: int = 1) -> Image.Image:
    """Soft blobs of colour, as unlike a page as can be."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def text_page(width: int = 1000, height: int = 1400) -> Image.Image:
    page = Image.new("L", (width, height), 245)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(22)
    for line in range(34):
        draw.text(
            (90, 80 + line * 36), "The quick brown fox jumps over the lazy dog and runs away again", fill=20, font=font
        )
    return page


def read(path: Path, ocr: CountingOcr | None = None, **options: object) -> Document:
    return read_source(path, ReadOptions(**options), ocr, lambda done, total: None)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_formats(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form.lower()}"
    photo().save(path, form)
    document = read(path)
    (page,) = document.pages
    (picture,) = page.pictures
    assert (picture.role, picture.width_px, picture.height_px) == (PictureRole.PHOTO, 640, 480)
    with Image.open(io.BytesIO(picture.image)) as preview:
        assert max(preview.size) <= 512


def test_heic(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(base64.b64decode(HEIC))
    document = read(path)
    (page,) = document.pages
    assert (document.media_type, page.width_pt, page.height_pt) == ("image/heic", 64, 48)
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        left, right = preview.convert("RGB").getpixel((10, 24)), preview.convert("RGB").getpixel((54, 24))
    assert left[2] > 150 > left[0]
    assert right[0] > 150 > right[2]


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_truncated_heic(tmp_path: Path, share: float) -> None:
    data = base64.b64decode(HEIC)
    (tmp_path / "cut.heic").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedSourceError):
        read(tmp_path / "cut.heic")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_honoured(tmp_path: Path, orientation: int, form: str) -> None:
    image = photo(300, 200)
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    image.save(tmp_path / "a.img", form, exif=exif)
    with Image.open(tmp_path / "a.img") as stored:
        expected = ImageOps.exif_transpose(stored).convert("RGB")
    (page,) = read(tmp_path / "a.img").pages
    assert (page.width_pt, page.height_pt) == expected.size
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        difference = np.asarray(preview.convert("RGB"), dtype=float) - np.asarray(expected, dtype=float)
    assert np.abs(difference).mean() < 6
    drawn = render_page(tmp_path / "a.img", f"image/{form.lower()}", 1)
    assert np.array_equal(np.asarray(drawn), np.asarray(expected))


def test_pictures_are_drawn_as_they_were_read(tmp_path: Path) -> None:
    Image.fromarray(np.linspace(0, 65_000, 10_000, dtype=np.uint16).reshape(100, 100)).save(tmp_path / "a.tiff")
    (page,) = read(tmp_path / "a.tiff").pages
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        seen = np.asarray(preview.convert("L"), dtype=float)
    drawn = np.asarray(render_page(tmp_path / "a.tiff", "image/tiff", 1).convert("L"), dtype=float)
    assert np.abs(seen - drawn).mean() < 4


def test_large_jpegs_keep_their_size_though_decoded_small(tmp_path: Path) -> None:
    image = photo(4000, 3000)
    exif = image.getexif()
    exif[ORIENTATION] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    (page,) = read(tmp_path / "a.jpg").pages
    assert (page.pictures[0].width_px, page.pictures[0].height_px) == (3000, 4000)


def test_date_and_camera_are_kept_and_the_place_is_not(tmp_path: Path) -> None:
    image = photo()
    exif = image.getexif()
    exif[MODEL] = "Pinhole 3"
    exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = "2024:07:14 18:03:59"
    exif.get_ifd(GPS)[2] = (48.0, 8.0, 14.0)
    image.save(tmp_path / "a.jpg", exif=exif)
    document = read(tmp_path / "a.jpg")
    assert document.created == datetime(2024, 7, 14, 18, 3, 59)
    assert document.metadata == {"camera": "Pinhole 3"}


def test_broken_tags_do_not_cost_the_picture(tmp_path: Path) -> None:
    image = photo()
    exif = image.getexif()
    exif[ORIENTATION], exif[MODEL] = 6, "Pinhole 3"
    image.save(tmp_path / "a.webp", exif=exif)
    data = (tmp_path / "a.webp").read_bytes()
    assert data.count(b"MM\0*") == 1
    (tmp_path / "a.webp").write_bytes(data.replace(b"MM\0*", b"MM\x17*"))
    document = read(tmp_path / "a.webp")
    assert document.metadata == {}
    assert document.pages[0].width_pt == 640


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", ""])
def test_nonsense_dates_are_no_dates(tmp_path: Path, date: str) -> None:
    image = photo()
    exif = image.getexif()
    exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = date
    image.save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path / "a.jpg").created is None


def test_frames_of_a_tiff_are_pages(tmp_path: Path) -> None:
    ocr = CountingOcr()
    frames = [text_page(), photo(), text_page(500, 700)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    seen: list[tuple[int, int]] = []
    document = read_source(tmp_path / "a.tiff", ReadOptions(), ocr, lambda done, total: seen.append((done, total)))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert [page.pictures[0].role for page in document.pages] == [PictureRole.PAGE, PictureRole.PHOTO, PictureRole.PAGE]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert ocr.calls == 2
    assert document.passages[0].page == 1


def test_only_pages_of_text_pay_for_ocr(tmp_path: Path) -> None:
    ocr = CountingOcr()
    photo().save(tmp_path / "photo.jpg")
    text_page().save(tmp_path / "page.jpg")
    assert read(tmp_path / "photo.jpg", ocr).passages == ()
    assert ocr.calls == 0
    document = read(tmp_path / "page.jpg", ocr)
    assert "page of text" in document.passages[0].text


def test_what_ocr_doubts_is_no_text(tmp_path: Path) -> None:
    ocr = CountingOcr(confidence=0.5)
    text_page().save(tmp_path / "page.png")
    document = read(tmp_path / "page.png", ocr)
    assert ocr.calls == 1
    assert document.passages == ()
    assert document.pages[0].pictures[0].role == PictureRole.PHOTO


def test_labels_of_a_chart_are_read_though_it_stays_a_picture(tmp_path: Path) -> None:
    chart = Image.new("RGB", (640, 440), "white")
    draw = ImageDraw.Draw(chart)
    font = ImageFont.load_default(18)
    draw.text((180, 12), "Loaves sold per day and branch", fill="black", font=font)
    for bar in range(6):
        draw.rectangle((60 + bar * 95, 380 - bar * 45, 110 + bar * 95, 380), fill=(40, 110, 200))
        draw.text((58 + bar * 95, 395), "Monday", fill="black", font=font)
    chart.save(tmp_path / "chart.png")
    ocr = CountingOcr()
    document = read(tmp_path / "chart.png", ocr)
    assert ocr.calls == 1
    assert document.passages
    assert document.pages[0].pictures[0].role == PictureRole.PHOTO


def test_the_description_captions_the_picture(tmp_path: Path) -> None:
    image = photo()
    exif = image.getexif()
    exif[DESCRIPTION] = "Aunt Ada at the lake"
    image.save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path / "a.jpg").pages[0].pictures[0].caption == "Aunt Ada at the lake"


def test_without_ocr_a_page_of_text_says_what_is_missing(tmp_path: Path) -> None:
    text_page().save(tmp_path / "page.png")
    (page,) = read(tmp_path / "page.png").pages
    assert "no OCR engine" in page.warnings[0]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16", "F"])
def test_modes(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tiff"
    if mode == "I;16":
        Image.fromarray(np.linspace(0, 65_000, 10_000, dtype=np.uint16).reshape(100, 100)).save(path)
    elif mode == "F":
        Image.fromarray(np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100)).save(path)
    else:
        photo(100, 100).convert(mode).save(path)
    (page,) = read(path).pages
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        darkest, lightest = preview.convert("L").getextrema()
        assert darkest < 200
        assert lightest > 60


def test_transparent_drawings_lie_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "a.png")
    (page,) = read(tmp_path / "a.png").pages
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        assert preview.convert("L").getextrema()[0] > 250


def test_a_giant_declared_in_a_tiny_file_is_refused(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)
    path = tmp_path / "giant.png"
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 500)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    assert path.stat().st_size < 1024
    with pytest.raises(UnsafeSourceError, match=r"giant.png declares 65,000 x 65,000 pixels") as caught:
        read(path)
    assert caught.value.advice


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_truncated_pictures(tmp_path: Path, form: str, share: float) -> None:
    buffer = io.BytesIO()
    photo().save(buffer, form)
    data = buffer.getvalue()
    path = tmp_path / "cut.img"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedSourceError) as caught:
        read(path)
    assert "cut.img" in caught.value.message
