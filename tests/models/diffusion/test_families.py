"""Other kinds of pipelines than the first Stable Diffusion's, each by what it can do; and another process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.models.protocols import Control, DrawRequest, DrawStep

pytestmark = pytest.mark.slow
REQUEST = DrawRequest("a bad cab", num_inference_steps=3, seed=7)


def pixels(drawn) -> list[bytes]:
    return [image.tobytes() for image in drawn.images]


@pytest.mark.parametrize("family", ["sdxl", "sd3"])
def test_it_draws_begins_with_pictures_and_fills_masks(generator, photo, family) -> None:
    model = generator(family)
    mask = Image.new("L", (32, 32))
    mask.paste(255, (0, 0, 16, 32))
    begun, filled = (
        replace(REQUEST, image=photo(), strength=0.8),
        replace(REQUEST, image=photo(), mask=mask, strength=1),
    )
    for request in (REQUEST, begun, filled):
        told: list[DrawStep] = []
        drawn = model.draw(request, told.append)
        assert drawn.images[0].size == (32, 32)
        assert told[-1].done == told[-1].total
        assert told[-1].preview().mode == "RGB"
        assert pixels(model.draw(request)) == pixels(drawn)


def test_sd3_is_controlled(generator, tiny, photo, tmp_path) -> None:
    model = generator("sd3", f"&controlnet=canny:{tiny.sd3_controlnet(tmp_path / 'net')}")
    edges = Control("canny", photo())
    ruled = pixels(model.draw(replace(REQUEST, controls=(edges,))))
    assert ruled != pixels(model.draw(REQUEST))
    assert ruled != pixels(model.draw(replace(REQUEST, controls=(replace(edges, weight=0.2),))))


def test_pixart_draws_from_words_and_says_what_it_cannot(generator, photo) -> None:
    model = generator("pixart")
    told: list[DrawStep] = []
    drawn = model.draw(REQUEST, told.append)
    assert drawn.images[0].size == (64, 64)
    assert (told[-1].done, told[-1].total) == (3, 3)
    assert pixels(model.draw(REQUEST)) == pixels(drawn)
    with pytest.raises(UsageError, match="PixArtAlphaPipeline, and diffusers has none that can begin with a picture"):
        model.draw(replace(REQUEST, image=photo()))


def test_another_process_draws_the_same_bits(generator) -> None:
    model = generator("sd")
    drawn = model.draw(replace(REQUEST, scheduler="dpm++-sde"))
    code = (
        "import sys, hashlib, torch\n"
        "from lucida.models.protocols import DrawRequest\n"
        "from lucida.models.registry import load_generator\n"
        "torch.set_num_threads(int(sys.argv[2]))\n"
        "request = DrawRequest('a bad cab', num_inference_steps=3, seed=7, scheduler='dpm++-sde')\n"
        "image = load_generator(sys.argv[1]).draw(request).images[0]\n"
        "print(hashlib.sha256(image.tobytes()).hexdigest())"
    )
    command = [sys.executable, "-c", code, model.spec, str(drawn.settings["threads"])]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.split()[-1] == hashlib.sha256(drawn.images[0].tobytes()).hexdigest()


def test_a_compiled_denoiser_draws_nearly_the_same(generator) -> None:
    import numpy as np

    plain, compiled = (generator("sd", option).draw(REQUEST).images[0] for option in ("", "&compile=1"))
    assert np.abs(np.asarray(plain, int) - np.asarray(compiled, int)).max() <= 3
