"""A reply put together out of pieces, in the many ways in which servers cut it."""

from __future__ import annotations

from typing import Any

import pytest

from lucida.models.protocols import Reply, ToolCall
from lucida.models.vlm.openai_stream import END, Draft


def told(*deltas: dict[str, Any], most_tokens: int = 100, finish: str = "stop") -> Reply:
    draft = Draft("server", most_tokens)
    for delta in deltas:
        draft.add({"choices": [{"delta": delta}]})
    return draft.reply(finish, 1.0)


def part(arguments: Any = "", **more: Any) -> dict[str, Any]:
    name = {"name": more.pop("name")} if "name" in more else {}
    return {"tool_calls": [{**more, "function": {**name, "arguments": arguments}}]}


def test_words_in_parts_and_refusals_are_text() -> None:
    reply = told({"content": [{"type": "text", "text": "So "}, {"type": "thinking"}]}, {"refusal": "no."})
    assert (reply.text, reply.ending) == ("So no.", "stop")


def test_halves_of_characters_do_not_come_through() -> None:
    assert told({"content": "a\ud83d\ude00b\ud800"}).text == "a😀b\ufffd"


def test_thoughts_are_no_text() -> None:
    draft = Draft("server", 100)
    assert draft.add({"choices": [{"delta": {"reasoning_content": "Hm"}}]})
    assert draft.heard
    assert not draft.begun
    assert not draft.add({"choices": [{"delta": {"role": "assistant", "content": ""}}]})


@pytest.mark.parametrize(
    "deltas",
    [
        (part("{}", index=0, id="x", name="a"), part('{"n": 1}', index=1, id="y", name="b")),
        (part("{}", index=0, id="x", name="a"), part('{"n": 1}', index=0, id="y", name="b")),
        (part({}, id="x", name="a"), part({"n": 1}, id="y", name="b")),
        (part("", index=0, id="x", name="a"), part('{"n": ', index=1, id="y", name="b"), part("1}", index=1, id="y")),
    ],
)
def test_calls_in_the_ways_of_several_servers(deltas) -> None:
    reply = told(*deltas)
    assert reply.calls == (ToolCall("a", {}, "x"), ToolCall("b", {"n": 1}, "y"))
    assert reply.ending == "tool"


def test_fragments_without_numbers_go_on_with_the_last_call() -> None:
    assert told(part('{"n"', id="x", name="a"), part(": 1}")).calls == (ToolCall("a", {"n": 1}, "x"),)


def test_a_call_that_cannot_be_read_is_text() -> None:
    for broken in ("{page: 1", "[1]", "[" * 100_000):
        reply = told({"content": "Look: "}, part(broken, index=0, id="x", name="crop"), most_tokens=5000)
        assert (reply.text, reply.calls, reply.ending) == (f"Look: crop {broken}", (), "stop")
    assert told(part("{page: 1", index=0, name="crop"), finish="length").text == ""


def test_a_reply_is_cut_where_no_model_would_have_come_to() -> None:
    assert len(told({"content": "x" * 1000}, most_tokens=2).text) == 128
    reply = told(part("x" * 1000, index=0, name="crop"), most_tokens=2, finish="length")
    assert (reply.text, reply.calls) == ("", ())


@pytest.mark.parametrize("count", [-1, "7", True, None, 1.5])
def test_counts_that_are_none(count) -> None:
    draft = Draft("server", 9)
    usage = {"prompt_tokens": count, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": count}}
    draft.add({"choices": None, "usage": usage})
    reply = draft.reply("stop", 0.0)
    assert (reply.prompt_tokens, reply.completion_tokens, reply.reused_tokens) == (None, 3, 0)


def test_the_end_mark_keeps_the_reason() -> None:
    draft = Draft("server", 9)
    draft.add({"choices": [{"delta": {}, "finish_reason": "length"}]})
    draft.add(END)
    assert draft.finish == "length"
