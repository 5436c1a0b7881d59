"""Papers of offices: dense panels, figures under heads, words with a cross."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lucida.generate.documents.content import Content, Entry, Marks, Matrix, Panel
from lucida.generate.documents.design import Design
from lucida.generate.documents.drawing import draw_paper
from lucida.generate.documents.painter import Painter
from lucida.generate.documents.tongues import LANGUAGES, tongue
from lucida.generate.documents.truth import PageTruth
from lucida.generate.files import new_document


def drawn(*blocks: Any, seed: int = 1, design: Design | None = None) -> list[PageTruth]:
    with new_document() as document:
        content = Content("office", blocks)
        return Painter(document, content, design or Design(), tongue("en"), np.random.default_rng(seed)).draw()


def linked(page: PageTruth) -> list[tuple[str, str]]:
    """Labels and values as printed."""

    def text(place: int) -> str:
        return page.text(page.entities[place].words)

    return [(text(link.label), text(link.value)) for link in page.links if link.label is not None]


@pytest.mark.parametrize("seed", range(6))
def test_filled_cells_are_linked_and_empty_ones_are_labels_alone(seed: int) -> None:
    rows = [
        [Entry("office", "Requested by", "A. Marham"), Entry("office", "Date", "")],
        [Entry("office", "Remarks", "The lift was stopped at noon. " * 8)],
    ]
    [page] = drawn(Panel(rows, "General"), seed=seed)
    assert [label for label, _ in linked(page)] == ["Requested by:", "Remarks:"]
    assert linked(page)[0][1] == "A. Marham"
    labels = [page.text(entity.words) for entity in page.entities if entity.role == "question"]
    assert "Date:" in labels
    assert {"What is the Date?", "What does the page give as Date?"}.isdisjoint(q.question for q in page.questions)


def test_words_of_a_panel_do_not_lie_on_each_other() -> None:
    [page] = drawn(Panel([[Entry("office", "Name", "Ada Marham"), Entry("office", "Town", "Fairham")]]))
    boxes = [page.box([place]) for place in range(len(page.words))]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            across, down = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 0 or down <= 0


def test_figures_belong_to_the_heads_of_their_row_and_their_column() -> None:
    [page] = drawn(Matrix(["Control", "Test"], ["Length", "Weight"], [["1.5", "2.5"], ["", "4.5"]]))
    assert linked(page) == [
        ("Control", "1.5"), ("Length", "1.5"), ("Test", "2.5"), ("Length", "2.5"), ("Test", "4.5"), ("Weight", "4.5"),
    ]  # fmt: skip


def test_a_cross_is_the_value_of_its_word_which_answers_the_question() -> None:
    [page] = drawn(Marks("Please reply", ["Yes", "No"], 1))
    assert linked(page) == [("No", "X")]
    [asked] = page.questions
    assert "Please reply" in asked.question
    assert page.text(asked.words) == "No"


@pytest.mark.parametrize("language", LANGUAGES)
def test_office_papers_are_of_their_language(language: str) -> None:
    paper = draw_paper("office", language, np.random.default_rng(4))
    paper.document.close()
    words = {variant.lower() for key in tongue(language).sections["office"].values() for variant in key}
    labels = [
        page.text(entity.words).rstrip(": -").lower()
        for page in paper.pages
        for entity in page.entities
        if entity.role == "question"
    ]
    assert sum(any(word in label for word in words) for label in labels) > 0.8 * len(labels) > 0
