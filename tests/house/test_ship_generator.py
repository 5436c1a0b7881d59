"""The script that puts a generator into the package cuts its weights and says what was measured."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from lucida.models.diffusion.latent.forge import Forge, Parts, files_in
from lucida.models.diffusion.latent.plane import Plane
from lucida.training.diffusion.recipe import Recipe, Shape

SHAPE = Shape(side=16, vae_widths=(8, 16), denoiser="dit", dit_width=32, dit_layers=1)
MADE = {
    "sets": [{"name": "photos64", "share": 1.0, "pictures": 1234}],
    "pictures": 5678, "texts": 90, "steps": 1200, "minutes": 90.0,
    "recipe": {"shape": {"side": 16}, "target": "v_prediction", "schedule": "cosine", "batch": 128},
}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "ship_generator.py"
    spec = importlib.util.spec_from_file_location("ship_generator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_shipped_is_cut_and_loads(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge, recipe = Forge(), Recipe(shape=SHAPE)
    denoiser = forge.denoiser(*SHAPE.denoiser_config(384))
    parts = Parts(forge.vae(SHAPE.vae_config()), denoiser, recipe.scheduler_config(), Plane(np.eye(384)[:2]), {})
    forge.write(tmp_path / "model", parts, MADE)
    (tmp_path / "card.md").write_text("| KID | 0.500 |\n")
    command = [str(tmp_path / "model"), "--measured", str(tmp_path / "card.md"), "--to", str(tmp_path / "kept")]
    script.main([*command, "--bits", "4", "--guidance", "2.5"])
    assert json.loads(capsys.readouterr().out)["bits"] == 4
    card = (tmp_path / "kept" / "README.md").read_text()
    assert "| KID | 0.500 |" in card
    assert "1,200 steps of 128 pictures" in card
    assert "{" not in card
    assert files_in(tmp_path / "kept").settings["guidance_scale"] == 2.5
    assert files_in(tmp_path / "kept").parts.keys() == files_in(tmp_path / "model").parts.keys()
    before, kept = (
        load_file(tmp_path / folder / "transformer" / "diffusion_pytorch_model.safetensors")
        for folder in ("model", "kept")
    )
    for name, tensor in kept.items():
        assert torch.allclose(tensor.float(), before[name].float(), rtol=2**-5, atol=1e-5)
    assert type(forge.load(tmp_path / "kept").denoiser).__name__ == "SpaceTransformer"
