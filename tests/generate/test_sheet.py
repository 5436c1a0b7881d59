from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image

from lucida.generate.files import new_document, save_document
from lucida.generate.pens import handwriting, signature
from lucida.generate.sheet import SERIF, Paper, Sheet, text_width


def test_text_layer_keeps_accents_quotes_and_signs() -> None:
    document = new_document()
    sheet = Sheet(document, Paper(400, 200))
    text = "Größe § 4 – 2.235,00 € “naïve” 18 °C ±0.1 µA (a\\b)"
    sheet.text(20, 50, text)
    sheet.finish()
    assert document[0].get_text().strip() == text


def test_width_is_what_the_page_shows() -> None:
    document = new_document()
    sheet = Sheet(document)
    width = sheet.text(100, 100, "Harbour & Pine", SERIF.bold, 18)
    sheet.finish()
    words = document[0].get_text("words")
    assert width == text_width("Harbour & Pine", SERIF.bold, 18)
    assert abs(words[-1][2] - (100 + width)) < 0.5


def test_fonts_are_not_embedded() -> None:
    document = new_document()
    sheet = Sheet(document)
    sheet.text(10, 20, "plain", "helv")
    sheet.text(10, 40, "bold", "tibo")
    sheet.finish()
    assert {font[1] for font in document[0].get_fonts()} == {"n/a"}


def test_image_lies_under_the_text_where_it_was_put() -> None:
    document = new_document()
    sheet = Sheet(document, Paper(200, 100))
    sheet.image(50, 20, 150, 70, Image.new("RGB", (100, 50), "#00ff00"))
    sheet.text(60, 50, "over it", colour="#000000")
    sheet.finish()
    box = document[0].get_image_info()[0]["bbox"]
    pixmap = document[0].get_pixmap()
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.h, pixmap.w, 3)
    assert np.allclose(box, (50, 20, 150, 70), atol=0.01)
    assert pixels[25, 140, 1] > 240 > 60 > pixels[25, 140, 0]
    assert pixels[40:52, 60:100].sum(axis=2).min() < 200


def test_several_sheets_may_be_open_at_once() -> None:
    document = new_document()
    first, second = Sheet(document), Sheet(document)
    second.text(10, 10, "second")
    first.text(10, 10, "first")
    first.finish()
    second.finish()
    assert [page.get_text().strip() for page in document] == ["first", "second"]


def test_saving_twice_gives_the_same_bytes_and_says_what_it_is(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        document = new_document()
        sheet = Sheet(document)
        signature(sheet, 50, 100, 90, seed=3)
        handwriting(sheet, 50, 150, "Teodor", seed=3)
        sheet.finish()
        created = datetime(2024, 5, 6, 7, 8, 9)
        save_document(document, tmp_path / name, title="T", author="A", created=created, outline=[(1, "One", 1)])
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    with pymupdf.open(tmp_path / "one.pdf") as document:
        assert document.metadata["title"] == "T"
        assert document.metadata["creationDate"] == "D:20240506070809Z"
        assert document.get_toc() == [[1, "One", 1]]


def test_signatures_differ_between_people() -> None:
    streams = []
    for seed in (1, 2):
        document = new_document()
        sheet = Sheet(document)
        signature(sheet, 50, 100, 90, seed=seed)
        sheet.finish()
        streams.append(document[0].read_contents())
    assert streams[0] != streams[1]
