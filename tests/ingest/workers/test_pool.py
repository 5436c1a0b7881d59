from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from lucida.config import ReadOptions
from lucida.errors import DependencyError
from lucida.ingest.files.identity import sha256_of
from lucida.ingest.files.walk import FoundFile
from lucida.ingest.workers import pool as pool_module
from lucida.ingest.workers.pool import ReadEvent, ReadPool, ReadResult

READER = "pool_readers:obey"


@pytest.fixture(autouse=True)
def readers_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def files(folder: Path, *orders: str) -> list[FoundFile]:
    found = []
    for number, order in enumerate(orders):
        path = folder / f"{number}.txt"
        path.write_text(order)
        status = path.stat()
        found.append(FoundFile(str(path), status.st_size, status.st_mtime_ns))
    return found


def results(folder: Path, *orders: str, workers: int = 2, **options: object) -> dict[str, ReadResult]:
    with ReadPool(ReadOptions(**options), None, workers=workers, reader=READER) as pool:
        done = [event for event in pool.read(files(folder, *orders)) if isinstance(event, ReadResult)]
    assert len(done) == len(orders)
    return {Path(result.file.path).name: result for result in done}


def test_every_file_has_one_result_with_its_hash(tmp_path: Path) -> None:
    done = results(tmp_path, "fine a", "fine b", "fine c", "fine d")
    assert [done[f"{n}.txt"].document.title for n in range(4)] == ["fine a", "fine b", "fine c", "fine d"]
    assert all(result.sha256 == sha256_of(Path(result.file.path)) for result in done.values())


def test_a_worker_that_dies_costs_only_its_file(tmp_path: Path) -> None:
    done = results(tmp_path, "fine", "die", "fine", "exit", "fine")
    assert [name for name, result in sorted(done.items()) if result.failure] == ["1.txt", "3.txt"]
    assert "signal SIGKILL" in done["1.txt"].failure.error
    assert "exit code 3" in done["3.txt"].failure.error
    assert done["1.txt"].failure.advice
    assert done["1.txt"].sha256 == sha256_of(tmp_path / "1.txt")


def test_a_stalled_file_is_given_up(tmp_path: Path) -> None:
    done = results(tmp_path, "stall", "fine", "fine", stall_seconds=1.0)
    assert "without progress" in done["0.txt"].failure.error
    assert "--timeout" in done["0.txt"].failure.advice
    assert done["0.txt"].sha256 == sha256_of(tmp_path / "0.txt")
    assert done["1.txt"].document
    assert done["2.txt"].document


def test_slow_but_living_is_no_stall(tmp_path: Path) -> None:
    assert results(tmp_path, "slow", stall_seconds=1.0)["0.txt"].document


def test_memory_has_a_limit(tmp_path: Path) -> None:
    done = results(tmp_path, "swell", "fine", memory_mb=1000)
    assert done["0.txt"].failure.error == "0.txt needs more memory than a worker may use."
    assert done["1.txt"].document


def test_a_process_that_has_grown_makes_way(tmp_path: Path) -> None:
    done = results(tmp_path, "pid", "keep", "pid", "pid", workers=1, memory_mb=1000)
    first, kept, third, fourth = (done[f"{number}.txt"].document.title for number in range(4))
    assert first == kept
    assert third == fourth != kept


def test_a_file_that_changed_meanwhile_is_read_again(tmp_path: Path) -> None:
    done = results(tmp_path, "once")["0.txt"]
    assert done.document.title == "once changed"
    assert done.file.size == len("once changed")


def test_a_file_that_keeps_changing_is_reported(tmp_path: Path) -> None:
    assert "keeps changing" in results(tmp_path, "grow")["0.txt"].failure.error


def test_a_file_that_vanished_is_reported(tmp_path: Path) -> None:
    gone = FoundFile(str(tmp_path / "gone.txt"), 1, 1)
    with ReadPool(ReadOptions(), None, workers=1) as pool:
        (result,) = pool.read([gone])
    assert isinstance(result, ReadResult)
    assert result.failure.error == "gone.txt has vanished."


def test_pages_are_told_as_they_come(tmp_path: Path) -> None:
    with ReadPool(ReadOptions(), None, workers=1, reader=READER) as pool:
        events = list(pool.read(files(tmp_path, "slow")))
    assert [(e.page, e.pages) for e in events if isinstance(e, ReadEvent)] == [(n, 8) for n in range(1, 9)]


def test_one_file_starts_one_process(tmp_path: Path) -> None:
    with ReadPool(ReadOptions(), None, workers=8, reader=READER) as pool:
        for _ in pool.read(files(tmp_path, "fine")):
            assert len(psutil.Process().children()) == 1


def test_results_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_MAX_WAITING_FILES", 4)
    with ReadPool(ReadOptions(), None, workers=2, reader=READER) as pool:
        stream = pool.read(files(tmp_path, *["fine"] * 40))
        next(stream)
        time.sleep(1.5)  # a consumer that is busy elsewhere: the workers must pause, not read everything
        feed = stream.gi_frame.f_locals["feed"]
        assert feed._files <= 4
        assert len(list(stream)) == 39


def test_closing_ends_processes_and_their_children(tmp_path: Path) -> None:
    note = tmp_path / "child.pid"
    pool = ReadPool(ReadOptions(), None, workers=1, reader=READER)
    stream = pool.read(files(tmp_path, f"child {note}", "fine"))
    threading.Thread(target=lambda: next(stream, None), daemon=True).start()
    for _ in range(200):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    child = int(note.read_text())
    pool.close()
    for _ in range(100):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert not psutil.Process().children()


def test_an_early_end_leaves_nothing_behind(tmp_path: Path) -> None:
    with ReadPool(ReadOptions(), None, workers=2, reader=READER) as pool:
        stream = pool.read(files(tmp_path, *["fine"] * 20))
        next(stream)
        stream.close()
    assert not psutil.Process().children()


def test_what_was_given_up_does_not_come_back(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with ReadPool(ReadOptions(), None, workers=2, reader=READER) as pool:
        stream = pool.read(files(tmp_path, "fine", "slow", "slow", "slow"))
        next(stream)
        stream.close()
        again = [e for e in pool.read(files(tmp_path / "other", "fine", "fine")) if isinstance(e, ReadResult)]
    assert {Path(result.file.path).parent.name for result in again} == {"other"}
    assert len(again) == 2


def test_an_interrupt_ends_everything(tmp_path: Path) -> None:
    def interrupted() -> None:
        with ReadPool(ReadOptions(), None, workers=2, reader=READER) as pool:
            streams.append(pool.read(files(tmp_path, "fine", "stall", "stall")))
            next(streams[0])
            raise KeyboardInterrupt

    streams: list[object] = []  # so that the iterator lives on, as it does in a traceback
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not psutil.Process().children()
    assert not [thread for thread in threading.enumerate() if thread.name == "lucida-read-pool"]


def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "child.pid"
    (tmp_path / "a.txt").write_text(f"child {note}")
    (tmp_path / "script.py").write_text(
        "from lucida.config import ReadOptions\n"
        "from lucida.ingest.workers.pool import ReadPool\n"
        "from lucida.ingest.files.walk import FoundFile\n"
        f"pool = ReadPool(ReadOptions(), None, reader={READER!r})\n"
        f"list(pool.read([FoundFile({str(tmp_path / 'a.txt')!r}, 0, 0)]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = subprocess.Popen([sys.executable, str(tmp_path / "script.py")], env=environment)
    for _ in range(400):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    (worker,) = psutil.Process(parent.pid).children()
    child = psutil.Process(int(note.read_text()))
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs([worker, child], timeout=20)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_processes_that_cannot_work_are_the_installation_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = ReadPool(ReadOptions(), None, reader="pool_readers:missing")
    with unknown, pytest.raises(DependencyError, match=r"do not start \(AttributeError: .*missing"):
        list(unknown.read(files(tmp_path, "fine")))
    monkeypatch.setattr("lucida.ingest.workers.process._PROGRAM", "raise SystemExit(7)")
    with ReadPool(ReadOptions(), None) as pool, pytest.raises(DependencyError, match=r"do not start \(exit code 7"):
        list(pool.read(files(tmp_path, "fine")))
    assert not psutil.Process().children()


def test_scripts_without_a_main_guard_work(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words enough to be read")
    (tmp_path / "script.py").write_text(
        "from lucida.config import ReadOptions\n"
        "from lucida.ingest.workers.pool import ReadPool\n"
        "from lucida.ingest.files.walk import walk\n"
        "from pathlib import Path\n"
        f"with ReadPool(ReadOptions(), None) as pool:\n"
        f"    for result in pool.read(list(walk([Path({str(tmp_path / 'a.txt')!r})]))):\n"
        "        print(type(result).__name__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(tmp_path / "script.py")]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert result.stdout.split() == ["ReadEvent", "ReadResult"], result.stderr


def test_a_folder_with_modules_of_common_names_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("types.py", "random.py", "json.py", "socket.py"):
        (tmp_path / name).write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    assert results(tmp_path, "fine")["0.txt"].document
