"""A run draws what is wanted, and goes on where it was stopped: nothing lost, nothing done twice."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lucida.errors import ModelError, StorageFullError, UsageError
from lucida.generate.making import files
from lucida.generate.making.job import SAMPLES, shortfalls, tallies
from lucida.generate.making.journal import NAME, Journal
from lucida.generate.making.order import Order, Use, Wanted
from lucida.generate.making.origin import TRAINED, source_type


def everything(folder: Path) -> dict[str, bytes]:
    """All files but the journal, and the journal without what a clock said."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    lines = [json.loads(line) for line in found.pop(NAME).splitlines()]
    for line in lines:
        line.pop("seconds", None)
    return found | {NAME: json.dumps(lines).encode()}


def draws_of(folder: Path) -> list[dict]:
    with Journal(folder) as journal:
        return journal.draws


def test_every_class_gets_what_it_wants(tmp_path, artists, order, run):
    artist = artists.Artist()
    told = run(tmp_path / "out", artist, order())
    assert len(list((tmp_path / "out" / SAMPLES / "red").iterdir())) == 5
    assert len(list((tmp_path / "out" / SAMPLES / "blue").iterdir())) == 4
    assert (told[-1].accepted, told[-1].wanted) == (9, 9)
    seeds = [sample["seed"] for draw in draws_of(tmp_path / "out") for sample in draw["samples"]]
    assert seeds == [0, 1, 2, 3, 4, 1_000_000, 1_000_001, 1_000_002, 1_000_003]
    assert source_type(tmp_path / "out" / SAMPLES / "red" / "00000.png") == TRAINED


def test_rejected_samples_are_kept_aside_with_reasons_and_replaced(tmp_path, artists, order, run):
    artist = artists.Artist()
    artist.blank, artist.same = {1}, {2}
    run(tmp_path / "out", artist, order())
    samples = [sample for draw in draws_of(tmp_path / "out") for sample in draw["samples"]]
    reasons = {sample["path"]: [reason["gate"] for reason in sample["reasons"]] for sample in samples[:3]}
    assert reasons == {
        "samples/red/00000.png": [],
        "rejected/red/00001.png": ["sharpness", "blankness"],
        "rejected/red/00002.png": ["duplicate"],
    }
    assert all((tmp_path / "out" / path).is_file() for path in reasons)
    assert len(list((tmp_path / "out" / SAMPLES / "red").iterdir())) == 5


def test_a_class_that_nothing_fits_ends_with_its_budget(tmp_path, artists, order, run):
    artist = artists.Artist()
    artist.blank = set(range(100))
    made = order(Wanted("red", "red", "a red thing", 5, 7))
    run(tmp_path / "out", artist, made)
    assert artist.drawn == 7
    (told,) = shortfalls(made, tallies(made, draws_of(tmp_path / "out")))
    assert told == ("red: 0 of 5 accepted when the budget of 7 drawings ended (rejected by: sharpness 7).")


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_pause_costs_nothing(tmp_path, artists, order, run, stop):
    made = order()
    artist = artists.Artist()
    artist.blank = {1, 1_000_002}
    run(tmp_path / "whole", artist, made)
    first, second = artists.Artist(), artists.Artist()
    first.blank = second.blank = artist.blank
    first.stop_after = stop
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "paused", first, made)
    run(tmp_path / "paused", second)
    assert everything(tmp_path / "paused") == everything(tmp_path / "whole")
    assert first.drawn + second.drawn == artist.drawn
    third = artists.Artist()
    run(tmp_path / "paused", third)
    assert third.drawn == 0


def test_what_was_written_and_not_noted_is_done_again(tmp_path, artists, order, run):
    """Killed between the files and their line, and in the middle of a line."""
    run(tmp_path / "whole", artists.Artist(), order())
    run(tmp_path / "killed", artists.Artist(), order())
    journal = tmp_path / "killed" / NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    (tmp_path / "killed" / SAMPLES / "blue" / "00009.png").write_bytes(b"stale")
    (tmp_path / "killed" / SAMPLES / "blue" / ".tmp-00008.png").write_bytes(b"stale")
    (tmp_path / "killed" / SAMPLES / "blue" / "mine.txt").write_text("the user's own")
    artist = artists.Artist()
    run(tmp_path / "killed", artist)
    assert artist.drawn == json.loads(lines[-1])["count"]
    (tmp_path / "killed" / SAMPLES / "blue" / "mine.txt").unlink()
    assert everything(tmp_path / "killed") == everything(tmp_path / "whole")


_CHILD = """
import importlib.util, os, signal, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("artist", sys.argv[1])
artist = importlib.util.module_from_spec(spec); sys.modules["artist"] = artist; spec.loader.exec_module(artist)
from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.likeness import Pictures
from lucida.generate.gates.panel import Panel
from lucida.generate.making import files, job, journal
step, at = sys.argv[3], int(sys.argv[4])
count = 0
def kill():
    global count
    count += 1
    if count == at: os.kill(os.getpid(), signal.SIGKILL)
wrapped = {"written": (job, "write_whole"), "noted": (journal.Journal, "add"), "synced": (files, "sync_folder")}
home, name = wrapped[step]
original = getattr(home, name)
def around(*args, **kwargs):
    original(*args, **kwargs)
    kill()
setattr(home, name, around)
with journal.Journal(Path(sys.argv[2])) as opened:
    panel = Panel([], Duplicates(Pictures(), 0, 0.95), None)
    class Shelf:
        def there(self, items): return set(items)
    job.Job(opened, artist.Artist(), panel, Shelf()).run()
"""


@pytest.mark.parametrize(("step", "at"), [("written", 1), ("written", 2), ("noted", 1), ("synced", 3)])
def test_a_kill_costs_at_most_the_drawing_under_way(tmp_path, artists, order, step, at):
    folder = tmp_path / "killed"
    for name in ("killed", "whole"):
        with Journal(tmp_path / name) as journal:
            journal.begin({}, order())
    arguments = [sys.executable, "-c", _CHILD, artists.__file__, str(folder), step, str(at)]
    killed = subprocess.run(arguments, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    arguments[-1] = "0"
    for name in ("killed", "whole"):
        arguments[4] = str(tmp_path / name)
        subprocess.run(arguments, check=True)
    assert everything(folder) == everything(tmp_path / "whole")


def test_a_full_disk_loses_nothing_that_was_noted(tmp_path, artists, order, run, monkeypatch):
    run(tmp_path / "whole", artists.Artist(), order())
    real, count = os.fsync, iter(range(100))

    def full(descriptor: int) -> None:
        if next(count) == 9:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StorageFullError, match="No space left"):
        run(tmp_path / "full", artists.Artist(), order())
    assert not list((tmp_path / "full").rglob(".tmp-*"))
    monkeypatch.setattr(files.os, "fsync", real)
    run(tmp_path / "full", artists.Artist())
    assert everything(tmp_path / "full") == everything(tmp_path / "whole")


def test_a_journal_line_that_the_disk_refused_is_taken_back(tmp_path, order, monkeypatch):
    with Journal(tmp_path / "out") as journal:
        journal.begin({}, order())
        before = (tmp_path / "out" / NAME).read_bytes()

        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(files.os, "fsync", full)
        with pytest.raises(StorageFullError):
            journal.add({"label": "red", "samples": []})
        assert (tmp_path / "out" / NAME).read_bytes() == before
        assert journal.draws == []


def test_items_guide_drawings_in_cohorts_and_those_that_are_gone_are_left_out(
    tmp_path, artists, order, run, shelf, parents
):
    shelf.gone = {2}
    wanted = Wanted("red", "red", "a red thing", 6, 12, parents[0].vector, parents)
    artist = artists.Artist()
    run(tmp_path / "out", artist, order(wanted, use=(Use.VECTOR, Use.IMAGE), parents=2, batch=2))
    draws = draws_of(tmp_path / "out")
    assert [draw["parents"] for draw in draws[:3]] == [[1], [3, 4], [1]]
    assert draws[0]["gone"] == [2]
    assert [draw["image"]["item"] for draw in draws[:2]] == [1, 3]
    request = artist.requests[1]
    assert request.prompt == ""
    assert request.strength == 0.6
    assert request.vector.shape == (3,)
    assert abs(float((request.vector**2).sum()) - 1) < 1e-5


def test_another_model_does_not_go_on(tmp_path, artists, order, run):
    run(tmp_path / "out", artists.Artist(), order())
    with pytest.raises(ModelError, match="another state"):
        run(tmp_path / "out", artists.Artist(fingerprint="other"))


def test_two_runs_at_once_and_foreign_folders_are_refused(tmp_path, order):
    with Journal(tmp_path / "out") as journal:
        journal.begin({}, order())
        with pytest.raises(UsageError, match="at work"):
            Journal(tmp_path / "out")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "mine.jpg").touch()
    with pytest.raises(UsageError, match="other things"):
        Journal(tmp_path / "photos")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        Journal(tmp_path / "file")
    (tmp_path / "out" / NAME).write_text('{"kind": "order", "version": 99}\n')
    with pytest.raises(UsageError, match="version"):
        Journal(tmp_path / "out")
    (tmp_path / "out" / NAME).write_text("no journal\n")
    with pytest.raises(UsageError, match="damaged"):
        Journal(tmp_path / "out")


def test_an_order_survives_its_journal(parents, order):
    wanted = Wanted("red", "red", "a red thing", 6, 12, parents[0].vector, parents, parents[:1])
    made = order(wanted, use=(Use.TEXT, Use.VECTOR), seed=9)
    again = Order.from_json(json.loads(json.dumps(made.to_json())))
    assert again.to_json() == made.to_json()
    assert again.recipe == made.recipe
    assert (again.classes[0].pool[1].vector == parents[1].vector).all()


@pytest.mark.parametrize(
    "settings",
    [{"suffix": ".gif"}, {"strength": 0.0}, {"batch": 0}, {"seed": -1}, {"prompt_weight": 0.0, "item_weight": 0.0}],
)
def test_settings_that_make_no_sense_are_refused(order, settings):
    with pytest.raises(UsageError):
        order(**settings)
