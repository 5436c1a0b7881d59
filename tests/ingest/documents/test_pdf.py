"""Whole documents, made here with PyMuPDF, read end to end."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, EncryptedSourceError
from lucida.ingest.documents.pdf import read_document
from lucida.types import Document, PictureRole, RegionKind, TextOrigin

PROSE = (
    "The survey found that most households repair their bicycles at home. A smaller group relies on the workshop "
    "in the market square. Prices there have risen by 4.5 percent since last year, as Dr. Miller reported. "
)


def read(path: Path, media_type: str = "application/pdf", **options: object) -> Document:
    return read_document(path, media_type, ReadOptions(**options), None, lambda done, total: None)


def save(document: pymupdf.Document, path: Path, **options: object) -> Path:
    document.save(path, **options)
    document.close()
    return path


def html_page(document: pymupdf.Document, html: str, width: float = 595, height: float = 842) -> pymupdf.Page:
    page = document.new_page(width=width, height=height)
    page.insert_htmlbox(pymupdf.Rect(50, 50, width - 50, height - 60), html)
    return page


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    document = pymupdf.open()
    html_page(
        document,
        f"<h1>Annual survey</h1><p>{PROSE * 3}</p><h2>Method</h2><p>{PROSE}</p><ul><li>first item here</li>"
        "<li>second item there</li></ul>",
    )
    document.set_metadata({"title": "A survey", "author": "J. Doe", "creationDate": "D:20240131120500+01'00'"})
    return save(document, tmp_path / "plain.pdf")


def test_plain_page_is_read_natively(plain: Path) -> None:
    document = read(plain)
    page = document.pages[0]
    assert page.reader == "native"
    assert page.origin is TextOrigin.LAYER
    kinds = [region.kind for region in page.regions]
    assert kinds == [RegionKind.TITLE, RegionKind.TEXT, RegionKind.TITLE, RegionKind.TEXT, RegionKind.LIST]
    assert [region.level for region in page.regions if region.kind is RegionKind.TITLE] == [1, 2]
    assert document.title == "A survey"
    assert document.metadata["author"] == "J. Doe"
    assert document.created is not None
    assert (document.created.year, document.created.hour) == (2024, 12)
    assert document.passages[-1].section == ("Annual survey", "Method")


def test_words_are_where_they_are_printed(plain: Path) -> None:
    page = read(plain).pages[0]
    with pymupdf.open(plain) as document:
        places = {word[4]: word for word in document[0].get_text("words")}
    word = next(word for word in page.words if word.text == "workshop")
    x0, y0, x1, y1 = (edge * size for edge, size in zip(word.box, (595, 842, 595, 842), strict=True))
    first = next(w for w in pymupdf.open(plain)[0].get_text("words") if w[4] == "workshop")
    assert x0 == pytest.approx(first[0], abs=0.01)
    assert x1 == pytest.approx(first[2], abs=0.01)
    assert first[1] - 0.01 <= y0 < y1 <= first[3] + 0.01
    assert "workshop" in places


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_on_the_page_as_displayed(plain: Path, tmp_path: Path, rotation: int) -> None:
    document = pymupdf.open(plain)
    document[0].set_rotation(rotation)
    path = save(document, tmp_path / "rotated.pdf")
    page = read(path).pages[0]
    assert (page.width_pt, page.height_pt) == ((842, 595) if rotation != 180 else (595, 842))
    with pymupdf.open(path) as stored:
        matrix = stored[0].rotation_matrix
        expected = {}
        for x0, y0, x1, y1, text, *_ in stored[0].get_text("words"):
            expected.setdefault(text, pymupdf.Rect(x0, y0, x1, y1) * matrix)
    word = next(word for word in page.words if word.text == "Annual")
    centre = word.box.center
    area = expected["Annual"]
    assert area.contains(pymupdf.Point(centre[0] * page.width_pt, centre[1] * page.height_pt))


def test_cropped_page_measures_from_its_own_corner(plain: Path, tmp_path: Path) -> None:
    document = pymupdf.open(plain)
    document[0].set_cropbox(pymupdf.Rect(40, 40, 560, 700))
    page = read(save(document, tmp_path / "cropped.pdf")).pages[0]
    title = page.regions[0]
    assert page.width_pt == pytest.approx(520)
    assert title.box.x0 == pytest.approx((51 - 40) / 520, abs=0.01)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_htmlbox(pymupdf.Rect(50, 40, 550, 80), "<h1>A title over two columns</h1>")
    page.insert_textbox(pymupdf.Rect(50, 100, 290, 780), "left " + "Left words run on for a while in here. " * 30)
    page.insert_textbox(pymupdf.Rect(310, 100, 550, 780), "right " + "Other words stand over there instead. " * 30)
    made = read(save(document, tmp_path / "columns.pdf")).pages[0]
    texts = [word.text for word in made.words]
    assert texts.index("left") < texts.index("right")
    assert "Other" not in texts[: texts.index("right")]
    assert "Left" not in texts[texts.index("right") :]


ROWS = [["Region", "2023", "2024", "Change"], ["North", "1,200", "1,320", "10 %"], ["South", "800", "720", "-10 %"]]


def draw_table(page: pymupdf.Page, top: float, *, ruled: bool) -> None:
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            box = pymupdf.Rect(72 + c * 100, top + r * 20, 172 + c * 100, top + r * 20 + 20)
            if ruled:
                page.draw_rect(box, width=0.5)
            page.insert_text((box.x0 + 4, box.y1 - 6), text, fontsize=10)


@pytest.mark.parametrize(("ruled", "reader"), [(True, "native"), (False, "layout")])
def test_tables_become_cells(tmp_path: Path, ruled: bool, reader: str) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "Table 1: Sales by region", fontsize=9)
    draw_table(page, 100, ruled=ruled)
    page.insert_textbox(pymupdf.Rect(72, 300, 540, 500), PROSE * 2, fontsize=10)
    made = read(save(document, tmp_path / "table.pdf"))
    assert made.pages[0].reader == reader
    tables = [region for region in made.pages[0].regions if region.kind is RegionKind.TABLE]
    assert len(tables) == 1
    table = tables[0].table
    assert table is not None
    assert (table.rows, table.columns, table.header_rows) == (3, 4, 1)
    assert [[cell.text for cell in table.cells if cell.row == row] for row in range(3)] == ROWS
    assert all(tables[0].box.coverage(cell.box) > 0 for cell in table.cells)
    passage = next(passage for passage in made.passages if passage.kind is RegionKind.TABLE)
    assert "Table 1: Sales by region" in passage.text
    assert "Region: North | 2023: 1,200 | 2024: 1,320 | Change: 10 %" in passage.text


def test_layout_option_forces_and_forbids_the_model(tmp_path: Path, plain: Path) -> None:
    document = pymupdf.open()
    draw_table(document.new_page(), 100, ruled=False)
    path = save(document, tmp_path / "table.pdf")
    assert read(path, layout="never").pages[0].reader == "native"
    assert [r.kind for r in read(path, layout="never").pages[0].regions] == [RegionKind.TABLE]
    assert read(plain, layout="always").pages[0].reader == "layout"


def test_ruled_table_with_merged_cells(tmp_path: Path) -> None:
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


def test_figures_and_photos_become_pictures_with_captions(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for i, height in enumerate((40, 70, 20, 90)):
        page.draw_rect(pymupdf.Rect(100 + i * 40, 400 - height, 130 + i * 40, 400), fill=(0.2, 0.4, 0.8))
    page.draw_line((90, 400), (270, 400))
    page.insert_text((90, 425), "Figure 1: Sales per quarter", fontsize=9)
    buffer = io.BytesIO()
    Image.effect_noise((300, 200), 80).save(buffer, "PNG")
    page.insert_image(pymupdf.Rect(320, 280, 500, 400), stream=buffer.getvalue())
    page.insert_textbox(pymupdf.Rect(72, 460, 540, 700), PROSE * 3, fontsize=10)
    again = document.new_page()
    again.insert_image(pymupdf.Rect(320, 280, 500, 400), stream=buffer.getvalue())
    again.insert_textbox(pymupdf.Rect(72, 460, 540, 700), PROSE * 3, fontsize=10)
    made = read(save(document, tmp_path / "figure.pdf"))
    pictures = {picture.role: picture for picture in made.pages[0].pictures}
    assert pictures[PictureRole.FIGURE].caption == "Figure 1: Sales per quarter"
    assert (pictures[PictureRole.PHOTO].width_px, pictures[PictureRole.PHOTO].height_px) == (300, 200)
    assert pictures[PictureRole.PAGE].image == b""
    for role in (PictureRole.FIGURE, PictureRole.PHOTO):
        assert max(Image.open(io.BytesIO(pictures[role].image)).size) <= 512
    assert [picture.role for picture in made.pages[1].pictures] == [PictureRole.PAGE], "a repeated photo counts once"
    assert any(passage.kind is RegionKind.CAPTION for passage in made.passages)


def test_running_heads_and_page_numbers(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(1, 5):
        page = document.new_page()
        page.insert_text((50, 30), f"Handbook of repair, edition {number}", fontsize=8)
        page.insert_text((290, 820), f"- {number} -", fontsize=8)
        page.insert_textbox(pymupdf.Rect(50, 100, 545, 700), f"Chapter text {number}. " + PROSE * 3, fontsize=10)
    made = read(save(document, tmp_path / "heads.pdf"))
    for page in made.pages:
        assert page.regions[0].kind is RegionKind.HEADER
        assert page.regions[-1].kind is RegionKind.FOOTER
    joined = " ".join(passage.text for passage in made.passages)
    assert joined.count("Handbook of repair") == 4, "editions differ, so each counts once"
    assert "- 2 -" not in joined


def test_hyphenation_is_undone(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    lines = [
        "This paragraph speaks about the docu-",
        "mentation of an old machine and of its",
        "maintenance over the years.",
    ]
    for index, line in enumerate(lines):
        page.insert_text((72, 100 + 13 * index), line, fontsize=10)
    made = read(save(document, tmp_path / "hyphen.pdf"))
    assert "about the documentation of an" in made.pages[0].regions[0].text
    assert "about the documentation of an" in made.passages[0].text


def test_passwords(plain: Path, tmp_path: Path) -> None:
    document = pymupdf.open(plain)
    path = save(
        document, tmp_path / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own"
    )
    with pytest.raises(EncryptedSourceError, match="--password"):
        read(path)
    with pytest.raises(EncryptedSourceError, match="None of the passwords"):
        read(path, passwords=("wrong",))
    assert read(path, passwords=("wrong", "open")).pages[0].words


def test_javascript_and_embedded_files_are_listed_never_run(plain: Path, tmp_path: Path) -> None:
    document = pymupdf.open(plain)
    document.embfile_add("budget.xlsx", b"PK", filename="budget.xlsx")
    script = document.get_new_xref()
    document.update_object(script, "<</Type/Action/S/JavaScript/JS(app.alert\\('hi'\\))>>")
    document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{script} 0 R")
    warnings = " ".join(read(save(document, tmp_path / "active.pdf")).warnings)
    assert "JavaScript, which is never run" in warnings
    assert "budget.xlsx" in warnings


def test_files_pinned_to_a_page_are_listed(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "A page with a pin.")
    page.add_file_annot((50, 50), b"content", "Ωnotes.txt", ufilename="Ωnotes.txt")
    warnings = read(save(document, tmp_path / "pinned.pdf")).warnings
    assert any("Ωnotes.txt" in warning for warning in warnings)


def test_words_keep_their_lines_where_rules_are_drawn_between(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for number in range(12):
        page.insert_text((72, 90 + 30 * number), f"Line {number} underlined", fontsize=11)
        page.draw_line((72, 93 + 30 * number), (200, 93 + 30 * number))
    words = read(save(document, tmp_path / "ruled.pdf")).pages[0].words
    assert [word.text for word in words] == [text for n in range(12) for text in ("Line", str(n), "underlined")]


def test_inline_images_are_found(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 90), "Above the picture stands a line.")
    data = bytes(range(256)).hex().encode()
    image = b"q 300 0 0 200 72 300 cm BI /W 16 /H 16 /CS /G /BPC 8 /F /AHx ID " + data + b"> EI Q"
    xref = page.get_contents()[0]
    document.update_stream(xref, page.read_contents() + b"\n" + image)
    regions = read(save(document, tmp_path / "inline.pdf")).pages[0].regions
    assert any(region.kind is RegionKind.PHOTO for region in regions)


def test_broken_cross_reference_table_is_repaired(plain: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = plain.read_bytes()
    plain.write_bytes(re.sub(rb"startxref\s+\d+", b"startxref\n99999999", data))
    document = read(plain)
    assert any("repaired" in warning for warning in document.warnings)
    assert document.pages[0].words
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_page_tree_loop_ends(plain: Path, tmp_path: Path) -> None:
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


def test_one_bad_page_costs_itself_alone(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_damaged_files_raise_with_advice(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(content)
    with pytest.raises(DamagedSourceError) as caught:
        read(path)
    assert caught.value.advice.endswith(".")


def test_truncated_file_never_raises_anything_else(plain: Path) -> None:
    data = plain.read_bytes()
    for share in (0.2, 0.5, 0.9):
        plain.write_bytes(data[: int(len(data) * share)])
        with suppress(DamagedSourceError):
            read(plain)


def test_empty_pages_and_progress(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page()
    document.new_page()
    path = save(document, tmp_path / "empty.pdf")
    seen: list[tuple[int, int]] = []
    made = read_document(
        path, "application/pdf", ReadOptions(page_pictures=False), None, lambda a, b: seen.append((a, b))
    )
    assert seen == [(1, 2), (2, 2)]
    assert [page.origin for page in made.pages] == [TextOrigin.NONE, TextOrigin.NONE]
    assert made.passages == ()
    assert all(not page.pictures for page in made.pages)


def test_abstract_across_the_page_does_not_hide_two_columns(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_textbox(pymupdf.Rect(50, 60, 550, 260), "Abstract. " + PROSE * 5, fontsize=10)
    page.insert_textbox(pymupdf.Rect(50, 300, 290, 500), "left " + "Left words run on for a while in here. " * 12)
    page.insert_textbox(pymupdf.Rect(310, 300, 550, 500), "right " + "Other words stand over there instead. " * 12)
    texts = [word.text for word in read(save(document, tmp_path / "article.pdf")).pages[0].words]
    assert texts.index("Abstract.") < texts.index("left") < texts.index("right")
    assert "Left" not in texts[texts.index("right") :]


def test_flat_line_chart_keeps_its_grid_lines_and_axis_titles(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for step in range(5):
        page.draw_line((120, 200 + 30 * step), (420, 200 + 30 * step), color=(0.8, 0.8, 0.8))
        page.insert_text((100, 203 + 30 * step), str(100 - 25 * step), fontsize=8)
    page.draw_polyline([(130, 206), (200, 212), (270, 204), (340, 215), (410, 207)], color=(0, 0, 1))
    page.insert_text((92, 280), "share (%)", fontsize=8, rotate=90)
    page.insert_text((100, 350), "Figure 2. Share over the years.", fontsize=9)
    page.insert_textbox(pymupdf.Rect(72, 400, 540, 700), PROSE * 3, fontsize=10)
    made = read(save(document, tmp_path / "chart.pdf")).pages[0]
    figure = next(region for region in made.regions if region.kind is RegionKind.FIGURE)
    assert figure.box.y0 * 842 < 203
    assert figure.box.y1 * 842 > 317
    assert {"100", "0", "share", "(%)"} <= set(figure.text.split())
    assert made.pictures[0].caption == "Figure 2. Share over the years."


def test_shaded_rows_are_a_table_and_no_figure(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row in range(0, 3, 2):
        page.draw_rect(pymupdf.Rect(72, 100 + row * 20, 472, 120 + row * 20), fill=(0.9, 0.9, 0.95), color=None)
    draw_table(page, 100, ruled=False)
    made = read(save(document, tmp_path / "shaded.pdf")).pages[0]
    assert [region.kind for region in made.regions] == [RegionKind.TABLE]
