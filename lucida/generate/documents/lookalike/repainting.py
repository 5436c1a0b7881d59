"""Takes a word off a picture and sets another in its place, in the size, weight and colour of the old one."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lucida.generate.documents.scribe import ink
from lucida.generate.sheet import MONO, SANS, SERIF, Family, metrics

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from lucida.generate.documents.truth import Corners

Pixels = NDArray[np.float32]  # (height, width, 3), 0..255
FAMILIES = (SANS, SERIF, MONO)
#: Letters are drawn so many times larger, so that their edges are soft.
_FINE = 4
#: A pixel is ink where it differs by so many levels, and by this share of the strongest difference.
_LEAST, _SHARE = 28.0, 0.33
#: Pixels around a word that are looked at, and painted over beyond its ink: a camera's and JPEG's halo.
_RING, _HALO = 4, 2
#: How much a family's fit for the words' height counts beside that of their widths.
_HEIGHTS = 0.25


class Found(NamedTuple):
    """The ink of a word on a picture.

    Attributes:
        left, top, right, bottom: around it, whole pixels, the last two beyond it.
        paper, ink: colours, RGB.
        coverage: mean share of ink within it, 0..1.
    """

    left: int
    top: int
    right: int
    bottom: int
    paper: tuple[float, float, float]
    ink: tuple[float, float, float]
    coverage: float


def find_ink(pixels: Pixels, box: tuple[int, int, int, int]) -> Found | None:
    """Where within a word's box its ink is; None where there is none.

    Args:
        pixels: of the page.
        box: left, top, right, bottom; as text layers give it, it may hold parts of the lines above and below.
    """
    left, top, right, bottom = _within(box, pixels.shape)
    if right - left < 2 or bottom - top < 2:
        return None
    part = pixels[top:bottom, left:right]
    paper = _paper(pixels, (left, top, right, bottom))
    apart = np.abs(part - paper).max(axis=2)
    threshold = max(_LEAST, _SHARE * float(np.percentile(apart, 99)))
    mask = apart > threshold
    mask &= ~_rules(pixels, (left, top, right, bottom), paper, threshold)
    rows = _main_run(mask.any(axis=1), 0.12)
    if rows is None:
        return None
    columns = np.flatnonzero(mask[rows[0] : rows[1]].any(axis=0))
    if not len(columns):
        return None
    inner = mask[rows[0] : rows[1], columns[0] : columns[-1] + 1]
    strong = apart[rows[0] : rows[1], columns[0] : columns[-1] + 1]
    colour = part[rows[0] : rows[1], columns[0] : columns[-1] + 1][strong >= np.percentile(strong[inner], 70)]
    tone = np.median(colour, axis=0)
    return Found(
        left + int(columns[0]), top + rows[0], left + int(columns[-1]) + 1, top + rows[1],
        _rgb(paper), _rgb(tone), float(inner.mean()),
    )  # fmt: skip


def erase(pixels: Pixels, found: Found, rng: np.random.Generator) -> None:
    """Paint the neighbourhood over a word, in place; rules that cross it stay."""
    box = (found.left - _HALO, found.top - _HALO, found.right + _HALO, found.bottom + _HALO)
    left, top, right, bottom = _within(box, pixels.shape)
    paper = np.array(found.paper, dtype=np.float32)
    threshold = max(_LEAST, _SHARE * float(np.abs(np.array(found.ink) - paper).max()))
    stays = _rules(pixels, (left, top, right, bottom), paper, threshold)
    fill, grain = _neighbourhood(pixels, (left, top, right, bottom), paper, threshold)
    noise = rng.standard_normal((*fill.shape[:2], 1), dtype=np.float32) * grain
    part = pixels[top:bottom, left:right]
    pixels[top:bottom, left:right] = np.where(stays[..., None], part, np.clip(fill + noise, 0, 255))


def choose_family(old: Sequence[tuple[str, Found]]) -> Family:
    """The family of letters whose widths fit a page's words best: among themselves, and for their height."""

    def misfit(family: Family) -> float:
        apart, tall = [], []
        for text, found in old:
            left, right, _, _ = ink(text, family.regular, 1.0)
            apart.append(math.log(max(right - left, 0.02) / (found.right - found.left)))
            tall.append(apart[-1] + math.log(letter_size(text, found, family.regular)))
        if not apart:
            return 0.0
        # Heights are those of blurred and slanted ink; widths beside each other tell fixed pitch from the rest.
        spread = float(np.median(np.abs(np.array(apart) - np.median(apart))))
        return spread + _HEIGHTS * float(np.median(np.abs(tall)))

    return min(FAMILIES, key=misfit)


def letter_size(text: str, found: Found, face: str) -> float:
    """Size in pixels at which a text's ink is as high as what was found."""
    _, _, top, bottom = ink(text, face, 1.0)
    return (found.bottom - found.top) / max(top - bottom, 0.05)


def set_word(pixels: Pixels, old: str, new: str, found: Found, face: str, room: float) -> Corners:
    """Set a text where another stood, in place, and say where its ink is.

    Args:
        pixels: of the page, the old word erased.
        old, new: texts.
        found: the old one's ink.
        face: see ``weight``.
        room: width in pixels that the new one may take; a longer one is set narrower.
    """
    size = letter_size(old, found, face)
    _, _, _, low = ink(old, face, size)
    start, end, high, deep = ink(new, face, size)
    baseline = found.bottom + low
    stretch = min(1.0, room / max(end - start, 1e-6))
    mask, (x, y) = _drawn(new, face, size, stretch, found.left, baseline - high)
    left, top = x, y
    height, width = mask.shape
    cut = _within((left, top, left + width, top + height), pixels.shape)
    mask = mask[cut[1] - top : cut[3] - top, cut[0] - left : cut[2] - left]
    part = pixels[cut[1] : cut[3], cut[0] : cut[2]]
    colour = np.array(found.ink, dtype=np.float32)
    pixels[cut[1] : cut[3], cut[0] : cut[2]] = part + (colour - part) * mask[..., None]
    right = found.left + (end - start) * stretch
    upper, lower = baseline - high, baseline - deep
    return (
        (float(found.left), upper), (right, upper), (right, lower), (float(found.left), lower),
    )  # fmt: skip


def weight(text: str, found: Found, family: Family) -> str:
    """The face of a word, regular or bold, by how much of its room is ink."""
    faces = (family.regular, family.bold)
    return min(faces, key=lambda face: abs(_coverage(text, face) - found.coverage))


@lru_cache(maxsize=4096)
def _coverage(text: str, face: str) -> float:
    mask, _ = _drawn(text, face, 24.0, 1.0, 0.0, 0.0)
    rows, columns = np.nonzero(mask > 0.4)
    if not len(rows):
        return 0.0
    return float((mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] > 0.4).mean())


def _drawn(
    text: str, face: str, size: float, stretch: float, left: float, top: float
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Share of ink of each pixel, and where on the page the first is; ink begins at (left, top) to a quarter pixel."""
    from PIL import Image, ImageDraw

    start, end, high, deep = ink(text, face, size)
    column, row = math.floor(left), math.floor(top)
    width = math.ceil((end - start) * stretch + left - column) + 2
    height = math.ceil(high - deep + top - row) + 2
    fine = Image.new("L", (math.ceil(width / stretch) * _FINE, height * _FINE))
    place = ((left - column) / stretch - start) * _FINE, (top - row + high) * _FINE
    ImageDraw.Draw(fine).text(place, text, 255, font=_font(face, size * _FINE), anchor="ls")
    small = fine.resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255), (column, row)


@lru_cache(maxsize=128)
def _font(face: str, size: float) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(io.BytesIO(metrics(face).buffer), size, layout_engine=ImageFont.Layout.BASIC)


def _paper(pixels: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    """The paper's colour around a word: the median of what is alike among the ring around it and its own pixels."""
    left, top, right, bottom = _within((box[0] - _RING, box[1] - _RING, box[2] + _RING, box[3] + _RING), pixels.shape)
    part = pixels[top:bottom, left:right].reshape(-1, 3)
    levels = part.mean(axis=1)
    counts, edges = np.histogram(levels, bins=16, range=(0, 256))
    most = int(counts.argmax())
    near = (levels >= edges[most] - 16) & (levels <= edges[most + 1] + 16)
    found: Pixels = np.median(part[near], axis=0).astype(np.float32)
    return found


def _rules(pixels: Pixels, box: tuple[int, int, int, int], paper: Pixels, threshold: float) -> NDArray[np.bool_]:
    """Of the pixels in a box, those of lines that run through it and go on outside."""
    left, top, right, bottom = box
    wide = _within((left - _RING, top, right + _RING, bottom), pixels.shape)
    tall = _within((left, top - _RING, right, bottom + _RING), pixels.shape)
    across = np.abs(pixels[wide[1] : wide[3], wide[0] : wide[2]] - paper).max(axis=2) > threshold
    down = np.abs(pixels[tall[1] : tall[3], tall[0] : tall[2]] - paper).max(axis=2) > threshold
    rows, columns = across.mean(axis=1) > 0.95, down.mean(axis=0) > 0.95
    return np.asarray(rows[:, None] | columns[None, :])


def _neighbourhood(
    pixels: Pixels, box: tuple[int, int, int, int], paper: Pixels, threshold: float
) -> tuple[Pixels, np.float32]:
    """What a box would show without its word: shaded from side to side as its surroundings are; and their grain."""
    left, top, right, bottom = box
    height, width = bottom - top, right - left
    sides = [
        _tone(pixels, (left - _RING, top, left, bottom), paper, threshold),
        _tone(pixels, (right, top, right + _RING, bottom), paper, threshold),
        _tone(pixels, (left, top - _RING, right, top), paper, threshold),
        _tone(pixels, (left, bottom, right, bottom + _RING), paper, threshold),
    ]
    (west, _), (east, _), (north, _), (south, _) = sides
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    shaded = ((west * (1 - across) + east * across) + (north * (1 - down) + south * down)) / 2
    return shaded.astype(np.float32), np.float32(np.median([grain for _, grain in sides]))


def _tone(pixels: Pixels, box: tuple[int, int, int, int], paper: Pixels, threshold: float) -> tuple[Pixels, float]:
    """Median colour and grain of the paper in a strip."""
    left, top, right, bottom = _within(box, pixels.shape)
    part = pixels[top:bottom, left:right].reshape(-1, 3)
    blank = part[np.abs(part - paper).max(axis=1) <= threshold] if len(part) else part
    if len(blank) < 3:
        return paper, 0.0
    return np.median(blank, axis=0).astype(np.float32), float(blank.mean(axis=1).std())


def _main_run(filled: NDArray[np.bool_], gap: float) -> tuple[int, int] | None:
    """First and last filled place (plus one) of the largest run, gaps of this share of the whole included."""
    places = np.flatnonzero(filled)
    if not len(places):
        return None
    cuts = np.flatnonzero(np.diff(places) > 1 + gap * len(filled)) + 1
    runs = np.split(places, cuts)
    best = max(runs, key=len)
    return int(best[0]), int(best[-1]) + 1


def _within(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return max(int(left), 0), max(int(top), 0), min(int(right), shape[1]), min(int(bottom), shape[0])


def _rgb(colour: NDArray[np.floating]) -> tuple[float, float, float]:
    red, green, blue = (float(part) for part in colour)
    return red, green, blue
