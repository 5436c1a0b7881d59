"""Packages that are missing: the features that need them say so, and nothing else breaks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lucida.errors import DependencyError
from lucida.lazy import require

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""


def run_without(missing: set[str], code: str) -> subprocess.CompletedProcess[str]:
    program = HIDE.format(missing=missing) + code
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_require_gives_the_module() -> None:
    assert require("json", "read JSON").loads("1") == 1


def test_require_names_package_and_purpose() -> None:
    with pytest.raises(DependencyError, match="package no_such_thing is needed to fly") as caught:
        require("no_such_thing.inner", "fly")
    assert "pip install no_such_thing" in caught.value.advice


def test_an_interrupted_import_is_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled packages say that they failed to start, and why only in the cause."""
    (tmp_path / "slow_to_start.py").write_text("raise ImportError('initialization failed') from KeyboardInterrupt()")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        require("slow_to_start", "fly")


def test_require_knows_packages_of_other_names() -> None:
    result = run_without(
        {"faiss"},
        "from lucida.lazy import require\n"
        "from lucida.errors import DependencyError\n"
        "try: require('faiss', 'search vectors')\n"
        "except DependencyError as e: print(e.advice)",
    )
    assert "pip install faiss-cpu" in result.stdout, result.stderr


def test_a_package_that_does_not_import_is_told_from_one_that_is_missing() -> None:
    code = (
        "import sys\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'broken_thing': raise ImportError('operator does not exist')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "from lucida.lazy import require\n"
        "try: require('broken_thing', 'fly')\n"
        "except Exception as e: print(type(e).__name__, e)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "DependencyError" in result.stdout
    assert "operator does not exist" in result.stdout
    assert "Reinstall" in result.stdout


@pytest.mark.parametrize("missing", [{"torch", "open_clip", "transformers"}, {"rapidocr"}, {"faiss"}, {"pymupdf"}])
def test_help_and_types_work_without(missing: set[str]) -> None:
    result = run_without(missing, "from lucida.cli.app import main\nsys.exit(main(['--help']))")
    assert result.returncode == 0, result.stderr
    assert "ingest" in result.stdout


def test_search_by_words_works_without_torch(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("The ferry leaves from the northern pier at noon.\n")
    result = run_without(
        {"torch", "open_clip", "transformers", "sentence_transformers"},
        f"""
if __name__ == "__main__":
    from lucida import Library
    with Library.open({str(tmp_path / "library")!r}) as library:
        library.ingest({str(tmp_path / "a.txt")!r}, workers=1)
        print(library.search("when does the ferry leave")[0].text)
""",
    )
    assert "northern pier" in result.stdout, result.stderr
