"""Where a picture of an emoji comes from: icon collections in Iconify's format, SVG folders and a colour font.

Each style answers ``drawings`` (what it has) and ``draw`` (one of them). Styles travel to worker processes as paths
and load their files on first use.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

from lucida.errors import DependencyError
from lucida.lazy import require
from lucida.training.data.emoji_names import INSTALL, Emoji, without_selectors

#: What makes an alias another picture than its parent.
_TURNS = {"hFlip", "vFlip", "rotate"}
#: The one size at which the colour font holds its bitmaps.
_FONT_PX = 109


class ArtStyle(Protocol):
    """One artist's drawings."""

    def drawings(self, emoji: Sequence[Emoji]) -> dict[str, str]:
        """Per emoji key that the style has, the name of the drawing."""

    def draw(self, drawing: str, side: int) -> NDArray[np.uint8]:
        """uint8 ``(side, side, 4)``, straight alpha."""


def render_svg(svg: str, side: int) -> NDArray[np.uint8]:
    """Draw SVG text into a transparent square: uint8 ``(side, side, 4)``, straight alpha.

    Raises:
        DependencyError: the renderer is not installed.
        ValueError: the text is no SVG.
    """
    png = require("resvg_py", "draw pictograms").svg_to_bytes(
        svg_string=svg, width=side, height=side, skip_system_fonts=True
    )
    return _squared(Image.open(io.BytesIO(bytes(png))), side)


class IconCollection:
    """A folder with ``icons.json``, and perhaps ``chars.json``, in Iconify's format.

    Where the collection says which characters its icons stand for, that is believed. The rest is matched by name, in
    passes from the likeliest spelling to the loosest, and no icon serves two emoji. Loose spellings that two emoji
    share, or that are short, are not trusted.
    """

    def __init__(self, folder: Path, relatives: Sequence[Path] = ()) -> None:
        """``relatives``: collections whose ``chars.json`` tells more names of the same naming tradition."""
        if not (folder / "icons.json").is_file():
            raise DependencyError(f"There is no icon collection in {folder}.", f"Beside node_modules, run: {INSTALL}.")
        self._folder, self._relatives = folder, tuple(relatives)

    def drawings(self, emoji: Sequence[Emoji]) -> dict[str, str]:
        told: dict[str, tuple[str, ...]] = {key: (name,) for key, name in _characters(self._folder).items()}
        passes: list[dict[str, tuple[str, ...]]] = [told, *self._spellings(emoji)]
        found: dict[str, str] = {}
        taken: set[str] = set()
        for spelling in passes:
            for one in emoji:
                free = () if one.key in found else map(self._icon, spelling.get(one.key, ()))
                icon = next((name for name in free if name and name not in taken), None)
                if icon:
                    found[one.key] = icon
                    taken.add(icon)
        return found

    def _icon(self, name: str) -> str | None:
        """The icon that a name leads to; an alias that merely renames one is that one."""
        icons = _icons(self._folder)
        name = icons["loose"].get(name, name)
        while name in icons["aliases"] and not icons["aliases"][name].keys() & _TURNS:
            name = icons["aliases"][name]["parent"]
        return name if name in icons["icons"] or name in icons["aliases"] else None

    def draw(self, drawing: str, side: int) -> NDArray[np.uint8]:
        icons = _icons(self._folder)
        flipped, turns = [False, False], 0
        while drawing in icons["aliases"]:
            alias = icons["aliases"][drawing]
            flipped = [flipped[0] ^ bool(alias.get("hFlip")), flipped[1] ^ bool(alias.get("vFlip"))]
            turns += int(alias.get("rotate", 0))
            drawing = alias["parent"]
        pixels = render_svg(_svg(icons, icons["icons"][drawing]), side)
        pixels = pixels[:, ::-1] if flipped[0] else pixels
        pixels = pixels[::-1] if flipped[1] else pixels
        return np.ascontiguousarray(np.rot90(pixels, -turns))  # Iconify turns clockwise

    def _spellings(self, emoji: Sequence[Emoji]) -> list[dict[str, tuple[str, ...]]]:
        """Per pass, what each emoji may be called."""
        relatives: dict[str, list[str]] = {}
        for folder in self._relatives:
            for key, name in _characters(folder).items():
                relatives.setdefault(key, []).extend([name, *_icons(folder)["parents"].get(name, ())])
        label = {one.key: one.slugs[:1] for one in emoji}
        others = {one.key: one.slugs[1:] for one in emoji}
        kin = {key: tuple(names) for key, names in relatives.items()}
        every = {one.key: (*one.slugs, *kin.get(one.key, ())) for one in emoji}
        return [label, kin, _unshared(others), _unshared(_run_together(every))]


class SvgFolder:
    """A folder of SVG files named by code points, such as OpenMoji's ``1F600.svg``."""

    def __init__(self, folder: Path, *, outlines: bool = False) -> None:
        """``outlines``: without colour, so emoji whose names live by their colours are left out."""
        if not folder.is_dir():
            raise DependencyError(f"There is no folder {folder}.", f"Beside node_modules, run: {INSTALL}.")
        self._folder, self._outlines = folder, outlines

    def drawings(self, emoji: Sequence[Emoji]) -> dict[str, str]:
        if self._outlines:
            emoji = [one for one in emoji if not one.subgroup.endswith("-flag") and not _COLOURS & {*one.label.split()}]
        names = {without_selectors(path.stem): path.name for path in self._folder.glob("*.svg")}
        return {one.key: names[one.key] for one in emoji if one.key in names}

    def draw(self, drawing: str, side: int) -> NDArray[np.uint8]:
        return render_svg((self._folder / drawing).read_text(encoding="utf-8"), side)


class ColourFont:
    """A colour font with bitmaps, such as Noto Color Emoji; sequences need Pillow with Raqm."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DependencyError(f"There is no font {path}.", "Run: apt-get install fonts-noto-color-emoji.")
        if not features.check("raqm"):
            raise DependencyError("This Pillow cannot shape emoji sequences.", "Install a Pillow wheel from PyPI.")
        self._path = path

    def drawings(self, emoji: Sequence[Emoji]) -> dict[str, str]:
        """What the font draws as one glyph; parts side by side mean that it has no glyph for the sequence."""
        face = _face(self._path)
        width = face.getlength("\U0001f600")
        blank = _bitmap(self._path, "\U0010fffd")
        found = {}
        for one in emoji:
            text = _as_picture(one.text)
            bitmap = _bitmap(self._path, text)
            if face.getlength(text) <= width * 1.05 and bitmap[..., 3].any() and not np.array_equal(bitmap, blank):
                found[one.key] = text
        return found

    def draw(self, drawing: str, side: int) -> NDArray[np.uint8]:
        return _squared(Image.fromarray(_bitmap(self._path, drawing)), side)


def _as_picture(text: str) -> str:
    """Ask for the coloured form of characters that also have a plain one."""
    return text if len(text) > 1 and "\u20e3" not in text else text[0] + "\ufe0f" + text[1:]


def _run_together(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Names as collections without hyphens spell them, marked so that they match nothing else."""
    return {key: tuple(f"~{name.replace('-', '')}" for name in row if len(name) > 2) for key, row in names.items()}


def _unshared(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Without names that more than one emoji goes by."""
    bearers = Counter(name for row in names.values() for name in set(row))
    return {key: tuple(name for name in row if bearers[name] == 1) for key, row in names.items()}


@lru_cache(maxsize=2)
def _face(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), _FONT_PX, layout_engine=ImageFont.Layout.RAQM)


def _bitmap(path: Path, text: str) -> NDArray[np.uint8]:
    """uint8 ``(h, w, 4)``, the glyph alone."""
    canvas = Image.new("RGBA", (_FONT_PX * 2, _FONT_PX * 2))
    ImageDraw.Draw(canvas).text((20, 20), text, font=_face(path), embedded_color=True)
    box = canvas.getbbox() or (0, 0, 1, 1)
    return np.asarray(canvas.crop(box))


@lru_cache(maxsize=8)
def _icons(folder: Path) -> dict[str, Any]:
    """The collection, with its names, who its aliases are (``parents``) and names without hyphens (``loose``)."""
    given = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
    given.setdefault("aliases", {})
    names = [*given["icons"], *given["aliases"]]
    parents: dict[str, list[str]] = {}
    for alias, row in given["aliases"].items():
        if not row.keys() & _TURNS:
            parents.setdefault(row["parent"], []).append(alias)
    loose = {f"~{name.replace('-', '')}": name for name in reversed(names)}
    return {**given, "parents": parents, "loose": loose}


@lru_cache(maxsize=8)
def _characters(folder: Path) -> dict[str, str]:
    """Emoji key to icon name, as far as the collection says so."""
    path = folder / "chars.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {without_selectors(key): name for key, name in told.items()}


def _svg(icons: dict[str, Any], icon: dict[str, Any]) -> str:
    left, top, width, height = (icon.get(k, icons.get(k, d)) for k, d in _VIEW.items())
    view = f"{left} {top} {width} {height}"
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{view}" width="{width}" height="{height}">{icon["body"]}</svg>'


_COLOURS = {
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "grey",
    "rainbow",
    "colored",
    "light",
}
#: What Iconify's format says of an icon's extent, and what holds where it says nothing.
_VIEW = {"left": 0, "top": 0, "width": 16, "height": 16}


def _squared(image: Image.Image, side: int) -> NDArray[np.uint8]:
    """Fit into a transparent square, centred, without changing proportions."""
    image = image.convert("RGBA")
    if image.size != (side, side):
        scale = side / max(image.size)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        small = image.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
        image = Image.new("RGBA", (side, side))
        image.paste(small, ((side - size[0]) // 2, (side - size[1]) // 2))
    return np.asarray(image)
