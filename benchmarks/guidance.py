"""Guidance in one pass of the denoiser with both conditions, beside two passes with one each.

Both draw in turns in one process, from the same weights, seeds and settings, and the ratio is that of the best rounds,
per step. ``mini`` can do both itself (``passes=2``). Of a pipeline of diffusers, which puts both conditions into one
batch, the denoiser's call is cut in two here. Without ``--model`` the pipeline is a small one with random weights.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.diffusion import small_pipeline
from benchmarks.measuring import show
from lucida.lazy import require
from lucida.models.protocols import DrawRequest, Generator
from lucida.models.registry import load_generator


def main(options: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks guidance")
    parser.add_argument("--model", help="spec of a generator, e.g. mini; a small pipeline is made otherwise")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--guidance", type=float, default=3.0)
    chosen = parser.parse_args(options or [])
    with tempfile.TemporaryDirectory() as place:
        spec = chosen.model or f"diffusers:{small_pipeline(Path(place) / 'sd')}"
        request = DrawRequest("a rusty bicycle", num_inference_steps=chosen.steps, guidance_scale=chosen.guidance)
        _run(spec, request, chosen.steps, chosen.rounds)


def _run(spec: str, request: DrawRequest, steps: int, rounds: int) -> None:
    one, two, cut = _ways(spec)
    first = {"one pass": one.draw(request)}  # loads and warms up
    with cut():
        first["two passes"] = two.draw(request)
    best = dict.fromkeys(first, float("inf"))
    for _ in range(rounds):
        for name, generator in (("one pass", one), ("two passes", two)):
            with cut() if name == "two passes" else nullcontext():
                start = time.perf_counter()
                generator.draw(request)
                best[name] = min(best[name], (time.perf_counter() - start) / steps)
    pixels = [np.asarray(drawn.images[0], dtype=np.int64) for drawn in first.values()]
    rows = [(name, 1000 * seconds, f"{best['two passes'] / seconds:.2f}") for name, seconds in best.items()]
    apart = int(np.abs(pixels[0] - pixels[1]).max())
    note = f"{steps} steps; both pictures differ by {apart} of 255 levels at most."
    show(f"guidance with {spec.rpartition('/')[2]}", ("way", "ms per step", "times two passes"), rows, note)


def _ways(spec: str) -> tuple[Generator, Generator, Callable[[], Any]]:
    """Who draws in one pass, who in two, and what to draw the second under."""
    if spec.partition("?")[0] == "mini":
        joint = "&" if "?" in spec else "?"
        return load_generator(f"{spec}{joint}passes=1"), load_generator(f"{spec}{joint}passes=2"), nullcontext
    generator: Any = load_generator(spec)
    return generator, generator, lambda: _cut(generator)


@contextmanager
def _cut(generator: Any) -> Iterator[None]:
    """Have the denoiser called once for each half of its batch."""
    torch = require("torch", "draw")
    parts = generator._studio._base.components
    denoiser = next(parts[name] for name in ("unet", "transformer") if parts.get(name) is not None)
    whole = denoiser.forward

    def forward(sample: Any, *given: Any, **named: Any) -> Any:
        count = sample.shape[0]
        if count % 2:
            return whole(sample, *given, **named)
        halves = [
            whole(*_taken((sample, *given), half, count), **_taken(named, half, count))
            for half in (slice(0, count // 2), slice(count // 2, count))
        ]
        return tuple(torch.cat(pair) for pair in zip(*halves, strict=True))

    denoiser.forward = forward
    try:
        yield
    finally:
        denoiser.forward = whole


def _taken(value: Any, half: slice, count: int) -> Any:
    """Half of everything that has the batch's length."""
    if isinstance(value, Mapping):
        return {key: _taken(entry, half, count) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_taken(entry, half, count) for entry in value)
    return value[half] if getattr(value, "ndim", 0) and value.shape[0] == count else value


if __name__ == "__main__":
    main()
