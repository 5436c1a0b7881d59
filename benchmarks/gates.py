"""What the gates cost: milliseconds per sample, by gate, and their share of the time of drawing.

Samples are drawn by a small pipeline with random weights, or by ``--model``, and judged by all gates, beside as many
known pictures as ``--known`` says, with labels as ``--labels`` says. A small pipeline draws faster than anything real,
so its share is high: the last row says from which time per picture on the gates take a tenth.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.diffusion import small_pipeline
from benchmarks.measuring import show
from lucida.generate.gates.agreement import Agreement
from lucida.generate.gates.blankness import Blankness
from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.gate import Gate, Thresholds
from lucida.generate.gates.leak import Leak
from lucida.generate.gates.likeness import Pictures
from lucida.generate.gates.memorised import Memorised
from lucida.generate.gates.panel import Panel
from lucida.generate.gates.sharpness import Sharpness
from lucida.library.labelling import Labeller
from lucida.models.protocols import DrawRequest, SharedEncoder
from lucida.models.registry import load_generator, load_shared_encoder
from lucida.query.classify import probabilities

_BAR = 0.1


def main(options: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks gates")
    parser.add_argument("--model", help="spec of a generator; a small pipeline is made otherwise")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--known", type=int, default=10_000, help="pictures in the library; a tenth is evaluated on")
    parser.add_argument("--labels", default="cat,dog,car,bicycle,house,tree,boat,bird,flower,chair")
    chosen = parser.parse_args(options or [])
    encoder = load_shared_encoder("mini")
    with tempfile.TemporaryDirectory() as place:
        spec = chosen.model or f"diffusers:{small_pipeline(Path(place) / 'sd')}"
        images, drawing = _drawn(spec, chosen.steps, chosen.samples)
    labels = chosen.labels.split(",")
    judge = Timed(encoder, labels, chosen.known)
    judge.run(images[: chosen.batch], chosen.batch)  # loads and warms up
    _report(judge.run(images, chosen.batch), len(images), drawing, images[0].size)


class Timed:
    """The gates of a run, each with a clock."""

    def __init__(self, encoder: SharedEncoder, labels: Sequence[str], known: int) -> None:
        bounds, random = Thresholds(), np.random.default_rng(0)
        space = Labeller(encoder, labels).space
        self._labels, self._random, self._dimension = labels, random, encoder.dimension
        self._clocks: dict[str, float] = {}
        self._encoder = _Clocked(encoder, "encode_images", "encoder", self._clocks)
        gates: list[Gate] = [
            Sharpness(bounds.sharpness),
            Blankness(bounds.blankness),
            Agreement(space.names, lambda rows: probabilities(rows, space), bounds.agreement, bounds.rival),
            Memorised(self._pictures(known), bounds.memorised_bits, bounds.memorised_cosine),
            Leak(self._pictures(known // 10), bounds.leak_bits, bounds.leak_cosine),
        ]
        self._gates: list[Any] = [_Clocked(gate, "judge", gate.name, self._clocks) for gate in gates]
        self._bounds = bounds

    def run(self, images: Sequence[Image.Image], batch: int) -> dict[str, float]:
        """Judge everything once; seconds by gate, and in all."""
        self._clocks.clear()
        duplicates = Duplicates(Pictures(), self._bounds.duplicate_bits, self._bounds.duplicate_cosine)
        panel: Any = Panel(self._gates, duplicates, self._encoder)  # type: ignore[arg-type]
        for start in range(0, len(images), batch):
            some = images[start : start + batch]
            panel.judge(some, self._labels[0], [f"{start + place}" for place in range(len(some))])
        rest = panel.seconds - sum(self._clocks.values())
        return {**self._clocks, "hashes and duplicates": rest, "all": panel.seconds}

    def _pictures(self, count: int) -> Pictures:
        rows = self._random.normal(size=(count, self._dimension)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        looks = self._random.integers(0, 2**64, count, dtype=np.uint64)
        return Pictures([str(number) for number in range(count)], looks, rows)


class _Clocked:
    """Something of which one method is timed."""

    def __init__(self, inner: Any, method: str, name: str, clocks: dict[str, float]) -> None:
        self._inner, self._method, self.name, self._clocks = inner, method, name, clocks

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        def timed(*given: Any) -> Any:
            start = time.perf_counter()
            result = found(*given)
            self._clocks[self.name] = self._clocks.get(self.name, 0.0) + time.perf_counter() - start
            return result

        return timed


def _drawn(spec: str, steps: int, count: int) -> tuple[list[Image.Image], float]:
    generator = load_generator(spec)
    generator.draw(DrawRequest("a cat", num_inference_steps=1))  # loads
    drawn = generator.draw(DrawRequest("a cat", num_inference_steps=steps, count=count))
    return list(drawn.images), drawn.seconds


def _report(seconds: dict[str, float], count: int, drawing: float, size: tuple[int, int]) -> None:
    rows = [(name, 1000 * spent / count, f"{spent / drawing:.3f}") for name, spent in seconds.items()]
    rows.append(("drawing", 1000 * drawing / count, "1"))
    whole = seconds["all"] / count
    rows.append(
        (f"drawing, of which the gates are {_BAR:.0%}", 1000 * whole / _BAR, f"{whole / _BAR * count / drawing:.2f}")
    )
    note = f"{count} samples of {size[0]} by {size[1]} pixels."
    show("what gates cost", ("gate", "ms per sample", "share of drawing"), rows, note)


if __name__ == "__main__":
    main()
