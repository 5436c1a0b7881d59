from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.errors import (
    DamagedSourceError,
    DependencyError,
    SourceError,
    StalledSourceError,
    UnsafeSourceError,
    UnsupportedSourceError,
)
from lucida.ingest import read as read_module
from lucida.ingest.files.walk import FoundFile, walk
from lucida.ingest.read import read_source
from lucida.ingest.workers.pool import ReadPool, ReadResult
from lucida.types import Document


def read(path: Path) -> Document:
    return read_source(path, ReadOptions(), None, lambda done, total: None)


def a_pdf(path: Path, text: str = "Words that can be found again") -> Path:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), text)
        document.save(path)
    return path


def test_the_content_decides_not_the_ending(tmp_path: Path) -> None:
    assert read(a_pdf(tmp_path / "a.jpg")).media_type == "application/pdf"
    Image.new("RGB", (40, 30), "red").save(tmp_path / "b.pdf", "PNG")
    assert read(tmp_path / "b.pdf").media_type == "image/png"


@pytest.mark.parametrize(
    ("thrown", "kind", "sentence"),
    [
        (RecursionError("deep"), DamagedSourceError, "a.pdf cannot be parsed (RecursionError)."),
        (KeyError("/Pages"), DamagedSourceError, "a.pdf cannot be parsed (KeyError)."),
        (AssertionError(), DamagedSourceError, "a.pdf cannot be parsed (AssertionError)."),
        (MemoryError(), UnsafeSourceError, "a.pdf needs more memory than a worker may use."),
        (PermissionError(errno.EACCES, "Permission denied"), SourceError, "a.pdf may not be read."),
        (FileNotFoundError(errno.ENOENT, "gone"), SourceError, "a.pdf has vanished."),
        (OSError(errno.EIO, "Input/output error"), SourceError, "a.pdf cannot be read: Input/output error."),
        (zipfile.BadZipFile("cut"), DamagedSourceError, "a.pdf is a damaged zip container (cut)."),
        (StalledSourceError("As it was.", "Stays."), StalledSourceError, "As it was."),
        (DependencyError("No OCR.", "Install it."), DependencyError, "No OCR."),
    ],
)
def test_whatever_a_parser_throws_becomes_a_sentence_and_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thrown: Exception, kind: type[SourceError], sentence: str
) -> None:
    def throwing(*_args: object) -> Document:
        raise thrown

    monkeypatch.setattr(read_module, "read_document", throwing)
    with pytest.raises(kind) as caught:
        read(a_pdf(tmp_path / "a.pdf"))
    assert type(caught.value) is kind
    assert caught.value.message == sentence
    assert caught.value.advice.endswith(".")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_pdf(tmp_path / "a.pdf")

    def refusing(self: Path, *args: object, **kwargs: object) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(SourceError, match="may not be read") as caught:
        read(path)
    assert "permission" in caught.value.advice


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has vanished"):
        read(tmp_path / "gone.pdf")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedSourceError, match="not a regular file"):
        read(tmp_path)


@pytest.mark.parametrize("share", [0.02, 0.5])
@pytest.mark.parametrize("part", ["word/document.xml", "META-INF/container.xml"])
def test_truncated_containers(tmp_path: Path, part: str, share: float) -> None:
    with zipfile.ZipFile(tmp_path / "whole", "w") as archive:
        archive.writestr(part, os.urandom(5000))
    data = (tmp_path / "whole").read_bytes()
    (tmp_path / "cut.docx").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedSourceError, match=r"cut.docx is a damaged zip container"):
        read(tmp_path / "cut.docx")


def test_odd_names_go_all_the_way(tmp_path: Path) -> None:
    good, bad = b"new\nline \xff.pdf", b"esc\x1b[31m \xe9.pdf"
    a_pdf(tmp_path / "a.pdf").rename(os.fsdecode(os.fsencode(tmp_path) + b"/" + good))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + bad)).write_bytes(b"\0" * 50)
    found = [file for file in walk([tmp_path]) if isinstance(file, FoundFile)]
    with ReadPool(ReadOptions(), None, workers=1) as pool:
        done = {os.fsencode(Path(e.file.path).name): e for e in pool.read(found) if isinstance(e, ReadResult)}
    assert done[good].document.passages[0].text == "Words that can be found again"
    failure = done[bad].failure
    assert failure.error == r"esc\x1b[31m \xe9.pdf holds nothing but zeros."
    assert failure.source.isprintable()
