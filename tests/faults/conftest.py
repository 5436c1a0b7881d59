"""Runs the real command line in processes of its own, which may be starved, cut off, interrupted and killed."""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from lucida import Library

#: prctl(2): take a capability out of what this process and its children can ever have; and the two that open all files.
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


@dataclass(frozen=True)
class Ran:
    """What a finished command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


@dataclass(frozen=True)
class CommandLine:
    """``lucida`` on one library."""

    library: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def start(self, *arguments: object, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        words = (os.fspath(word) if isinstance(word, Path) else str(word) for word in arguments)
        command = [sys.executable, "-P", "-m", "lucida", *words]
        environment = {**os.environ, "LUCIDA_LIBRARY": os.fspath(self.library), **self.env, **(env or {})}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=environment, text=True, cwd=self.library.parent, **{**streams, **options})

    def __call__(self, *arguments: object, **options: Any) -> Ran:
        ran = self.finish(self.start(*arguments, **options))
        assert "Traceback" not in ran.err, ran.err
        return ran

    @staticmethod
    def finish(process: subprocess.Popen[str]) -> Ran:
        out, err = process.communicate(timeout=300)
        return Ran(process.returncode, out or "", err or "")


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """The module of broken files beside this file."""
    spec = importlib.util.spec_from_file_location("faults_bad_files", Path(__file__).with_name("bad_files.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["faults_bad_files"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def command_line() -> type[CommandLine]:
    return CommandLine


@pytest.fixture
def lucida(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "library")


@pytest.fixture
def papers(tmp_path: Path, make: ModuleType) -> Path:
    """A folder with one good file."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text(make.sentence("ferry"))
    return folder


@pytest.fixture(scope="session")
def mortal() -> dict[str, Any]:
    """Options of a process for which permissions hold: where tests run as root, one without root's exemption from them.

    Another user's id would not do: the interpreter may lie where that user may not go.
    """
    if os.geteuid() != 0:
        return {}
    if sys.platform != "linux":
        pytest.skip("root cannot be told to respect permissions here")
    libc = ctypes.CDLL(None, use_errno=True)

    def renounce() -> None:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)

    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        probe = [sys.executable, "-P", "-c", f"open({file.name!r})"]
        if not subprocess.run(probe, capture_output=True, check=False, preexec_fn=renounce).returncode:
            pytest.skip("root cannot be told to respect permissions here")
    return {"preexec_fn": renounce}


@pytest.fixture(scope="session")
def well_said() -> Callable[[Mapping[str, str]], None]:
    """Checks a failure: one sentence that names the file, one of advice, and nothing of the machine's insides."""

    def check(failure: Mapping[str, str]) -> None:
        assert set(failure) == {"source", "error", "advice"}
        for sentence in (failure["error"], failure["advice"]):
            assert sentence.endswith("."), sentence
            assert sentence.isprintable(), sentence
            assert not re.search(r"[.!?] +[A-Z]|Traceback|code=|0x[0-9a-f]{6}|errno|<class", sentence), sentence
        assert Path(failure["source"]).name in failure["error"]
        assert str(Path(failure["source"]).parent) not in failure["error"]

    return check


@pytest.fixture(scope="session")
def sound() -> Callable[[Path], None]:
    """Checks that a library's parts agree, and that each source is in it once."""

    def check(folder: Path) -> None:
        with Library.open(folder, create=False) as library:
            assert library.verify() == []
            paths = [row.path for row in library.sources()]
            assert len(paths) == len(set(paths))

    return check


@pytest.fixture(scope="session")
def found() -> Callable[[Path, str], set[str]]:
    """The names of the files in which a word is found, among passages that hold it."""

    def find(folder: Path, word: str) -> set[str]:
        with Library.open(folder, create=False) as library:
            return {Path(hit.source).name for hit in library.search(word, kind="passage") if word in hit.text}

    return find


@pytest.fixture
def family() -> Callable[[int], list[psutil.Process]]:
    """All processes below one."""

    def children(pid: int) -> list[psutil.Process]:
        try:
            return psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    return children
