"""Documents that are locked, active, broken or cut short."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pymupdf
import pytest

from lucida.errors import DamagedSourceError, EncryptedSourceError
from lucida.types import Document


def test_passwords(plain: Path, tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]) -> None:
    document = pymupdf.open(plain)
    path = save(
        document, tmp_path / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own"
    )
    with pytest.raises(EncryptedSourceError, match="--password"):
        read(path)
    with pytest.raises(EncryptedSourceError, match="None of the passwords"):
        read(path, passwords=("wrong",))
    assert read(path, passwords=("wrong", "open")).pages[0].words


def test_javascript_and_embedded_files_are_listed_never_run(
    plain: Path, tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    document = pymupdf.open(plain)
    document.embfile_add("budget.xlsx", b"PK", filename="budget.xlsx")
    script = document.get_new_xref()
    document.update_object(script, "<</Type/Action/S/JavaScript/JS(app.alert\\('hi'\\))>>")
    document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{script} 0 R")
    warnings = " ".join(read(save(document, tmp_path / "active.pdf")).warnings)
    assert "JavaScript, which is never run" in warnings
    assert "budget.xlsx" in warnings


def test_files_pinned_to_a_page_are_listed(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "A page with a pin.")
    page.add_file_annot((50, 50), b"content", "Ωnotes.txt", ufilename="Ωnotes.txt")
    warnings = read(save(document, tmp_path / "pinned.pdf")).warnings
    assert any("Ωnotes.txt" in warning for warning in warnings)


def test_broken_cross_reference_table_is_repaired(
    plain: Path, capfd: pytest.CaptureFixture[str], read: Callable[..., Document]
) -> None:
    data = plain.read_bytes()
    plain.write_bytes(re.sub(rb"startxref\s+\d+", b"startxref\n99999999", data))
    document = read(plain)
    assert any("repaired" in warning for warning in document.warnings)
    assert document.pages[0].words
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_page_tree_loop_ends(plain: Path, tmp_path: Path, read: Callable[..., Document]) -> None:
    document = pymupdf.open(plain)
    document.new_page()
    root = int(document.xref_get_key(document.pdf_catalog(), "Pages")[1].split()[0])
    first = document.page_xref(0)
    document.xref_set_key(root, "Kids", f"[{first} 0 R {root} 0 R]")
    document.xref_set_key(root, "Count", "3")
    path = tmp_path / "loop.pdf"
    path.write_bytes(document.tobytes(garbage=0))
    try:
        made = read(path)
    except DamagedSourceError:
        return
    assert any(page.words for page in made.pages)


def test_one_bad_page_costs_itself_alone(
    plain: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    from lucida.ingest.documents import pages

    document = pymupdf.open(plain)
    document.copy_page(0)
    path = save(document, plain.with_name("two.pdf"))
    whole = pages.PageReader.read

    def fails_once(self: pages.PageReader, page: pymupdf.Page, number: int) -> object:
        if number == 1:
            raise RuntimeError("stream is corrupt")
        return whole(self, page, number)

    monkeypatch.setattr(pages.PageReader, "read", fails_once)
    made = read(path)
    assert not made.pages[0].words
    assert made.pages[1].words
    assert "Page 1 could not be read: stream is corrupt." in made.warnings


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"%PDF-1.7\n", b"not a document at all"])
def test_damaged_files_raise_with_advice(tmp_path: Path, content: bytes, read: Callable[..., Document]) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(content)
    with pytest.raises(DamagedSourceError) as caught:
        read(path)
    assert caught.value.advice.endswith(".")


def test_truncated_file_never_raises_anything_else(plain: Path, read: Callable[..., Document]) -> None:
    data = plain.read_bytes()
    for share in (0.2, 0.5, 0.9):
        plain.write_bytes(data[: int(len(data) * share)])
        with suppress(DamagedSourceError):
            read(plain)
