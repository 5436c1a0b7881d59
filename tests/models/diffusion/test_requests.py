"""What makes no sense is refused before any weights are loaded, in one sentence and with advice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from lucida.errors import LucidaError, ModelError, UsageError
from lucida.models.diffusion import studio
from lucida.models.diffusion.files import read
from lucida.models.diffusion.generator import DiffusersGenerator
from lucida.models.protocols import Control, DrawRequest, Guide

REQUEST = DrawRequest("a cat", num_inference_steps=3)
PICTURE = Image.new("RGB", (32, 32), "red")
WHITE = Image.new("L", (32, 32), 255)


@pytest.fixture
def unloaded(folder, monkeypatch) -> Callable[..., DiffusersGenerator]:
    """A generator whose weights must not be loaded."""

    def forbidden(*_arguments: object) -> None:
        raise AssertionError("weights were loaded")

    monkeypatch.setattr(studio.loading, "load_pipeline", forbidden)
    return lambda family, options="": DiffusersGenerator(f"diffusers:{folder(family)}?device=cpu{options}")


@pytest.mark.parametrize(
    ("changes", "message", "advice"),
    [
        ({"count": 0}, "0 pictures are none", "at least one"),
        ({"num_inference_steps": 0}, "0 steps draw nothing", "at least one step"),
        ({"width_px": 0}, "side of 0 pixels", "1 to 16384"),
        ({"seed": -1}, "-1 is no seed", "from 0"),
        ({"guidance_scale": float("nan")}, "no number", "from 0"),
        ({"prompt": " "}, "nothing to draw", "prompt"),
        ({"mask": WHITE}, "a mask, and no picture", "picture too"),
        ({"strength": 0.5}, "a strength, and no picture", "no strength"),
        ({"image": PICTURE, "strength": 0.0}, "strength of 0.0 has no sense", "above 0"),
        ({"image": PICTURE, "strength": 0.2}, "strength of 0.2 leaves none of 3 steps", "0.33, or ask for 5 steps"),
        ({"image": PICTURE, "mask": WHITE.resize((16, 32))}, "mask is 16 by 32 pixels, and the picture 32", "as large"),
        ({"image": PICTURE, "mask": Image.new("L", (32, 32))}, "black all over", "white"),
        ({"image": PICTURE, "mask": WHITE, "width_px": 64}, "cannot come out as 64 by 32", "outpainted"),
        ({"scheduler": "eulr"}, "no scheduler 'eulr'", "ddpm, ddim, pndm, euler, euler-a"),
        ({"scheduler": "flow-euler"}, "flow-euler does not fit", "ddpm, ddim"),
        ({"scheduler": "lcm", "num_inference_steps": 60}, "lcm cannot take 60 steps", "another number"),
        ({"negative_prompt": "a dog", "guidance_scale": 1.0}, "counts only with guidance", "above 1"),
        ({"controls": (Control("canny", PICTURE),)}, "has no ControlNet", "controlnet=KIND"),
        ({"controls": (Control("moods", PICTURE),)}, "no control 'moods'", "canny, scribble"),
        ({"guides": (Guide(PICTURE),)}, "does not take pictures as prompts", "ip_adapter"),
        ({"prompt": "cat " * 30}, "prompt has 90 tokens, and .* reads 75", "prompt=cut"),
        ({"negative_prompt": "dog " * 30}, "negative prompt has 90 tokens", "prompt=cut"),
    ],
)
def test_what_makes_no_sense_is_refused(unloaded, changes, message, advice) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        unloaded("sd").draw(replace(REQUEST, **changes))
    assert advice in caught.value.advice


def test_a_vector_is_for_other_generators(unloaded) -> None:
    import numpy as np

    with pytest.raises(UsageError, match="does not draw from vectors"):
        unloaded("sd").draw(replace(REQUEST, vector=np.zeros(384, np.float32)))


def test_a_model_without_guidance_refuses_it(unloaded) -> None:
    with pytest.raises(UsageError, match=r"draws without guidance, so a scale of 7\.5") as caught:
        unloaded("flux").draw(replace(REQUEST, guidance_scale=7.5))
    assert "guidance=classifier" in caught.value.advice
    with pytest.raises(UsageError, match="heeds no negative prompt"):
        unloaded("lcm").draw(replace(REQUEST, negative_prompt="a dog"))


def test_a_flow_takes_schedulers_of_flows_alone(unloaded) -> None:
    with pytest.raises(UsageError, match="ddim does not fit") as caught:
        unloaded("flux").draw(replace(REQUEST, scheduler="ddim"))
    assert "flow-euler, flow-lcm, flow-unipc." in caught.value.advice


def test_depth_wants_a_model_that_sees_it(unloaded, tiny, tmp_path) -> None:
    net = tiny.controlnet(tmp_path / "net")
    model = unloaded("sd", f"&controlnet=depth:{net}&controlnet=canny:{net}")
    with pytest.raises(ModelError, match="Nothing here sees depth") as caught:
        model.draw(replace(REQUEST, controls=(Control("depth", PICTURE),)))
    assert "depth=ID_OR_FOLDER" in caught.value.advice
    with pytest.raises(UsageError, match="has several ControlNets"):
        model.draw(replace(REQUEST, controls=(Control("given", PICTURE),)))
    with pytest.raises(UsageError, match="no ControlNet for scribble"):
        model.draw(replace(REQUEST, controls=(Control("scribble", PICTURE),)))


def test_a_model_too_large_for_the_memory_is_not_begun(unloaded, folder, monkeypatch) -> None:
    numbers = sum(studio.memory.parameters(part.weights) for part in read(folder("sd")).parts.values())
    monkeypatch.setattr(studio.memory, "device_memory", lambda _placement: 3 * numbers)
    with pytest.raises(ModelError, match="does not hold the weights of") as caught:
        unloaded("sd", "&dtype=float32").draw(REQUEST)
    assert "dtype=bfloat16" in caught.value.advice


def test_memory_that_others_hold_is_said_too(folder, monkeypatch) -> None:
    from diffusers import DiffusionPipeline

    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(DiffusionPipeline, "to", fail)
    with pytest.raises(ModelError, match=r"memory of cpu .* does not hold the weights") as caught:
        DiffusersGenerator(f"diffusers:{folder('sd')}?device=cpu&dtype=float32").draw(REQUEST)
    assert "dtype=bfloat16" in caught.value.advice


@pytest.mark.parametrize("failure", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate")])
def test_memory_that_runs_out_is_said_with_what_takes_less(generator, monkeypatch, failure) -> None:
    sd = generator("sd")
    sd.draw(REQUEST)

    def fail(*_arguments: object, **_more: object) -> None:
        raise failure

    monkeypatch.setattr(type(sd._studio._base.unet), "forward", fail)
    with pytest.raises(ModelError, match=r"ran out while .* drew 64 by 64 pixels") as caught:
        sd.draw(replace(REQUEST, width_px=64, height_px=64))
    assert "32 by 32" in caught.value.advice
    assert "vae=slicing,tiling" in caught.value.advice


def test_a_model_that_fails_is_named(generator, monkeypatch) -> None:
    sd = generator("sd")

    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(type(sd._studio._base.unet), "forward", fail)
    with pytest.raises(ModelError, match="failed while it was drawing: mat1 and mat2"):
        sd.draw(REQUEST)


def test_a_long_prompt_is_cut_where_that_was_asked_for(generator) -> None:
    cut = generator("sd", "&prompt=cut")
    drawn = cut.draw(replace(REQUEST, prompt="cat " * 30))
    assert drawn.settings["cut"] == {"prompt": {"tokenizer": 15}}
    same = cut.draw(replace(REQUEST, prompt="cat " * 25))
    assert same.settings["cut"] == {}
    assert same.images[0].tobytes() == drawn.images[0].tobytes()


def test_every_error_is_one_of_ours(unloaded) -> None:
    with pytest.raises(LucidaError):
        unloaded("sd", "&offload=model").draw(replace(REQUEST, count=-1))
