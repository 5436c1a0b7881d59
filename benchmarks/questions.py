"""What a question takes against how much the library holds: flat but for retrieval.

``python -m benchmarks questions --pages 10,1000,100000`` grows one library of synthetic invoices of one page through
its own face and asks for totals of single invoices, with the text encoder and the reader of this installation: cold,
in whole processes of ``lucida ask``, and warm, in one that stays. The pages are true to the catalogue (words with
boxes, passages, full text, vectors), but nothing lies behind them: their pixels are not looked at a second time.
Vectors of invoices beyond the first few are those of others with noise, since embedding a hundred thousand pages is
not what is measured.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import lucida, run, show
from lucida import Library
from lucida.index import FileState, Index, Reading
from lucida.models.minilm import MiniLM
from lucida.types import Box, Document, Page, Passage, TextOrigin, Word, union

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors
    from lucida.types import Answer

SIZES = (10, 1_000, 100_000)
#: Invoices whose texts are embedded, and how far the others' vectors lie from theirs.
_EMBEDDED, _NOISE = 500, 0.15
_BATCH = 500
_COLD, _WARM = 5, 40
_NAMES = (
    "Abel",
    "Brandt",
    "Castell",
    "Dorn",
    "Ekberg",
    "Faber",
    "Graves",
    "Holm",
    "Ivens",
    "Jansen",
    "Keller",
    "Lund",
    "Marsh",
    "Noble",
    "Olsen",
    "Prior",
)
_TRADES = (
    "Joinery",
    "Bakery",
    "Optics",
    "Printing",
    "Roofing",
    "Textiles",
    "Tools",
    "Transport",
    "Glass",
    "Garden",
    "Paper",
    "Lighting",
)
_GOODS = (
    "oak boards",
    "brass hinges",
    "linen cloth",
    "rye flour",
    "slate tiles",
    "copper pipe",
    "window glass",
    "garden hose",
)


@dataclass(frozen=True)
class Row:
    """One size: seconds, and milliseconds of the parts of a warm question."""

    pages: int
    right: str
    cold: float
    p50_ms: float
    p95_ms: float
    retrieve_ms: float
    rest_ms: float


def total_of(number: int) -> str:
    return f"{10 + number * 7919 % 900_000 / 100:,.2f}"


def lines_of(number: int) -> list[list[tuple[float, str]]]:
    """An invoice's lines: runs of text with their left edges."""
    seller = f"{_NAMES[number % 16]} {_TRADES[number // 16 % 12]}"
    buyer = f"{_NAMES[number // 7 % 16]} & {_NAMES[number // 112 % 16]}"
    goods = _GOODS[number % 8]
    return [
        [(0.1, seller)],
        [(0.1, "INVOICE")],
        [(0.1, "Invoice number:"), (0.4, f"INV-{number:06d}")],
        [(0.1, "Customer:"), (0.4, buyer)],
        [(0.1, "Description"), (0.5, "Quantity"), (0.7, "Amount")],
        [(0.1, goods.capitalize()), (0.5, str(1 + number % 40)), (0.7, total_of(number))],
        [(0.1, "Total:"), (0.7, total_of(number))],
    ]


def invoice(number: int) -> tuple[Page, Passage]:
    """One page and its passage."""
    words: list[Word] = []
    for line, runs in enumerate(lines_of(number)):
        for start, text in runs:
            left = start
            for part in text.split():
                right = left + 0.008 * len(part)
                words.append(Word(part, Box(left, 0.1 + 0.05 * line, right, 0.115 + 0.05 * line), 1.0, line))
                left = right + 0.006
    text = "\n".join(" ".join(part for _, part in runs) for runs in lines_of(number))
    page = Page(1, 595.0, 842.0, tuple(words), (), (), TextOrigin.LAYER, reader="native")
    return page, Passage(text, 1, union([word.box for word in words]))


def readings(first: int, last: int, known: Vectors) -> Iterator[Reading]:
    rng = np.random.default_rng(first)
    for number in range(first, last):
        page, passage = invoice(number)
        vector = known[number % len(known)]
        if number >= len(known):
            vector = vector + _NOISE * rng.standard_normal(vector.shape, dtype=np.float32) / np.sqrt(len(vector))
            vector = vector / np.linalg.norm(vector)
        file = FileState(f"/invoices/{number:06d}.txt", 1, 1, f"{number:064x}")
        yield Reading(file, Document("text/plain", "", None, (page,), (passage,)), vector[None].astype(np.float32))


def grow(folder: Path, first: int, last: int, encoder: MiniLM, known: Vectors) -> None:
    with Index.open(folder, create=True, write=True) as index:
        index.bind_encoder(encoder.spec, encoder.fingerprint, known.shape[1])
        for start in range(first, last, _BATCH):
            index.publish(list(readings(start, min(start + _BATCH, last), known)))
        index.compact()


def question(number: int) -> str:
    return f"What is the total of invoice INV-{number:06d}?"


def measured(folder: Path, pages: int) -> Row:
    numbers = np.random.default_rng(pages).integers(pages, size=_WARM).tolist()
    cold = [run(lucida("ask", question(number), "--library", folder)).seconds for number in numbers[:_COLD]]
    with Library.open(folder) as library:
        library.ask(question(0), record=False)
        seconds: list[float] = []
        answers: list[Answer] = []
        for number in numbers:
            started = time.perf_counter()
            answers.append(library.ask(question(number), record=False))
            seconds.append(time.perf_counter() - started)
    right = sum(answer.text == total_of(number) for number, answer in zip(numbers, answers, strict=True))
    retrieve = [sum(step.seconds for step in answer.trace if step.name == "retrieve") for answer in answers]
    return Row(
        pages,
        f"{right}/{len(numbers)}",
        statistics.median(cold),
        float(np.quantile(seconds, 0.5)) * 1e3,
        float(np.quantile(seconds, 0.95)) * 1e3,
        statistics.median(retrieve) * 1e3,
        statistics.median(np.subtract(seconds, retrieve)) * 1e3,
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", default=",".join(map(str, SIZES)), help="ascending, with commas between")
    options = parser.parse_args(arguments or [])
    encoder, rows, reached = MiniLM(), [], 0
    known = encoder.encode_texts([invoice(number)[1].text for number in range(_EMBEDDED)])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "library"
        for pages in map(int, options.pages.split(",")):
            grow(folder, reached, pages, encoder, known)
            reached = pages
            rows.append(measured(folder, pages))
    show(
        f"lucida ask: the total of one invoice among so many; medians of {_COLD} processes and {_WARM} questions",
        ("pages", "right", "cold, s", "warm p50, ms", "warm p95, ms", "of it retrieval, ms", "the rest, ms"),
        [(f"{r.pages:,}", r.right, r.cold, r.p50_ms, r.p95_ms, r.retrieve_ms, r.rest_ms) for r in rows],
    )


if __name__ == "__main__":
    main()
