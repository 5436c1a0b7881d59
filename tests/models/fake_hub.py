"""A Hugging Face Hub on loopback that serves one folder, with the faults of a bad day."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

COMMIT = "c0ffee" + "0" * 34


@dataclass
class FakeHub:
    """What is served, how it goes wrong, and what was asked for.

    Attributes:
        folders: repository to folder.
        status: answers everything with this status where it is not 200.
        cut_after: bytes after which a large file's connection breaks; each break uses one of ``cuts``.
        alter: whether large files arrive with a changed byte.
        pause_s: waited before each answer.
    """

    folders: dict[str, Path]
    status: int = 200
    cut_after: int = 0
    cuts: int = 0
    alter: bool = False
    pause_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        self.hub.asked.append(f"{self.command} {self.path}")
        time.sleep(self.hub.pause_s)
        if self.hub.status != 200:
            self.send(self.hub.status, b"{}", {}, body=body)
        elif self.path.startswith("/api/models/"):
            self.listing(body=body)
        else:
            self.file(body=body)

    def listing(self, *, body: bool) -> None:
        name = unquote(self.path.removeprefix("/api/models/").partition("?")[0]).partition("/revision/")[0]
        if name not in self.hub.folders:
            self.send(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body=body)
            return
        rows = []
        folder = self.hub.folders[name]
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            row = {
                "rfilename": path.relative_to(folder).as_posix(),
                "size": path.stat().st_size,
                "blobId": git_sha(path),
            }
            if path.suffix in {".safetensors", ".bin"}:
                row["lfs"] = {"sha256": sha256(path), "size": path.stat().st_size, "pointerSize": 130}
            rows.append(row)
        document = {"id": name, "sha": COMMIT, "siblings": rows, "private": False, "tags": []}
        self.send(200, json.dumps(document).encode(), {"Content-Type": "application/json"}, body=body)

    def file(self, *, body: bool) -> None:
        repository, _, rest = self.path.lstrip("/").partition("/resolve/")
        folder, name = self.hub.folders.get(repository), rest.partition("/")[2]
        if folder is None or not (folder / name).is_file():
            self.send(404, b"", {"X-Error-Code": "EntryNotFound"}, body=body)
            return
        path = folder / name
        content, large = path.read_bytes(), path.suffix == ".safetensors"
        etag = sha256(path) if large else git_sha(path)
        if large and self.hub.alter:
            content = content[:-1] + bytes([content[-1] ^ 1])
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        status, start = 200, 0
        if wanted := self.headers.get("Range"):
            self.hub.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        limit = None
        if body and large and self.hub.cuts > 0:
            self.hub.cuts -= 1
            limit = self.hub.cut_after
        self.send(status, content[start:], headers, body=body, limit=limit)

    def send(
        self, status: int, content: bytes, headers: dict[str, str], *, body: bool, limit: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content if limit is None else content[:limit])
        if limit is not None:
            self.close_connection = True


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def git_sha(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
