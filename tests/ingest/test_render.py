"""Pages drawn for evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, EncryptedSourceError, SourceError
from lucida.ingest.render import render_page
from lucida.types import Box


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    document = pymupdf.open()
    page = document.new_page(width=400, height=200)
    page.draw_rect(pymupdf.Rect(0, 0, 200, 200), fill=(1, 0, 0), color=(1, 0, 0))
    page.set_rotation(90)
    document.save(tmp_path / "a.pdf")
    return tmp_path / "a.pdf"


def test_rotation_and_crop_are_as_displayed(pdf: Path) -> None:
    whole = render_page(pdf, "application/pdf", 1, dpi=72)
    assert whole.size == (200, 400)
    red = np.asarray(whole)[:, :, 1] < 100
    assert red[:190].all()
    assert not red[210:].any()
    crop = render_page(pdf, "application/pdf", 1, dpi=72, box=Box(0, 0.75, 1, 1))
    assert crop.size == (200, 100)
    assert np.asarray(crop).min() > 200


def test_pictures_are_upright_and_frames_are_pages(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "blue").save(tmp_path / "a.jpg", exif=exif)
    assert render_page(tmp_path / "a.jpg", "image/jpeg", 1).size == (20, 40)
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "lime")]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:])
    assert render_page(tmp_path / "a.tiff", "image/tiff", 2).getpixel((5, 5)) == (0, 255, 0)
    with pytest.raises(SourceError, match="no page 3"):
        render_page(tmp_path / "a.tiff", "image/tiff", 3)
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert render_page(tmp_path / "a.png", "image/png", 1).getpixel((5, 5)) == (255, 255, 255)
    assert render_page(tmp_path / "a.jpg", "image/jpeg", 1, box=Box(0, 0, 0.5, 0.5)).size == (10, 20)


def test_sources_that_went_away_or_changed(pdf: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no longer there"):
        render_page(tmp_path / "gone.pdf", "application/pdf", 1)
    with pytest.raises(SourceError, match="no page 2"):
        render_page(pdf, "application/pdf", 2)
    with pytest.raises(DamagedSourceError):
        render_page(pdf, "image/png", 1)
    pdf.write_bytes(b"something else")
    with pytest.raises(SourceError):
        render_page(pdf, "application/pdf", 1)


def test_encrypted_documents_need_their_password(pdf: Path, tmp_path: Path) -> None:
    document = pymupdf.open(pdf)
    document.save(tmp_path / "b.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own")
    with pytest.raises(EncryptedSourceError):
        render_page(tmp_path / "b.pdf", "application/pdf", 1)
    assert render_page(tmp_path / "b.pdf", "application/pdf", 1, passwords=("open",)).mode == "RGB"
