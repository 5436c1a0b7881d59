"""What is known of drawn pages in the forms that others read: questions by line, FUNSD's, SQuAD's, and our own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from lucida.generate.documents.truth import Asked, PageTruth

_SIGNS = ".,;:!?\u201e\u201c\u201d\u00ab\u00bb()"


@dataclass(frozen=True, slots=True)
class Known:
    """A paper that was made.

    Attributes:
        name: without a suffix; no other paper's.
        kind, language: what it is; empty where nobody knows.
        source: path of the document that questions are about, below the run's folder.
        pictures: paths of its pages' pictures, below the run's folder.
        pages: what is known of each, in pixels of those pictures.
    """

    name: str
    kind: str
    language: str
    source: str
    pictures: tuple[str, ...]
    pages: tuple[PageTruth, ...]

    def to_json(self) -> dict[str, Any]:
        plain = {key: getattr(self, key) for key in ("name", "kind", "language", "source")}
        return {**plain, "pictures": list(self.pictures), "pages": [page.to_json() for page in self.pages]}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        pages = tuple(PageTruth.from_json(page) for page in row["pages"])
        plain = {key: row[key] for key in ("name", "kind", "language", "source")}
        return cls(**plain, pictures=tuple(row["pictures"]), pages=pages)

    def asked(self) -> Iterator[tuple[str, int, PageTruth, Asked]]:
        """Every question: its id, the number of its page from 1, the page, the question."""
        number = 0
        for place, page in enumerate(self.pages, start=1):
            for asked in page.questions:
                number += 1
                yield f"{self.name}:{number}", place, page, asked


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as JSON, one a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def questions(paper: Known) -> Iterator[dict[str, Any]]:
    """Rows as ``lucida evaluate qa`` reads them: a question of this paper alone, its answers with page, box, quote."""
    for name, number, page, asked in paper.asked():
        row: dict[str, Any] = {
            "id": name, "question": asked.question, "type": asked.kind, "source": paper.source, "alone": True,
            "language": paper.language, "answerable": bool(asked.words), "answers": [],
        }  # fmt: skip
        if asked.words:
            box = [round(edge, 5) for edge in page.box(asked.words)]
            answer = {"text": answer_text(page, asked.words), "page": number, "box": box, "quote": _quote(page, asked)}
            row["answers"] = [answer]
        yield row


def answer_text(page: PageTruth, words: Sequence[int]) -> str:
    """What is answered: the words without signs that belong to the sentence around them."""
    text = page.text(words)
    bare = text.strip(_SIGNS)
    # "Smith Ltd." keeps its point, "on 3 May." does not: a point after a digit or a long word ends a sentence.
    last = text.split()[-1]
    keeps = last.endswith(".") and len(last) <= 4 and not last[:-1].isdigit()
    return text.rstrip(_SIGNS.replace(".", "")).lstrip(_SIGNS) if keeps else bare or text


def funsd(paper: Known) -> Iterator[dict[str, Any]]:
    """Pages in FUNSD's form, boxes in whole pixels."""
    for picture, page in zip(paper.pictures, paper.pages, strict=True):
        linked = [(link.label, link.value) for link in page.links if link.label is not None]
        form = []
        for number, entity in enumerate(page.entities):
            form.append({
                "id": number,
                "label": entity.role,
                "text": page.text(entity.words),
                "box": _pixels(page, entity.words),
                "words": [{"text": page.words[word].text, "box": _pixels(page, [word])} for word in entity.words],
                "linking": [list(pair) for pair in linked if number in pair],
            })  # fmt: skip
        yield {"image": picture.rpartition("/")[2], "form": form}


def squad(papers: Iterable[Known]) -> dict[str, Any]:
    """SQuAD 2.0's form: a paper is an article, a page a paragraph of its text in the order of drawing."""
    return {"version": "v2.0", "data": [_article(paper) for paper in papers]}


def details(paper: Known) -> Iterator[dict[str, Any]]:
    """Everything known of each page: words with boxes and corners, fields, tables; in fractions of the page."""
    for number, (picture, page) in enumerate(zip(paper.pictures, paper.pages, strict=True), start=1):
        yield {
            "source": paper.source, "page": number, "picture": picture, "kind": paper.kind, "language": paper.language,
            "width_px": page.width, "height_px": page.height,
            "words": [
                {"text": word.text, "line": word.line, "box": _fractions(page, [place]),
                 "corners": [[round(x / page.width, 5), round(y / page.height, 5)] for x, y in word.corners]}
                for place, word in enumerate(page.words)
            ],
            "fields": [
                {"name": link.name, "value": _placed(page, page.entities[link.value].words),
                 "label": None if link.label is None else _placed(page, page.entities[link.label].words)}
                for link in page.links
            ],
            "tables": [
                {"columns": list(table.columns), "header_rows": table.header_rows,
                 "cells": [{"row": cell.row, "column": cell.column, "header": cell.row < table.header_rows,
                            **_placed(page, cell.words)} for cell in table.cells]}
                for table in page.tables
            ],
        }  # fmt: skip


def page_text(page: PageTruth) -> tuple[str, list[int]]:
    """The page's text, a line for each printed line, and where each word begins in it."""
    text, starts, line = "", [], None
    for word in page.words:
        if line is not None:
            text += " " if word.line == line else "\n"
        starts.append(len(text))
        text, line = text + word.text, word.line
    return text, starts


def _article(paper: Known) -> dict[str, Any]:
    paragraphs = []
    texts = [page_text(page) for page in paper.pages]
    rows: list[list[dict[str, Any]]] = [[] for _ in paper.pages]
    for name, number, page, asked in paper.asked():
        text, starts = texts[number - 1]
        answers = []
        if asked.words:
            found = _in_text(page, asked.words, text, starts)
            if found is None:
                continue
            answers = [{"text": found[1], "answer_start": found[0]}]
        row = {"id": name, "question": asked.question, "answers": answers, "is_impossible": not asked.words}
        rows[number - 1].append(row)
    for (text, _), asked_here in zip(texts, rows, strict=True):
        paragraphs.append({"context": text, "qas": asked_here})
    return {"title": paper.name, "paragraphs": paragraphs}


def _in_text(page: PageTruth, words: Sequence[int], text: str, starts: Sequence[int]) -> tuple[int, str] | None:
    """Where an answer stands in the page's text, None where its words are not all in one place."""
    if list(words) != list(range(words[0], words[-1] + 1)):
        return None
    start, end = starts[words[0]], starts[words[-1]] + len(page.words[words[-1]].text)
    wanted = answer_text(page, words)
    at = text[start:end].replace("\n", " ").find(wanted)
    return None if at < 0 else (start + at, text[start + at : start + at + len(wanted)])


def _quote(page: PageTruth, asked: Asked) -> str:
    """The printed lines that the answer is on."""
    wanted = {page.words[word].line for word in asked.words}
    return " ".join(word.text for word in page.words if word.line in wanted)


def _placed(page: PageTruth, words: Sequence[int]) -> dict[str, Any]:
    return {"text": page.text(words), "box": _fractions(page, words)}


def _fractions(page: PageTruth, words: Sequence[int]) -> list[float]:
    return [round(edge, 5) for edge in page.box(words)]


def _pixels(page: PageTruth, words: Sequence[int]) -> list[int]:
    x0, y0, x1, y1 = page.box(words)
    return [round(x0 * page.width), round(y0 * page.height), round(x1 * page.width), round(y1 * page.height)]
