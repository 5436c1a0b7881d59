"""Models behind a server that is away, overloaded, slow, broken or hostile."""

from __future__ import annotations

import runpy
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from lucida.errors import ModelError
from lucida.models.vlm.openai import OpenAiModel
from lucida.models.vlm.openai_wire import Patience

chat = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("chat_server.py"))))
serve, pauses, no_environment = chat.serve, chat.pauses, chat.no_environment


# -- away, overloaded, slow -------------------------------------------------------------------------------------------


def test_a_server_that_is_away(pauses) -> None:
    with pytest.raises(ModelError, match="cannot be reached: nothing listens there") as caught:
        OpenAiModel(f"openai:tiny@http://127.0.0.1:{chat.free_port()}/v1").reply(chat.HELLO)
    assert "Start it" in caught.value.advice
    assert len(pauses) == 3
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(pauses))


def test_no_pause_goes_beyond_the_deadline(pauses) -> None:
    model = OpenAiModel(f"openai:tiny@http://127.0.0.1:{chat.free_port()}/v1", patience=Patience(wait_s=100))
    with pytest.raises(ModelError, match="nothing listens"):
        model.reply(chat.HELLO, deadline=time.monotonic() + 20)
    assert not pauses


def test_a_server_that_comes_up_is_found(serve, monkeypatch) -> None:
    port = chat.free_port()
    monkeypatch.setattr("lucida.models.vlm.openai.time.sleep", lambda _: serve(chat.WELL, port=port))
    assert OpenAiModel(f"openai:tiny@http://127.0.0.1:{port}/v1").reply(chat.HELLO).text == "Good day."


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_server_is_asked_again(serve, pauses, status) -> None:
    server = serve(chat.refuse(status, "busy", Retry_After="7"), chat.refuse(status, "busy"), chat.WELL)
    assert server.model().reply(chat.HELLO).text == "Good day."
    assert pauses[0] == 7
    assert pauses[1] < 1
    assert len(server.asked) == 3


@pytest.mark.parametrize("when", ["61", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_that_is_too_long_is_not_waited(serve, pauses, when) -> None:
    assert "takes no more requests now" in chat.failure(serve(chat.refuse(429, "busy", Retry_After=when)))
    assert not pauses


def test_an_empty_account_is_not_asked_again(serve, pauses) -> None:
    step = lambda handler: handler.send(429, {"error": {"message": "Pay.", "code": "insufficient_quota"}})  # noqa: E731
    assert "insufficient_quota" in chat.failure(serve(step))
    assert not pauses


def test_patience_ends(serve, pauses) -> None:
    server = serve(chat.refuse(503, "loading"))
    assert "503 (service unavailable)" in chat.failure(server)
    assert (len(server.asked), len(pauses)) == (4, 3)


def test_a_deadline_keeps_what_was_said(serve) -> None:
    def step(handler) -> None:
        handler.begin()
        handler.piece(chat.word("Well, "))
        handler.server.gone.wait(20)

    model = serve(chat.WELL, step).model()
    model.reply(chat.HELLO)  # imports, and reads certificates
    reply = model.reply(chat.HELLO, deadline=time.monotonic() + 1)
    assert (reply.text, reply.ending) == ("Well, ", "deadline")


def test_a_deadline_holds_against_a_drip_of_headers(serve) -> None:
    def step(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not handler.server.gone.wait(0.01):
            handler.wfile.write(b"z")

    reply = serve(step).model().reply(chat.HELLO, deadline=time.monotonic() + 0.3)
    assert (reply.text, reply.ending, reply.prompt_tokens) == ("", "deadline", None)


def test_a_deadline_that_has_passed_asks_nobody(serve) -> None:
    server = serve(chat.WELL)
    assert server.model().reply(chat.HELLO, deadline=time.monotonic() - 1).ending == "deadline"
    assert not server.asked


def test_a_stall_is_noticed_behind_signs_that_say_nothing(serve) -> None:
    server = serve(chat.forever([chat.word("One."), *[b": still here\n\n", chat.event(delta={"content": ""})] * 5000]))
    with pytest.raises(ModelError, match=r"said nothing more for 0\.2 seconds"):
        server.model(patience=Patience(first_s=5, stall_s=0.2)).reply(chat.HELLO)


def test_silence_from_the_start_is_noticed(serve, pauses) -> None:
    server = serve(lambda handler: handler.server.gone.wait(20))
    with pytest.raises(ModelError, match=r"gave no reply for 0\.2 seconds"):
        server.model(patience=Patience(first_s=0.2, stall_s=0.1)).reply(chat.HELLO)
    assert not pauses


def test_time_that_the_listener_takes_is_not_the_servers(serve) -> None:
    at_once = b"".join([chat.word("Good "), chat.word("day."), chat.STOP, chat.DONE])
    server, waits = serve(chat.stream(at_once)), iter([0.5])
    reply = server.model(patience=Patience(stall_s=0.3)).reply(
        chat.HELLO, on_text=lambda _: threading.Event().wait(next(waits, 0))
    )
    assert reply.text == "Good day."


# -- broken, hostile --------------------------------------------------------------------------------------------------


def test_a_reply_that_breaks_off_is_not_asked_for_again(serve) -> None:
    server, heard = serve(chat.stream(chat.word("The total is 4"), whole=False), chat.WELL), []
    assert "in the middle of its reply" in chat.failure(server, on_text=heard.append)
    assert heard == ["The total is 4"]
    assert len(server.asked) == 1


def test_a_stream_that_ends_without_its_mark(serve) -> None:
    assert "in the middle of its reply" in chat.failure(serve(chat.stream(chat.word("The total is 4"))))


def test_a_connection_that_is_dropped_is_tried_again(serve, pauses) -> None:
    server = serve(lambda handler: None, chat.WELL)
    assert server.model().reply(chat.HELLO).text == "Good day."
    assert len(pauses) == 1


def test_what_the_listener_raises_comes_through(serve) -> None:
    def listen(_: str) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError):
        serve(chat.WELL).model().reply(chat.HELLO, on_text=listen)


@pytest.mark.parametrize(
    "piece",
    [
        b"data: {not json}\n\n",
        b"data: [1]\n\n",
        b'data: {"choices": 3}\n\n',
        b'data: {"choices": [7]}\n\n',
        b'data: {"choices": [{"delta": "x"}]}\n\n',
        b'data: {"choices": [{"delta": {"tool_calls": 5}}]}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: " + b"x" * 2_000_000,
    ],
)
def test_malformed_lines(serve, piece) -> None:
    server = serve(chat.stream(piece, chat.DONE))
    assert "cannot be read" in chat.failure(server)
    assert len(server.asked) == 1


def test_an_error_in_the_middle(serve) -> None:
    told = chat.failure(
        serve(chat.stream(chat.word("So"), b'data: {"error": {"message": "CUDA out of memory"}}\n\n', chat.DONE))
    )
    assert "failed over its reply: CUDA out of memory" in told


@pytest.mark.parametrize("delta", [{"content": "la " * 10}, {"reasoning_content": "hm" * 9_000}, {"content": ""}])
def test_a_stream_without_end_is_cut(serve, delta) -> None:
    def step(handler) -> None:
        handler.begin()
        while not handler.server.gone.is_set():
            handler.piece(chat.event(delta=delta) * 100)

    reply = serve(step).model().reply(chat.HELLO, most_tokens=4)
    assert reply.ending == "length"
    assert len(reply.text) <= 4 * 64


def test_a_document_without_end(serve) -> None:
    def step(handler) -> None:
        handler.begin("application/json")
        while not handler.server.gone.is_set():
            handler.piece(b" " * 100_000)

    assert "does not end" in chat.failure(serve(step), most_tokens=1)


@pytest.mark.parametrize(
    "step", [chat.stream(chat.STOP, chat.DONE), chat.stream(chat.word(" \n"), chat.STOP), chat.stream(chat.DONE)]
)
def test_an_empty_reply(serve, step) -> None:
    assert "empty reply" in chat.failure(serve(step))


def test_a_filtered_reply(serve) -> None:
    assert "filter" in chat.failure(serve(chat.stream(chat.event(delta={}, finish_reason="content_filter"), chat.DONE)))


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"<html>Welcome</html>", "text/html; charset=utf-8", "a web page"),
        (b"ok", "text/plain", "content of type text/plain"),
        (b"{}", "application/json", "no reply"),
        (b"{", "application/json", "broken JSON"),
    ],
)
def test_a_success_that_is_no_reply(serve, content, kind, said) -> None:
    assert said in chat.failure(serve(lambda handler: handler.send(200, content, kind)))


def test_an_error_page_is_not_quoted(serve, pauses) -> None:
    server = serve(lambda handler: handler.send(502, b"<html><h1>nginx</h1></html>", "text/html"))
    told = chat.failure(server)
    assert "502 (bad gateway)" in told
    assert "nginx" not in told


def test_redirects_elsewhere_are_not_followed(serve, monkeypatch) -> None:
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", chat.KEY)
    other = serve(chat.WELL)
    for status in (301, 302, 307, 308):
        server = serve(lambda h, s=status: h.send(s, b"", Location=f"{other.address}/v1/x?key={chat.KEY}"))
        told = chat.failure(server)
        assert f"sends requests on to {other.address}/v1/x." in told
        assert chat.KEY not in told
    assert not other.asked


def test_a_redirect_that_leads_nowhere(serve) -> None:
    for where in ("http://[::1", "", "http://"):
        server = serve(lambda handler, where=where: handler.send(307, b"", Location=where))
        assert "sends requests on" in chat.failure(server)


def test_redirects_within_a_server_are_followed_a_few_times(serve) -> None:
    server = serve(lambda handler: handler.send(307, b"", Location="/v2/chat"), chat.WELL)
    assert server.model().reply(chat.HELLO).text == "Good day."
    assert server.paths == ["/v1/chat/completions", "/v2/chat"]
    numbers = iter(range(99))
    loop = serve(lambda handler: handler.send(308, b"", Location=f"/{next(numbers)}"))
    assert "sends requests on" in chat.failure(loop)
    assert len(loop.asked) == 4
