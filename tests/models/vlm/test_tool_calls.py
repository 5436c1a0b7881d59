from __future__ import annotations

import random

import pytest

from lucida.models.protocols import ToolCall
from lucida.models.vlm.tool_calls import read, settled

NAMES = {"look", "sum"}
LOOK, SUM = ToolCall("look", {"x": 1}), ToolCall("sum", {})
PLAIN = '{"name": "look", "arguments": {"x": 1}}'


@pytest.mark.parametrize(
    ("text", "words", "calls"),
    [
        # Hermes, Qwen
        (f"<tool_call>\n{PLAIN}\n</tool_call>", "", [LOOK]),
        (f"I look.\n<tool_call>{PLAIN}</tool_call> Then.", "I look.\nThen.", [LOOK]),
        (f'<tool_call>{PLAIN}</tool_call>\n<tool_call>{{"name":"sum","arguments":{{}}}}</tool_call>', "", [LOOK, SUM]),
        (f"<tool_call>{PLAIN}", "", [LOOK]),
        # Llama 3
        ('<|python_tag|>{"name": "look", "parameters": {"x": 1}}', "", [LOOK]),
        ('<|python_tag|>{"name": "look", "parameters": {"x": 1}}; {"name": "sum", "parameters": {}}', "", [LOOK, SUM]),
        ('{"name": "look", "parameters": {"x": 1}}', "", [LOOK]),
        # Mistral
        (f'[TOOL_CALLS][{PLAIN}, {{"name": "sum", "arguments": {{}}, "id": "a1b2"}}]', "",
         [LOOK, ToolCall("sum", {}, "a1b2")]),
        ('[TOOL_CALLS]look[ARGS]{"x": 1}[TOOL_CALLS]sum[CALL_ID]q7[ARGS]{}', "", [LOOK, ToolCall("sum", {}, "q7")]),
        # plain
        (f" {PLAIN}\n", "", [LOOK]),
        (f"```json\n{PLAIN}\n```", "", [LOOK]),
        (f'[{PLAIN}, {{"name": "sum", "arguments": {{}}}}]', "", [LOOK, SUM]),
        ('{"type": "function", "id": "7", "function": {"name": "look", "arguments": "{\\"x\\": 1}"}}', "",
         [ToolCall("look", {"x": 1}, "7")]),
    ],
)  # fmt: skip
def test_forms(text: str, words: str, calls: list[ToolCall]) -> None:
    assert read(text, NAMES) == (words, tuple(calls))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The total is {12}.",
        '{"name": "Ada", "arguments": {"of": "a theorem"}}',  # names no tool: it is an answer
        '{"total": 12}',
        "[1, 2]",
        "[]",
        f"{PLAIN} is what I would call.",
        "<tool_call></tool_call>",
        "<tool_call>look(1)</tool_call>",
        '<tool_call>{"name": "look"}</tool_call>',
        '<tool_call>{"name": 5, "arguments": {}}</tool_call>',
        '<tool_call>{"name": "", "arguments": {}}</tool_call>',
        '<tool_call>{"name": "look", "arguments": [1]}</tool_call>',
        '<tool_call>{"name": "look", "arguments": "{"}</tool_call>',
        "[TOOL_CALLS]",
        f"[TOOL_CALLS][{PLAIN}, 5]",
        "[TOOL_CALLS]look[ARGS]",
        "<|python_tag|>print(1)",
        "<tool_call>" + "[" * 20000,
    ],
)
def test_what_cannot_be_read_is_text(text: str) -> None:
    assert read(text, NAMES) == (text.strip(), ())


def test_a_good_call_beside_garbage() -> None:
    words, calls = read(f"One <tool_call>oops</tool_call> two <tool_call>{PLAIN}</tool_call>", NAMES)
    assert calls == (LOOK,)
    assert words == "One <tool_call>\noops</tool_call> two"


def test_settled_words() -> None:
    assert settled("Hello wor") == "Hello wor"
    assert settled("Hello <tool") == settled("Hello <") == settled("Hello <tool_call>{") == "Hello"
    assert settled("a [TOOL") == "a"
    assert settled("a <b") == "a <b"
    assert settled(' {"na') == settled("```js") == settled("") == ""


def test_what_is_settled_stays() -> None:
    source = random.Random(5)
    pieces = [
        PLAIN,
        "<tool_call>",
        "</tool_call>",
        "[TOOL_CALLS]",
        "<|python_tag|>",
        " ",
        "\n",
        "word",
        "{",
        "<",
        "[",
        ";",
        "é",
    ]
    for _ in range(2000):
        text = "".join(source.choice(pieces) for _ in range(source.randrange(9))).lstrip()
        words, _ = read(text, NAMES)
        for end in range(len(text) + 1):
            assert words.startswith(settled(text[:end])), (text, end)
