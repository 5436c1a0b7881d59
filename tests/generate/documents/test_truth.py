"""What is said of a drawn page is so: ink lies in its boxes, sums add up, answers stand where they are said to."""

from __future__ import annotations

import io
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from lucida.generate.documents.content import Entry, Fields, Goods
from lucida.generate.documents.drawing import draw_paper
from lucida.generate.documents.iban import is_iban, with_check_digits
from lucida.generate.documents.kinds import KINDS
from lucida.generate.documents.layer import pdf_of_pictures
from lucida.generate.documents.scribe import Scribe
from lucida.generate.documents.tongues import LANGUAGES, tongue
from lucida.generate.documents.truth import PageTruth, TrueWord
from lucida.generate.documents.values import Values
from lucida.generate.documents.wearing import WEARS, worn
from lucida.generate.files import new_document
from lucida.generate.scans import rasterise
from lucida.generate.sheet import Paper


def dark(image: Image.Image, below: int = 128) -> tuple[float, float, float, float]:
    """The smallest box around dark pixels."""
    rows, columns = np.nonzero(np.asarray(image.convert("L")) < below)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("angle", [0.0, 4.0])
@pytest.mark.parametrize(("text", "face"), [("Ägypten", "helv"), ("pqy.", "tiit"), ("£1,204.00", "cobo")])
def test_a_word_s_corners_hold_its_ink(text, face, angle) -> None:
    with new_document() as document:
        sheet = Scribe(document, Paper(300, 120))
        sheet.text(150, 70, text, face, 30, "#000000", "center", tracking=1.0, angle=angle)
        sheet.finish()
        image = rasterise(document, 144)[0]
    (word,) = sheet.words
    across, down = zip(*word.corners, strict=True)
    said = np.array([min(across), min(down), max(across), max(down)]) * 2
    assert word.text == text
    seen = np.array(dark(image, 250))
    if angle:  # corners stand off the ink of a word that rises
        assert (said[:2] - 2 <= seen[:2]).all()
        assert (seen[2:] <= said[2:] + 2).all()
    else:
        assert np.abs(said - seen).max() <= 2


@pytest.mark.parametrize("wear", WEARS)
def test_boxes_go_where_the_ink_goes(wear) -> None:
    image = Image.new("RGB", (400, 560), "white")
    image.paste((0, 0, 0), (90, 120, 210, 150))
    word = TrueWord("x", ((90.0, 120.0), (210.0, 120.0), (210.0, 150.0), (90.0, 150.0)), 0)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        found = worn(image, PageTruth(400, 560, (word,)), wear, 0.9, rng, dpi=72)
        (corners,) = (one.corners for one in found.page.words)
        across, down = zip(*corners, strict=True)
        with Image.open(io.BytesIO(found.content)) as opened:
            grey = np.asarray(opened.convert("L"), np.float32)
        assert opened.size == (found.width_px, found.height_px)
        # Halfway from each edge's middle to the outside it is light, to the inside dark.
        middle = np.mean(corners, axis=0)
        for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
            edge = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
            out = (edge - middle) / np.linalg.norm(edge - middle)
            inside, outside = (edge - 4 * out).astype(int), (edge + 4 * out).astype(int)
            assert _around(grey, inside) + 40 < _around(grey, outside)
        assert 0 <= min(across) < max(across) <= 400
        assert 0 <= min(down) < max(down) <= 560


def _around(grey: np.ndarray, at: np.ndarray) -> float:
    return float(np.median(grey[at[1] - 1 : at[1] + 2, at[0] - 1 : at[0] + 2]))


@pytest.fixture(scope="module")
def papers():
    made = []
    for number, kind in enumerate(KINDS):
        paper = draw_paper(kind, LANGUAGES[number % len(LANGUAGES)], np.random.default_rng([5, number]))
        paper.document.close()
        made.append(paper)
    return made


def test_every_kind_can_be_asked(papers) -> None:
    for paper in papers:
        assert sum(len(page.words) for page in paper.pages) > 25
        kinds = {asked.kind for page in paper.pages for asked in page.questions}
        assert "unanswerable" in kinds
        assert kinds - {"unanswerable"}
        for page in paper.pages:
            questions = [asked.question for asked in page.questions]
            assert len(set(questions)) == len(questions)
            assert not any("{" in question for question in questions)
            for word in page.words:
                assert all(-1 <= x <= page.width + 1 and -1 <= y <= page.height + 1 for x, y in word.corners)


def test_answers_are_the_words_they_name(papers) -> None:
    invoice = next(paper for paper in papers if (paper.kind, paper.language) == ("invoice", "en"))
    page = invoice.pages[0]
    links = {link.name: page.text(page.entities[link.value].words) for link in page.links}
    asked = {one.question: one for one in page.questions}
    total = next(one for text, one in asked.items() if text in tongue("en").all("questions", "total"))
    assert page.text(total.words) == links["total"]
    table = page.tables[0]
    cells = {(cell.row, cell.column): page.text(cell.words) for cell in table.cells}
    rows = {cells[row, table.columns.index("description")]: row for row in range(1, 1 + max(r for r, _ in cells))}
    of_table = [one for one in page.questions if one.kind == "table"]
    assert of_table
    for one in of_table:
        row = next(row for name, row in rows.items() if name in one.question)
        assert page.text(one.words) in {cells[row, column] for column in range(len(table.columns))}


def test_sums_add_up() -> None:
    for seed in range(12):
        values = Values(tongue("en"), np.random.default_rng(seed))
        content = KINDS["invoice"](values)
        goods = next(block for block in content.blocks if isinstance(block, Goods))
        sums = next(block for block in content.blocks if isinstance(block, Fields) and block.sums)
        by_name = {entry.name: _number(entry.value) for entry in sums.entries}
        if "subtotal" in by_name:
            assert sum(_number(row[-1]) for row in goods.rows) == by_name["subtotal"]
            assert by_name["subtotal"] + by_name["tax"] == by_name["total"]


def test_each_balance_follows_from_the_one_before() -> None:
    content = KINDS["statement"](Values(tongue("en"), np.random.default_rng(8)))
    entries = {e.name: _number(e.value) for b in content.blocks if isinstance(b, Fields) for e in b.entries if b.sums}
    goods = next(block for block in content.blocks if isinstance(block, Goods))
    change = sum(_number(row[2]) for row in goods.rows)
    assert entries["opening_balance"] + change == entries["closing_balance"]


def _number(text: str) -> Decimal:
    return Decimal("".join(char for char in text if char.isdigit() or char in ".-"))


def test_account_numbers_hold_their_check_digits() -> None:
    assert with_check_digits("GB", "WEST12345698765432") == "GB82WEST12345698765432"
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB28 WEST 1234 5698 7654 32")
    assert not is_iban("an account")
    for code in LANGUAGES:
        assert is_iban(Values(tongue(code), np.random.default_rng(1)).iban())


def test_languages_have_the_same_keys_and_can_be_printed() -> None:
    english = tongue("en").sections
    for code in LANGUAGES:
        other = tongue(code).sections
        assert {name: set(keys) for name, keys in other.items()} == {name: set(keys) for name, keys in english.items()}
        for section in other.values():
            for variants in section.values():
                assert all(variant.encode("cp1252") for variant in variants)
        assert len(tongue(code).all("lists", "parameters")) == len(tongue(code).all("lists", "units"))


def test_letters_are_as_small_as_asked() -> None:
    paper = draw_paper("letter", "en", np.random.default_rng(2), letters_pt=5)
    with paper.document as document:
        sizes = [span["size"] for block in document[0].get_text("dict")["blocks"] for line in block.get("lines", ())
                 for span in line["spans"]]  # fmt: skip
    assert np.median(sizes) == pytest.approx(5, abs=0.6)


@pytest.mark.parametrize("letters_pt", [4.0, 18.0])
def test_words_stay_on_the_page_whatever_their_size(letters_pt) -> None:
    pages = 0
    for kind in ("invoice", "form", "statement"):
        paper = draw_paper(kind, "es", np.random.default_rng(77), letters_pt)
        paper.document.close()
        pages += len(paper.pages)
        for page in paper.pages:
            for word in page.words:
                assert all(-1 <= x <= page.width + 1 and -1 <= y <= page.height + 1 for x, y in word.corners)
    assert pages == 3 if letters_pt < 10 else pages > 3


def test_an_unseen_text_layer_lies_on_its_ink() -> None:
    import pymupdf

    paper = draw_paper("letter", "en", np.random.default_rng(4))
    image = rasterise(paper.document, 60)[0]
    paper.document.close()
    picture = worn(image, paper.pages[0], "photo", 0.6, np.random.default_rng(1), dpi=60)
    with pymupdf.open(stream=pdf_of_pictures([picture], dpi=60, text_layer=True)) as opened:
        read = opened[0].get_text("words")
    assert {row[4] for row in read} == {word.text for word in picture.page.words}
    for row in read[:40]:
        box = np.array(row[:4]) * 60 / 72
        places = [np.mean(word.corners, axis=0) for word in picture.page.words if word.text == row[4]]
        assert any(box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1 for x, y in places)
    with pymupdf.open(stream=pdf_of_pictures([picture], dpi=60, text_layer=False)) as bare:
        assert bare[0].get_text("words") == []


def test_a_field_nobody_has_words_for_is_asked_by_its_label(papers) -> None:
    from lucida.generate.documents.asking import worded

    assert worded(tongue("en"), Entry("shoe", "Size of shoe", "42"), np.random.default_rng(0))[0].count("Size of shoe")
    assert worded(tongue("en"), Entry("shoe", "", "42"), np.random.default_rng(0)) == []
