"""A model's answers to pictures are judged by kind, and whether it called for reading where it had to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from lucida.models.protocols import Message, Reply, ToolCall
from lucida.query.evaluation.vlm import VlmQuestion, ask, ask_all, summarise
from lucida.query.looking.reading_tool import NO_TEXT

PICTURE = Image.new("RGB", (8, 8))


class Scripted:
    """Says what the script has for the last words it hears; calls the tool for whatever begins with "call"."""

    spec = "scripted"

    def __init__(self, script: dict[str, str], *, calls_tools: bool = True) -> None:
        self._script, self.calls_tools = script, calls_tools
        self.heard: list[tuple[Sequence[Message], Sequence[Any]]] = []

    def sight(self, width_px: int, height_px: int) -> None:
        return None

    def reply(self, messages: Sequence[Message], *, tools: Sequence[Any] = (), **_: Any) -> Reply:
        self.heard.append((list(messages), tools))
        said = self._script[str(messages[-1].parts[-1])]
        calls = (ToolCall("read_text", {}),) if said == "call" else ()
        return Reply("" if calls else said, calls, "tool" if calls else "stop", 1, 1, 0.0)


def question(text: str, accepted: tuple[str, ...] = (), **more: Any) -> VlmQuestion:
    return VlmQuestion(more.pop("kind", "any"), text, accepted, more.pop("picture", PICTURE), **more)


@pytest.mark.parametrize(
    ("said", "accepted", "right"),
    [
        ("ANSWER: a red Circle.", ("red circle", "a circle"), True),
        ("ANSWER: two", ("three",), False),
        ("NOT FOUND", (), True),
        ("ANSWER: blue", (), False),
        ("NOT FOUND", ("blue",), False),
        ("blue", ("blue",), True),
        ("", ("blue",), False),
    ],
)
def test_answers_are_right_or_not(said: str, accepted: tuple[str, ...], right: bool) -> None:
    assert ask(Scripted({"What?": said}), question("What?", accepted)).right is right


def test_what_the_tool_brings_is_answered_from() -> None:
    model = Scripted({"Total?": "call", "Total 9": "ANSWER: 9\nQUOTE: Total 9"})
    asked = ask(model, question("Total?", ("9",), must_read=True, brings="Total 9"))
    assert (asked.right, asked.called) == (True, True)
    assert [message.role for message in model.heard[-1][0]] == ["system", "user", "assistant", "tool"]


def test_a_model_that_calls_for_ever_is_wrong() -> None:
    model = Scripted({"Total?": "call", "Total 9": "call"})
    asked = ask(model, question("Total?", ("9",), must_read=True, brings="Total 9"))
    assert (asked.right, asked.called) == (False, True)
    assert len(model.heard) == 3


def test_a_model_without_tools_is_given_the_text() -> None:
    model = Scripted({"Total 9\nTotal?": "ANSWER: 9"}, calls_tools=False)
    assert ask(model, question("Total?", ("9",), must_read=True, brings="Total 9")).right
    assert model.heard[0][1] == ()


def test_figures_are_given_per_kind_with_intervals() -> None:
    script = {"A?": "ANSWER: yes", "B?": "ANSWER: no", "C?": "call", NO_TEXT: "NOT FOUND", "D?": "ANSWER: 1"}
    progress: list[tuple[int, int]] = []
    asked = ask_all(
        Scripted(script),
        [
            question("A?", ("yes",), kind="one"),
            question("B?", ("yes",), kind="one"),
            question("C?", kind="two"),
            question("D?", ("2",), kind="three", must_read=True),
            question("D?", ("1",), kind="text", picture=None),
        ],
        lambda done, total: progress.append((done, total)),
    )
    assert progress[-1] == (5, 5)
    report = summarise(asked)
    told = report.to_json()
    assert {kind: row["value"] for kind, row in told["kinds"].items()} == {"one": 0.5, "two": 1, "three": 0, "text": 1}
    assert told["kinds"]["one"]["commonest"] == 1
    assert told["tool_called_when_needed_only"]["count"] == 4
    assert told["tool_called_when_needed_only"]["value"] == 0.5
    assert told["tool_missed"]["value"] == 1
    assert "| one | 0.500 |" in report.to_markdown()
