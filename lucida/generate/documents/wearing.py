"""Pages as scanners, fax machines and phones deliver them, and where every word is then.

All changes of geometry are one homography, by which the pixels and the words' corners go alike. What follows it changes
levels of pixels alone.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import UsageError
from lucida.generate.scans import black_and_white
from lucida.generate.wear import Wear, degrade

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.documents.truth import Homography, PageTruth

WEARS = ("none", "scan", "fax", "photo")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A page as a file and what is known of it.

    Attributes:
        content: of the file.
        suffix: ".png" or ".jpg".
        width_px, height_px: its size.
        page: what is known, in pixels.
    """

    content: bytes
    suffix: str
    width_px: int
    height_px: int
    page: PageTruth


def check_wears(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once.

    Raises:
        UsageError: one is unknown.
    """
    for name in names:
        if name not in WEARS:
            raise UsageError(f"Pages are not worn by {name!r}.", f"Choose of: {', '.join(WEARS)}.")
    return tuple(dict.fromkeys(names))


def worn(image: Image, page: PageTruth, wear: str, strength: float, rng: np.random.Generator, *, dpi: float) -> Picture:
    """A clean page after what happened to it.

    Args:
        image: the page as drawn, RGB, at ``dpi``.
        page: what is known of it, in its own unit, of which 72 make an inch.
        wear: one of ``WEARS``.
        strength: 0 (hardly) to 1 (badly).
        rng: where chance comes from.
        dpi: of ``image``.
    """
    image = image.convert("RGB")
    scale = np.diag([dpi / 72, dpi / 72, 1.0])
    level = strength * float(rng.uniform(0.5, 1.15))
    quality = 0
    if wear == "photo":
        image, by = _photographed(image, level, rng)
        image = degrade(image, _phone(level, rng), seed=int(rng.integers(1 << 30)))
        quality = round(90 - 45 * min(level, 1) * rng.random())
    elif wear in {"scan", "fax"}:
        by = _rotation(image.size, float(rng.normal(0, 1.6)) * level)
        paper = _paper(level if wear == "scan" else 0.0, rng)
        image = warped(image, by, image.size, fill=paper)
        if wear == "scan":
            image = degrade(image, _scanner(paper, level, rng), seed=int(rng.integers(1 << 30)))
            quality = round(88 - 55 * min(level, 1) * rng.random())
        else:
            image = _faxed(image, level, rng)
    else:
        by = np.eye(3)
    truth = page.moved(by @ scale, *image.size)
    suffix = ".jpg" if quality else ".png"
    return Picture(_encoded(image, quality, dpi), suffix, *image.size, truth)


def warped(
    image: Image, by: Homography, size: tuple[int, int], *, fill: tuple[int, int, int] = (255, 255, 255)
) -> Image:
    """An image after a homography (from its pixels to those of the result), edges of pixels being whole numbers."""
    from PIL import Image as Pillow

    back = np.linalg.inv(by)
    back /= back[2, 2]
    coefficients = back.ravel()[:8].tolist()
    return image.transform(size, Pillow.Transform.PERSPECTIVE, coefficients, Pillow.Resampling.BICUBIC, fillcolor=fill)


def homography(source: Sequence[tuple[float, float]], target: Sequence[tuple[float, float]]) -> Homography:
    """The homography that takes four points to four others (direct linear transformation with h33 = 1)."""
    rows, rights = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        rights += [u, v]
    found = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(rights, dtype=np.float64))
    return np.append(found, 1.0).reshape(3, 3)


def _rotation(size: tuple[int, int], degrees: float) -> Homography:
    """Turned about the middle, counter-clockwise."""
    x, y = size[0] / 2, size[1] / 2
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, sin, x - cos * x - sin * y], [-sin, cos, y + sin * x - cos * y], [0, 0, 1]])


def _paper(level: float, rng: np.random.Generator) -> tuple[int, int, int]:
    first, second, third = (int(255 - tone) for tone in np.sort(rng.uniform(0, 34, 3) * min(level, 1)))
    return first, second, third


def _scanner(paper: tuple[int, int, int], level: float, rng: np.random.Generator) -> Wear:
    """What a flatbed scanner and years in a folder do."""
    return Wear(
        blur_px=float(rng.uniform(0.2, 1.1)) * level,
        noise=float(rng.uniform(2, 13)) * level,
        specks=float(rng.uniform(0, 170)) * level,
        fading=float(rng.uniform(0, 0.45)) * level,
        paper=paper,
        shading=float(rng.uniform(0, 0.35)) * level,
        creases=int(rng.random() < 0.45 * level) + int(rng.random() < 0.3 * level),
        coffee=int(rng.random() < 0.12 * level),
        grey=bool(rng.random() < 0.5),
        bleed=float(rng.uniform(0.05, 0.2)) * level if rng.random() < 0.4 else 0.0,
    )


def _phone(level: float, rng: np.random.Generator) -> Wear:
    """What a phone's camera and the light in a room do."""
    return Wear(
        blur_px=float(rng.uniform(0.2, 1.3)) * level,
        noise=float(rng.uniform(2, 10)) * level,
        shading=float(rng.uniform(0.1, 0.6)) * level,
    )


def _faxed(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Grey, sharpened into black and white, with lines that the transport left."""
    grey = degrade(
        image, Wear(blur_px=0.25 + 0.5 * level, noise=22 * level, grey=True), seed=int(rng.integers(1 << 30))
    )
    pixels = np.asarray(grey).copy()
    for _ in range(int(rng.poisson(2.5 * level))):
        row = int(rng.integers(pixels.shape[0]))
        pixels[row : row + int(rng.integers(1, 3))] = 0 if rng.random() < 0.4 else 255
    from PIL import Image as Pillow

    return black_and_white(Pillow.fromarray(pixels), threshold=int(rng.integers(130, 185)))


def _photographed(image: Image, level: float, rng: np.random.Generator) -> tuple[Image, Homography]:
    """The page lying on a table, seen from above and a little aside."""
    from PIL import Image as Pillow

    width, height = image.size
    margin = 0.03 + 0.05 * float(rng.random())
    lean = 0.07 * min(level, 1)
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    inner = np.array([(margin, margin), (1 - margin, margin), (1 - margin, 1 - margin), (margin, 1 - margin)])
    moved = (inner + rng.uniform(-lean, lean, (4, 2)).clip(-margin * 0.9, None)) * (width, height)
    turn = math.radians(float(rng.normal(0, 2.2)) * level)
    middle = np.array([width / 2, height / 2])
    spun = (moved - middle) @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) + middle
    low, high = spun.min(axis=0) - 0.01 * width, spun.max(axis=0) + 0.01 * width
    # Nobody cuts the page off: what would lie outside is drawn nearer.
    near = np.minimum(1.0, np.array([width, height]) / (high - low)).min()
    low = (low + high) / 2 - middle / near
    placed = [((x - low[0]) * near, (y - low[1]) * near) for x, y in spun.tolist()]
    by = homography(corners, placed)
    table = _table(image.size, rng)
    mask = warped(Pillow.new("RGB", image.size, (255, 255, 255)), by, image.size, fill=(0, 0, 0)).convert("L")
    table.paste(warped(image, by, image.size), mask=mask)
    return table, by


def _table(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """What a page may lie on: one colour, lighter and darker in broad strokes, with a grain."""
    from PIL import Image as Pillow

    tone = rng.uniform(40, 190) * rng.uniform(0.75, 1.1, 3)
    coarse = Pillow.fromarray((rng.random((9, 5)) * 60).astype(np.uint8)).resize(size, Pillow.Resampling.BICUBIC)
    grain = Pillow.fromarray((rng.random((size[1] // 2, 6)) * 40).astype(np.uint8)).resize(
        size, Pillow.Resampling.BICUBIC
    )
    levels = np.asarray(coarse, np.float32) + np.asarray(grain, np.float32) - 50
    pixels = tone.astype(np.float32)[None, None] + levels[..., None]
    return Pillow.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _encoded(image: Image, quality: int, dpi: float) -> bytes:
    buffer = io.BytesIO()
    if quality:
        image.save(buffer, "JPEG", quality=quality, dpi=(round(dpi), round(dpi)))
    else:
        image.save(buffer, "PNG", dpi=(round(dpi), round(dpi)))
    return buffer.getvalue()
