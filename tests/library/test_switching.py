"""From one encoder of pictures to another: there and back, broken off, killed, and from an earlier schema."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lucida import Library
from lucida.errors import ModelError, UsageError
from lucida.index import Index
from lucida.library import Progress


def test_switching_there_and_back(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip", text_is_minilm=False)
    use(eye, other)
    library.ingest(album, workers=1)
    told: list[Progress] = []
    report = library.switch_encoder("hf:clip", observer=told.append)
    assert (report.spec, report.pictures, report.passages) == ("hf:clip", 6, library.statistics().passages)
    assert (told[-1].phase, told[-1].files_done) == ("done", told[-1].files)
    assert library.config.encoder == Library.open(library.folder).config.encoder == "hf:clip"
    assert names(library, look_for(library, other, "red")) == ["red.png"]
    with pytest.raises(ModelError):
        look_for(library, eye, "red")
    assert library.shared_encoder() is other
    assert library.verify() == []
    assert library.ingest(album, workers=1).unchanged == 4
    library.switch_encoder("mini")
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert library.verify() == []
    library.switch_encoder("minilm")
    assert (library.statistics().shared, library.shared_encoder()) == (None, None)
    assert library.search("ferry to Norland")
    assert library.verify() == []
    segments = {path.name for path in (library.folder / "segments").iterdir()}
    assert len(segments) == library.statistics().segments


def test_a_switch_to_what_is_not_there_changes_nothing(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye = use(eyes.Eye())
    library.ingest(album, workers=1)
    with pytest.raises(UsageError):
        library.switch_encoder("hf:nowhere")
    assert library.config.encoder == "mini"
    assert names(library, look_for(library, eye, "red")) == ["red.png"]


def test_a_switch_whose_encoder_fails_keeps_the_old_space(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip")
    use(eye, other)
    library.ingest(album, workers=1)
    other.dead = True
    with pytest.raises(RuntimeError):
        library.switch_encoder("hf:clip")
    assert library.config.encoder == "mini"
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert library.verify() == []
    other.dead = False
    assert library.switch_encoder("hf:clip").pictures == 6


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import eyes
from lucida import Library
from lucida.index import Index
from lucida.models import registry
registry.load_shared_encoder = lambda spec, **_: eyes.Eye(spec, text_is_minilm=spec == "mini")
left = int(sys.argv[5])
def checkpoint(step):
    global left
    if step == sys.argv[4]:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
opened = Index.open.__func__
Index.open = classmethod(lambda cls, folder, **options: opened(cls, folder, **{"checkpoint": checkpoint, **options}))
with Library.open(sys.argv[2]) as library:
    library.switch_encoder(sys.argv[3])
"""


@pytest.mark.parametrize(
    "step", ["addition-committed", pytest.param("switch-begun", marks=pytest.mark.slow), "switch-committed"]
)
def test_a_killed_switch_is_taken_up(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    step: str,
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip", text_is_minilm=False)
    use(eye, other)
    library.ingest(album, workers=1)
    library.close()
    program = [sys.executable, "-c", KILLED, Path(__file__).parent, library.folder, "hf:clip", step, "1"]
    assert subprocess.run(program, check=False).returncode == -9
    with Library.open(library.folder) as again:
        in_force = other if step == "switch-committed" else eye
        assert names(again, look_for(again, in_force, "red")) == ["red.png"]
        assert again.shared_encoder() is in_force
        assert again.switch_encoder("hf:clip").pictures == (6 if step == "switch-begun" else 0)
        assert names(again, look_for(again, other, "red")) == ["red.png"]
        assert again.config.encoder == "hf:clip"
        assert again.verify() == []


def test_a_library_of_an_earlier_version_gets_vectors_for_its_pictures(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    """Its catalogue has the first schema, and its settings name the encoder of that time."""
    from alembic import command

    from lucida.index import fulltext, revision

    library.configure(encoder="minilm")
    library.ingest(album, workers=1)
    library.close()
    with Index.open(library.folder, write=True) as index, index._database.rebuild() as connection:
        fulltext.of(connection).drop(connection)
        command.downgrade(revision.configuration(connection), "0001")
    eye = use(eyes.Eye())
    with Library.open(library.folder) as again:
        assert again.search("ferry to Norland")
        assert again.statistics().lacking == {"picture": 6}
        assert again.shared_encoder() is None
        again.switch_encoder("mini")
        assert again.statistics().lacking == {}
        assert names(again, look_for(again, eye, "red")) == ["red.png"]
        assert again.verify() == []
