"""A transformer that predicts a flow: Flux, whose latents are packed and whose prompts two encoders read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.models.protocols import Ability, DrawRequest, DrawStep

REQUEST = DrawRequest("a bad cab", num_inference_steps=2, seed=3, width_px=16, height_px=12)


@pytest.mark.parametrize("scheduler", [None, "flow-lcm", "flow-unipc"])
def test_it_draws_the_same_again(generator, scheduler) -> None:
    flux = generator("flux")
    told: list[DrawStep] = []
    drawn = flux.draw(replace(REQUEST, scheduler=scheduler), told.append)
    assert drawn.images[0].size == (16, 12)
    assert [(step.done, step.total) for step in told] == [(1, 2), (2, 2)]
    assert told[0].preview().size == (16, 12)
    again = flux.draw(replace(REQUEST, scheduler=drawn.settings["scheduler"]))
    assert again.images[0].tobytes() == drawn.images[0].tobytes()


def test_it_begins_with_pictures_and_fills_masks(generator, photo) -> None:
    flux = generator("flux")
    assert {Ability.IMAGE, Ability.MASK} <= flux.abilities
    assert Ability.GUIDANCE not in flux.abilities
    begun = flux.draw(DrawRequest("a", num_inference_steps=4, image=photo(16, 16), strength=0.5))
    assert begun.images[0].size == (16, 16)
    mask = Image.new("L", (17, 15))
    mask.paste(255, (0, 0, 8, 15))
    filled = flux.draw(DrawRequest("a", num_inference_steps=4, image=photo(17, 15), mask=mask)).images[0]
    assert (np.asarray(filled)[:, 8:] == np.asarray(photo(17, 15))[:, 8:]).all()


def test_guidance_that_a_model_was_trained_with_is_heeded(generator) -> None:
    flux = generator("flux", guidance_embeds=True)
    assert Ability.GUIDANCE in flux.abilities
    assert Ability.NEGATIVE not in flux.abilities
    some, more = (flux.draw(replace(REQUEST, guidance_scale=scale)) for scale in (1.5, 9.0))
    assert some.images[0].tobytes() != more.images[0].tobytes()


def test_a_prompt_that_one_encoder_reads_whole_is_long_enough(generator) -> None:
    drawn = generator("flux").draw(replace(REQUEST, prompt="a " * 100))
    assert drawn.settings["cut"] == {"prompt": {"tokenizer": 25}}
    with pytest.raises(UsageError, match="reads 511"):
        generator("flux").draw(replace(REQUEST, prompt="a " * 600))
