"""Passages: nothing lost, nothing doubled, no title crossed, sizes kept."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pymupdf
import pytest

from lucida.config import ReadOptions
from lucida.ingest.documents.pdf import read_document
from lucida.ingest.structure.passages import MAX_CHARS, build_passages
from lucida.types import Box, Cell, Page, Region, RegionKind, Table, Word, union

LINE_HEIGHT = 0.015


def page_of(number: int, *blocks: tuple[RegionKind, str, int] | Region) -> Page:
    """A page with one region per block, its text set in lines of at most 12 words, top to bottom."""
    words: list[Word] = []
    regions: list[Region] = []
    y, line = 0.05, 0
    for block in blocks:
        if isinstance(block, Region):
            regions.append(block)
            continue
        kind, text, level = block
        own: list[Word] = []
        for row in text.split("\n"):
            pieces = row.split()
            for start in range(0, len(pieces), 12):
                x = 0.1
                for piece in pieces[start : start + 12]:
                    width = 0.008 * len(piece)
                    own.append(Word(piece, Box(x, y, x + width, y + 0.012), 1.0, line))
                    x += width + 0.008
                y += LINE_HEIGHT
                line += 1
        y += LINE_HEIGHT
        words += own
        regions.append(Region(kind, union(word.box for word in own), text, level))
    return Page(number, 600, 800, tuple(words), tuple(regions))


def sentences(rng: random.Random, count: int) -> str:
    made = []
    for _ in range(count):
        words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(rng.randint(3, 30))]
        made.append(" ".join(words).capitalize() + ".")
    return " ".join(made)


@pytest.mark.parametrize("seed", range(12))
def test_every_word_of_the_body_lands_in_exactly_one_passage(seed: int) -> None:
    rng = random.Random(seed)
    kinds = [RegionKind.TITLE, RegionKind.TEXT, RegionKind.TEXT, RegionKind.LIST, RegionKind.CAPTION, RegionKind.FIGURE]
    pages = []
    for number in range(1, 4):
        blocks = []
        for _ in range(rng.randint(1, 7)):
            kind = rng.choice(kinds)
            text = (
                sentences(rng, 1)[:60].rsplit(" ", 1)[0]
                if kind is RegionKind.TITLE
                else sentences(rng, rng.randint(1, 4))
            )
            blocks.append((kind, text, rng.randint(1, 3) if kind is RegionKind.TITLE else 0))
        pages.append(page_of(number, *blocks))
    passages = build_passages(pages)
    printed = Counter(word.text for page in pages for word in page.words)
    kept = Counter(word for passage in passages for word in passage.text.split())
    assert kept == printed
    assert all(len(passage.text) <= MAX_CHARS for passage in passages)
    for passage in passages:
        on_page = pages[passage.page - 1]
        assert any(passage.box.contains_point(*word.box.center) for word in on_page.words)


def test_long_sections_are_cut_evenly_at_sentences() -> None:
    text = " ".join(f"Sentence number {i} says something about the weather of that day." for i in range(60))
    passages = build_passages([page_of(1, (RegionKind.TITLE, "Weather", 1), (RegionKind.TEXT, text, 0))])
    assert all(passage.section == ("Weather",) for passage in passages)
    assert all(600 <= len(passage.text) <= MAX_CHARS for passage in passages)
    assert all(passage.text.endswith("that day.") for passage in passages)
    assert passages[0].text.startswith("Weather\nSentence number 0")


def test_titles_divide_and_nest() -> None:
    page = page_of(
        1,
        (RegionKind.TITLE, "Report", 1),
        (RegionKind.TITLE, "Method", 2),
        (RegionKind.TEXT, "We counted twice.", 0),
        (RegionKind.TITLE, "Result", 2),
        (RegionKind.TEXT, "There were nine.", 0),
    )
    passages = build_passages([page])
    assert [(passage.section, passage.text) for passage in passages] == [
        (("Report", "Method"), "Report\nMethod\nWe counted twice."),
        (("Report", "Result"), "Result\nThere were nine."),
    ]


def test_one_overlong_sentence_is_cut_at_commas() -> None:
    text = "word and more words that never end, " * 80
    passages = build_passages([page_of(1, (RegionKind.TEXT, text.strip(), 0))])
    assert all(len(passage.text) <= MAX_CHARS for passage in passages)
    assert sum(passage.text.endswith(",") for passage in passages) >= len(passages) - 1


def test_paragraph_that_runs_over_the_page_is_one_sentence() -> None:
    first = page_of(1, (RegionKind.TEXT, "The long paragraph of the first page goes on and breaks off in the", 0))
    second = page_of(2, (RegionKind.TEXT, "middle of a sentence. Then it ends.", 0))
    passages = build_passages([first, second])
    assert len(passages) == 1
    assert "breaks off in the middle of a sentence. Then it ends." in passages[0].text
    assert passages[0].page == 1
    assert passages[0].box.y1 < 0.1, "the box is that of the words on the first page"


def test_short_pages_make_passages_of_their_own() -> None:
    texts = ["Please send the drawings by Friday.", "The meeting is moved to May.", "Invoice 17 is paid."]
    passages = build_passages([page_of(n, (RegionKind.TEXT, text, 0)) for n, text in enumerate(texts, 1)])
    assert [(passage.page, passage.text) for passage in passages] == list(enumerate(texts, 1))


def test_what_follows_a_paragraph_that_ran_on_is_another_passage() -> None:
    first = page_of(1, (RegionKind.TEXT, "The long paragraph of the first page goes on and breaks off in the", 0))
    second = page_of(
        2, (RegionKind.TEXT, "middle of a sentence.", 0), (RegionKind.TEXT, "Another matter is treated here.", 0)
    )
    passages = build_passages([first, second])
    assert [passage.text.split()[-1] for passage in passages] == ["sentence.", "here."]
    assert [passage.page for passage in passages] == [1, 2]


def test_a_title_at_the_foot_of_a_page_opens_the_next_one() -> None:
    first = page_of(1, (RegionKind.TEXT, "It is done.", 0), (RegionKind.TITLE, "Weather", 1))
    passages = build_passages([first, page_of(2, (RegionKind.TEXT, "It rained.", 0))])
    assert [passage.text for passage in passages] == ["It is done.", "Weather\nIt rained."]


def test_running_heads_count_once_and_page_numbers_never() -> None:
    pages = [
        page_of(
            n,
            (RegionKind.HEADER, "Acme Ltd, 12 Hill Road", 0),
            (RegionKind.TEXT, f"Body {n} here.", 0),
            (RegionKind.FOOTER, f"Page {n} of 3", 0),
        )
        for n in (1, 2, 3)
    ]
    joined = "\n".join(passage.text for passage in build_passages(pages))
    assert joined.count("Acme Ltd, 12 Hill Road") == 1
    assert "of 3" not in joined
    assert joined.count("Body") == 3


def test_tables_repeat_their_heading_over_passages() -> None:
    rows = [("City", "Note"), *((f"Town {i}", "a note of some length that fills the row " * 2) for i in range(40))]
    cells = tuple(
        Cell(r, c, text, Box(0.1 + 0.4 * c, 0.1 + 0.02 * r, 0.5 + 0.4 * c, 0.12 + 0.02 * r))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    table = Region(RegionKind.TABLE, Box(0.1, 0.1, 0.9, 0.95), "x", 0, Table(len(rows), 2, cells))
    passages = build_passages([page_of(1, (RegionKind.CAPTION, "Table 3: Towns", 0), table)])
    assert len(passages) > 3
    assert all(passage.text.startswith("Table 3: Towns\nCity: Town") for passage in passages)
    assert all(len(passage.text) <= MAX_CHARS for passage in passages)
    joined = "\n".join(passage.text for passage in passages)
    assert all(joined.count(f"City: Town {i} |") == 1 for i in range(40))


def test_receipt_lines_stay_apart(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=220, height=300)
    rows = [("Corner Cafe", ""), ("12 Hill Road", ""), ("Coffee", "3.50"), ("Apple cake", "4.20"), ("TOTAL", "7.70")]
    for index, (name, price) in enumerate(rows):
        page.insert_text((20, 40 + 14 * index), name, fontsize=9)
        if price:
            page.insert_text((170, 40 + 14 * index), price, fontsize=9)
    document.save(tmp_path / "receipt.pdf")
    made = read_document(tmp_path / "receipt.pdf", "application/pdf", ReadOptions(), None, lambda a, b: None)
    assert [passage.text for passage in made.passages] == [
        "Corner Cafe\n12 Hill Road\nCoffee 3.50\nApple cake 4.20\nTOTAL 7.70"
    ]


def test_page_without_regions_still_yields_its_words() -> None:
    page = page_of(1, (RegionKind.TEXT, "Loose words only.", 0))
    bare = Page(1, 600, 800, page.words)
    assert [passage.text for passage in build_passages([bare])] == ["Loose words only."]
    assert build_passages([Page(1, 600, 800)]) == ()
