from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lucida.errors import UsageError
from lucida.models import inventory, minilm_files
from lucida.models.inventory import describe_models
from lucida.models.profiles import PROFILES, profile, spec_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


def test_rows_say_what_is_installed(tower_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_MINI", str(tower_folder))
    rows = {row.spec: row for row in describe_models()}
    encoders = {"mini", "minilm", "openclip:MODEL/TAG", "hf:ID_OR_FOLDER", *(entry.encoder for entry in PROFILES)}
    speakers = {"hf:ID_OR_FOLDER?OPTIONS", "openai:MODEL@ADDRESS"}
    assert set(rows) == {*encoders, *speakers, "diffusers:ID_OR_FOLDER", "tesseract", "rapidocr"}
    assert {rows[spec].role for spec in speakers} == {"vision-language model"}
    assert rows["minilm"].installed
    assert rows["minilm"].size_bytes > 90_000_000
    assert rows["minilm"].licence == "Apache-2.0"
    assert rows["mini"].installed
    assert rows["mini"].profile == "mini"
    assert 10_000_000 < rows["mini"].size_bytes < 20_000_000
    small = rows[spec_of("small")]
    assert not small.installed
    assert "lucida models get small" in small.advice
    json.dumps([row.to_json() for row in rows.values()])
    for row in rows.values():
        assert bool(row.advice) != row.installed
        assert bool(row.where) or not row.installed


def test_rows_of_a_bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LUCIDA_MINI", str(tmp_path))
    monkeypatch.setattr(inventory, "find_spec", lambda _: None)
    monkeypatch.setattr(minilm_files.importlib.util, "find_spec", lambda _: None)
    rows = describe_models()
    assert not any(row.installed for row in rows)
    assert all("nstall" in row.advice or "ownload" in row.advice for row in rows)


def test_describing_loads_nothing_heavy() -> None:
    code = (
        "import sys; from lucida.models.inventory import describe_models; describe_models();"
        "print({'torch', 'onnxruntime', 'open_clip', 'rapidocr', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_profiles_grow_and_are_free() -> None:
    assert [entry.name for entry in PROFILES] == ["mini", "small", "large"]
    for smaller, larger in itertools.pairwise(PROFILES):
        assert smaller.parameters < larger.parameters
        assert smaller.memory_bytes < larger.memory_bytes
    assert {entry.licence for entry in PROFILES} <= {"Apache-2.0", "MIT"}
    assert profile("small").encoder == spec_of("small") != "small"
    assert spec_of("hf:x/y") == "hf:x/y"
    with pytest.raises(UsageError, match="no profile") as caught:
        profile("huge")
    assert "mini, small, large" in caught.value.advice


@pytest.mark.slow  # builds the large architectures, without memory for their weights
@pytest.mark.parametrize("name", ["small", "large"])
def test_published_sizes_are_those_of_the_architecture(name: str) -> None:
    import torch
    import transformers

    entry = profile(name)
    sizes = {
        "small": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
        "large": {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16},
    }[name]
    side = {"small": 256, "large": 384}[name]
    config = transformers.SiglipConfig(
        text_config=sizes | {"vocab_size": 256_000, "projection_size": entry.dimension},
        vision_config=sizes | {"image_size": side, "patch_size": 16},
    )
    with torch.device("meta"):
        model = transformers.SiglipModel(config)
    count = sum(weights.numel() for weights in model.parameters())
    assert round(count / 1e6) == pytest.approx(entry.parameters, abs=1)
    assert 4 * count < entry.download_bytes < 4 * count + 60_000_000
    assert 2 * count < entry.memory_bytes < 2.3 * count
