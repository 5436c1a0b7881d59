"""Questions to a true index on disk with the true sentence encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lucida.index import FileState, Filter, Index, Reading
from lucida.models.registry import load_text_encoder
from lucida.query import Encoders, SearchRequest, ask, search
from lucida.query.verification import locate
from lucida.types import Box, Document, Page, Passage, TextOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = {
    "vault.txt": "The Svalbard seed vault was opened in February 2008 by the prime minister Jens Stoltenberg. "
    "It stores more than 1.2 million seed samples at minus 18 degrees.",
    "pie.txt": "Peel the apples and put them into the oven with butter and cinnamon. The pie is done after 40 minutes.",
    "harbour.txt": "The lighthouse on the northern mole is visible for twenty miles and was lit first in 1884.",
    "rechnung.txt": "Rechnungsnummer: 2024-778 Gesamtbetrag: 1.234,50 €",
}


@pytest.fixture(scope="module")
def encoder():
    return load_text_encoder("minilm")


@pytest.fixture(scope="module")
def library(tmp_path_factory, encoder, words_of) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("library")
    with Index.open(folder, create=True, write=True) as index:
        index.bind_encoder(encoder.spec, encoder.fingerprint, encoder.dimension)
        readings = []
        for number, (name, text) in enumerate(TEXTS.items()):
            words = words_of([[(0.05, part)] for part in _lines(text)])
            page = Page(1, 595.0, 842.0, words, origin=TextOrigin.LAYER, reader="native")
            document = Document("text/plain", name, None, (page,), (Passage(text, 1, Box(0.05, 0.1, 0.95, 0.3)),))
            file = FileState(f"/docs/{name}", 10, number, f"{number:064x}")
            readings.append(Reading(file, document, encoder.encode_texts([text])))
        index.publish(readings)
        yield index


def _lines(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 80:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def test_meaning_finds_what_words_do_not(library, encoder) -> None:
    hits = search(library, Encoders(encoder), SearchRequest("how to bake a dessert with fruit"))
    assert hits[0].source == "/docs/pie.txt"


def test_words_find_what_meaning_does_not(library, encoder) -> None:
    assert search(library, Encoders(encoder), SearchRequest("2024-778"))[0].source == "/docs/rechnung.txt"


def test_nothing_is_found_for_nothing(library, encoder) -> None:
    assert search(library, Encoders(encoder), SearchRequest("quantum chromodynamics lattice")) == []


def test_filters_reach_the_index(library, encoder) -> None:
    hits = search(library, Encoders(encoder), SearchRequest("apples in the oven", where=Filter(path="harbour*")))
    assert all(hit.source == "/docs/harbour.txt" for hit in hits)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the seed vault opened?", "February 2008"),
        ("Who opened the seed vault?", "Jens Stoltenberg"),
        ("Wie lautet die Rechnungsnummer?", "2024-778"),
        ("How many seed samples does the vault store?", "1.2 million"),
    ],
)
def test_answers_stand_on_their_pages(library, encoder, question: str, answer: str) -> None:
    given = ask(library, encoder, question)
    assert given.text == answer
    row = next(row for row in library.sources() if row.path == given.citations[0].source)
    page = library.page(row.id, given.citations[0].page)
    assert page is not None
    assert locate(given.citations[0].quote, page.words) is not None


@pytest.mark.parametrize("question", ["Who painted the Mona Lisa?", "What is the capital of Mongolia?"])
def test_abstains(library, encoder, question: str) -> None:
    assert ask(library, encoder, question).abstained
