"""Drawing with tiny pipelines of Stable Diffusion: tasks, repetition, progress."""

from __future__ import annotations

import json
import pickle  # noqa: TID251 - what a worker's pool does with a generator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image

from lucida.errors import UsageError
from lucida.models.diffusion.pictures import outpainted, picture_hash
from lucida.models.diffusion.schedulers import fitting
from lucida.models.diffusion.settings import request_from
from lucida.models.protocols import Ability, DrawRequest, DrawStep, Generator

REQUEST = DrawRequest("a cat", num_inference_steps=3, seed=7)


def pixels(drawn) -> list[bytes]:
    return [image.tobytes() for image in drawn.images]


def test_it_draws_from_words_and_says_how(generator) -> None:
    sd: Generator = generator("sd")
    drawn = sd.draw(replace(REQUEST, negative_prompt="a dog"))
    (image,) = drawn.images
    assert (image.size, image.mode, drawn.seeds) == ((32, 32), "RGB", (7,))
    assert np.asarray(image).std() > 5
    assert pixels(drawn) != pixels(sd.draw(REQUEST))
    told = drawn.settings
    assert (told["scheduler"], told["scheduler_class"]) == ("ddim", "DDIMScheduler")
    assert (told["guidance_scale"], told["num_inference_steps"], told["dtype"]) == (7.5, 3, "fp32")
    assert told["flagged"] is None
    assert json.loads(json.dumps(told)) == told


def test_the_same_settings_give_the_same_bits(generator, photo) -> None:
    sd = generator("sd")
    picture = photo()
    first = sd.draw(replace(REQUEST, image=picture, strength=0.7, scheduler="euler-a"))
    again = request_from(json.loads(json.dumps(first.settings)), {picture_hash(picture): picture})
    sd.draw(REQUEST)  # another drawing between them leaves no trace
    assert pixels(sd.draw(again)) == pixels(first)
    with pytest.raises(UsageError, match="is needed to draw this again"):
        request_from(first.settings, {})


@pytest.mark.parametrize("scheduler", ["ddim", "euler-a", "dpm++-sde"])
@pytest.mark.slow  # several seconds of training or drawing
def test_each_picture_of_several_comes_out_the_same_alone(generator, scheduler) -> None:
    sd = generator("sd")
    several = sd.draw(replace(REQUEST, count=3, scheduler=scheduler))
    alone = sd.draw(replace(REQUEST, seed=8, scheduler=scheduler))
    assert several.seeds == (7, 8, 9)
    assert several.images[1].tobytes() == alone.images[0].tobytes()
    assert len(set(pixels(several))) == 3


@pytest.mark.parametrize("begun", [False, True])
def test_pictures_drawn_at_once_differ_by_rounding_alone(generator, photo, begun) -> None:
    request = replace(REQUEST, count=3, image=photo() if begun else None)
    at_once = generator("sd", "&batch=2").draw(request)
    alone = generator("sd").draw(request)
    for one, other in zip(at_once.images, alone.images, strict=True):
        assert np.abs(np.asarray(one, int) - np.asarray(other, int)).max() <= 2


def test_every_step_is_told_with_a_picture_of_what_is_there(generator) -> None:
    told: list[DrawStep] = []
    generator("sd").draw(replace(REQUEST, count=2), told.append)
    assert [(step.done, step.total) for step in told] == [(done, 6) for done in range(1, 7)]
    assert all(one.seconds <= other.seconds for one, other in pairwise(told))
    small = told[-1].preview()
    assert small.mode == "RGB"
    assert small.size == (32, 32)


def test_watching_changes_nothing_and_an_error_of_the_watcher_is_its_own(generator) -> None:
    sd = generator("sd")
    assert pixels(sd.draw(REQUEST, lambda step: step.preview())) == pixels(sd.draw(REQUEST))

    def stop(_step: DrawStep) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        sd.draw(REQUEST, stop)


def test_a_picture_to_begin_with_shows_in_what_comes(generator, photo) -> None:
    sd = generator("sd")
    steps: list[DrawStep] = []
    some = sd.draw(replace(REQUEST, num_inference_steps=10, image=photo(), strength=0.2), steps.append)
    assert len(steps) == 2
    other = sd.draw(replace(REQUEST, num_inference_steps=10, image=photo(seed=1), strength=0.2))
    assert pixels(some) != pixels(other)
    assert some.settings["image"] == picture_hash(photo())


@pytest.mark.parametrize("size", [(32, 32), (37, 21)])
def test_outside_a_mask_nothing_changes_whatever_the_canvas(generator, photo, size) -> None:
    picture = photo(*size)
    mask = Image.new("L", size)
    mask.paste(255, (5, 5, 15, 15))
    drawn = generator("sd").draw(replace(REQUEST, image=picture, mask=mask)).images[0]
    assert drawn.size == size
    kept = np.asarray(mask) == 0
    assert (np.asarray(drawn)[kept] == np.asarray(picture)[kept]).all()
    assert (np.asarray(drawn)[~kept] != np.asarray(picture)[~kept]).any()


def test_a_picture_is_continued_beyond_its_edges(generator, photo) -> None:
    picture = photo(32, 24)
    request = outpainted(replace(REQUEST, image=picture), left=7, bottom=13)
    drawn = generator("sd").draw(request).images[0]
    assert drawn.size == (39, 37)
    inside = np.asarray(drawn)[:16, 15:]  # further from the new margins than the overlap
    assert (inside == np.asarray(picture)[:16, 8:]).all()


def test_a_size_that_is_no_whole_step_is_cut(generator) -> None:
    drawn = generator("sd").draw(replace(REQUEST, width_px=31, height_px=45))
    assert drawn.images[0].size == (31, 45)
    assert drawn.settings["drawn_px"] == [32, 48]


def test_a_pipeline_made_for_masks_fills_masks_alone(generator, photo) -> None:
    inpaint = generator("inpaint")
    assert Ability.MASK in inpaint.abilities
    assert Ability.IMAGE not in inpaint.abilities
    with pytest.raises(UsageError, match="draws into masked pictures alone"):
        inpaint.draw(REQUEST)
    mask = Image.new("L", (32, 32), 255)
    assert inpaint.draw(replace(REQUEST, image=photo(), mask=mask)).images[0].size == (32, 32)


def test_a_model_of_few_steps_has_its_own_defaults(generator) -> None:
    drawn = generator("lcm").draw(DrawRequest("a cat"))
    assert (drawn.settings["scheduler"], drawn.settings["num_inference_steps"]) == ("lcm", 4)
    assert Ability.NEGATIVE not in generator("lcm").abilities


def test_a_safety_checker_stays_and_what_it_flags_is_told(generator) -> None:
    drawn = generator("sd", checker=True).draw(replace(REQUEST, count=2))
    assert drawn.settings["flagged"] == [True, True]
    assert np.asarray(drawn.images[0]).max() == 0


def test_only_the_spec_crosses_process_borders(generator) -> None:
    sd = generator("sd")
    other = pickle.loads(pickle.dumps(sd))
    assert (other.spec, other.fingerprint) == (sd.spec, sd.fingerprint)


def test_a_spec_says_what_files_do_not(generator) -> None:
    unguided = generator("sd", "&guidance=none")
    assert not {Ability.GUIDANCE, Ability.NEGATIVE} & unguided.abilities
    told = unguided.draw(DrawRequest("a cat")).settings
    assert (told["guidance_scale"], told["num_inference_steps"]) == (0.0, 4)


@pytest.mark.parametrize("name", fitting({}))
@pytest.mark.slow  # several seconds of training or drawing
def test_every_scheduler_draws_the_same_again(generator, photo, name) -> None:
    sd = generator("sd")
    request = replace(REQUEST, num_inference_steps=4, scheduler=name, image=photo(), strength=0.8)
    first = pixels(sd.draw(request))
    torch.rand(3)  # whatever others draw from torch's own source
    assert pixels(sd.draw(request)) == first
    assert pixels(sd.draw(replace(request, seed=8))) != first


def test_torchs_own_source_of_chance_is_left_alone(generator) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    generator("sd").draw(REQUEST)
    assert torch.rand(1) == expected
