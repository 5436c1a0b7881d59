"""The embedded vision-language model is kept without its eye, and put together when it is needed."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file

from lucida.errors import ModelError
from lucida.models.mini import files
from lucida.models.mini.talker import FOLDER_VARIABLE, keep_without_eye, whole
from lucida.models.protocols import Message, Sight
from lucida.models.registry import load_vlm
from lucida.models.vlm.hf import HfVlm
from lucida.training.vlm.building import Eye, Shape, build_model, build_processor, save_folder
from lucida.training.vlm.vocabulary import train_tokenizer

SHAPE = Shape(side=32, width=16, layers=1, heads=2, key_heads=1, inner=16, context=512, vocabulary=400)
ASKED = [Message("user", (Image.new("RGB", (40, 30), "teal"), "What is this?"))]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    tower = files.read(files.find())
    eye = Eye(str(tower.vision["timm_model_name"]), tower.weights, tower.mean, tower.std)
    tokenizer = train_tokenizer(["What is this? A teal picture.\nNothing else."] * 3, SHAPE.vocabulary)
    torch.manual_seed(0)
    save_folder(folder, build_model(SHAPE, tokenizer, eye), build_processor(SHAPE, tokenizer, eye), {}, {})
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_small_without_its_eye_and_answers_as_before(model: Path, tmp_path: Path, cache: Path) -> None:
    tower = files.read(files.find())
    keep_without_eye(model, tmp_path / "kept", tower)
    assert sum(path.stat().st_size for path in (tmp_path / "kept").iterdir()) < 500_000
    place = whole(tmp_path / "kept")
    assert place.parent == cache
    one, two = (load_file(folder / "model.safetensors") for folder in (model, place))
    assert one.keys() == two.keys()
    assert all((one[name] == two[name]).all() for name in one)
    said = [HfVlm(f"hf:{folder}?dtype=float32&device=cpu").reply(ASKED, most_tokens=6) for folder in (model, place)]
    assert said[0].text == said[1].text


def test_a_whole_one_is_taken_as_it_is_and_a_made_one_again(model: Path, tmp_path: Path) -> None:
    assert whole(model) == model
    keep_without_eye(model, tmp_path / "kept", files.read(files.find()))
    place = whole(tmp_path / "kept")
    before = (place / "model.safetensors").stat().st_mtime_ns
    assert whole(tmp_path / "kept") == place
    assert (place / "model.safetensors").stat().st_mtime_ns == before


def test_another_eye_is_refused(model: Path, tmp_path: Path) -> None:
    tensors = load_file(model / "model.safetensors")
    name = next(name for name in tensors if "vision_tower" in name and name.endswith("conv.weight"))
    tensors[name] = tensors[name] + 1
    for path in model.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="not the tower"):
        keep_without_eye(tmp_path, tmp_path / "kept", files.read(files.find()))


def test_damage_is_named(model: Path, tmp_path: Path) -> None:
    keep_without_eye(model, tmp_path / "kept", files.read(files.find()))
    (tmp_path / "kept" / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match="cannot be read"):
        whole(tmp_path / "kept")


def test_it_is_loaded_by_its_name(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_without_eye(model, tmp_path / "kept", files.read(files.find()))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "kept"))
    talker = load_vlm("mini")
    assert (talker.spec, talker.calls_tools) == ("mini", True)
    assert talker.sight(500, 300) == Sight(32, 32, 2)
    assert copy.copy(talker).spec == "mini"


def test_without_one_there_is_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr("lucida.models.mini.talker.find", lambda: None)
    with pytest.raises(ModelError, match="No vision-language model") as caught:
        load_vlm("mini")
    assert "lucida train vlm" in caught.value.advice
