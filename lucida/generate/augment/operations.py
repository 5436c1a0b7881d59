"""Changes of pictures by torchvision's transforms (v2), which move boxes as they move pixels."""

from __future__ import annotations

import inspect
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image

Preset = Literal["gentle", "strong"]
Boxes = tuple[tuple[str, Box], ...]
#: In the order in which they are applied.
NAMES = ("flip", "rotate", "perspective", "crop", "colour", "grey", "blur", "noise", "jpeg")
#: What mirrors writing; pages and drawings are left as they read unless it is asked for.
MIRRORING = "flip"
_PRESETS: dict[str, tuple[str, ...]] = {
    "gentle": ("flip", "rotate", "crop", "colour"),
    "strong": NAMES,
}
#: A box of which less is left in the picture, or a side of which is shorter in pixels, is no longer in it.
_VISIBLE, _SHORTEST = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Changes:
    """What happens to pictures.

    Attributes:
        preset: "gentle" (flip, rotate, crop, colour, a little of each) or "strong" (everything, and more of it).
        only: names of the changes that may happen, each of them certainly; empty for the preset's, by chance.
    """

    preset: str = "gentle"
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what there is not.

        Raises:
            UsageError: a name is unknown.
        """
        if self.preset not in _PRESETS:
            raise UsageError(f"There is no preset {self.preset!r}.", f"Choose of: {', '.join(_PRESETS)}.")
        for name in self.only:
            if name not in NAMES:
                raise UsageError(f"There is no change called {name!r}.", f"Choose of: {', '.join(NAMES)}.")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "only": list(self.only)}


def augmented(image: Image, boxes: Boxes, changes: Changes, seed: int, *, reads: bool = False) -> tuple[Image, Boxes]:
    """A picture changed by chance: the same seed gives the same pixels.

    Args:
        image: RGB.
        boxes: (label, box) each.
        changes: what may happen.
        seed: of the chance.
        reads: whether it has writing, so that it is not mirrored unless that is asked for.

    Returns:
        The picture in its old size, and the boxes that are still in it, around what is left of them.

    Raises:
        DependencyError: torchvision is not installed.
    """
    torch = require("torch", "augment pictures")
    vision = require("torchvision.tv_tensors", "augment pictures")
    from PIL import Image as Pillow

    picture = vision.Image(np.asarray(image.convert("RGB")).transpose(2, 0, 1).copy())
    given = _bounding(vision, boxes, image.size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        changed, moved = _pipeline(changes, image.size, reads=reads)(picture, given)
    pixels = np.ascontiguousarray(changed.numpy().transpose(1, 2, 0))
    return Pillow.fromarray(pixels), _kept(boxes, moved.numpy().reshape(-1, 4).tolist(), image.size)


def _pipeline(changes: Changes, size: tuple[int, int], *, reads: bool) -> Any:
    v2, vision = (require(name, "augment pictures") for name in ("torchvision.transforms.v2", "torchvision.tv_tensors"))
    strong = changes.preset == "strong"
    names = changes.only or tuple(name for name in _PRESETS[changes.preset] if not (reads and name == MIRRORING))
    made = {
        "flip": lambda: v2.RandomHorizontalFlip(1.0 if changes.only else 0.5),
        "rotate": lambda: v2.RandomRotation(20.0 if strong else 6.0, v2.InterpolationMode.BILINEAR, fill=127),
        "perspective": lambda: v2.RandomPerspective(0.35 if strong else 0.15, 1.0, fill=127),
        "crop": lambda: v2.RandomResizedCrop(
            (size[1], size[0]), scale=(0.4 if strong else 0.75, 1.0), ratio=_ratio(size), antialias=True
        ),
        "colour": lambda: v2.ColorJitter(*((0.5, 0.5, 0.5, 0.08) if strong else (0.2, 0.2, 0.2, 0.02))),
        "grey": lambda: v2.Grayscale(3),
        "blur": lambda: v2.GaussianBlur(9, (0.3, 2.5 if strong else 1.2)),
        "noise": lambda: v2.Lambda(_noisy(0.08 if strong else 0.03), vision.Image),
        "jpeg": lambda: v2.Lambda(_compressed(*((25, 80) if strong else (60, 95))), vision.Image),
    }  # fmt: skip
    certain = {"rotate", "crop", "colour", MIRRORING}
    parts = [
        made[name]() if changes.only or name in certain else v2.RandomApply([made[name]()], p=0.4)
        for name in NAMES
        if name in names
    ]
    return v2.Compose(parts)


def _ratio(size: tuple[int, int]) -> tuple[float, float]:
    """Sides of a crop about as those of the picture, so that nothing is stretched much."""
    own = size[0] / size[1]
    return own * 0.9, own * 1.1


def _noisy(deviation: float) -> Any:
    torch = require("torch", "augment pictures")

    def noisy(picture: Any) -> Any:
        shaken = picture.to(torch.float32) + torch.randn(picture.shape) * (deviation * 255)
        return type(picture)(shaken.clamp(0, 255).to(torch.uint8))

    return noisy


def _compressed(low: int, high: int) -> Any:
    """JPEG by Pillow: torchvision gives its own codecs up."""
    torch = require("torch", "augment pictures")
    from PIL import Image as Pillow

    def compressed(picture: Any) -> Any:
        buffer = io.BytesIO()
        quality = int(torch.randint(low, high + 1, ()))
        pixels = np.ascontiguousarray(picture.numpy().transpose(1, 2, 0))
        Pillow.fromarray(pixels).save(buffer, "JPEG", quality=quality)
        with Pillow.open(buffer) as read:
            return type(picture)(np.asarray(read).transpose(2, 0, 1).copy())

    return compressed


def _bounding(vision: Any, boxes: Boxes, size: tuple[int, int]) -> Any:
    """Boxes as torchvision takes them, not cut at the edges where it can leave that to us."""
    width, height = size
    rows = [[box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height] for _, box in boxes]
    uncut = (
        {"clamping_mode": None} if "clamping_mode" in inspect.signature(vision.BoundingBoxes.__new__).parameters else {}
    )
    values = np.array(rows, dtype=np.float32).reshape(-1, 4)
    torch = require("torch", "augment pictures")
    return vision.BoundingBoxes(torch.from_numpy(values), format="XYXY", canvas_size=(height, width), **uncut)


def _kept(boxes: Boxes, moved: Sequence[Sequence[float]], size: tuple[int, int]) -> Boxes:
    """What is left of boxes within the picture, where that is enough to be seen."""
    width, height = size
    found = []
    for (label, _), (x0, y0, x1, y1) in zip(boxes, moved, strict=True):
        box = Box.from_px(x0, y0, x1, y1, width, height)
        whole = (x1 - x0) / width * ((y1 - y0) / height)
        sides = min(box.width * width, box.height * height)
        if sides >= _SHORTEST and box.area >= _VISIBLE * whole:
            found.append((label, box))
    return tuple(found)
