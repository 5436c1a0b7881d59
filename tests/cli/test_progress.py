from __future__ import annotations

import io

import pytest
from rich.console import Console

from lucida.cli import progress as shown
from lucida.library import Progress


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120, markup=False)
    monkeypatch.setattr(shown, "err", lambda: console)
    return stream


def test_a_terminal_sees_files_pages_rate_and_the_current_file(screen: io.StringIO) -> None:
    with shown.display() as show:
        assert isinstance(show, shown.LiveDisplay)
        show(Progress("scan", files=3, current="a.pdf"))
        show(Progress("read", files=3, files_done=1, pages=12, current="[bold]b.pdf (2/5)"))
    text = screen.getvalue()
    assert "Reading" in text
    assert "1/3" in text
    assert "12 pages" in text
    assert "[bold]b.pdf (2/5)" in text


def test_long_paths_keep_their_end(screen: io.StringIO) -> None:
    with shown.display() as show:
        show(Progress("read", files=1, current="/a/very/long/path" * 9 + "/the-file.pdf"))
    assert "/the-file.pdf" in screen.getvalue()


def test_lines_come_no_more_often_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(shown, "err", lambda: Console(file=stream, width=200))
    with shown.PlainDisplay(interval=3600) as show:
        show(Progress("read", files=3, files_done=1))
    assert stream.getvalue() == ""
    with shown.PlainDisplay(interval=0) as show:
        show(Progress("read", files=3, files_done=1, pages=4, failed=1, current="a.pdf"))
        show(Progress("done", files=3, files_done=3))
    assert stream.getvalue().count("\n") == 1
    assert "1/3 files, 4 pages" in stream.getvalue()
