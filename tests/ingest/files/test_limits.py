from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.errors import UnsafeSourceError
from lucida.ingest.files import limits
from lucida.ingest.files.limits import check_container, check_pixels
from lucida.ingest.read import read_source

PIXELS = 250_000_000


def container(path: Path, part: str, data: bytes, copies: int = 1) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(copies):
            archive.writestr(f"{number}-{part}" if number else part, data)
    return path


@pytest.mark.parametrize(
    ("name", "part"), [("bomb.docx", "word/document.xml"), ("bomb.epub", "META-INF/container.xml")]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str, part: str) -> None:
    path = container(tmp_path / name, part, b"\0" * 150_000_000)
    assert path.stat().st_size < 200_000
    with pytest.raises(UnsafeSourceError, match="would unpack to") as caught:
        read_source(path, ReadOptions(), None, lambda done, total: None)
    assert caught.value.advice


def test_a_bomb_that_lies_about_its_size_is_found_out(tmp_path: Path) -> None:
    path = container(tmp_path / "liar.docx", "word/document.xml", b"\0" * 150_000_000)
    data = path.read_bytes()
    true, false = struct.pack("<I", 150_000_000), struct.pack("<I", 1000)
    assert true in data
    path.write_bytes(data.replace(true, false))
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].file_size == 1000
    with pytest.raises(UnsafeSourceError, match="would unpack to"):
        check_container(path, PIXELS)


def test_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 10)
    with pytest.raises(UnsafeSourceError, match="11 entries"):
        check_container(container(tmp_path / "a.docx", "p", b"x", copies=11), PIXELS)


def test_honest_containers_pass(tmp_path: Path) -> None:
    check_container(container(tmp_path / "a.docx", "p", b"an honest sentence " * 10_000, copies=5), PIXELS)
    check_container(container(tmp_path / "empty.docx", "p", b""), PIXELS)


def test_stored_entries_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PITTANCE", 100)
    monkeypatch.setattr(limits, "MAX_RATIO", 1)
    with zipfile.ZipFile(tmp_path / "a.cbz", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.jpg", b"x" * 5000)
        archive.writestr("b.jpg", io.BytesIO(b"\0" * 5000).read(), compress_type=zipfile.ZIP_DEFLATED)
    with pytest.raises(UnsafeSourceError):
        check_container(tmp_path / "a.cbz", PIXELS)


def test_pixels() -> None:
    check_pixels("a.png", 4000, 3000, 12_000_000)
    with pytest.raises(UnsafeSourceError, match=r"declares 65,000 x 65,000 pixels"):
        check_pixels("a.png", 65_000, 65_000, 250_000_000)


@pytest.mark.parametrize("name", ["comic.cbz", "letter.docx"])
def test_a_giant_picture_inside_is_refused(tmp_path: Path, name: str) -> None:
    small = io.BytesIO()
    Image.new("RGB", (300, 200)).save(small, "PNG")
    data = bytearray(small.getvalue())
    data[16:24] = struct.pack(">II", 65_000, 65_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("word/media/small.png", small.getvalue())
        archive.writestr("word/media/broken.png", b"no picture at all")
    check_container(tmp_path / name, PIXELS)
    with zipfile.ZipFile(tmp_path / name, "a") as archive:
        archive.writestr("word/media/giant.png", bytes(data))
    with pytest.raises(UnsafeSourceError, match=f"A picture in {name} declares 65,000 x 65,000 pixels"):
        check_container(tmp_path / name, PIXELS)


def test_pillow_s_own_limit_is_as_before(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    with limits.pillow_limit_lifted():
        assert Image.MAX_IMAGE_PIXELS is None
    assert before == Image.MAX_IMAGE_PIXELS
