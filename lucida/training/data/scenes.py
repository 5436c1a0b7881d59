"""Drawn scenes: a few things with colours, counts and positions, and captions that say exactly that.

Names alone teach an encoder what things are, not how many, of what colour, or where. These pictures do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lucida.generate.scenes import draw_scene
from lucida.training.data.packed import Card, PackedSet
from lucida.training.data.packing import Drawn
from lucida.training.data.scene_plans import PLACES, STYLES, Ground, Plan, Planner, Thing
from lucida.training.data.scene_things import COLOURS, nameable, shape_mask

#: How much larger than finished a scene is painted.
_OVERSAMPLING = 2
#: Different views of each landscape.
_LANDSCAPES = 24


class Scenes:
    """Recipe: planned scenes, painted.

    Args:
        count: how many.
        pictograms: folder of a packed set whose drawings may stand in the scenes; None leaves shapes and paintings.
        families: art families to use; empty uses all. Families that a measurement holds out must stay out here too.
        side: width and height, pixels.
        seed: of everything.
    """

    transparent = False

    def __init__(
        self, count: int, pictograms: Path | None = None, families: Sequence[str] = (), side: int = 96, seed: int = 0
    ) -> None:
        self.side, self._count, self._seed, self._pictograms = side, count, seed, pictograms
        self._families = tuple(families)
        things = nameable(PackedSet.open(pictograms), families) if pictograms else []
        planner = Planner(things, seed)
        self._plans = [planner.plan(job) for job in range(count)]
        self._concepts = {captions: number for number, captions in enumerate({p.captions: 0 for p in self._plans})}

    def __len__(self) -> int:
        return self._count

    def fingerprint(self) -> str:
        told = json.dumps([(plan.captions, [thing.row for thing in plan.things]) for plan in self._plans])
        return hashlib.sha256(f"scenes 1 {self.side} {self._seed} {told}".encode()).hexdigest()[:16]

    def plan(self, job: int) -> Plan:
        """What a job shows."""
        return self._plans[job]

    def draw(self, job: int) -> Drawn:
        plan, rng = self._plans[job], np.random.default_rng([self._seed, job, 1])
        picture = _paint_ground(plan.ground, self.side * _OVERSAMPLING, rng)
        for thing in plan.things:
            _place(picture, thing, self._sprite(thing, picture.width, rng), rng)
        small = picture.resize((self.side, self.side), Image.Resampling.BOX)
        return Drawn(np.asarray(small), self._concepts[plan.captions], plan.style)

    def card(self) -> Card:
        terms = "drawn by this recipe, Apache 2.0"
        return Card(
            styles=STYLES,
            concepts=tuple(self._concepts),
            source="drawn scenes" + (f", with pictograms of {self._pictograms.name}" if self._pictograms else ""),
            licence=terms if self._pictograms is None else f"{terms}; pictograms as their own card says",
            seed=self._seed,
        )

    def _sprite(self, thing: Thing, width: int, rng: np.random.Generator) -> Image.Image:
        side = max(4, round(thing.size * width))
        if thing.row < 0:
            mask = shape_mask(thing.noun, side)
            colour = np.broadcast_to(np.array(_varied(thing.colour, rng), np.uint8), (side, side, 3))
            return Image.fromarray(np.dstack([colour, mask]))
        assert self._pictograms is not None
        packed = _open(self._pictograms)
        assert packed.alpha is not None
        pixels, alpha = packed.pixels[thing.row], packed.alpha[thing.row]
        if thing.colour:
            pixels = tinted(pixels, alpha, _varied(thing.colour, rng))
        straight = np.dstack([_off_white(pixels, alpha), alpha])
        return Image.fromarray(straight).resize((side, side), Image.Resampling.LANCZOS)


@lru_cache(maxsize=2)
def _open(folder: Path) -> PackedSet:
    return PackedSet.open(folder)


def tinted(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """The same drawing in shades of one colour, on white.

    Light and dark are spread around the middle of the drawing's own, so that a pale drawing takes the colour too.

    Args:
        pixels: uint8 ``(h, w, 3)``, on white.
        alpha: uint8 ``(h, w)``.
        colour: RGB of the middle shade.
    """
    light = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) / 255
    inside = light[alpha > 128]
    low, middle, high = np.quantile(inside, [0.02, 0.5, 0.98]) if inside.size else (0.0, 0.5, 1.0)
    shade = np.where(
        light < middle, (light - middle) / max(middle - low, 0.2), (light - middle) / max(high - middle, 0.2)
    )
    shade = np.clip(shade, -1, 1)[..., None]
    base = np.array(colour, np.float32)
    painted = np.where(shade < 0, base * (1 + 0.65 * shade), base + (255 - base) * 0.45 * shade)
    cover = alpha[..., None].astype(np.float32) / 255
    return np.clip(painted * cover + 255 * (1 - cover), 0, 255).astype(np.uint8)


def _off_white(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours themselves, from pixels laid on white."""
    cover = np.maximum(alpha[..., None].astype(np.float32) / 255, 1 / 255)
    straight: NDArray[np.float32] = (pixels - 255 * (1 - cover)) / cover
    return np.clip(straight, 0, 255).astype(np.uint8)


def _varied(name: str, rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(np.clip(part + rng.normal(0, 10), 0, 255)) for part in COLOURS[name])
    return red, green, blue


def _place(picture: Image.Image, thing: Thing, sprite: Image.Image, rng: np.random.Generator) -> None:
    """Put a thing down, slightly turned, with a thin edge of shadow where the ground has its colour."""
    sprite = sprite.rotate(float(rng.uniform(-8, 8)), Image.Resampling.BICUBIC)
    corner = round(thing.x * picture.width - sprite.width / 2), round(thing.y * picture.height - sprite.height / 2)
    edge = sprite.getchannel("A").filter(ImageFilter.GaussianBlur(picture.width / 100))
    picture.paste((40, 40, 40), corner, edge.point([level // 3 for level in range(256)]))
    picture.paste(sprite, corner, sprite)


def _paint_ground(ground: Ground, side: int, rng: np.random.Generator) -> Image.Image:
    if ground.kind in PLACES:
        return _landscape(ground.kind, side, ground.seed % _LANDSCAPES).copy()
    if not ground.colours:
        return draw_scene(ground.kind, side, side, seed=ground.seed)
    first = np.array(_varied(ground.colours[0], rng), np.float32)
    second = np.array(_varied(ground.colours[-1], rng), np.float32)
    across, down = np.meshgrid(np.arange(side) / side, np.arange(side) / side)
    turn = rng.uniform(0, np.pi)
    along = across * np.cos(turn) + down * np.sin(turn)
    share = {
        "plain": np.zeros_like(along),
        "gradient": np.clip(along, 0, 1),
        "stripes": ((along * rng.integers(4, 12)) % 1 < 0.5) * 0.5,
        "grain": np.clip(_clouds(side, rng), 0, 1) * 0.6,
    }[ground.kind][..., None]
    pixels = first + (second - first) * share + rng.normal(0, 3, (side, side, 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@lru_cache(maxsize=len(PLACES) * _LANDSCAPES)
def _landscape(name: str, side: int, seed: int) -> Image.Image:
    """A scene to stand in: paler, so that what stands there stands out, and coarse, for it is costly to paint."""
    scene = draw_scene(name, side // _OVERSAMPLING, side // _OVERSAMPLING, seed=seed).resize((side, side))
    return Image.blend(scene, Image.new("RGB", scene.size, "white"), 0.25)


def _clouds(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Smooth noise, 0..1: random values on coarse grids, enlarged and added."""
    total = np.zeros((side, side))
    for cells, weight in ((3, 0.5), (8, 0.3), (24, 0.2)):
        coarse = Image.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
        total += np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)) / 255 * weight
    return total
