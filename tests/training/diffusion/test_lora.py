"""Low-rank weights for a tiny pipeline of diffusers, trained, kept, and put onto it by the real loader."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.models.devices import Placement
from lucida.models.diffusion.files import read
from lucida.models.diffusion.generator import DiffusersGenerator
from lucida.models.diffusion.loading import load_pipeline
from lucida.models.diffusion.options import Options
from lucida.models.protocols.drawing import DrawRequest
from lucida.training.diffusion.lora import LoraRecipe, train_lora
from lucida.training.pairs import Pair

RECIPE = LoraRecipe(rank=2, minutes=1e-4, rate=1e-2)


@pytest.fixture(scope="module")
def tiny() -> ModuleType:
    place = Path(__file__).parents[2] / "models" / "diffusion" / "tiny_pipelines.py"
    spec = importlib.util.spec_from_file_location("tiny_pipelines", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_pipelines"] = module
    spec.loader.exec_module(module)
    return module


def pair(colour: str) -> Pair:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return Pair(colour, stream.getvalue, (f"a {colour} thing",))


@pytest.mark.slow
def test_it_is_learned_and_goes_onto_the_model(tiny: ModuleType, tmp_path: Path) -> None:
    model = tiny.build("sd", tmp_path / "sd")
    options, placement = Options(f"diffusers:{model}"), Placement("cpu", "fp32")
    broken = Pair("broken", lambda: b"no picture", ("a thing",))
    pairs = [pair("red"), broken, pair("blue")]
    pipe = load_pipeline(read(model), placement, options)
    made = train_lora(pipe, pairs, tmp_path / "run", RECIPE, lambda report: None)
    assert (made / "pytorch_lora_weights.safetensors").is_file()
    plain, tuned = (
        DiffusersGenerator(f"diffusers:{model}?dtype=float32&device=cpu{more}") for more in ("", f"&lora={made}")
    )
    request = DrawRequest("a red thing", num_inference_steps=2)
    assert plain.draw(request).images[0].tobytes() != tuned.draw(request).images[0].tobytes()
    again = load_pipeline(read(model), placement, options)
    with pytest.raises(UsageError, match="another shape"):
        train_lora(again, [pair("red")], tmp_path / "run", RECIPE, lambda report: None)
    with pytest.raises(UsageError, match="Not one pair"):
        train_lora(again, [broken], tmp_path / "other", RECIPE, lambda report: None)


def test_other_families_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a object"):
        train_lora(object(), [pair("red")], tmp_path, RECIPE, lambda report: None)
