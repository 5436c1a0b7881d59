from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lucida.index import FileState, Index, Reading
from lucida.index.records import Filter
from lucida.query.ask import ask
from lucida.query.question import understand
from lucida.query.reading import MOST_PAGES, gather, missing
from lucida.query.verification import locate
from lucida.types import Box, Document, Page, Passage, TextOrigin

FIRST = [[(0.1, "The boiler of the house stands in the cellar. It was")]]
SECOND = [
    [(0.1, "installed by the firm in March 2019. The chimney is")],
    [(0.1, "swept by Albin Gruber every autumn.")],
]
PASSAGE = (
    "The boiler of the house stands in the cellar. It was installed by the firm in March 2019. The chimney is swept by "
    "Albin Gruber every autumn."
)


@pytest.fixture
def library(index, page_of):
    index.add(page_of(FIRST, source="/docs/house.pdf"), [PASSAGE])
    index.page_rows[1, 2] = page_of(SECOND, number=2, source="/docs/house.pdf")
    return index


@pytest.mark.parametrize(
    ("question", "text", "page"),
    [
        ("By whom is the chimney swept?", "Albin Gruber", 2),
        ("When was the boiler installed by the firm?", "March 2019", 2),
    ],
)
def test_a_passage_over_two_pages_is_cited_where_its_words_stand(
    library, encoder, question: str, text: str, page: int
) -> None:
    answer = ask(library, encoder, question)
    assert text in answer.text
    citation = answer.citations[0]
    assert citation.page == page
    assert locate(citation.quote, library.page(1, page).words) is not None
    assert text in citation.quote


def test_of_few_pages_all_are_read_though_none_shares_a_word_with_the_question(index, page_of, encoder) -> None:
    slip = [[(0.1, "Pelham Fruit Ltd")], [(0.1, "Pears"), (0.8, "3.40")]]
    index.add(page_of(slip, source="/docs/slip.jpg"), ["Pelham Fruit Ltd Pears 3.40"])
    for number in range(2, 2 + MOST_PAGES):
        page = page_of([[(0.1, f"Minutes of meeting {number}")]], source_id=number, source=f"/docs/{number}.pdf")
        index.add(page, [f"Minutes of meeting {number}"])
    question = "What is the name of the shop?"
    assert ask(index, encoder, question, Filter(path="/docs/slip.jpg")).text == "Pelham Fruit Ltd"
    assert gather(index, encoder, understand(question), Filter(path="/docs/*"), 8).pages == ()


@pytest.mark.parametrize(
    ("question", "printed", "gone"),
    [
        ("What was the revenue in 2017?", "revenue 2018 2019", True),
        ("What was the revenue in 2017?", "revenue 2017", False),
        ("What was the income in 2024?", "income 2023 24", False),
        ("What did the Kestrel cost?", "the gannet cost", True),
        ("What did the boat cost?", "nothing of it", False),
    ],
)
def test_names_and_numerals_that_a_page_does_not_know(question: str, printed: str, gone: bool) -> None:
    assert (missing(understand(question), frozenset(printed.split())) > 0) is gone


class Numberless:
    """Meaning, which knows no numbers: a question is near to some invoices, for their customers."""

    spec, fingerprint, dimension = "numberless", "numberless-1", 8

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(self.dimension, dtype=np.float32)[[int("Prior" in text) for text in texts]]


def invoice(number: int, customer: str, page_of) -> Reading:
    total = f"{number * 37 / 4:.2f}"
    words = page_of([[(0.1, f"Invoice INV-{number:06d} {customer}")], [(0.1, "Total:"), (0.5, total)]]).words
    page = Page(1, 595.0, 842.0, words, (), (), TextOrigin.LAYER, reader="native")
    passage = Passage(f"Invoice INV-{number:06d} {customer} Total: {total}", 1, Box.whole())
    document = Document("text/plain", "", None, (page,), (passage,))
    file = FileState(f"/docs/{number}.txt", 1, 1, f"{number:064x}")
    return Reading(file, document, Numberless().encode_texts([passage.text]))


def test_a_number_finds_its_page_among_many_alike(tmp_path: Path, page_of) -> None:
    """Some stand in the rankings by meaning and by words, the right one in the second alone."""
    encoder = Numberless()
    customers = ["Castell" if 110 <= number < 117 else "Prior" for number in range(100, 200)]
    with Index.open(tmp_path / "library", create=True, write=True) as library:
        library.bind_encoder(encoder.spec, encoder.fingerprint, encoder.dimension)
        library.publish([invoice(100 + row, customer, page_of) for row, customer in enumerate(customers)])
        answer = ask(library, encoder, "What is the total of invoice INV-000199?")
    assert answer.text == "1840.75"
    assert answer.citations[0].source == "/docs/199.txt"
