from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, EncryptedSourceError, UnsupportedSourceError
from lucida.ingest.files.sniff import media_type_of


def zipped(path: Path, *names: str, **contents: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, b"x"))
    return path


@pytest.mark.parametrize(
    ("form", "kind"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("BMP", "image/bmp"), ("TIFF", "image/tiff"),
     ("WEBP", "image/webp"), ("AVIF", "image/avif")],
)  # fmt: skip
def test_pictures_are_told_by_content_not_by_name(tmp_path: Path, form: str, kind: str) -> None:
    path = tmp_path / "wrong.pdf"
    Image.new("RGB", (8, 8)).save(path, form)
    assert media_type_of(path) == kind


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (["word/document.xml"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (["xl/workbook.xml"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (["ppt/presentation.xml"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (["META-INF/container.xml"], "application/epub+zip"),
        (["FixedDocSeq.fdseq"], "application/vnd.ms-xpsdocument"),
        (["[Content_Types].xml", "odd/Name.fdseq"], "application/vnd.ms-xpsdocument"),
        (["01.jpg", "02.png", "info.txt"], "application/vnd.comicbook+zip"),
    ],
)
def test_containers_are_told_by_their_parts(tmp_path: Path, parts: list[str], kind: str) -> None:
    assert media_type_of(zipped(tmp_path / "a.bin", *parts)) == kind


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"junk before\n%PDF-1.4\n...", "a.jpg", "application/pdf"),
        (b"\0" * 60 + b"BOOKMOBI" + b"\0" * 9, "a", "application/x-mobipocket-ebook"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a.jpg", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "a.jpg", "image/avif"),
        (b"<?xml version='1.0'?><svg/>", "a.xml", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<FictionBook>", "a.fb2", "application/x-fictionbook+xml"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>", "a.txt", "text/html"),
        (b"# Title", "a.md", "text/markdown"),
        (b"plain words", "a.weird", "text/plain"),
        ("Grüße".encode("utf-16"), "a.txt", "text/plain"),
        ("hello there, no mark".encode("utf-16-le"), "a.txt", "text/plain"),
        (b"caf\xe9", "a.txt", "text/plain"),
        (b"<p>no head</p>", "a.html", "text/html"),
        (b"BMW sold more cars than last year.", "a.txt", "text/plain"),
        (b"<!DOCTYPE svg PUBLIC 'x'><svg/>", "a.svg", "image/svg+xml"),
        (b"<?xml version='1.0'?><html><body><svg/></body></html>", "a.xhtml", "text/html"),
        (b"<?xml version='1.0'?><svg><foreignObject><body/></foreignObject></svg>", "a.svg", "image/svg+xml"),
    ],
)
def test_kinds(tmp_path: Path, data: bytes, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert media_type_of(tmp_path / name) == kind


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    with pytest.raises(DamagedSourceError, match="is empty"):
        media_type_of(tmp_path / "a.pdf")


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_zeros(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.pdf").write_bytes(b"\0" * size)
    with pytest.raises(DamagedSourceError, match="nothing but zeros"):
        media_type_of(tmp_path / "a.pdf")


def test_a_container_cut_short(tmp_path: Path) -> None:
    data = zipped(tmp_path / "whole.docx", "word/document.xml").read_bytes()
    (tmp_path / "cut.docx").write_bytes(data[: len(data) // 2])
    with pytest.raises(DamagedSourceError, match="damaged zip container"):
        media_type_of(tmp_path / "cut.docx")


@pytest.mark.parametrize("data", [b"\x7fELF\2\1\1" + bytes(range(256)), bytes(range(256)) * 20])
def test_unknown_kinds_are_told_what_is_known(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    with pytest.raises(UnsupportedSourceError) as caught:
        media_type_of(tmp_path / "a.bin")
    assert "HEIC" in caught.value.advice


def test_an_archive_of_nothing_we_read(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedSourceError):
        media_type_of(zipped(tmp_path / "a.zip", "a.py", "b.py", "c.jpg"))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (rb"{\rtf1\ansi Hello}", "an RTF file"),
        (b"%!PS-Adobe-3.0\n", "a PostScript file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Office file"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "a video"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
    ],
)
def test_known_strangers_are_named_with_a_way_out(tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(UnsupportedSourceError, match=f"a.pdf is {what}") as caught:
        media_type_of(tmp_path / "a.pdf")
    assert caught.value.advice.endswith(".")


def test_an_office_file_under_a_password(tmp_path: Path) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 200
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(EncryptedSourceError, match="password"):
        media_type_of(tmp_path / "a.docx")


def test_a_pipe_is_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(UnsupportedSourceError, match="not a regular file"):
        media_type_of(tmp_path / "a.pdf")
