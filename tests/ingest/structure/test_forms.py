"""Forms are no tables, and names over addresses are no titles."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from lucida.config import ReadOptions
from lucida.ingest.documents.pdf import read_document
from lucida.types import Document, PictureRole, RegionKind

FIELDS = [
    [("Surname", "LINDQVIST"), ("First name", "MARA ELISE"), ("Date of birth", "27.09.1988")],
    [("Address", "FLAT 3"), ("Town", "LARKHAVEN"), ("Postcode", "LH2 7RW")],
    [("Telephone", "01632 960 285"), ("Country", "NONE"), ("Colour", "DARK GREEN")],
]


def read(document: pymupdf.Document, tmp_path: Path) -> Document:
    path = tmp_path / "document.pdf"
    document.save(path)
    return read_document(path, "application/pdf", ReadOptions(), None, lambda done, total: None)


def print_lines(page: pymupdf.Page, lines: list[str], y: float, *, bold_first: bool = True, step: float = 14) -> float:
    for number, line in enumerate(lines):
        font = "hebo" if bold_first and number == 0 else "helv"
        page.insert_text((72, y), line, fontname=font, fontsize=11 if number else 12)
        y += step
    return y


def test_fields_with_small_labels_are_no_table(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row, fields in enumerate(FIELDS):
        for column, (label, value) in enumerate(fields):
            box = pymupdf.Rect(60 + 160 * column, 100 + 30 * row, 220 + 160 * column, 130 + 30 * row)
            page.draw_rect(box, width=0.5)
            page.insert_text((box.x0 + 4, box.y0 + 9), label, fontsize=6.5)
            page.insert_text((box.x0 + 6, box.y0 + 24), value, fontname="cobo", fontsize=11)
    regions = read(document, tmp_path).pages[0].regions
    assert not [region for region in regions if region.kind is RegionKind.TABLE]
    assert all(value in " ".join(region.text for region in regions) for row in FIELDS for _, value in row)


def test_the_same_grid_of_one_size_is_a_table(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row, fields in enumerate(FIELDS):
        for column, (_, value) in enumerate(fields):
            box = pymupdf.Rect(60 + 160 * column, 100 + 30 * row, 220 + 160 * column, 130 + 30 * row)
            page.draw_rect(box, width=0.5)
            page.insert_text((box.x0 + 6, box.y0 + 20), value, fontsize=10)
    tables = [region.table for region in read(document, tmp_path).pages[0].regions if region.table]
    assert [(table.rows, table.columns) for table in tables] == [(3, 3)]


def test_a_bold_name_opens_its_address(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    y = print_lines(page, ["Quayside Books", "Ms Oluwaseun Adeyemi", "22 Lantern Street", "Port Callan PC1 4BD"], 100)
    body = "Thank you for the order of the third of May, which has left our workshop today. " * 4
    page.insert_textbox((72, y + 20, 520, y + 200), body, fontsize=11)
    first = read(document, tmp_path).pages[0].regions[0]
    assert (first.kind, first.text.split("\n")[0]) == (RegionKind.TEXT, "Quayside Books")
    assert first.text.endswith("Port Callan PC1 4BD")


def test_a_bold_heading_over_running_text_stays_a_title(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    print_lines(page, ["Terms Of Delivery"], 100)
    body = "Thank you for the order of the third of May, which has left our workshop today. " * 4
    page.insert_textbox((72, 106, 520, 300), body, fontsize=11)
    assert read(document, tmp_path).pages[0].regions[0].kind is RegionKind.TITLE


def draw_boxes(page: pymupdf.Page, *, joined: bool) -> None:
    for number, name in enumerate(["Sensor", "Converter", "Interface"]):
        box = pymupdf.Rect(80 + 150 * number, 200, 180 + 150 * number, 240)
        page.draw_rect(box, width=0.8)
        page.insert_text((box.x0 + 12, box.y0 + 24), name, fontsize=10)
        if joined and number:
            page.draw_line((box.x0 - 50, 220), (box.x0, 220), width=0.8)


def test_outlined_boxes_joined_by_lines_are_a_figure(tmp_path: Path) -> None:
    document = pymupdf.open()
    draw_boxes(document.new_page(), joined=True)
    page = read(document, tmp_path).pages[0]
    figures = [picture for picture in page.pictures if picture.role is PictureRole.FIGURE]
    assert len(figures) == 1
    assert figures[0].box.width * 595 > 390
    assert {word.text for word in page.words} == {"Sensor", "Converter", "Interface"}


def test_outlined_boxes_alone_are_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    draw_boxes(document.new_page(), joined=False)
    assert not [p for p in read(document, tmp_path).pages[0].pictures if p.role is PictureRole.FIGURE]
