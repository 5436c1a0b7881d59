from __future__ import annotations

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, UnsafeSourceError
from lucida.ingest.looks import looks_like_text
from lucida.ingest.read import read_source
from lucida.models.protocols import OcrPage
from lucida.types import Box, Document, PictureRole, Word

#: EXIF numbers.
ORIENTATION, MODEL, GPS, EXIF_IFD, DATE_TIME_ORIGINAL = 0x0112, 0x0110, 0x8825, 0x8769, 0x9003


class CountingOcr:
    """Says "page of text" once per call; counts how often it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        self.calls += 1
        said = enumerate(["page", "of", "text"])
        words = tuple(Word(text, Box(0.1 + i / 5, 0.1, 0.3 + i / 5, 0.12), 0.95, 0) for i, text in said)
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
    heif = pytest.importorskip("pi_heif")
    assert heif.libheif_version()
    path = tmp_path / "cut.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50)
    with pytest.raises(DamagedSourceError):
        read(path)


@pytest.mark.parametrize(("orientation", "size"), [(1, (300, 200)), (3, (300, 200)), (6, (200, 300)), (8, (200, 300))])
def test_orientation_is_honoured(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    image = photo(300, 200)
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    image.save(tmp_path / "a.jpg", exif=exif)
    (page,) = read(tmp_path / "a.jpg").pages
    assert (page.width_pt, page.height_pt) == size
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        assert (preview.width > preview.height) == (size[0] > size[1])


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


def test_without_ocr_a_page_of_text_says_what_is_missing(tmp_path: Path) -> None:
    text_page().save(tmp_path / "page.png")
    (page,) = read(tmp_path / "page.png").pages
    assert "no OCR engine" in page.warnings[0]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_modes(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tiff"
    if mode == "I;16":
        Image.fromarray(np.linspace(0, 65_000, 10_000, dtype=np.uint16).reshape(100, 100)).save(path)
    else:
        photo(100, 100).convert(mode).save(path)
    (page,) = read(path).pages
    with Image.open(io.BytesIO(page.pictures[0].image)) as preview:
        assert preview.convert("L").getextrema()[0] < 200


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
    with pytest.raises(UnsafeSourceError, match="pixels") as caught:
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


def test_looks_like_text() -> None:
    page = text_page()
    assert looks_like_text(page)
    assert looks_like_text(page.rotate(90, expand=True))
    assert looks_like_text(page.rotate(4, fillcolor=245))
    assert not looks_like_text(photo())
    assert not looks_like_text(Image.new("RGB", (400, 400), "white"))
    assert not looks_like_text(Image.new("L", (5, 5)))


def test_uneven_light_does_not_hide_a_page() -> None:
    page = np.asarray(text_page(), dtype=np.float32)
    light = np.linspace(0.45, 1.0, page.shape[1])[None, :] * np.linspace(1.0, 0.8, page.shape[0])[:, None]
    assert looks_like_text(Image.fromarray((page * light).astype(np.uint8)))
