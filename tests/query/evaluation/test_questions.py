from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.query.evaluation.questions import Gold, read_questions
from lucida.types import Box


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_rows_one_a_line(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "asked.jsonl",
        {"question": "How much?", "answers": ["5", 6], "type": "amount", "source": "a.pdf", "page": 2},
        {"question": "Where?", "answer": {"text": "Oslo", "page": 1, "box": [0, 0.1, 0.5, 0.2]}, "id": "w"},
        {"question": "Who?", "answer": None},
        {"question": "When?", "answers": ["never"], "answerable": False},
    )
    first, second, third, fourth = read_questions(file).questions
    assert (first.id, first.kind, first.source) == ("1", "amount", "a.pdf")
    assert first.gold == (Gold("5", 2), Gold("6", 2))
    assert second.id == "w"
    assert second.gold == (Gold("Oslo", 1, Box(0, 0.1, 0.5, 0.2)),)
    assert third.gold == fourth.gold == ()


def test_a_list_and_its_documents(tmp_path: Path) -> None:
    written(tmp_path / "questions.json", [{"question": "Why?", "answer": "Because."}])
    found = read_questions(tmp_path)
    assert found.documents == (tmp_path,)
    assert not found.each_alone
    assert found.questions[0].gold == (Gold("Because."),)


def test_squad_makes_a_document_of_each_paragraph(tmp_path: Path) -> None:
    paragraph = {
        "context": "Rollo was a Viking.",
        "qas": [
            {"id": "a", "question": "Who was Rollo?", "answers": [{"text": "a Viking", "answer_start": 10}]},
            {"id": "b", "question": "When did he die?", "answers": [], "is_impossible": True},
        ],
    }
    file = written(tmp_path / "s.json", {"version": "v2.0", "data": [{"title": "The/End", "paragraphs": [paragraph]}]})
    found = read_questions(tmp_path)
    assert found.name == file.stem
    assert found.texts == {"The-End-001.txt": "Rollo was a Viking."}
    assert found.each_alone
    assert [(one.kind, one.source, len(one.gold)) for one in found.questions] == [
        ("answerable", "The-End-001.txt", 1),
        ("unanswerable", "The-End-001.txt", 0),
    ]


def entity(number: int, label: str, text: str, box: list[int], *links: list[int]) -> dict[str, Any]:
    return {"id": number, "label": label, "text": text, "box": box, "linking": list(links), "words": []}


def test_funsd_asks_for_each_link(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("L", (200, 100)).save(tmp_path / "images" / "form.png")
    form = [
        entity(0, "question", "Date:", [0, 0, 20, 10], [0, 1]),
        entity(1, "answer", "5 May", [30, 0, 60, 10], [0, 1]),
        entity(2, "question", "To:", [0, 20, 20, 30], [2, 4], [2, 3]),
        entity(3, "answer", "Mr B", [30, 20, 60, 30], [2, 3]),
        entity(4, "answer", "Oslo", [30, 40, 60, 50], [2, 4]),
        entity(5, "question", ":", [0, 60, 5, 70], [5, 6]),
        entity(6, "answer", "lost", [30, 60, 60, 70]),
        entity(7, "question", "Fax", [0, 80, 5, 90], [7, 8]),
        entity(8, "answer", "", [30, 80, 60, 90]),
    ]
    written(tmp_path / "annotations.json", [{"image": "form.png", "form": form}])
    found = read_questions(tmp_path)
    assert found.documents == (tmp_path / "images",)
    assert [one.text for one in found.questions] == ["What is the Date?", "What is the To?", "What is the To?"]
    assert found.questions[0].gold == (Gold("5 May", 1, Box(0.15, 0.0, 0.3, 0.1)),)
    assert [gold.text for gold in found.questions[1].gold] == ["Mr B", "Oslo", "Mr B Oslo"]
    assert found.questions[1].gold[2].box == Box(0.15, 0.2, 0.3, 0.5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"answer": "5"}', "asked.jsonl:1 has no question"),
        ('{"question": "q"}\nnot json', "asked.jsonl:2 is no JSON"),
        ('{"question": ["q"]}', "asked.jsonl:1 is no text"),
        ('{"question": "q", "answers": [{}]}', "asked.jsonl:1 is no text"),
        ('{"question": "q", "answer": "5", "box": [0, 0, 20, 10]}', "box at"),
        ('{"question": "q", "answer": "5", "box": "left"}', "box at"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_questions(file)


@pytest.mark.parametrize("document", [{}, "text", [1], {"data": [{"title": "x"}]}, {"data": 5}, {"data": []}])
def test_other_json_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(UsageError):
        read_questions(written(tmp_path / "x.json", document))


def test_folders_without_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no questions"):
        read_questions(tmp_path)
    written(tmp_path / "annotations.json", [{"image": "absent.png", "form": []}])
    with pytest.raises(UsageError, match=r"absent\.png"):
        read_questions(tmp_path)
    written(tmp_path / "annotations.json", [{"form": []}])
    with pytest.raises(UsageError, match="FUNSD"):
        read_questions(tmp_path)
