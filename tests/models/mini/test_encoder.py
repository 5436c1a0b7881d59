from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from lucida.errors import ModelError
from lucida.models.devices import Placement
from lucida.models.mini import Mini
from lucida.models.mini.export import join_text_tower
from lucida.models.mini.files import read
from lucida.models.mini.tower import TorchTower
from lucida.models.minilm import MiniLM
from lucida.models.protocols import Calibration, SharedEncoder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def encoder(tower_folder: Path) -> Mini:
    return Mini(tower_folder)


@pytest.fixture
def copy(tower_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tower_folder, tmp_path / "copy")


def noise(width: int, height: int, seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def change(folder: Path, **changes: object) -> None:
    path = folder / "open_clip_config.json"
    table = json.loads(path.read_text())
    table["preprocess_cfg"] |= changes
    path.write_text(json.dumps(table))


def test_both_sides_share_a_dimension(encoder: Mini) -> None:
    shared: SharedEncoder = encoder
    images = shared.encode_images([noise(90, 40, 0), noise(31, 77, 1), noise(128, 128, 2)])
    texts = shared.encode_texts(["a red bicycle", "two cats"])
    assert images.shape == (3, 384) == (3, shared.dimension)
    assert texts.shape == (2, 384)
    assert images.dtype == texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1, atol=1e-5)
    assert abs(images[0] - images[1]).max() > 1e-3
    assert shared.text_is_minilm
    assert shared.calibration is None


def test_texts_are_minilms_own(encoder: Mini) -> None:
    texts = ["a red bicycle", "word " * 600]
    np.testing.assert_array_equal(encoder.encode_texts(texts), MiniLM().encode_texts(texts))
    windows, owner = encoder.encode_windows(texts)
    assert owner.tolist() == [0, 1, 1, 1]
    np.testing.assert_array_equal(windows[0], encoder.encode_texts(texts[:1])[0])


def test_nothing_gives_no_rows(encoder: Mini) -> None:
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, 384)
    windows, owner = encoder.encode_windows([])
    assert windows.shape == (0, 384)
    assert owner.shape == (0,)
    assert encoder.encode_patches([]).shape == (0, 4, 4, 1920)


def test_open_clip_loads_the_same_towers(encoder: Mini, tower_folder: Path, tmp_path: Path) -> None:
    import open_clip
    import torch

    join_text_tower(tower_folder, tmp_path)
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{tmp_path}")
    model.eval()
    tokenizer = open_clip.get_tokenizer(f"local-dir:{tmp_path}")
    picture = noise(200, 150, 3)
    with torch.inference_mode():
        image = model.encode_image(preprocess(picture)[None], normalize=True).numpy()
        text = model.encode_text(tokenizer(["a blue flag"]), normalize=True).numpy()
    np.testing.assert_allclose(text, encoder.encode_texts(["a blue flag"]), atol=1e-5)
    assert (encoder.encode_images([picture]) @ image.T).item() > 0.99  # pictures are scaled in two steps, in bfloat16
    exact = TorchTower(read(tower_folder), Placement("cpu", "fp32"))
    pixels = np.asarray(encoder.pixel_rule.fit(picture))[None]
    assert (exact.run(pixels) @ image.T).item() > 0.999


def test_open_clip_loads_the_shipped_form(tower_folder: Path, tmp_path: Path) -> None:
    # With MiniLM named as the text tower, and the tower's tensors on top.
    import open_clip

    from lucida.models.minilm_files import find

    folder = shutil.copytree(tower_folder, tmp_path / "copy")
    path = folder / "open_clip_config.json"
    minilm = find().weights.parent
    path.write_text(path.read_text().replace("sentence-transformers/all-MiniLM-L6-v2", str(minilm)))
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    found = open_clip.load_checkpoint(model, str(folder / "model.safetensors"), strict=False)
    assert not found.unexpected_keys
    assert not [name for name in found.missing_keys if name.startswith("visual.")]


def test_a_pictures_vector_is_the_mean_of_its_places(tower_folder: Path) -> None:
    tower = TorchTower(read(tower_folder), Placement("cpu", "fp32"))
    pixels = np.stack([np.asarray(noise(128, 128, seed)) for seed in range(2)])
    patches = tower.patches(pixels, projected=True)
    assert patches.shape == (2, 4, 4, 384)
    mean = patches.mean(axis=(1, 2))
    expected = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(tower.run(pixels), expected, atol=1e-4)


def test_patches_are_the_towers_own(encoder: Mini) -> None:
    patches = encoder.encode_patches([noise(300, 200, 5)])
    assert patches.shape == (1, 4, 4, 1920)
    assert patches.dtype == np.float32


def test_pixels_and_pictures_give_the_same(encoder: Mini) -> None:
    picture = noise(128, 128, 7)
    pixels = np.asarray(picture)[None]
    np.testing.assert_array_equal(encoder.encode_pixels(pixels), encoder.encode_images([picture]))


def test_preprocessing_is_the_folders_own(encoder: Mini, copy: Path) -> None:
    picture = noise(300, 80, 8)
    change(copy, resize_mode="squash")
    squashed = Mini(copy)
    assert squashed.pixel_rule.resize == "squash"
    assert abs(squashed.encode_images([picture]) - encoder.encode_images([picture])).max() > 1e-3
    assert squashed.fingerprint != encoder.fingerprint


def test_fingerprint_follows_the_weights(encoder: Mini, copy: Path) -> None:
    assert Mini(copy).fingerprint == encoder.fingerprint
    weights = copy / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    with pytest.raises(ModelError, match="not the one"):
        Mini(copy)
    table = json.loads((copy / "open_clip_config.json").read_text())
    del table["weights_sha256"]
    (copy / "open_clip_config.json").write_text(json.dumps(table))
    assert Mini(copy).fingerprint != encoder.fingerprint


def test_the_environment_names_another_folder(
    copy: Path, encoder: Mini, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUCIDA_MINI", str(copy))
    assert Mini().fingerprint == encoder.fingerprint
    monkeypatch.setenv("LUCIDA_MINI", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="is not in") as caught:
        Mini()
    assert "lucida train encoder" in caught.value.advice


def test_calibration_lies_beside_the_weights(copy: Path) -> None:
    kept = Calibration({"picture": (0.02, 0.05), "passage": (0.1, 0.08)}, 200)
    (copy / "calibration.json").write_text(json.dumps(kept.to_json()))
    assert Mini(copy).calibration == kept
    (copy / "calibration.json").write_text('{"statistics": {"picture": [0.1, 0]}, "queries": 3}')
    with pytest.raises(ModelError, match="positive"):
        Mini(copy)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model_cfg": {"embed_dim": 384, "vision_cfg": {}}}'])
def test_bad_configuration(copy: Path, content: str) -> None:
    (copy / "open_clip_config.json").write_text(content)
    with pytest.raises(ModelError, match=r"open_clip_config\.json"):
        Mini(copy)


def test_a_tower_that_timm_does_not_know(copy: Path) -> None:
    path = copy / "open_clip_config.json"
    path.write_text(path.read_text().replace("gernet_s", "gernet_z"))
    with pytest.raises(ModelError, match="cannot be built"):
        Mini(copy).encode_images([noise(8, 8, 0)])


@pytest.mark.parametrize("fault", ["cut", "other tower"])
def test_weights_that_do_not_fit(copy: Path, fault: str) -> None:
    path = copy / "open_clip_config.json"
    table = json.loads(path.read_text())
    del table["weights_sha256"]
    if fault == "cut":
        (copy / "model.safetensors").write_bytes((copy / "model.safetensors").read_bytes()[:100_000])
    else:
        table["model_cfg"]["vision_cfg"]["timm_model_name"] = "resnet18"
    path.write_text(json.dumps(table))
    with pytest.raises(ModelError, match="do not load") as caught:
        TorchTower(read(copy))
    assert len(str(caught.value)) < 600


def test_crosses_process_borders_without_weights(encoder: Mini) -> None:
    packed = ForkingPickler.dumps(encoder)
    assert len(packed) < 1000
    other = ForkingPickler.loads(packed)
    assert other.fingerprint == encoder.fingerprint
    assert other.spec == encoder.spec == "mini"


def test_a_query_needs_no_torch(tower_folder: Path, encoder: Mini, cache: Path) -> None:
    encoder.encode_texts(["export the graph first"])
    code = (
        "import sys; from lucida.models.registry import load_shared_encoder; encoder = load_shared_encoder('mini');"
        "encoder.fingerprint; print(encoder.encode_texts(['a dog']).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LUCIDA_CACHE": str(cache), "LUCIDA_MINI": str(tower_folder)},
    )
    assert done.stdout.strip() == "(1, 384) False"
