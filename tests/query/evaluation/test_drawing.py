"""Generators measured beside real pictures: one that draws as asked, one that copies, one that heeds nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida.models.protocols.drawing import Drawn, DrawRequest, DrawStep
from lucida.query.evaluation.drawing import Reference, draw_all, measure, timed

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "yellow": (220, 220, 40)}


class Seeing:
    """Pictures and texts by their colour and, in the other directions, by what else there is in a picture."""

    spec, fingerprint, dimension = "seeing", "seeing-1", 11
    text_is_minilm, calibration = True, None

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return _unit(np.array([[*np.array(COLOURS[text]) / 255 - 0.4, *[0] * 8] for text in texts]))

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        rows = [np.asarray(image.convert("RGB"), dtype=float) / 255 for image in images]
        parts = [np.concatenate([row.mean(axis=(0, 1)) - 0.4, 3 * (row[0, :8, 0] - row.mean())]) for row in rows]
        return _unit(np.array(parts))


class Painter:
    """A ``Generator`` of squares with some noise."""

    spec, fingerprint, abilities = "painter", "painter-1", frozenset[Any]()

    def __init__(self, paint: Callable[[str, int], Image.Image]) -> None:
        self._paint = paint
        self.requests: list[DrawRequest] = []

    def draw(self, request: DrawRequest, on_step: Callable[[DrawStep], None] | None = None) -> Drawn:
        self.requests.append(request)
        seeds = tuple(range(request.seed, request.seed + request.count))
        return Drawn(tuple(self._paint(request.prompt, seed) for seed in seeds), seeds)


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def square(colour: str, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(-90, 90, (16, 16, 1))
    return Image.fromarray(np.clip(np.array(COLOURS[colour]) + noise, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def reference() -> Reference:
    names = list(COLOURS)
    kept = [square(names[n % 4], 1000 + n) for n in range(80)]
    seen = [square(names[n % 4], 5000 + n) for n in range(200)]
    return Reference(tuple(names), kept, np.arange(80) % 4, seen)


def test_who_draws_as_asked_is_as_good_as_real_pictures(reference: Reference) -> None:
    painter = Painter(square)
    samples = draw_all(painter, reference.prompts, 10, {"num_inference_steps": 7}, seed=3)
    assert [sample.seed for sample in samples[9:11]] == [12, 13]
    assert {request.num_inference_steps for request in painter.requests} == {7}
    report = measure(painter, Seeing(), reference, samples)  # type: ignore[arg-type]
    assert report.agreement.value > 0.9
    assert report.real_agreement.value > 0.9
    assert abs(report.kid[0]) < 0.2
    assert report.memory.copied.value == 0
    assert "| own prompt is the best of all |" in report.to_markdown()
    assert report.to_json()["memory"]["copied"]["count"] == 40


def test_who_copies_is_found_out(reference: Reference) -> None:
    painter = Painter(lambda prompt, seed: reference.seen[4 * seed + list(COLOURS).index(prompt)])
    report = measure(painter, Seeing(), reference, draw_all(painter, reference.prompts, 8, {}))  # type: ignore[arg-type]
    assert report.memory.copied.value == 1
    assert report.memory.drawn_px == 0
    row, seen = report.memory.suspects[0]
    assert reference.seen[seen].tobytes() == draw_all(painter, reference.prompts, 8, {})[row].image.tobytes()


def test_who_draws_one_thing_agrees_by_chance_and_is_far_from_pictures(reference: Reference) -> None:
    painter = Painter(lambda prompt, seed: square("red", seed))
    report = measure(painter, Seeing(), reference, draw_all(painter, reference.prompts, 8, {}))  # type: ignore[arg-type]
    assert report.agreement.value == pytest.approx(0.25, abs=0.1)
    assert report.kid[0] > max(0.4, 5 * abs(report.real_kid[0]))


def test_time_is_taken_after_a_first_drawing() -> None:
    painter = Painter(square)
    assert list(timed(painter, "red", (2, 5))) == [2, 5]
    assert [request.num_inference_steps for request in painter.requests] == [2, 2, 5]
