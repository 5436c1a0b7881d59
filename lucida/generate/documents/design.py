"""How a paper looks: settled once from its seed, then the same for everything on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from lucida.generate.documents.content import Content
from lucida.generate.sheet import MONO, SANS, SERIF, Family
from lucida.generate.typesetting import Style

if TYPE_CHECKING:
    import numpy as np

Place = Literal["left", "above", "right", "below", "inline"]
Frame = Literal["box", "rule", "dots", "shade", "none"]
Look = Literal["grid", "rules", "bands", "plain"]
Head = Literal["left", "right", "center", "banner"]
Pen = Literal["print", "bold", "hand", "typewriter"]

_FAMILIES = (SANS, SANS, SANS, SERIF, SERIF, MONO)
_ACCENTS = (
    "#1d1d1f",
    "#1d1d1f",
    "#1f5f8b",
    "#7a2e3a",
    "#0f5c4a",
    "#b3261e",
    "#5b3a8c",
    "#b35c00",
    "#00796b",
    "#33415c",
)
_PLACES: tuple[Place, ...] = ("left", "left", "left", "inline", "inline", "above", "above", "right", "below")
_FORM_PLACES: tuple[Place, ...] = ("above", "above", "left", "below", "right", "inline")
_FRAMES: tuple[Frame, ...] = ("none", "none", "none", "rule", "box", "shade")
_FORM_FRAMES: tuple[Frame, ...] = ("box", "box", "rule", "dots", "shade")
_PENS: tuple[Pen, ...] = ("print", "print", "print", "bold")
_FORM_PENS: tuple[Pen, ...] = ("hand", "hand", "typewriter", "print", "bold")
_OFFICE_PENS: tuple[Pen, ...] = ("typewriter", "typewriter", "hand", "print", "bold")
_ENDS = (":", ":", "", "", ".", " :", " ...")
_OFFICE_ENDS = (":", ":", ":", "", "", "", " -")


@dataclass(frozen=True, slots=True)
class Design:
    """Every choice of a layout. Lengths in points.

    Attributes:
        family, label_family: faces of text and of labels.
        size: of running text.
        leading: height of a line, of its size.
        left, right, top, bottom: margins.
        accent: colour of titles and heads.
        place: where a label stands, seen from its value.
        ends: what a label ends with.
        label_bold, label_upper: how labels are set; ``label_size`` of the text's size.
        frame: what surrounds a value.
        columns: in which fields stand side by side.
        look, head_fill: of tables.
        head: where the letterhead stands.
        pen: how values are filled in.
        logo: whether there is a mark beside the sender.
        mirrored: whether facts and addresses change sides.
        sums: whether sums stand in a frame.
    """

    family: Family = SANS
    label_family: Family = SANS
    size: float = 10.0
    leading: float = 1.35
    left: float = 56.0
    right: float = 56.0
    top: float = 48.0
    bottom: float = 56.0
    accent: str = "#1d1d1f"
    place: Place = "left"
    ends: str = ":"
    label_bold: bool = False
    label_upper: bool = False
    label_size: float = 1.0
    frame: Frame = "none"
    columns: int = 1
    look: Look = "rules"
    head_fill: str | None = None
    head: Head = "left"
    pen: Pen = "print"
    logo: bool = True
    mirrored: bool = False
    sums: bool = False

    @property
    def text(self) -> Style:
        """Of running text."""
        return Style(self.family, self.size, self.size * self.leading)

    @property
    def label(self) -> Style:
        """Of labels."""
        size = round(self.size * self.label_size, 2)
        colour = "#4b5563" if self.label_size < 1 else "#1d1d1f"
        return Style(self.label_family, size, size * self.leading, colour, bold=self.label_bold)

    @property
    def value(self) -> Style:
        """Of filled-in values."""
        if self.pen == "typewriter":
            return Style(MONO, self.size, self.size * self.leading, "#26262c")
        return replace(self.text, bold=self.pen == "bold")

    def labelled(self, text: str) -> str:
        """A label as it is printed."""
        if not text:
            return ""
        return (text.upper() if self.label_upper else text) + ("" if text.endswith((".", "?", "#")) else self.ends)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


#: Letters of this size leave room for one column.
_LARGE = 12.0


def drawn_design(content: Content, rng: np.random.Generator, letters_pt: float | None = None) -> Design:
    """A look for a paper.

    Args:
        content: of the paper; forms have frames, tills have none.
        rng: where chance comes from.
        letters_pt: size of running text, None for a usual one.
    """

    def pick(options: tuple[Any, ...]) -> Any:
        return options[int(rng.integers(len(options)))]

    family, form = pick(_FAMILIES), content.kind == "form"
    place: Place = pick(_FORM_PLACES if form else _PLACES)
    small = place in {"above", "below"} and rng.random() < 0.75
    margin = float(rng.uniform(38, 70))
    design = Design(
        family=family,
        label_family=family if rng.random() < 0.8 else pick(_FAMILIES),
        size=letters_pt or float(rng.choice((8.5, 9, 9.5, 10, 10, 10.5, 11))),
        leading=float(rng.choice((1.2, 1.3, 1.35, 1.45))),
        left=margin, right=float(rng.uniform(38, 70)),
        top=float(rng.uniform(34, 64)), bottom=float(rng.uniform(44, 70)),
        accent=pick(_ACCENTS),
        place=place,
        ends=pick(_ENDS) if place in {"left", "inline"} else pick(("", "", ":")),
        label_bold=bool(rng.random() < 0.3), label_upper=bool(rng.random() < 0.12),
        label_size=0.76 if small else 1.0,
        frame=pick(_FORM_FRAMES if form else _FRAMES),
        columns=int(rng.choice((1, 2, 2, 3))) if form else int(rng.choice((1, 1, 2))),
        look=pick(("grid", "rules", "rules", "bands", "plain")),
        head_fill=pick((None, None, "#e5e7eb", "accent")),
        head=pick(("left", "left", "right", "center", "banner")),
        pen=pick(_FORM_PENS if form else _PENS),
        logo=bool(rng.random() < 0.55), mirrored=bool(rng.random() < 0.4), sums=bool(rng.random() < 0.3),
    )  # fmt: skip
    if content.kind == "office":
        design = _office(design, rng)
    return _narrow(design, rng) if content.narrow else _readable(design)


def _office(design: Design, rng: np.random.Generator) -> Design:
    """An office's form: small and dense, labels often in capitals, filled in by typewriter or hand."""
    family = MONO if rng.random() < 0.3 else design.family
    return replace(
        design, family=family, label_family=family if rng.random() < 0.85 else design.label_family,
        size=min(design.size, 10.0), accent="#1d1d1f", label_upper=bool(rng.random() < 0.45),
        label_bold=bool(rng.random() < 0.2), label_size=float(rng.choice((0.72, 0.85, 1.0, 1.0))),
        ends=_OFFICE_ENDS[int(rng.integers(len(_OFFICE_ENDS)))], pen=_OFFICE_PENS[int(rng.integers(len(_OFFICE_PENS)))],
    )  # fmt: skip


def _narrow(design: Design, rng: np.random.Generator) -> Design:
    """A till's strip."""
    family = MONO if rng.random() < 0.75 else SANS
    size = min(design.size, 9.0)
    return replace(
        design, family=family, label_family=family, size=size, left=14.0, right=14.0, top=22.0, bottom=20.0,
        accent="#1d1d1f", place="left", label_size=1.0, frame="none", columns=1, look="plain", head_fill=None,
        head="center", pen="print", logo=False, sums=False, ends="" if rng.random() < 0.5 else ":",
    )  # fmt: skip


def _readable(design: Design) -> Design:
    """Without what no paper shows: a box around a value that runs on behind its label, five columns of them."""
    fill = design.accent if design.head_fill == "accent" else design.head_fill
    if design.place in {"inline", "right"} and design.frame in {"box", "shade"}:
        design = replace(design, frame="none")
    if design.place in {"left", "right", "inline"} and design.columns == 3:
        design = replace(design, columns=2)
    if design.place == "inline" and not (design.label_bold or design.label_upper or ":" in design.ends):
        design = replace(design, ends=":")  # else nobody could tell where the label ends
    if design.size > _LARGE:
        place: Place = "above" if design.place in {"left", "right"} else design.place
        design = replace(design, columns=1, place=place)
    return replace(design, head_fill=fill)
