"""A model server on loopback that does what a test tells it, faults first."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image

from lucida.errors import ModelError
from lucida.models.protocols import Message, Tool
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
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
