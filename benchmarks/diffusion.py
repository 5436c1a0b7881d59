"""Time per step of a diffusers pipeline drawn through Lucida, beside the same pipeline called bare.

Both run in turns in one process over the same weights, settings and seeds, so the ratio holds even where the machine's
speed wanders; it is taken of the best round of each. The pipeline is a small Stable Diffusion with random weights,
whose steps are short: what Lucida adds weighs more here than with a real model. ``--folder FOLDER`` takes a real one.
Both watch every step, as a program with a progress bar does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import show
from lucida.lazy import require
from lucida.models.diffusion.generator import DiffusersGenerator
from lucida.models.diffusion.quiet import quiet
from lucida.models.protocols import DrawRequest


def main(options: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks diffusion")
    parser.add_argument(
        "--folder", type=Path, help="A pipeline in the form of diffusers; a small one is made otherwise."
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--side", type=int, help="of the pictures, in pixels; the model's own if not given")
    chosen = parser.parse_args(options or [])
    with tempfile.TemporaryDirectory() as place:
        _run(chosen.folder or small_pipeline(Path(place) / "sd"), chosen.steps, chosen.rounds, chosen.side)


def _run(folder: Path, steps: int, rounds: int, side: int | None) -> None:
    generator = DiffusersGenerator(f"diffusers:{folder}")
    request = DrawRequest("a rusty bicycle", num_inference_steps=steps, width_px=side, height_px=side)
    first = generator.draw(request)  # loads, hashes the weights and warms up
    bare = _bare(folder, generator, first.settings, steps, side)
    same = bool((np.asarray(bare()) == np.asarray(first.images[0])).all())
    ways: dict[str, Callable[[], object]] = {
        "bare diffusers": bare,
        "lucida": lambda: generator.draw(request, lambda _step: None),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, draw in ways.items():
            start = time.perf_counter()
            draw()
            best[name] = min(best[name], (time.perf_counter() - start) / steps)
    baseline = best["bare diffusers"]
    rows = [(name, 1000 * seconds, f"{seconds / baseline:.3f}") for name, seconds in best.items()]
    agree = f"the same picture to the last bit: {'yes' if same else 'NO'}."
    note = f"{steps} steps, {first.images[0].width} px, {generator.placement}; {agree}"
    show("drawing through diffusers", ("way", "ms per step", "times bare"), rows, note)


def _bare(
    folder: Path, generator: DiffusersGenerator, settings: Any, steps: int, side: int | None
) -> Callable[[], Any]:
    """The pipeline as anybody would call it."""
    torch, diffusers = require("torch", "draw"), require("diffusers", "draw")
    place = generator.placement
    with quiet():
        pipe = diffusers.DiffusionPipeline.from_pretrained(folder, dtype=place.torch_dtype()).to(place.device)
    pipe.set_progress_bar_config(disable=True)

    def draw() -> Any:
        source = torch.Generator("cpu").manual_seed(settings["seed"])
        return pipe(
            settings["prompt"],
            num_inference_steps=steps,
            guidance_scale=settings["guidance_scale"],
            generator=source,
            width=side,
            height=side,
            callback_on_step_end=lambda _pipe, _number, _time, _state: {},
        ).images[0]

    return draw


def small_pipeline(folder: Path) -> Path:
    """A small Stable Diffusion with random weights: 64 by 64 pixels, 8 million numbers."""
    diffusers, hf = require("diffusers", "draw"), require("transformers", "draw")
    letters = require("tokenizers.pre_tokenizers", "draw").ByteLevel.alphabet()
    names = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    words = {name: number for number, name in enumerate(names)}
    begin, end = len(words) - 2, len(words) - 1
    text = hf.CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        bos_token_id=begin,
        eos_token_id=end,
        pad_token_id=end,
    )
    with quiet():
        diffusers.StableDiffusionPipeline(
            vae=diffusers.AutoencoderKL(
                block_out_channels=(16, 32),
                norm_num_groups=8,
                down_block_types=("DownEncoderBlock2D",) * 2,
                up_block_types=("UpDecoderBlock2D",) * 2,
            ),
            text_encoder=hf.CLIPTextModel(text),
            tokenizer=hf.CLIPTokenizer(vocab=words, merges=[], model_max_length=77),
            unet=diffusers.UNet2DConditionModel(
                sample_size=32,
                block_out_channels=(64, 128),
                cross_attention_dim=64,
                down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
                up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            ),
            scheduler=diffusers.DDIMScheduler(clip_sample=False, steps_offset=1),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        ).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    main()
