from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest
from PIL import Image, ImageDraw

from lucida import Library
from lucida.errors import UsageError

FERRY = (
    "# Ferry timetable\n\nThe ferry to Norland leaves from the northern pier at 14:30 every weekday. "
    "Tickets cost EUR 12.50 and are sold on board.\n\n## Cancellation\n\nBookings may be cancelled free of charge "
    "until 24 hours before departure.\n"
)
HARBOUR = "# Harbour\n\nThe harbour master's office opens at seven in the morning. Dogs must be kept on a lead.\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "ferry.md").write_text(FERRY)
    (folder / "harbour.md").write_text(HARBOUR)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


COLOURS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 210)}


@pytest.fixture(scope="session")
def eyes() -> ModuleType:
    """Encoders of pictures that see colours, and fail when they are told to."""
    spec = importlib.util.spec_from_file_location("library_eyes", Path(__file__).with_name("eyes.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Have the registry give out these encoders, by spec."""

    def install(*encoders: Any) -> Any:
        by_spec = {encoder.spec: encoder for encoder in encoders}

        def load(spec: str, *, allow_download: bool = False) -> Any:
            if spec not in by_spec:
                raise UsageError(f"There is no encoder {spec!r}.", "Known are others.")
            return by_spec[spec]

        monkeypatch.setattr("lucida.models.registry.load_shared_encoder", load)
        return encoders[0]

    return install


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three photographs and a document of two pages, one with a figure."""
    folder = tmp_path / "album"
    folder.mkdir()
    for name, colour in COLOURS.items():
        image = Image.new("RGB", (120, 90), colour)
        ImageDraw.Draw(image).rectangle((10, 10, 50, 40), fill=(255, 255, 255))
        image.save(folder / f"{name}.png")
    with pymupdf.open() as document:
        first = document.new_page()
        first.insert_text((72, 100), "The ferry to Norland leaves at half past two.")
        first.insert_image(pymupdf.Rect(100, 300, 400, 500), filename=folder / "green.png")
        document.new_page().insert_text((72, 100), "Tickets are sold on board of the ferry.")
        document.save(folder / "paper.pdf")
    return folder


@pytest.fixture
def names() -> Callable[..., list[str]]:
    """File names of what ``look_for`` found."""

    def told(library: Library, found: list[tuple[int, float]]) -> list[str]:
        rows = library._reading().items([item for item, _ in found])
        return [Path(row.source).name for row in rows]

    return told


@pytest.fixture
def look_for() -> Callable[..., list[tuple[int, float]]]:
    """Asks a library's list of pictures for a colour, as an encoder of ``eyes`` sees it."""

    def nearest(library: Library, eye: Any, colour: str, k: int = 1) -> list[tuple[int, float]]:
        query = eye.encode_images([Image.new("RGB", (8, 8), COLOURS[colour])])[0]
        return library._reading().nearest(query, k, kind="picture", fingerprint=eye.fingerprint)

    return nearest


class Server(ThreadingHTTPServer):
    """Answers each request with the next line of its script: a text, a tool's name with its arguments, or what a
    function makes of the request; the last function goes on for ever."""

    def __init__(self, script: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[dict[str, Any]] = []

    @property
    def spec(self) -> str:
        return f"openai:tiny@http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        line = self.server.script[0] if callable(self.server.script[0]) else self.server.script.pop(0)
        if callable(line):
            line = line(self.server.asked[-1])
        delta: dict[str, Any] = {"content": line}
        if isinstance(line, tuple):
            call = {"name": line[0], "arguments": json.dumps(line[1])}
            delta = {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": call}]}
        ending = "tool_calls" if isinstance(line, tuple) else "stop"
        events = [{"delta": delta}, {"delta": {}, "finish_reason": ending}]
        body = "".join(f"data: {json.dumps({'choices': [{'index': 0, **event}]})}\n\n" for event in events)
        content = (body + "data: [DONE]\n\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Server]]:
    for name in ("LUCIDA_OPENAI_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    servers: list[tuple[Server, threading.Thread]] = []

    def start(*script: Any) -> Server:
        server = Server(list(script))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        servers.append((server, thread))
        return server

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()
