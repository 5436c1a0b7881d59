"""The script that puts a vision-language model into the package leaves out its eye and says what was measured."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
import torch
from safetensors.torch import load_file

from lucida.models.mini import files
from lucida.models.mini.talker import Talker
from lucida.training.vlm.building import Eye, Shape, build_model, build_processor, save_folder
from lucida.training.vlm.vocabulary import train_tokenizer

SHAPE = Shape(side=32, width=16, layers=1, heads=2, key_heads=1, inner=16, context=512, vocabulary=400)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "ship_talker.py"
    spec = importlib.util.spec_from_file_location("ship_talker", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_shipped_is_small_and_loads(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    tower = files.read(files.find())
    eye = Eye(str(tower.vision["timm_model_name"]), tower.weights, tower.mean, tower.std)
    tokenizer = train_tokenizer(["What is this?"] * 3, SHAPE.vocabulary)
    model = build_model(SHAPE, tokenizer, eye)
    save_folder(tmp_path / "model", model, build_processor(SHAPE, tokenizer, eye), {}, {"steps": 1200, "batch": 48})
    (tmp_path / "card.md").write_text("| name | 0.500 |\n")
    command = [str(tmp_path / "model"), "--measured", str(tmp_path / "card.md"), "--to", str(tmp_path / "kept")]
    script.main([*command, "--bits", "4"])
    assert json.loads(capsys.readouterr().out)["bits"] == 4
    card = (tmp_path / "kept" / "README.md").read_text()
    assert "| name | 0.500 |" in card
    assert "1,200 steps of 48 conversations" in card
    assert "{" not in card
    kept = load_file(tmp_path / "kept" / "model.safetensors")
    assert not [name for name in kept if "vision_tower" in name]
    before = load_file(tmp_path / "model" / "model.safetensors")
    for name, tensor in kept.items():
        assert torch.allclose(tensor.float(), before[name].float(), rtol=2**-5, atol=1e-5)
    assert Talker(tmp_path / "kept").calls_tools
