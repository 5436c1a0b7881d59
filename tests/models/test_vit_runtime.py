from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.errors import ModelError
from lucida.models import choosing, vit_runtime
from lucida.models.devices import Placement
from lucida.models.openclip import OpenClip
from lucida.models.openclip_files import resolve
from lucida.models.probe import probe_pictures
from lucida.models.vit_runtime import FastVit, Step, VitFiles, _step, exported, known_vit

if TYPE_CHECKING:
    from pathlib import Path

EXACT = Placement("cpu", "fp32")
PREPROCESS = {"size": 32, "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}


@pytest.fixture(scope="module")
def encoder(clip_folder: Path) -> OpenClip:
    return OpenClip(f"openclip:local-dir:{clip_folder}", device="cpu", dtype="fp32")


@pytest.fixture(scope="module")
def files(clip_folder: Path) -> VitFiles:
    found = known_vit(resolve(f"openclip:local-dir:{clip_folder}"), EXACT, PREPROCESS)
    assert found is not None
    return found


def in_torch(encoder: OpenClip) -> Step:
    return Step("torch-fp32", encoder.encode_pixels)


def test_all_ways_agree(encoder: OpenClip, files: VitFiles) -> None:
    pixels = probe_pictures(40, 32)
    expected = encoder.encode_pixels(pixels)
    np.testing.assert_allclose(_step(files, "onnx-fp32", quantised=False).run(pixels), expected, atol=2e-6)
    steps = {name: make() for name, make in FastVit(files, in_torch(encoder))._candidates().items()}
    assert set(steps) == {"torch-fp32", "onnx-int8"}
    assert (steps["onnx-int8"].run(pixels) * expected).sum(axis=1).min() > 0.99


@pytest.mark.parametrize("chosen", ["onnx-fp32", "onnx-int8", "torch-fp32"])
def test_many_pictures_change_over(
    encoder: OpenClip, files: VitFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path))
    monkeypatch.setattr(vit_runtime, "_PICTURES_BEFORE", 30)
    monkeypatch.setattr(choosing, "pick", lambda *_: chosen)
    calls: list[int] = []

    def encode(pixels: np.ndarray) -> np.ndarray:
        calls.append(len(pixels))
        return encoder.encode_pixels(pixels)

    fast, pixels = FastVit(files, Step("torch-fp32", encode)), probe_pictures(20, 32)
    before = fast.run(pixels)
    assert (fast.name, calls) == ("torch-fp32", [20])
    after = fast.run(pixels)
    assert fast.name == chosen
    assert (after * before).sum(axis=1).min() > 0.99
    calls.clear()
    fast.run(pixels)
    assert calls == ([20] if chosen == "torch-fp32" else [])
    calls.clear()
    fast.run(pixels[:1])  # a query stays in torch, where its text is
    assert calls == [1]


def test_the_encoder_uses_it_unless_told_otherwise(encoder: OpenClip, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    monkeypatch.setattr(FastVit, "run", lambda self, pixels: runs.append(self.name) or self._torch.run(pixels))
    monkeypatch.delenv("LUCIDA_DTYPE", raising=False)
    free = OpenClip(encoder.spec, device="cpu")
    free.encode_pixels(probe_pictures(3, 32))
    assert runs == [free.runtime_name]
    OpenClip(encoder.spec, device="cpu", dtype="fp32").encode_pixels(probe_pictures(3, 32))
    monkeypatch.setenv("LUCIDA_DTYPE", "fp32")
    OpenClip(encoder.spec, device="cpu").encode_pixels(probe_pictures(3, 32))
    assert len(runs) == 1


def test_towers_that_are_not_known(clip_folder: Path) -> None:
    files = resolve(f"openclip:local-dir:{clip_folder}")
    assert known_vit(files, Placement("cuda", "fp32"), PREPROCESS) is None
    assert known_vit(files, EXACT, PREPROCESS | {"size": (32, 64)}) is None
    for change in ({"timm_model_name": "vit"}, {"attentional_pool": True}, {"layers": [3, 4, 6, 3]}):
        vision = files.config["vision_cfg"] | change
        assert known_vit(replace(files, config=files.config | {"vision_cfg": vision}), EXACT, PREPROCESS) is None


def test_weights_that_are_not_a_transformers(files: VitFiles, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"visual.other": np.zeros(3, dtype=np.float32)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="has no graph"):
        exported(replace(files, weights=tmp_path / "model.safetensors"))


def test_a_tower_without_a_graph_goes_on_in_torch(
    encoder: OpenClip, files: VitFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.numpy import save_file

    monkeypatch.setattr(vit_runtime, "_PICTURES_BEFORE", 2)
    save_file({"visual.none": np.zeros(3, dtype=np.float32)}, tmp_path / "model.safetensors")
    fast = FastVit(replace(files, weights=tmp_path / "model.safetensors"), in_torch(encoder))
    pixels = probe_pictures(4, 32)
    np.testing.assert_array_equal(fast.run(pixels), encoder.encode_pixels(pixels))
    assert fast.name == "torch-fp32"
