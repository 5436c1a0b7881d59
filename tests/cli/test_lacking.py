from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from lucida.cli import progress as shown
from lucida.cli.lacking import embedding_advice
from lucida.index import Binding, Statistics
from lucida.library import Progress

NUMBERS = Statistics(1, 0, 2, 3, 4, 1, 0, {}, None, "0002")


def test_nothing_lacks() -> None:
    assert embedding_advice(NUMBERS, "mini") is None


@pytest.mark.parametrize(
    ("lacking", "encoder", "what", "advice"),
    [
        ({"picture": 4}, "minilm", "4 pictures cannot be found", "lucida models switch mini"),
        ({"picture": 1}, "mini", "without vectors yet: 1 picture", "lucida verify --repair"),
        ({"passage": 3, "picture": 4}, "mini", "3 passages and 4 pictures", "lucida verify --repair"),
        ({"passage": 3}, "minilm", "3 passages", "lucida verify --repair"),
    ],
)
def test_what_lacks_is_counted_and_advised_on(lacking: dict[str, int], encoder: str, what: str, advice: str) -> None:
    said = embedding_advice(replace(NUMBERS, lacking=lacking), encoder)
    assert said is not None
    assert what in said[0]
    assert advice in said[1]
    assert said[1].endswith(".")


def test_an_unfinished_switch_comes_first() -> None:
    numbers = replace(NUMBERS, lacking={"picture": 4}, pending=Binding("hf:clip", "x", 8))
    assert "lucida models switch hf:clip" in embedding_advice(numbers, "mini")[1]


def test_pictures_have_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(shown, "err", lambda: Console(file=stream, width=200))
    with shown.PlainDisplay(interval=0) as show:
        show(Progress("read", files=3, files_done=1, pages=4, pictures=7, current="a.pdf"))
        show(Progress("embed", files=9, files_done=5, pictures=5))
    reading, embedding = stream.getvalue().splitlines()
    assert "7 pictures" in reading
    assert "pictures/s" in reading
    assert embedding.startswith("embed: 5/9, 5 pictures, ")


def test_a_terminal_sees_the_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120, markup=False)
    monkeypatch.setattr(shown, "err", lambda: console)
    with shown.display() as show:
        show(Progress("embed", files=9, files_done=5, pictures=5))
    assert "Embedding" in stream.getvalue()
    assert "5 pictures" in stream.getvalue()
