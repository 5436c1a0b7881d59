"""Readers that misbehave on request: what a file says is what its reader does. Named to the pool by import path."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from lucida.types import Document, Page

_KEPT: list[bytes] = []


def obey(path: Path, options: object, ocr: object, on_page: object) -> Document:
    """Do as the file says, then hand back a document of one page."""
    order = path.read_text().split()
    match order[0]:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "stall":
            time.sleep(600)
        case "slow":  # alive all along: longer in all than the limit between two pages
            for done in range(8):
                time.sleep(0.25)
                on_page(done + 1, 8)  # type: ignore[operator]
        case "swell":
            return Document(str(len(bytearray(20_000_000_000))), "", None, (), ())
        case "pid" | "keep" as wish:
            _KEPT.append(b"x" * 300_000_000 if wish == "keep" else b"")  # what a leak looks like from outside
            return Document("text/plain", str(os.getpid()), None, (), ())
        case "grow":
            with path.open("a") as file:
                file.write(" more")
        case "once":
            if len(order) == 1:
                path.write_text("once changed")
        case "child":
            import subprocess

            child = subprocess.Popen(["sleep", "600"])
            Path(order[1]).write_text(str(child.pid))
            time.sleep(600)
    return Document("text/plain", " ".join(order), None, (Page(1, 1, 1),), ())
