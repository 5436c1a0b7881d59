"""What a page needs, from measurements that cost about a millisecond.

The text layer alone serves a page of running text, also in clean columns, with fully ruled tables and with figures
that stand clear of the text; all of these are read exactly without a model. The layout model (about 150 ms) earns its
cost where the eye needs context: rows that align like a table without being ruled like one, and columns that figures or
tables break up. OCR reads pages whose words are pixels, or whose text layer is garbage.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from lucida.ingest.documents import garbage
from lucida.ingest.structure.lines import Rect, inside
from lucida.ingest.structure.order import has_columns
from lucida.ingest.structure.tables import aligned_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.documents.graphics import Graphics
    from lucida.ingest.documents.native import TextLayer
    from lucida.ingest.structure.blocks import Block
    from lucida.ingest.structure.lines import Line


class Reader(StrEnum):
    """The ways to read a page; the value of the chosen one is kept in ``Page.reader``."""

    NATIVE = "native"
    LAYOUT = "layout"
    OCR = "ocr"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page's words are to come from, and why when not from its own text layer."""

    ocr: bool
    reason: str = ""


#: Fewer characters than this beside a page-filling image are a stamp or a page number, not the page's text.
_STAMP_CHARS = 140
_MIN_IMAGE_SHARE = 0.55


def image_share(graphics: Graphics, page: Rect) -> float:
    """Share of the page that raster images cover, by the sum of their areas, at most 1."""
    return min(sum(box.area for box in graphics.images) / page.area, 1.0) if page.area else 0.0


def word_source(layer: TextLayer, graphics: Graphics, page: Rect) -> Source:
    """Choose between the text layer and OCR.

    A scan with a hidden layer (somebody ran OCR on it before) keeps that layer when it reads like language: it costs
    nothing and is usually as good as ours; ``pdf`` checks it against the ink first.
    """
    reason = garbage.unusable(layer.text)
    if reason:
        return Source(ocr=True, reason=f"Its text layer is unusable: {reason}.")
    visible = layer.chars - layer.hidden
    covered = image_share(graphics, page)
    if layer.chars == 0:
        # Outlined text is a page of shapes without a single character.
        return Source(ocr=covered > 0.05 or len(graphics.shapes) > 40)
    if covered >= _MIN_IMAGE_SHARE and visible < _STAMP_CHARS and layer.hidden < _STAMP_CHARS:
        return Source(ocr=True)
    return Source(ocr=False)


def needs_layout(
    lines: Sequence[Line], graphics: Graphics, atoms: Sequence[Block], option: Literal["auto", "always", "never"]
) -> bool:
    """Whether the layout model earns its cost on this page.

    Args:
        lines: fragments of the text layer.
        graphics: what else the page draws.
        atoms: ruled tables, figures and photos already found exactly.
        option: ``ReadOptions.layout``.
    """
    if option != "auto":
        return option == "always" and bool(lines)
    free = [line for line in lines if line.upright and not any(inside(line, atom.box) for atom in atoms)]
    if len(free) < 4:
        return False
    if len(free) <= 1200 and aligned_tables(free):
        return True
    ruled = sum(1 for _, x0, x1 in graphics.horizontal if x1 - x0 > 120)
    fragments = len(free) - len({round(line.y1) for line in free})
    booktabs = ruled >= 3 and fragments >= 6 and not atoms
    return booktabs or (bool(atoms) and has_columns(free))
