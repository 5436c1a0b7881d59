"""Emoji in many art styles: one concept drawn by several hands, which teaches what makes a thing that thing.

Nothing of the drawings is kept in this project. They are rendered on the user's machine from npm packages and a font:

    mkdir emoji && cd emoji && npm install openmoji emojibase-data @iconify-json/{noto,...}
    apt-get install fonts-noto-color-emoji
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lucida.errors import DependencyError, UsageError
from lucida.training.data.art_styles import ArtStyle, ColourFont, IconCollection, SvgFolder
from lucida.training.data.emoji_names import INSTALL, Emoji, read_emoji
from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn

#: Where Debian and its descendants put the font.
FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")

#: Style, who drew it, on what terms. Two styles of one artist share motifs and shapes: hold them out together.
STYLES = {
    "noto-font": ("noto", "SIL OFL 1.1, Google"),
    "noto": ("noto", "Apache 2.0, Google"),
    "noto-v1": ("noto", "Apache 2.0, Google"),
    "twemoji": ("twemoji", "CC BY 4.0, Twitter and other contributors"),
    "openmoji": ("openmoji", "CC BY-SA 4.0, HfG Schwäbisch Gmünd"),
    "openmoji-black": ("openmoji", "CC BY-SA 4.0, HfG Schwäbisch Gmünd"),
    "emojione": ("emojione", "CC BY 4.0, Emoji One"),
    "emojione-v1": ("emojione", "CC BY-SA 4.0, Emoji One"),
    "fluent-emoji": ("fluent", "MIT, Microsoft"),
    "fluent-emoji-flat": ("fluent", "MIT, Microsoft"),
    "fxemoji": ("fxemoji", "Apache 2.0, Mozilla"),
}
#: Collections whose lists of characters teach the names that the others, of the same tradition, use.
_TELLING = ("noto", "twemoji", "openmoji", "fluent-emoji-flat")


@dataclass(frozen=True, slots=True)
class _Job:
    concept: int
    style: int
    drawing: str


class Pictograms:
    """Recipe: every emoji in every style that has it.

    Args:
        modules: the ``node_modules`` folder.
        side: width and height, pixels.
        styles: names of ``STYLES`` to draw.
        font: the colour font file.

    Raises:
        DependencyError: a package or the font is missing.
        UsageError: an unknown style.
    """

    transparent = True

    def __init__(self, modules: Path, side: int = 96, styles: Sequence[str] = tuple(STYLES), font: Path = FONT) -> None:
        if not modules.is_dir():
            raise DependencyError(f"There is no folder {modules}.", f"In the folder above it, run: {INSTALL}.")
        self.side, self.styles = side, tuple(styles)
        self.emoji = read_emoji(modules)
        self._hands = [_hand(modules, name, font) for name in self.styles]
        self._jobs = self._plan()

    def __len__(self) -> int:
        return len(self._jobs)

    def fingerprint(self) -> str:
        told = "\n".join(f"{job.concept} {job.style} {job.drawing}" for job in self._jobs)
        names = "\n".join(",".join(one.captions) for one in self.emoji)
        return hashlib.sha256(f"pictograms 1 {self.side}\n{told}\n{names}".encode()).hexdigest()[:16]

    def draw(self, job: int) -> Drawn | None:
        plan = self._jobs[job]
        pixels = self._hands[plan.style].draw(plan.drawing, self.side)
        if not pixels[..., 3].any():
            return None
        return Drawn(pixels, plan.concept, plan.style)

    def card(self) -> Card:
        return Card(
            styles=self.styles,
            concepts=tuple(one.captions for one in self.emoji),
            source="npm openmoji, emojibase-data and @iconify-json/*; Debian fonts-noto-color-emoji",
            licence="; ".join(f"{name}: {STYLES[name][1]}" for name in self.styles) + "; names: MIT, Miles Johnson",
            families=tuple(STYLES[name][0] for name in self.styles),
            names=tuple(len(one.names) for one in self.emoji),
            keys=tuple(one.key for one in self.emoji),
            topics=tuple(one.topics for one in self.emoji),
            marks=_marks(self.emoji),
        )

    def _plan(self) -> list[_Job]:
        index = {one.key: number for number, one in enumerate(self.emoji)}
        return [
            _Job(index[key], style, drawing)
            for style, hand in enumerate(self._hands)
            for key, drawing in sorted(hand.drawings(self.emoji).items(), key=lambda pair: index[pair[0]])
        ]


def _hand(modules: Path, name: str, font: Path) -> ArtStyle:
    if name not in STYLES:
        raise UsageError(f"There is no art style {name!r}.", f"Choose among: {', '.join(STYLES)}.")
    if name == "noto-font":
        return ColourFont(font)
    if name in {"openmoji", "openmoji-black"}:
        black = name == "openmoji-black"
        return SvgFolder(modules / "openmoji" / ("black" if black else "color") / "svg", outlines=black)
    icons = modules / "@iconify-json"
    return IconCollection(icons / name, [icons / other for other in _TELLING if (icons / other).is_dir()])


def _marks(emoji: Sequence[Emoji]) -> dict[str, tuple[int, ...]]:
    """Country flags and clock faces differ in ways that no name tells a small eye; measurements may leave them out."""
    return {
        "country_flag": tuple(n for n, one in enumerate(emoji) if one.subgroup in {"country-flag", "subdivision-flag"}),
        "flag": tuple(n for n, one in enumerate(emoji) if one.is_flag),
        "clock_face": tuple(n for n, one in enumerate(emoji) if one.subgroup == "time" and "o’clock" in one.label),
        "symbol": tuple(n for n, one in enumerate(emoji) if one.group == 8),
        "person": tuple(n for n, one in enumerate(emoji) if one.group == 1),
    }
