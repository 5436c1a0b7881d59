"""Models behind a server, as they should be: replies, tools, what a server does not take, keys and ways."""

from __future__ import annotations

import logging
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from lucida.errors import ModelError, UsageError
from lucida.models.protocols import Message, Reply, ToolCall
from lucida.models.vlm.openai import OpenAiModel

chat = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("chat_server.py"))))
serve, pauses, no_environment = chat.serve, chat.pauses, chat.no_environment


# -- as it should be --------------------------------------------------------------------------------------------------


def test_a_reply_comes_in_pieces(serve) -> None:
    server, heard = serve(chat.WELL), []
    reply = server.model().reply(chat.HELLO, most_tokens=20, on_text=heard.append)
    assert heard == ["Good ", "day."]
    assert reply == Reply("Good day.", (), "stop", 7, 2, reply.seconds, 4)
    assert server.paths == ["/v1/chat/completions"]
    (body,) = server.asked
    assert body["messages"] == [{"role": "user", "content": "Hello?"}]
    assert (body["model"], body["max_tokens"], body["temperature"], body["seed"]) == ("tiny", 20, 0, 0)
    assert body["stream"] is True
    assert "tools" not in body
    assert "Authorization" not in server.headers[0]


def test_pictures_travel_in_the_conversation(serve) -> None:
    server = serve(chat.WELL)
    server.model().reply(chat.SHOWN)
    text, picture = server.asked[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "What is this?"}
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")


def test_tool_calls_come_in_fragments(serve) -> None:
    def part(index: int, **function: str) -> bytes:
        given = {"id": f"c{index}"} if "name" in function else {}
        return chat.event(delta={"tool_calls": [{"index": index, **given, "function": function}]})

    server = serve(
        chat.stream(
            chat.word("Let me look."),
            part(0, name="read", arguments=""),
            part(0, arguments='{"pa'),
            part(1, name="read", arguments='{"page": 2}'),
            part(0, arguments='ge": 1}'),
            chat.event(delta={}, finish_reason="tool_calls"),
            chat.DONE,
        ),
        chat.WELL,
    )
    model = server.model()
    reply = model.reply(chat.HELLO, tools=(chat.READ,))
    calls = (ToolCall("read", {"page": 1}, "c0"), ToolCall("read", {"page": 2}, "c1"))
    assert (reply.text, reply.calls, reply.ending) == ("Let me look.", calls, "tool")
    assert server.asked[0]["tools"][0]["function"]["name"] == "read"
    assert server.asked[0]["tool_choice"] == "auto"

    turns = (Message("assistant", (reply.text,), calls), Message("tool", ("42",), answers="c0"))
    assert model.reply((*chat.HELLO, *turns), tools=(chat.READ,)).text == "Good day."
    assert [row["role"] for row in server.asked[1]["messages"]] == ["user", "assistant", "tool"]
    assert server.asked[1]["messages"][2] == {"role": "tool", "tool_call_id": "c0", "content": "42"}


def test_a_server_may_answer_in_one_document(serve) -> None:
    call = {"id": "x", "type": "function", "function": {"name": "read", "arguments": {"page": 3}}}
    message = {"role": "assistant", "content": "So.", "tool_calls": [call]}
    document = {"choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 3}}
    heard: list[str] = []
    reply = serve(lambda handler: handler.send(200, document)).model().reply(chat.HELLO, on_text=heard.append)
    assert (reply.text, reply.ending, reply.prompt_tokens, reply.completion_tokens) == ("So.", "tool", 3, None)
    assert reply.calls == (ToolCall("read", {"page": 3}, "x"),)
    assert heard == ["So."]


@pytest.mark.parametrize("mark", [chat.DONE, chat.STOP])
def test_either_mark_ends_a_reply(serve, mark) -> None:
    assert serve(chat.stream(chat.word("Yes."), mark)).model().reply(chat.HELLO).ending == "stop"


def test_the_limit_of_tokens_is_told(serve) -> None:
    server = serve(chat.stream(chat.word("And so"), chat.event(delta={}, finish_reason="length"), chat.DONE))
    assert server.model().reply(chat.HELLO).ending == "length"


# -- what servers do not take -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "registry.ollama.ai/library/tiny does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (500, "tools param requires --jinja flag"),
    ],
)
def test_tools_that_are_refused_are_not_offered_again(serve, status, words) -> None:
    server = serve(chat.refuse(status, words), chat.WELL)
    model = server.model()
    assert model.calls_tools
    assert model.reply(chat.HELLO, tools=(chat.READ,)).text == "Good day."
    assert not model.calls_tools
    model.reply(chat.HELLO, tools=(chat.READ,))
    assert ["tools" in body for body in server.asked] == [True, False, False]
    assert not any("tool_choice" in body for body in server.asked[1:])


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("stream_options", "Unexpected fields in the request: {'stream_options'}"),
        ("tool_choice", "Unsupported field: tool_choice"),
        ("temperature", "Unsupported value: 'temperature' does not support 0 with this model."),
        ("seed", "Unknown field: seed"),
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        ("stream", "Streaming is not supported"),
    ],
)
def test_what_is_refused_is_left_out(serve, field, words) -> None:
    document = {"choices": [{"message": {"content": "Good day."}}]}
    well = (lambda handler: handler.send(200, document)) if field == "stream" else chat.WELL
    server = serve(lambda handler: handler.send(422, {"detail": words}), well)
    model = server.model()
    assert model.reply(chat.HELLO, tools=(chat.READ,), most_tokens=9).text == "Good day."
    assert model.calls_tools
    before, after = server.asked
    gone = {"stream", "stream_options"} if field == "stream" else {field}
    assert set(before) - set(after) == gone
    assert after.get("max_completion_tokens") == (9 if field == "max_tokens" else None)


def test_an_accident_over_a_tool_call_costs_no_tools(serve, pauses) -> None:
    server = serve(chat.refuse(500, "error parsing tool call: raw='{'"), chat.WELL)
    model = server.model()
    model.reply(chat.HELLO, tools=(chat.READ,))
    assert model.calls_tools
    assert len(pauses) == 1


def test_pictures_that_are_refused(serve) -> None:
    for status, words in ((400, "tiny is not a multimodal model"), (500, "image input is not supported - no mmproj")):
        server = serve(chat.refuse(status, words))
        with pytest.raises(ModelError, match="does not see the pictures") as caught:
            server.model().reply(chat.SHOWN)
        assert "vision-language model" in caught.value.advice
        assert len(server.asked) == 1


def test_a_conversation_that_is_too_long(serve) -> None:
    words = "This model's maximum context length is 4096 tokens. 'max_tokens' is too large."
    server = serve(chat.refuse(400, words))
    with pytest.raises(UsageError, match="does not fit into the context"):
        server.model().reply(chat.HELLO)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "does not accept the key"),
        (403, "the key"),
        (404, "no model tiny"),
        (418, "teapot"),
        (499, "unknown status"),
    ],
)
def test_other_refusals(serve, status, said) -> None:
    server = serve(chat.refuse(status, "Because\x1b[31m of\nthis."))
    told = chat.failure(server)
    assert said in told
    assert '"Because [31m of this. (e)"' in told
    assert len(server.asked) == 1


def test_asking_for_nothing(serve) -> None:
    server = serve(chat.WELL)
    for messages, most in (((), 5), (chat.HELLO, 0)):
        with pytest.raises(UsageError):
            server.model().reply(messages, most_tokens=most)
    assert not server.asked


# -- keys and ways ----------------------------------------------------------------------------------------------------


def test_the_key_is_sent_and_told_to_nobody_else(serve, monkeypatch, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", chat.KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-alone")
    server = serve(chat.refuse(401, f"Incorrect API key provided: {chat.KEY}."))
    model = server.model()
    with pytest.raises(ModelError, match=r"key provided: \*\*\*") as caught:
        model.reply(chat.HELLO)
    assert server.headers[0]["Authorization"] == f"Bearer {chat.KEY}"
    assert "LUCIDA_OPENAI_KEY" in caught.value.advice
    assert chat.KEY not in f"{model!r} {model.spec} {vars(model)} {caught.value!r} {caplog.text}"


def test_openais_key_goes_to_openai_alone(serve, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", chat.KEY)
    server = serve(chat.WELL)
    server.model().reply(chat.HELLO)
    assert "Authorization" not in server.headers[0]


def test_proxies_serve_all_but_this_machine(serve, monkeypatch) -> None:
    proxy, near = serve(chat.WELL), serve(chat.WELL)
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert near.model().reply(chat.HELLO).text == "Good day."
    assert not proxy.asked
    monkeypatch.delenv("ALL_PROXY")
    OpenAiModel("openai:tiny@http://far.invalid/v1", patience=chat.HASTY).reply(chat.HELLO)
    assert proxy.paths == ["http://far.invalid/v1/chat/completions"]


def test_a_server_without_encryption_asked_for_it(serve, pauses) -> None:
    server = serve(chat.WELL)
    with pytest.raises(ModelError, match="over TLS"):
        OpenAiModel(f"openai:tiny@{server.address.replace('http:', 'https:')}/v1").reply(chat.HELLO)
    assert not pauses


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        OpenAiModel("openai:tiny@http://no-such-host.invalid/v1", patience=chat.HASTY).reply(chat.HELLO)
