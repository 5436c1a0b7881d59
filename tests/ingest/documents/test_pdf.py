"""Pages of whole documents, made here with PyMuPDF: words and boxes, reading order, running heads, what to note."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from lucida.config import ReadOptions
from lucida.ingest.documents.pdf import read_document
from lucida.types import Document, RegionKind, TextOrigin


def test_plain_page_is_read_natively(plain: Path, read: Callable[..., Document]) -> None:
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


def test_words_are_where_they_are_printed(plain: Path, read: Callable[..., Document]) -> None:
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
def test_boxes_are_on_the_page_as_displayed(
    plain: Path, tmp_path: Path, rotation: int, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
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


def test_cropped_page_measures_from_its_own_corner(
    plain: Path, tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    document = pymupdf.open(plain)
    document[0].set_cropbox(pymupdf.Rect(40, 40, 560, 700))
    page = read(save(document, tmp_path / "cropped.pdf")).pages[0]
    title = page.regions[0]
    assert page.width_pt == pytest.approx(520)
    assert title.box.x0 == pytest.approx((51 - 40) / 520, abs=0.01)


def test_two_columns_are_read_one_after_the_other(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
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


def test_abstract_across_the_page_does_not_hide_two_columns(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path], prose: str
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_textbox(pymupdf.Rect(50, 60, 550, 260), "Abstract. " + prose * 5, fontsize=10)
    page.insert_textbox(pymupdf.Rect(50, 300, 290, 500), "left " + "Left words run on for a while in here. " * 12)
    page.insert_textbox(pymupdf.Rect(310, 300, 550, 500), "right " + "Other words stand over there instead. " * 12)
    texts = [word.text for word in read(save(document, tmp_path / "article.pdf")).pages[0].words]
    assert texts.index("Abstract.") < texts.index("left") < texts.index("right")
    assert "Left" not in texts[texts.index("right") :]


def test_running_heads_and_page_numbers(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path], prose: str
) -> None:
    document = pymupdf.open()
    for number in range(1, 5):
        page = document.new_page()
        page.insert_text((50, 30), f"Handbook of repair, edition {number}", fontsize=8)
        page.insert_text((290, 820), f"- {number} -", fontsize=8)
        page.insert_textbox(pymupdf.Rect(50, 100, 545, 700), f"Chapter text {number}. " + prose * 3, fontsize=10)
    made = read(save(document, tmp_path / "heads.pdf"))
    for page in made.pages:
        assert page.regions[0].kind is RegionKind.HEADER
        assert page.regions[-1].kind is RegionKind.FOOTER
    joined = " ".join(passage.text for passage in made.passages)
    assert joined.count("Handbook of repair") == 4, "editions differ, so each counts once"
    assert "- 2 -" not in joined


def test_hyphenation_is_undone(tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]) -> None:
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


def test_words_keep_their_lines_where_rules_are_drawn_between(
    tmp_path: Path, read: Callable[..., Document], save: Callable[..., Path]
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for number in range(12):
        page.insert_text((72, 90 + 30 * number), f"Line {number} underlined", fontsize=11)
        page.draw_line((72, 93 + 30 * number), (200, 93 + 30 * number))
    words = read(save(document, tmp_path / "ruled.pdf")).pages[0].words
    assert [word.text for word in words] == [text for n in range(12) for text in ("Line", str(n), "underlined")]


def test_empty_pages_and_progress(tmp_path: Path, save: Callable[..., Path]) -> None:
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
