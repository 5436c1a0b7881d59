"""The embedded generator: written, found, loaded and drawing, by random weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lucida.errors import ModelError, UsageError
from lucida.models.diffusion.latent.forge import Forge, Parts
from lucida.models.diffusion.latent.plane import Plane
from lucida.models.diffusion.schedulers import fitting
from lucida.models.diffusion.settings import request_from
from lucida.models.mini.drawer import FOLDER_VARIABLE, Drawer
from lucida.models.protocols.drawing import Ability, Control, DrawRequest, DrawStep, Guide
from lucida.models.registry import load_generator
from lucida.training.diffusion.recipe import Recipe, Shape

SHAPE = Shape(side=16, vae_widths=(8, 16), unet_widths=(32, 32), unet_attends=(1,), dit_width=32, dit_layers=1)
RED, BLUE = Image.new("RGB", (20, 12), (250, 0, 0)), Image.new("RGB", (16, 16), (0, 0, 250))


class Space:
    """An encoder that gives every text and every colour a vector of its own; texts in two windows from 20 words."""

    spec, fingerprint, dimension = "space", "space-1", 384
    text_is_minilm, calibration = True, None

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([_vector(text) for text in texts])

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        return np.stack([_vector(str(image.getpixel((0, 0)))) for image in images])

    def encode_windows(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        counts = [1 + len(text.split()) // 20 for text in texts]
        return np.repeat(self.encode_texts(texts), counts, axis=0), np.repeat(np.arange(len(texts)), counts)


def _vector(text: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    row = np.random.default_rng(seed).normal(size=384)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def written(folder: Path, shape: Shape = SHAPE, target: Any = "v_prediction") -> Path:
    recipe, forge = Recipe(shape=shape, target=target), Forge()
    torch.manual_seed(1)
    vae = forge.vae(shape.vae_config())
    vae.register_to_config(latents_mean=[0.1] * 4, latents_std=[0.5] * 4)
    denoiser = forge.denoiser(*shape.denoiser_config(384))
    for one in denoiser.parameters():  # a fresh transformer ends in zeros, and would heed nothing
        torch.nn.init.normal_(one, std=0.1)
    plane = Plane(np.random.default_rng(0).normal(size=(2, 384)))
    settings = {"encoder": "space-1", "steps": 3, "guidance_scale": 2.0}
    forge.write(folder, Parts(vae, denoiser, recipe.scheduler_config(), plane, settings), {"steps": 0})
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("unet"))


@pytest.fixture(scope="module")
def drawer(folder: Path) -> Drawer:
    return Drawer(folder, "mini?dtype=float32", Space())  # type: ignore[arg-type]


def pixels(drawer: Drawer, *args: Any, **given: Any) -> np.ndarray:
    return np.stack([np.asarray(image) for image in drawer.draw(DrawRequest(*args, **given)).images])


def test_it_is_found_by_its_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    found = load_generator("mini")
    assert found.spec == "mini"
    assert found.abilities == set(Ability) - {Ability.CONTROL}
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder.parent / "nowhere"))
    with pytest.raises(ModelError, match="model_index"):
        load_generator("mini")
    with pytest.raises(UsageError, match="unknown option"):
        load_generator("mini?lora=x")


def test_the_same_request_is_the_same_picture_to_the_last_bit(drawer: Drawer, folder: Path) -> None:
    one = drawer.draw(DrawRequest("red", seed=7, count=2))
    again = Drawer(folder, "mini?dtype=float32", Space()).draw(DrawRequest("red", seed=8))  # type: ignore[arg-type]
    assert one.seeds == (7, 8)
    assert one.images[1].tobytes() == again.images[0].tobytes() != one.images[0].tobytes()
    assert json.loads(json.dumps(one.settings))["scheduler_class"] == "DPMSolverMultistepScheduler"
    assert one.settings["num_inference_steps"] == 3
    assert one.settings["guidance_scale"] == 2.0
    cls, given = drawer.__reduce__()
    assert cls(*given).spec == drawer.spec


def test_settings_lead_back_to_the_request(drawer: Drawer) -> None:
    drawn = drawer.draw(DrawRequest("red", vector=_vector("x"), guides=(Guide(BLUE, 0.5),)))
    key = drawn.settings["guides"][0]["picture"]
    again = drawer.draw(request_from(json.loads(json.dumps(drawn.settings)), {key: BLUE}))
    assert again.images[0].tobytes() == drawn.images[0].tobytes()


def test_every_condition_counts(drawer: Drawer) -> None:
    plain = pixels(drawer, "red")
    for other in (
        pixels(drawer, "blue"),
        pixels(drawer, "red", negative_prompt="blue"),
        pixels(drawer, "red", guides=(Guide(BLUE),)),
        pixels(drawer, "", vector=_vector("x")),
        pixels(drawer, "red", guidance_scale=1.0),
    ):
        assert (plain != other).any()
    # A text's vector is the text; a guide of no weight is none; a mixture does not ask in which order.
    assert np.array_equal(plain, pixels(drawer, "", vector=_vector("red")))
    assert np.array_equal(plain, pixels(drawer, "red", guides=(Guide(BLUE, 0.0),)))
    both = [pixels(drawer, "red", guides=guides) for guides in ((Guide(RED), Guide(BLUE)), (Guide(BLUE), Guide(RED)))]
    assert np.abs(both[0].astype(int) - both[1]).max() <= 1


def test_guidance_in_one_pass_or_two_draws_the_same(drawer: Drawer, folder: Path) -> None:
    apart = Drawer(folder, "mini?dtype=float32&passes=2", Space())  # type: ignore[arg-type]
    assert np.abs(pixels(drawer, "red").astype(int) - pixels(apart, "red")).max() <= 1
    many = Drawer(folder, "mini?dtype=float32&batch=3", Space())  # type: ignore[arg-type]
    assert np.abs(pixels(drawer, "red", count=4).astype(int) - pixels(many, "red", count=4)).max() <= 1


_SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "target", ["v_prediction", pytest.param("epsilon", marks=_SLOW), pytest.param("sample", marks=_SLOW)]
)
@pytest.mark.slow  # several seconds of training or drawing
def test_every_scheduler_that_fits_draws(target: str, tmp_path: Path) -> None:
    shape = Shape(side=16, vae_widths=(8, 16), denoiser="dit", dit_width=32, dit_layers=1)
    drawer = Drawer(written(tmp_path, shape, target), "mini?dtype=float32", Space())  # type: ignore[arg-type]
    mask = Image.new("L", RED.size, 0)
    mask.paste(255, (0, 0, 8, 8))
    for name in fitting(Recipe(target=target).scheduler_config()):  # type: ignore[arg-type]
        given: dict[str, Any] = {"scheduler": name, "num_inference_steps": 4, "guidance_scale": 1.0}
        assert pixels(drawer, "red", **given).shape == (1, 16, 16, 3), name
        begun = pixels(drawer, "red", image=RED, strength=0.5, **given)
        assert begun.shape == (1, 12, 20, 3), name
        filled = pixels(drawer, "red", image=RED, mask=mask, **given)[0]
        assert (filled[8:] == (250, 0, 0)).all(), name


def test_what_is_kept_of_a_picture_falls_with_strength(drawer: Drawer) -> None:
    kept = np.asarray(drawer._pipeline.decode(drawer._pipeline.encode(BLUE))[0]).astype(int)  # type: ignore[union-attr]
    far = [
        np.abs(pixels(drawer, "red", image=BLUE, strength=s, num_inference_steps=20)[0] - kept).mean()
        for s in (0.05, 1.0)
    ]
    assert far[0] < far[1]


def test_steps_are_told_with_previews(drawer: Drawer) -> None:
    heard: list[DrawStep] = []
    drawer.draw(DrawRequest("red", count=2), heard.append)
    assert [(step.done, step.total) for step in heard] == [(n, 6) for n in range(1, 7)]
    assert max(heard[0].preview().size) <= 16

    class Stopped(Exception):
        pass

    def stop(step: DrawStep) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        drawer.draw(DrawRequest("red"), stop)


def test_what_it_cannot_do_is_refused_with_a_reason(drawer: Drawer) -> None:
    long = " ".join(["very"] * 30)
    for request, reason in (
        (DrawRequest(long), "2 windows"),
        (DrawRequest("red", negative_prompt=long), "negative prompt takes 2"),
        (DrawRequest("red", controls=(Control("canny", RED),)), "ControlNet"),
        (DrawRequest("red", vector=np.ones(5, dtype=np.float32)), "no point of the space"),
        (DrawRequest("red", scheduler="nonsense"), "no scheduler"),
        (DrawRequest("red", scheduler="flow-euler"), "does not fit"),
        (DrawRequest("red", num_inference_steps=0), "no step|draw nothing"),
        (DrawRequest("red", mask=Image.new("L", (4, 4), 255)), "no picture"),
        (DrawRequest("red", negative_prompt="blue", guidance_scale=1.0), "only with guidance"),
        (DrawRequest(), "nothing to draw"),
    ):
        with pytest.raises(UsageError, match=reason):
            drawer.draw(request)


def test_other_sizes_are_drawn(drawer: Drawer) -> None:
    assert pixels(drawer, "red", width_px=21, height_px=34).shape == (1, 34, 21, 3)


def test_a_damaged_folder_is_told(folder: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(folder, other)
    weights = other / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = __import__("safetensors.torch").torch.load_file(weights)
    tensors.pop("conv_in.weight")
    __import__("safetensors.torch").torch.save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(ModelError, match="lacks 1 tensors"):
        Drawer(other, encoder=Space()).draw(DrawRequest("red"))  # type: ignore[arg-type]
    index = json.loads((other / "model_index.json").read_text(encoding="utf-8"))
    (other / "model_index.json").write_text(json.dumps({**index, "_class_name": "StableDiffusionPipeline"}))
    with pytest.raises(ModelError, match="no generator that draws points"):
        Drawer(other)


def test_the_plane_of_both_cones_is_taken_out() -> None:
    rng = np.random.default_rng(2)
    means = rng.normal(size=(2, 384))
    plane, say, show = Plane(means), rng.normal(size=384), rng.normal(size=384)
    # Whatever lies in the plane is nothing, and what was mixed before is mixed after.
    assert not plane.conditions(means).any()
    assert np.allclose(plane.conditions([say + 3 * means[0]]), plane.conditions([say]), atol=1e-4)
    mixed, apart = plane.conditions([say + show])[0], plane.conditions([say, show])
    lengths = [np.linalg.norm(row - row @ plane._basis.T @ plane._basis) for row in (say, show)]
    total = lengths[0] * apart[0] + lengths[1] * apart[1]
    assert np.allclose(mixed, np.sqrt(384) * total / np.linalg.norm(total), atol=1e-3)
    assert np.allclose(Plane.from_json(plane.to_json()).conditions([say]), plane.conditions([say]), atol=1e-3)
    with pytest.raises(ValueError, match="no table"):
        Plane.from_json([1, 2])
