from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.errors import ModelError
from lucida.models import choosing
from lucida.models.devices import Placement
from lucida.models.mini import eye, eye_export, gernet
from lucida.models.mini.export import save_tower
from lucida.models.mini.eye import Eye, suits
from lucida.models.mini.eye_runtime import OnnxEye, TorchEye
from lucida.models.mini.files import MiniFiles, read
from lucida.models.mini.runtime import choose
from lucida.models.mini.tower import TorchTower
from lucida.models.probe import probe_pictures

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> MiniFiles:
    """A tower with random weights whose batch norms have seen pictures, as a trained one's have."""
    import torch
    from open_clip.timm_model import TimmModel

    torch.manual_seed(0)
    tower = TimmModel("gernet_s", 384, image_size=96, pool="avg", proj="linear")
    pixels = torch.from_numpy(probe_pictures(24, 96, seed=7)).permute(0, 3, 1, 2).float() / 127.5 - 1
    tower.train()
    with torch.no_grad():
        for _ in range(4):
            tower(pixels)
    folder = tmp_path_factory.mktemp("eye")
    save_tower(folder, tower.state_dict(), image_size=96, mean=(0.5, 0.4, 0.6), std=(0.2, 0.3, 0.25))
    return read(folder)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return probe_pictures(40, 96, seed=3)


@pytest.fixture(scope="module")
def reference(files: MiniFiles, pixels: np.ndarray) -> np.ndarray:
    """What timm itself makes of them."""
    return TorchTower(files, Placement("cpu", "fp32")).run(pixels)


def test_the_graph_is_the_tower(files: MiniFiles, pixels: np.ndarray, reference: np.ndarray) -> None:
    ours = OnnxEye(eye_export.exported(files), name="onnx-fp32").run(pixels)
    assert ours.shape == (40, 384)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, reference, atol=2e-6)


def test_the_plain_torch_tower_is_timms(files: MiniFiles, pixels: np.ndarray, reference: np.ndarray) -> None:
    tower = eye_export.read_tower(files)
    np.testing.assert_allclose(TorchEye(tower, mean=files.mean, std=files.std).run(pixels), reference, atol=2e-6)
    rough = TorchEye(tower, mean=files.mean, std=files.std, bfloat16=True).run(pixels)
    assert (rough * reference).sum(axis=1).min() > 0.999


def test_eight_bits_pass_the_gate(files: MiniFiles, pixels: np.ndarray, reference: np.ndarray) -> None:
    small = OnnxEye(eye_export.exported(files, quantised=True), name="onnx-int8").run(pixels)
    assert (small * reference).sum(axis=1).min() > 0.99
    assert choosing.neighbour_overlap(reference, small) > 0.9
    assert abs(small - reference).max() > 1e-5  # they are eight bits indeed
    exact, quantised = (eye_export.graph_path(files, quantised=form) for form in (False, True))
    assert quantised.stat().st_size < 0.4 * exact.stat().st_size


def test_patches_are_timms_and_average_to_the_vector(files: MiniFiles, pixels: np.ndarray) -> None:
    runtime, slow = Eye(files), TorchTower(files, Placement("cpu", "fp32"))
    np.testing.assert_allclose(runtime.patches(pixels[:3]), slow.patches(pixels[:3]), atol=1e-4)
    projected = runtime.patches(pixels[:3], projected=True)
    assert projected.shape == (3, 3, 3, 384)
    mean = projected.mean(axis=(1, 2))
    np.testing.assert_allclose(mean / np.linalg.norm(mean, axis=1, keepdims=True), runtime.run(pixels[:3]), atol=1e-5)


def test_other_sizes_than_the_trained_one(files: MiniFiles) -> None:
    larger = probe_pictures(2, 160)
    slow = TorchTower(files, Placement("cpu", "fp32"))
    np.testing.assert_allclose(Eye(files).run(larger), slow.run(larger), atol=2e-6)


def test_no_pictures_no_rows(files: MiniFiles) -> None:
    none = np.zeros((0, 96, 96, 3), dtype=np.uint8)
    assert Eye(files).run(none).shape == (0, 384)
    assert Eye(files).patches(none).shape == (0, 3, 3, 1920)


def test_a_query_needs_no_torch(files: MiniFiles) -> None:
    eye_export.exported(files)
    program = (
        "import sys; from pathlib import Path; from PIL import Image; from lucida.models.mini import Mini;"
        "Mini(Path(sys.argv[1])).encode_images([Image.new('RGB', (640, 480))]);"
        "print([name for name in ('torch', 'timm', 'open_clip', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(files.folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_bulk_changes_over_once(files: MiniFiles, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fast:
        name = "fast"
        calls = 0

        def run(self, pixels: np.ndarray) -> np.ndarray:
            self.calls += 1
            return np.zeros((len(pixels), 384), dtype=np.float32)

    fast, asked = Fast(), []
    monkeypatch.setattr(eye.choosing, "choose", lambda exact, *_, **__: asked.append(exact.name) or fast)
    runtime = Eye(files)
    monkeypatch.setattr(runtime, "_pictures_before", lambda: 60)
    runtime.run(pixels)
    assert (runtime.name, asked) == ("onnx-fp32", [])
    runtime.run(pixels)
    runtime.run(pixels)
    assert (runtime.name, asked, fast.calls) == ("fast", ["onnx-fp32"], 2)
    assert np.any(runtime.run(pixels[:1]))  # one picture is a query, and stays exact


@pytest.mark.parametrize(("remembered", "pictures"), [(None, 1024), ("torch-bf16", 512), ("onnx-int8", 32)])
def test_how_soon_it_pays(
    files: MiniFiles, monkeypatch: pytest.MonkeyPatch, remembered: str | None, pictures: int
) -> None:
    monkeypatch.setattr(eye.choosing, "remembered", lambda memo: remembered)
    assert Eye(files)._pictures_before() == pictures


def test_every_candidate_is_faithful(files: MiniFiles) -> None:
    runtime = Eye(files)
    rows = choosing.measure(runtime._exact_runtime(), runtime._candidates(), eye._encode_probe_of(files))
    assert len(rows) >= 2
    assert all(row.faithful() for row in rows), rows


def test_a_graph_that_differs_is_refused(files: MiniFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    shifted = replace(files, preprocess=files.preprocess | {"mean": [0.1, 0.2, 0.3]})
    monkeypatch.setattr(eye_export.gernet_onnx, "build", _with_other_colours(eye_export.gernet_onnx.build))
    with pytest.raises(ModelError, match="differs from torch"):
        eye_export.exported(shifted)
    assert not eye_export.graph_path(shifted).exists()


def _with_other_colours(build):  # type: ignore[no-untyped-def]
    return lambda tower, *, mean, std: build(tower, mean=(0.9, 0.9, 0.9), std=std)


def test_a_spoilt_graph_is_made_again(files: MiniFiles, pixels: np.ndarray, reference: np.ndarray) -> None:
    eye_export.exported(files).write_bytes(b"no graph")
    np.testing.assert_allclose(Eye(files).run(pixels[:2]), reference[:2], atol=2e-6)


def test_weights_of_another_tower(files: MiniFiles, tmp_path: Path) -> None:
    weights = {"visual.trunk.stem.conv.weight": np.zeros((13, 3, 3, 3), dtype=np.float16)}
    with pytest.raises(ModelError, match="not those of a GERNet"):
        gernet.read(weights)
    damaged = replace(files, weights=tmp_path / "model.safetensors")
    damaged.weights.write_bytes(files.weights.read_bytes()[:999])
    with pytest.raises(ModelError, match="cannot be read"):
        eye_export.read_tower(damaged)


def test_which_towers_and_wishes_it_suits(files: MiniFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LUCIDA_DEVICE", "LUCIDA_DTYPE"):
        monkeypatch.delenv(name, raising=False)
    assert suits(files)
    assert isinstance(choose(files), Eye)
    assert not suits(replace(files, vision=files.vision | {"timm_model_name": "resnet18"}))
    monkeypatch.setenv("LUCIDA_DTYPE", "bf16")
    assert not suits(files)
    monkeypatch.setenv("LUCIDA_DTYPE", "auto")
    monkeypatch.setenv("LUCIDA_DEVICE", "cpu")
    assert suits(files)
    monkeypatch.setenv("LUCIDA_DEVICE", "cuda:0")
    assert not suits(files)


def test_the_choice_is_kept_per_tower(files: MiniFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye, "_PROBE_PICTURES", 12)
    runtime = Eye(files)
    monkeypatch.setattr(runtime, "_candidates", dict)
    monkeypatch.setattr(runtime, "_pictures_before", lambda: 2)
    runtime.run(probe_pictures(2, 96))
    memo = json.loads(runtime._memo().read_text())
    assert memo["runtime"] == "onnx-fp32"
    other = Eye(replace(files, preprocess=files.preprocess | {"std": [1.0, 1.0, 1.0]}))
    assert other._memo() != runtime._memo()


def test_probe_pictures_differ_and_repeat() -> None:
    pictures = probe_pictures(6, 64)
    assert pictures.shape == (6, 64, 64, 3)
    np.testing.assert_array_equal(pictures, probe_pictures(6, 64))
    assert not np.array_equal(pictures, probe_pictures(6, 64, seed=1))
    means = pictures.reshape(6, -1, 3).mean(axis=1)
    assert np.ptp(means, axis=0).min() > 20
