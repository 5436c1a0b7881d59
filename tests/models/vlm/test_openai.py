"""Models behind a server, against a server on loopback that does what a test tells it, faults first."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image

from lucida.errors import ModelError, UsageError
from lucida.models.protocols import Message, Reply, Tool, ToolCall
from lucida.models.vlm.openai import OpenAiModel
from lucida.models.vlm.openai_wire import Patience

KEY = "sk-very-secret-0123456789"
HELLO = (Message("user", ("Hello?",)),)
SHOWN = (Message("user", ("What is this?", Image.new("RGB", (32, 16), "red"))),)
READ = Tool("read", "Reads a region.", {"type": "object", "properties": {"page": {"type": "integer"}}})
HASTY = Patience(connect_s=2, first_s=5, stall_s=5, wait_s=0.001)

Step = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection: notes what is asked and takes the next step; the last one is repeated."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(content))
        self.server.headers.append(dict(self.headers))
        self.server.paths.append(self.path)
        step = self.server.steps.pop(0) if len(self.server.steps) > 1 else self.server.steps[0]
        with suppress(OSError):  # the client may go when it has enough
            step(self)
        self.close_connection = True

    def send(self, status: int, content: bytes | dict[str, Any], kind: str = "application/json", **more: str) -> None:
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def begin(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def piece(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    """What is asked, and what happens then; ``gone`` is set when the test is over."""

    daemon_threads = False

    def __init__(self, *steps: Step, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.steps = list(steps)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.gone = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def model(self, **options: Any) -> OpenAiModel:
        return OpenAiModel(f"openai:tiny@{self.address}/v1", **{"patience": HASTY, **options})

    def close(self) -> None:
        self.gone.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that take the given steps."""
    servers: list[Server] = []

    def start(*steps: Step, port: int = 0) -> Server:
        servers.append(Server(*steps, port=port))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LUCIDA_OPENAI_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept between tries."""
    slept: list[float] = []
    monkeypatch.setattr("lucida.models.vlm.openai.time.sleep", slept.append)
    return slept


def event(**choice: Any) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, **choice}]}).encode() + b"\n\n"


def word(text: str) -> bytes:
    return event(delta={"content": text})


def stream(*pieces: bytes, whole: bool = True) -> Step:
    def step(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.piece(piece)
        if whole:
            handler.end()

    return step


def refuse(status: int, message: Any, **headers: str) -> Step:
    return lambda handler: handler.send(status, {"error": {"message": message, "code": "e"}}, **headers)


def forever(pieces: Iterable[bytes]) -> Step:
    """Pieces without end, a moment apart, until the client has gone or the test is over."""

    def step(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.piece(piece)
            if handler.server.gone.wait(0.005):
                return

    return step


STOP = event(delta={}, finish_reason="stop")
USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9, '
USAGE += b'"prompt_tokens_details": {"cached_tokens": 4}}}\n\n'
DONE = b"data: [DONE]\n\n"
WELL = stream(event(delta={"role": "assistant", "content": ""}), word("Good "), word("day."), STOP, USAGE, DONE)


def failure(server: Server, **options: Any) -> str:
    """What a reply that fails says."""
    with pytest.raises(ModelError) as caught:
        server.model().reply(HELLO, **options)
    assert caught.value.message.endswith(".")
    assert caught.value.advice.endswith(".")
    return str(caught.value)


# -- as it should be ------------------------------------------------------------------------------------------------


def test_a_reply_comes_in_pieces(serve) -> None:
    server, heard = serve(WELL), []
    reply = server.model().reply(HELLO, most_tokens=20, on_text=heard.append)
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
    server = serve(WELL)
    server.model().reply(SHOWN)
    text, picture = server.asked[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "What is this?"}
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")


def test_tool_calls_come_in_fragments(serve) -> None:
    def part(index: int, **function: str) -> bytes:
        given = {"id": f"c{index}"} if "name" in function else {}
        return event(delta={"tool_calls": [{"index": index, **given, "function": function}]})

    server = serve(
        stream(
            word("Let me look."),
            part(0, name="read", arguments=""),
            part(0, arguments='{"pa'),
            part(1, name="read", arguments='{"page": 2}'),
            part(0, arguments='ge": 1}'),
            event(delta={}, finish_reason="tool_calls"),
            DONE,
        ),
        WELL,
    )
    model = server.model()
    reply = model.reply(HELLO, tools=(READ,))
    calls = (ToolCall("read", {"page": 1}, "c0"), ToolCall("read", {"page": 2}, "c1"))
    assert (reply.text, reply.calls, reply.ending) == ("Let me look.", calls, "tool")
    assert server.asked[0]["tools"][0]["function"]["name"] == "read"
    assert server.asked[0]["tool_choice"] == "auto"

    turns = (Message("assistant", (reply.text,), calls), Message("tool", ("42",), answers="c0"))
    assert model.reply((*HELLO, *turns), tools=(READ,)).text == "Good day."
    assert [row["role"] for row in server.asked[1]["messages"]] == ["user", "assistant", "tool"]
    assert server.asked[1]["messages"][2] == {"role": "tool", "tool_call_id": "c0", "content": "42"}


def test_a_server_may_answer_in_one_document(serve) -> None:
    call = {"id": "x", "type": "function", "function": {"name": "read", "arguments": {"page": 3}}}
    message = {"role": "assistant", "content": "So.", "tool_calls": [call]}
    document = {"choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 3}}
    heard: list[str] = []
    reply = serve(lambda handler: handler.send(200, document)).model().reply(HELLO, on_text=heard.append)
    assert (reply.text, reply.ending, reply.prompt_tokens, reply.completion_tokens) == ("So.", "tool", 3, None)
    assert reply.calls == (ToolCall("read", {"page": 3}, "x"),)
    assert heard == ["So."]


@pytest.mark.parametrize("mark", [DONE, STOP])
def test_either_mark_ends_a_reply(serve, mark) -> None:
    assert serve(stream(word("Yes."), mark)).model().reply(HELLO).ending == "stop"


def test_the_limit_of_tokens_is_told(serve) -> None:
    server = serve(stream(word("And so"), event(delta={}, finish_reason="length"), DONE))
    assert server.model().reply(HELLO).ending == "length"


# -- what servers do not take ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "registry.ollama.ai/library/tiny does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (500, "tools param requires --jinja flag"),
    ],
)
def test_tools_that_are_refused_are_not_offered_again(serve, status, words) -> None:
    server = serve(refuse(status, words), WELL)
    model = server.model()
    assert model.calls_tools
    assert model.reply(HELLO, tools=(READ,)).text == "Good day."
    assert not model.calls_tools
    model.reply(HELLO, tools=(READ,))
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
    well = (lambda handler: handler.send(200, document)) if field == "stream" else WELL
    server = serve(lambda handler: handler.send(422, {"detail": words}), well)
    model = server.model()
    assert model.reply(HELLO, tools=(READ,), most_tokens=9).text == "Good day."
    assert model.calls_tools
    before, after = server.asked
    gone = {"stream", "stream_options"} if field == "stream" else {field}
    assert set(before) - set(after) == gone
    assert after.get("max_completion_tokens") == (9 if field == "max_tokens" else None)


def test_an_accident_over_a_tool_call_costs_no_tools(serve, pauses) -> None:
    server = serve(refuse(500, "error parsing tool call: raw='{'"), WELL)
    model = server.model()
    model.reply(HELLO, tools=(READ,))
    assert model.calls_tools
    assert len(pauses) == 1


def test_pictures_that_are_refused(serve) -> None:
    for status, words in ((400, "tiny is not a multimodal model"), (500, "image input is not supported - no mmproj")):
        server = serve(refuse(status, words))
        with pytest.raises(ModelError, match="does not see the pictures") as caught:
            server.model().reply(SHOWN)
        assert "vision-language model" in caught.value.advice
        assert len(server.asked) == 1


def test_a_conversation_that_is_too_long(serve) -> None:
    words = "This model's maximum context length is 4096 tokens. 'max_tokens' is too large."
    server = serve(refuse(400, words))
    with pytest.raises(UsageError, match="does not fit into the context"):
        server.model().reply(HELLO)
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
    server = serve(refuse(status, "Because\x1b[31m of\nthis."))
    told = failure(server)
    assert said in told
    assert '"Because [31m of this. (e)"' in told
    assert len(server.asked) == 1


def test_asking_for_nothing(serve) -> None:
    server = serve(WELL)
    for messages, most in (((), 5), (HELLO, 0)):
        with pytest.raises(UsageError):
            server.model().reply(messages, most_tokens=most)
    assert not server.asked


# -- away, overloaded, slow -----------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_away(pauses) -> None:
    with pytest.raises(ModelError, match="cannot be reached: nothing listens there") as caught:
        OpenAiModel(f"openai:tiny@http://127.0.0.1:{free_port()}/v1").reply(HELLO)
    assert "Start it" in caught.value.advice
    assert len(pauses) == 3
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(pauses))


def test_no_pause_goes_beyond_the_deadline(pauses) -> None:
    model = OpenAiModel(f"openai:tiny@http://127.0.0.1:{free_port()}/v1", patience=Patience(wait_s=100))
    with pytest.raises(ModelError, match="nothing listens"):
        model.reply(HELLO, deadline=time.monotonic() + 20)
    assert not pauses


def test_a_server_that_comes_up_is_found(serve, monkeypatch) -> None:
    port = free_port()
    monkeypatch.setattr("lucida.models.vlm.openai.time.sleep", lambda _: serve(WELL, port=port))
    assert OpenAiModel(f"openai:tiny@http://127.0.0.1:{port}/v1").reply(HELLO).text == "Good day."


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_server_is_asked_again(serve, pauses, status) -> None:
    server = serve(refuse(status, "busy", Retry_After="7"), refuse(status, "busy"), WELL)
    assert server.model().reply(HELLO).text == "Good day."
    assert pauses[0] == 7
    assert pauses[1] < 1
    assert len(server.asked) == 3


@pytest.mark.parametrize("when", ["61", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_that_is_too_long_is_not_waited(serve, pauses, when) -> None:
    assert "takes no more requests now" in failure(serve(refuse(429, "busy", Retry_After=when)))
    assert not pauses


def test_an_empty_account_is_not_asked_again(serve, pauses) -> None:
    step: Step = lambda handler: handler.send(429, {"error": {"message": "Pay.", "code": "insufficient_quota"}})  # noqa: E731
    assert "insufficient_quota" in failure(serve(step))
    assert not pauses


def test_patience_ends(serve, pauses) -> None:
    server = serve(refuse(503, "loading"))
    assert "503 (service unavailable)" in failure(server)
    assert (len(server.asked), len(pauses)) == (4, 3)


def test_a_deadline_keeps_what_was_said(serve) -> None:
    def step(handler: Handler) -> None:
        handler.begin()
        handler.piece(word("Well, "))
        handler.server.gone.wait(20)

    reply = serve(step).model().reply(HELLO, deadline=time.monotonic() + 0.3)
    assert (reply.text, reply.ending) == ("Well, ", "deadline")


def test_a_deadline_holds_against_a_drip_of_headers(serve) -> None:
    def step(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not handler.server.gone.wait(0.01):
            handler.wfile.write(b"z")

    reply = serve(step).model().reply(HELLO, deadline=time.monotonic() + 0.3)
    assert (reply.text, reply.ending, reply.prompt_tokens) == ("", "deadline", None)


def test_a_deadline_that_has_passed_asks_nobody(serve) -> None:
    server = serve(WELL)
    assert server.model().reply(HELLO, deadline=time.monotonic() - 1).ending == "deadline"
    assert not server.asked


def test_a_stall_is_noticed_behind_signs_that_say_nothing(serve) -> None:
    server = serve(forever([word("One."), *[b": still here\n\n", event(delta={"content": ""})] * 5000]))
    with pytest.raises(ModelError, match=r"said nothing more for 0\.2 seconds"):
        server.model(patience=Patience(first_s=5, stall_s=0.2)).reply(HELLO)


def test_silence_from_the_start_is_noticed(serve) -> None:
    server = serve(lambda handler: handler.server.gone.wait(20))
    with pytest.raises(ModelError, match=r"gave no reply for 0\.2 seconds"):
        server.model(patience=Patience(first_s=0.2, stall_s=0.1)).reply(HELLO)
    assert len(server.asked) == 1


def test_time_that_the_listener_takes_is_not_the_servers(serve) -> None:
    server, wait = serve(WELL), threading.Event()
    reply = server.model(patience=Patience(stall_s=0.05)).reply(HELLO, on_text=lambda _: wait.wait(0.15))
    assert reply.text == "Good day."


# -- broken, hostile ------------------------------------------------------------------------------------------------


def test_a_reply_that_breaks_off_is_not_asked_for_again(serve) -> None:
    server, heard = serve(stream(word("The total is 4"), whole=False), WELL), []
    assert "in the middle of its reply" in failure(server, on_text=heard.append)
    assert heard == ["The total is 4"]
    assert len(server.asked) == 1


def test_a_stream_that_ends_without_its_mark(serve) -> None:
    assert "in the middle of its reply" in failure(serve(stream(word("The total is 4"))))


def test_a_connection_that_is_dropped_is_tried_again(serve, pauses) -> None:
    server = serve(lambda handler: None, WELL)
    assert server.model().reply(HELLO).text == "Good day."
    assert len(pauses) == 1


def test_what_the_listener_raises_comes_through(serve) -> None:
    def listen(_: str) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError):
        serve(WELL).model().reply(HELLO, on_text=listen)


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
    server = serve(stream(piece, DONE))
    assert "cannot be read" in failure(server)
    assert len(server.asked) == 1


def test_an_error_in_the_middle(serve) -> None:
    told = failure(serve(stream(word("So"), b'data: {"error": {"message": "CUDA out of memory"}}\n\n', DONE)))
    assert "failed over its reply: CUDA out of memory" in told


@pytest.mark.parametrize("piece", [word("la " * 10), event(delta={"reasoning_content": "hm" * 9_000}), word("")])
def test_a_stream_without_end_is_cut(serve, piece) -> None:
    def step(handler: Handler) -> None:
        handler.begin()
        while not handler.server.gone.is_set():
            handler.piece(piece * 100)

    reply = serve(step).model().reply(HELLO, most_tokens=4)
    assert reply.ending == "length"
    assert len(reply.text) <= 4 * 64


def test_a_document_without_end(serve) -> None:
    def step(handler: Handler) -> None:
        handler.begin("application/json")
        while not handler.server.gone.is_set():
            handler.piece(b" " * 100_000)

    assert "does not end" in failure(serve(step), most_tokens=1)


@pytest.mark.parametrize("step", [stream(STOP, DONE), stream(word(" \n"), STOP), stream(DONE)])
def test_an_empty_reply(serve, step) -> None:
    assert "empty reply" in failure(serve(step))


def test_a_filtered_reply(serve) -> None:
    assert "filter" in failure(serve(stream(event(delta={}, finish_reason="content_filter"), DONE)))


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
    assert said in failure(serve(lambda handler: handler.send(200, content, kind)))


def test_an_error_page_is_not_quoted(serve, pauses) -> None:
    server = serve(lambda handler: handler.send(502, b"<html><h1>nginx</h1></html>", "text/html"))
    told = failure(server)
    assert "502 (bad gateway)" in told
    assert "nginx" not in told


def test_redirects_elsewhere_are_not_followed(serve, monkeypatch) -> None:
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", KEY)
    other = serve(WELL)
    for status in (301, 302, 307, 308):
        server = serve(lambda h, s=status: h.send(s, b"", Location=f"{other.address}/v1/x?key={KEY}"))
        told = failure(server)
        assert f"sends requests on to {other.address}/v1/x." in told
        assert KEY not in told
    assert not other.asked


def test_redirects_within_a_server_are_followed_a_few_times(serve) -> None:
    server = serve(lambda handler: handler.send(307, b"", Location="/v2/chat"), WELL)
    assert server.model().reply(HELLO).text == "Good day."
    assert server.paths == ["/v1/chat/completions", "/v2/chat"]
    numbers = iter(range(99))
    loop = serve(lambda handler: handler.send(308, b"", Location=f"/{next(numbers)}"))
    assert "sends requests on" in failure(loop)
    assert len(loop.asked) == 4


# -- keys and ways --------------------------------------------------------------------------------------------------


def test_the_key_is_sent_and_told_to_nobody_else(serve, monkeypatch, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LUCIDA_OPENAI_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-alone")
    server = serve(refuse(401, f"Incorrect API key provided: {KEY}."))
    model = server.model()
    with pytest.raises(ModelError, match=r"key provided: \*\*\*") as caught:
        model.reply(HELLO)
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert "LUCIDA_OPENAI_KEY" in caught.value.advice
    assert KEY not in f"{model!r} {model.spec} {vars(model)} {caught.value!r} {caplog.text}"


def test_openais_key_goes_to_openai_alone(serve, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server = serve(WELL)
    server.model().reply(HELLO)
    assert "Authorization" not in server.headers[0]


def test_proxies_serve_all_but_this_machine(serve, monkeypatch) -> None:
    proxy, near = serve(WELL), serve(WELL)
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert near.model().reply(HELLO).text == "Good day."
    assert not proxy.asked
    monkeypatch.delenv("ALL_PROXY")
    OpenAiModel("openai:tiny@http://far.invalid/v1", patience=HASTY).reply(HELLO)
    assert proxy.paths == ["http://far.invalid/v1/chat/completions"]


def test_a_server_without_encryption_asked_for_it(serve, pauses) -> None:
    server = serve(WELL)
    with pytest.raises(ModelError, match="over TLS"):
        OpenAiModel(f"openai:tiny@{server.address.replace('http:', 'https:')}/v1").reply(HELLO)
    assert not pauses


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        OpenAiModel("openai:tiny@http://no-such-host.invalid/v1", patience=HASTY).reply(HELLO)
