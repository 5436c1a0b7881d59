"""A reader of running text among the others: its spans are quoted in their sentences, and proved like any answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lucida.models.protocols import Span
from lucida.query.aids import Aids
from lucida.query.ask import ask
from lucida.query.question import understand
from lucida.query.spans_read import point, sentence_around
from lucida.query.verification import locate

PROSE = (
    "The clock of the town hall\nstood still for years. In 1911 it was repaired by\nMarta Lind, who asked for nothing. "
    "Dr. Holm thanked her."
)


class Pointing:
    """Points at given words wherever they stand, as surely as is said."""

    spec, threshold = "pointing", 0.5

    def __init__(self, *words: str, probability: float = 0.9) -> None:
        self.words, self.probability, self.asked = words, probability, 0

    def read(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[Span]]:
        self.asked += 1
        return [
            [
                Span(passage.index(word), passage.index(word) + len(word), 3.0, self.probability / (rank + 1))
                for rank, word in enumerate(self.words)
                if word in passage
            ][:most]
            for passage in passages
        ]


def test_a_span_is_quoted_in_its_sentence() -> None:
    (best, second) = point(Pointing("Marta Lind", "1911"), understand("Who repaired the clock?"), ["Nothing.", PROSE])
    assert (best.text, best.passage) == ("Marta Lind", 1)
    assert best.quote == "In 1911 it was repaired by Marta Lind, who asked for nothing."
    assert best.probability == 0.9
    assert best.lead == pytest.approx(2 / 3)
    assert best.agreement > second.agreement  # a name was asked for


def test_hardly_likely_spans_are_no_candidates() -> None:
    assert point(Pointing("1911", probability=0.001), understand("When was it repaired?"), [PROSE]) == []


def test_a_span_over_a_sentence_s_end_takes_both() -> None:
    folded = " ".join(PROSE.split())
    start, end = folded.index("for nothing"), folded.index("thanked")
    assert sentence_around(PROSE, start, end).startswith("In 1911")
    assert sentence_around(PROSE, start, end).endswith("thanked her.")


@pytest.fixture
def library(index, page_of):
    lines = [[(0.1, line)] for line in PROSE.splitlines()]
    index.add(page_of(lines, source="/docs/clock.pdf"), [PROSE])
    return index


def test_a_span_answers_with_its_place(library, encoder) -> None:
    reader = Pointing("Marta Lind")
    answer = ask(library, encoder, "Who repaired the clock of the town hall?", aids=Aids(reader=reader))
    assert answer.text == "Marta Lind"
    assert reader.asked == 1
    (citation,) = answer.citations
    assert "Marta Lind" in citation.quote
    assert locate(citation.quote, library.page(1, 1).words) is not None
    read = next(step for step in answer.trace if step.name == "read")
    assert "1 from spans" in read.detail


def test_a_reader_that_is_unsure_leaves_the_question_open(library, encoder) -> None:
    answer = ask(
        library,
        encoder,
        "Who repaired the clock of the town hall?",
        aids=Aids(reader=Pointing("Dr. Holm", probability=0.03)),
    )
    assert answer.abstained


def test_other_languages_are_left_to_sentences(library, encoder) -> None:
    reader = Pointing("Marta Lind")
    ask(library, encoder, "Wer hat die Uhr der Stadt repariert und wann war das?", aids=Aids(reader=reader))
    assert reader.asked == 0


def test_what_a_reader_makes_up_is_not_given(library, encoder) -> None:
    """A passage whose words do not stand on its page proves nothing."""
    library.rows[0] = library.rows[0].__class__(
        **{name: getattr(library.rows[0], name) for name in library.rows[0].__dataclass_fields__}
        | {"text": PROSE.replace("Marta Lind", "Otto Kranz")}
    )
    assert ask(
        library, encoder, "Who repaired the clock of the town hall?", aids=Aids(reader=Pointing("Otto Kranz"))
    ).abstained
