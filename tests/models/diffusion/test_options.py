from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.models.diffusion.options import Lora, Options, read


def test_a_spec_without_options_leaves_everything_open() -> None:
    assert read("diffusers:a/b@main") == Options("diffusers:a/b@main")


def test_every_option_is_read() -> None:
    spec = (
        "diffusers:a/b?dtype=float16&device=cuda:1&controlnet=canny:c/d&controlnet=depth:/e&lora=f/g:0.8&lora=h"
        "&ip_adapter=i%20j&depth=k&pose=l&vae=slicing,tiling&offload=model&attention=slicing&compile=1&batch=4"
        "&guidance=none&prompt=cut"
    )
    assert read(spec) == Options(
        model="diffusers:a/b",
        dtype="fp16",
        device="cuda:1",
        controlnets=(("canny", "c/d"), ("depth", "/e")),
        ip_adapter="i j",
        loras=(Lora("f/g", 0.8), Lora("h", 1.0)),
        depth="k",
        pose="l",
        vae=("slicing", "tiling"),
        offload="model",
        attention="slicing",
        compile=True,
        batch=4,
        guidance="none",
        cut_prompt=True,
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("colour=red", "unknown option 'colour'"),
        ("dtype=int8", "no dtype 'int8'"),
        ("dtype=fp16&dtype=fp32", "dtype twice"),
        ("lora=", "lora without a value"),
        ("lora=a:nan", "weight is nan"),
        ("controlnet=a/b", "controlnet is 'a/b'"),
        ("controlnet=canny:a&controlnet=canny:b", "controlnet is 'canny:b'"),
        ("vae=small", "vae is 'small'"),
        ("batch=0", "batch is 0"),
        ("offload=disk", "no offload 'disk'"),
        ("guidance=much", "no guidance 'much'"),
    ],
)
def test_options_without_sense_are_refused(options: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(f"diffusers:a/b?{options}")
