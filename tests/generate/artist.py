"""A generator for tests: no model, but it really draws, and takes everything into account that it is given."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from lucida.models.protocols.drawing import Ability, Drawn, DrawRequest, DrawStep

COLOURS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 210)}


class Artist:
    """Draws rectangles on a ground that the prompt, the vector and the picture colour.

    Attributes:
        drawn: how many pictures it has drawn.
        requests: all that it was asked.
        blank: seeds for which it gives nothing to see.
        same: seeds for which it draws as for seed 0.
        stop_after: drawings after which it raises ``stop_with``.
    """

    def __init__(self, spec: str = "artist:test", fingerprint: str = "artist-1") -> None:
        self.spec, self.fingerprint = spec, fingerprint
        self.abilities = frozenset({Ability.TEXT, Ability.VECTOR, Ability.IMAGE, Ability.NEGATIVE, Ability.GUIDANCE})
        self.drawn = 0
        self.requests: list[DrawRequest] = []
        self.blank: set[int] = set()
        self.same: set[int] = set()
        self.stop_after: int | None = None
        self.stop_with: type[BaseException] = KeyboardInterrupt

    def draw(self, request: DrawRequest, on_step: Callable[[DrawStep], None] | None = None) -> Drawn:
        if self.stop_after is not None and len(self.requests) >= self.stop_after:
            raise self.stop_with
        started = time.monotonic()
        self.requests.append(request)
        seeds = tuple(range(request.seed, request.seed + request.count))
        images = tuple(self._one(request, seed) for seed in seeds)
        self.drawn += len(images)
        if on_step is not None:
            on_step(DrawStep(1, 1, time.monotonic() - started, lambda: images[0]))
        settings = {"spec": self.spec, "fingerprint": self.fingerprint, "steps": request.num_inference_steps or 1}
        return Drawn(images, seeds, settings, time.monotonic() - started)

    def _one(self, request: DrawRequest, seed: int) -> Image.Image:
        size = request.width_px or 64, request.height_px or 64
        if seed in self.blank:
            return Image.new("RGB", size, (128, 128, 128))
        if request.image is not None:
            image = request.image.convert("RGB").resize(size)
        else:
            image = Image.new("RGB", size, self._ground(request))
        random = np.random.default_rng(0 if seed in self.same else seed)
        pen = ImageDraw.Draw(image)
        marks = round(10 * (request.strength if request.image is not None and request.strength is not None else 1.0))
        for _ in range(marks):
            x, y = random.integers(0, size[0] - 8), random.integers(0, size[1] - 8)
            shade = int(random.integers(0, 70))
            ground = np.clip(np.array(self._ground(request)) + shade - 35, 0, 255).astype(int)
            pen.rectangle((int(x), int(y), int(x) + 22, int(y) + 14), fill=tuple(ground.tolist()))
        return image

    def _ground(self, request: DrawRequest) -> tuple[int, int, int]:
        for name, colour in COLOURS.items():
            if name in request.prompt:
                return colour
        if request.vector is not None:
            digest = hashlib.sha256(request.vector.tobytes()).digest()
            return digest[0], digest[1], digest[2]
        return 160, 140, 100
