from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading

import pytest

from lucida.errors import LibraryLockedError
from lucida.index import Index
from lucida.index.lock import WriterLock, writing

HOLD = """
import sys, os, signal
from pathlib import Path
from lucida.index import Index
index = Index.open(Path(sys.argv[1]), write=True)
print("held", flush=True)
sys.stdin.readline()
if len(sys.argv) > 2:
    os.kill(os.getpid(), signal.SIGKILL)
index.close()
"""


@pytest.fixture
def empty(folder):
    Index.open(folder, create=True).close()
    return folder


def holder(folder, *arguments):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "held\n"
    return child


def end(child):
    child.communicate("\n")


def test_the_second_process_is_told_who_writes(empty):
    child = holder(empty)
    try:
        with pytest.raises(LibraryLockedError, match=f"process {child.pid} on"):
            Index.open(empty, write=True)
        assert writing(empty)
        with Index.open(empty) as reader:
            assert reader.sources() == []
    finally:
        end(child)
    assert not writing(empty)
    Index.open(empty, write=True).close()


def test_a_lock_dies_with_its_process(empty):
    child = holder(empty, "killed")
    end(child)
    assert child.returncode == -9
    assert (empty / "writer.lock").read_text() != ""  # its note is still there, and means nothing
    Index.open(empty, write=True).close()


def test_two_writers_in_one_process(empty):
    with Index.open(empty, write=True) as first:
        with pytest.raises(LibraryLockedError, match=f"process {os.getpid()} "):
            Index.open(empty, write=True)
        with pytest.raises(LibraryLockedError):
            Index.open(empty / ".." / empty.name, write=True)
        assert writing(empty)
        first.close()
        Index.open(empty, write=True).close()


def test_waiting_for_the_other(empty):
    lock = WriterLock(empty)
    threading.Timer(0.2, lock.release).start()
    Index.open(empty, write=True, timeout=30).close()


def test_an_orphaned_fork_does_not_keep_the_lock(empty):
    lock = WriterLock(empty)
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()

    def wait() -> None:
        ready.set()
        done.wait(30)

    child = context.Process(target=wait)
    child.start()
    try:
        assert ready.wait(30)
        lock.release()
        finished = subprocess.run(
            [sys.executable, "-c", HOLD, empty], input="\n", capture_output=True, text=True, check=True
        )
        assert finished.stdout == "held\n"
    finally:
        done.set()
        child.join()


def test_releasing_twice(empty):
    lock = WriterLock(empty)
    lock.release()
    lock.release()
    WriterLock(empty).release()
