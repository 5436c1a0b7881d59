"""``lucida ask --draw`` on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lucida.models.protocols import Reply, ToolCall

WISH = "Draw what the ferry to Norland would look like."


class Caller:
    """Calls the drawing tool where it is offered, then finds nothing."""

    spec, calls_tools = "caller", True

    def sight(self, *_: int) -> None:
        return None

    def reply(self, messages: Any, *, tools: Any = (), **_: Any) -> Reply:
        offered = len(messages) == 2 and any(tool.name == "draw_picture" for tool in tools)
        calls = (ToolCall("draw_picture", {"prompt": "a red ferry"}, "c1"),) if offered else ()
        return Reply("" if calls else "NOT FOUND", calls, "tool" if calls else "stop", None, None, 0.1)


@pytest.fixture
def asked(lucida: Callable[..., Any], papers: Path, artists: Any, tmp_path: Path, monkeypatch: Any) -> Any:
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: artists.Artist())
    monkeypatch.setattr("lucida.models.registry.load_vlm", lambda *_a, **_k: Caller())
    assert lucida("ingest", papers, "--workers", 1).code == 0
    settings = tmp_path / "library" / "lucida.toml"
    settings.write_text(settings.read_text().replace('encoder = "mini"', 'encoder = "minilm"'))
    return lambda *more: lucida("ask", *more, "--model", "caller")


@pytest.mark.slow
def test_what_is_drawn_is_shown(asked: Callable[..., Any], tmp_path: Path) -> None:
    ran = asked(WISH, "--draw", "drawn", "--draw-with", "artist:test", "--trace")
    assert ran.code == 0, ran.err
    assert "drawn: drawn/0001/samples/images/00000.png\n  “a red ferry”, by artist:test\n" in ran.out
    assert "draw_picture: drawn: 'a red ferry'" in ran.err
    told = asked(WISH, "--draw", "drawn", "--draw-with", "artist:test", "--json").json
    assert told["drawings"][0]["path"] == str(tmp_path / "drawn" / "0002" / "samples" / "images" / "00000.png")
    plain = asked("When does the ferry to Norland leave?", "--draw", "drawn", "--draw-with", "artist:test")
    assert "Nothing was drawn: the question asks for no picture.\n" in plain.err
    wrong = asked(WISH, "--draw-with", "artist:test")
    assert (wrong.code, "--draw DIR" in wrong.err) == (2, True)
