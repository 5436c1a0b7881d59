from __future__ import annotations

import pytest

from lucida.query.ask import ask
from lucida.query.question import understand
from lucida.query.reading import missing
from lucida.query.verification import locate

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
