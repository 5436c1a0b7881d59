"""Tables, figures and photographs on the pages of documents that are made here with PyMuPDF."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from lucida.types import Document, PictureRole, RegionKind


@pytest.mark.parametrize(("ruled", "reader"), [(True, "native"), (False, "layout")])
def test_tables_become_cells(
    tmp_path: Path,
    ruled: bool,
    reader: str,
    read: Callable[..., Document],
    save: Callable[..., Path],
    draw_table: Callable[..., None],
    prose: str,
    rows: list[list[str]],
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "Table 1: Sales by region", fontsize=9)
    draw_table(page, 100, ruled=ruled)
    page.insert_textbox(pymupdf.Rect(72, 300, 540, 500), prose * 2, fontsize=10)
    made = read(save(document, tmp_path / "table.pdf"))
    assert made.pages[0].reader == reader
    tables = [region for region in made.pages[0].regions if region.kind is RegionKind.TABLE]
    assert len(tables) == 1
    table = tables[0].table
    assert table is not None
    assert (table.rows, table.columns, table.header_rows) == (3, 4, 1)
    assert [[cell.text for cell in table.cells if cell.row == row] for row in range(3)] == rows
    assert all(tables[0].box.coverage(cell.box) > 0 for cell in table.cells)
    passage = next(passage for passage in made.passages if passage.kind is RegionKind.TABLE)
    assert "Table 1: Sales by region" in passage.text
    assert "Region: North | 2023: 1,200 | 2024: 1,320 | Change: 10 %" in passage.text


def test_layout_option_forces_and_forbids_the_model(
    tmp_path: Path,
    plain: Path,
    read: Callable[..., Document],
    save: Callable[..., Path],
    draw_table: Callable[..., None],
) -> None:
    document = pymupdf.open()
    draw_table(document.new_page(), 100, ruled=False)
    path = save(document, tmp_path / "table.pdf")
    assert read(path, layout="never").pages[0].reader == "native"
    assert [r.kind for r in read(path, layout="never").pages[0].regions] == [RegionKind.TABLE]
    assert read(plain, layout="always").pages[0].reader == "layout"


def test_ruled_table_with_merged_cells(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for box, text in (
        ((72, 100, 272, 120), "Both"),
        ((272, 100, 372, 120), "Third"),
        ((72, 120, 172, 140), "a"),
        ((172, 120, 272, 140), "b"),
        ((272, 120, 372, 140), "c"),
        ((72, 140, 172, 160), "d"),
        ((172, 140, 272, 160), "e"),
        ((272, 140, 372, 160), "f"),
    ):
        page.draw_rect(pymupdf.Rect(*box))
        page.insert_text((box[0] + 4, box[3] - 6), text, fontsize=10)
    table = read(save(document, tmp_path / "spans.pdf")).pages[0].regions[0].table
    assert table is not None
    assert (table.rows, table.columns) == (3, 3)
    assert [(c.row, c.column, c.column_span, c.text) for c in table.cells[:2]] == [
        (0, 0, 2, "Both"),
        (0, 2, 1, "Third"),
    ]


def test_shaded_rows_are_a_table_and_no_figure(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path], draw_table: Callable[..., None]
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row in range(0, 3, 2):
        page.draw_rect(pymupdf.Rect(72, 100 + row * 20, 472, 120 + row * 20), fill=(0.9, 0.9, 0.95), color=None)
    draw_table(page, 100, ruled=False)
    made = read(save(document, tmp_path / "shaded.pdf")).pages[0]
    assert [region.kind for region in made.regions] == [RegionKind.TABLE]


def test_figures_and_photos_become_pictures_with_captions(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path], prose: str
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for i, height in enumerate((40, 70, 20, 90)):
        page.draw_rect(pymupdf.Rect(100 + i * 40, 400 - height, 130 + i * 40, 400), fill=(0.2, 0.4, 0.8))
    page.draw_line((90, 400), (270, 400))
    page.insert_text((90, 425), "Figure 1: Sales per quarter", fontsize=9)
    buffer = io.BytesIO()
    Image.effect_noise((300, 200), 80).save(buffer, "PNG")
    page.insert_image(pymupdf.Rect(320, 280, 500, 400), stream=buffer.getvalue())
    page.insert_textbox(pymupdf.Rect(72, 460, 540, 700), prose * 3, fontsize=10)
    again = document.new_page()
    again.insert_image(pymupdf.Rect(320, 280, 500, 400), stream=buffer.getvalue())
    again.insert_textbox(pymupdf.Rect(72, 460, 540, 700), prose * 3, fontsize=10)
    made = read(save(document, tmp_path / "figure.pdf"))
    pictures = {picture.role: picture for picture in made.pages[0].pictures}
    assert pictures[PictureRole.FIGURE].caption == "Figure 1: Sales per quarter"
    assert (pictures[PictureRole.PHOTO].width_px, pictures[PictureRole.PHOTO].height_px) == (300, 200)
    assert pictures[PictureRole.PAGE].image == b""
    for role in (PictureRole.FIGURE, PictureRole.PHOTO):
        assert max(Image.open(io.BytesIO(pictures[role].image)).size) <= 512
    assert [picture.role for picture in made.pages[1].pictures] == [PictureRole.PAGE], "a repeated photo counts once"
    assert any(passage.kind is RegionKind.CAPTION for passage in made.passages)


def test_inline_images_are_found(tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "Above the picture stands a line.")
    data = bytes(range(256)).hex().encode()
    image = b"q 300 0 0 200 72 300 cm BI /W 16 /H 16 /CS /G /BPC 8 /F /AHx ID " + data + b"> EI Q"
    xref = page.get_contents()[0]
    document.update_stream(xref, page.read_contents() + b"\n" + image)
    regions = read(save(document, tmp_path / "inline.pdf")).pages[0].regions
    assert any(region.kind is RegionKind.PHOTO for region in regions)


def test_flat_line_chart_keeps_its_grid_lines_and_axis_titles(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path], prose: str
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for step in range(5):
        page.draw_line((120, 200 + 30 * step), (420, 200 + 30 * step), color=(0.8, 0.8, 0.8))
        page.insert_text((100, 203 + 30 * step), str(100 - 25 * step), fontsize=8)
    page.draw_polyline([(130, 206), (200, 212), (270, 204), (340, 215), (410, 207)], color=(0, 0, 1))
    page.insert_text((92, 280), "share (%)", fontsize=8, rotate=90)
    page.insert_text((100, 350), "Figure 2. Share over the years.", fontsize=9)
    page.insert_textbox(pymupdf.Rect(72, 400, 540, 700), prose * 3, fontsize=10)
    made = read(save(document, tmp_path / "chart.pdf")).pages[0]
    figure = next(region for region in made.regions if region.kind is RegionKind.FIGURE)
    assert figure.box.y0 * 842 < 203
    assert figure.box.y1 * 842 > 317
    assert {"100", "0", "share", "(%)"} <= set(figure.text.split())
    assert made.pictures[0].caption == "Figure 2. Share over the years."
