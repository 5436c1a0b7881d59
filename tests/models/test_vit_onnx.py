from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.models import vit_onnx
from lucida.models.onnx_session import open_session
from lucida.models.windows import unit

if TYPE_CHECKING:
    from pathlib import Path

MEAN, STD = (0.48, 0.45, 0.40), (0.26, 0.27, 0.28)


@pytest.fixture(scope="module", params=[False, True], ids=["gelu", "quick gelu"])
def tower(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    import open_clip
    import torch

    torch.manual_seed(0)
    vision = {"image_size": 64, "patch_size": 16, "layers": 3, "width": 128, "head_width": 32}
    text = {"context_length": 8, "vocab_size": 50, "width": 64, "layers": 1, "heads": 2}
    return open_clip.CLIP(48, vision, text, quick_gelu=request.param).eval(), request.param


def run(model: bytes, path: Path, pixels: np.ndarray) -> np.ndarray:
    path.write_bytes(model)
    return open_session(path, "test").run(["vectors"], {"pixels": pixels})[0]


def test_the_graph_is_open_clips_tower(tower, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import torch

    model, quick = tower
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    pixels = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    values = (torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(
        STD
    )[:, None, None]
    with torch.inference_mode():
        expected = unit(model.encode_image(values).numpy())
    traits = {"heads": 4, "mean": MEAN, "std": STD, "quick_gelu": quick}
    found = run(vit_onnx.build(weights, **traits), tmp_path / "fp32.onnx", pixels)
    np.testing.assert_allclose(found, expected, atol=2e-6)
    np.testing.assert_allclose(
        run(vit_onnx.build(weights, **traits), tmp_path / "one.onnx", pixels[:1]), expected[:1], atol=2e-6
    )
    small = run(vit_onnx.build(weights, **traits, quantised=True), tmp_path / "int8.onnx", pixels)
    assert (small * expected).sum(axis=1).min() > 0.99
    assert abs(small - expected).max() > 1e-5


def test_weights_of_another_kind() -> None:
    with pytest.raises(KeyError):
        vit_onnx.build({"visual.trunk.stem.conv.weight": np.zeros(3)}, heads=4, mean=MEAN, std=STD)
