"""The building blocks of long documents, and how they are poured onto pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lucida.generate.flow import Flow
from lucida.generate.sheet import Sheet
from lucida.generate.typesetting import Column, Style, TableStyle, table_height


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title; level 1 is the top."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Items:
    """A bulleted or numbered list."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with a caption; ``draw`` gets the sheet and the (x0, y0, x1, y1) it may fill."""

    height: float
    draw: Callable[[Sheet, tuple[float, float, float, float]], None]
    caption: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings with their share of the width, and rows.

    All columns but the first are set right, unless ``left``.
    """

    columns: Mapping[str, float]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    total_rows: int = 0
    left: bool = False


#: A plain string is a paragraph.
Block = str | Heading | Items | Figure | Grid


def pour(flow: Flow, blocks: Sequence[Block], headings: Mapping[int, Style], look: TableStyle) -> None:
    """Set blocks in order; ``headings`` gives the style of each level, ``look`` that of tables."""
    for block, following in zip(blocks, [*blocks[1:], ""], strict=True):
        if isinstance(block, str):
            flow.text(block)
        elif isinstance(block, Heading):
            flow.heading(block.text, headings[block.level], level=block.level, keep=_whole(flow, following, look))
        elif isinstance(block, Items):
            flow.items(block.items, numbered=block.numbered)
        elif isinstance(block, Figure):
            flow.figure(block.height, _fitted(block), block.caption)
        else:
            flow.table(
                _columns(block, flow.width), block.rows, replace(look, total_rows=block.total_rows), block.caption
            )


def _whole(flow: Flow, block: Block, look: TableStyle) -> float:
    """Height of a block that cannot be split, captions estimated at two lines; 0 for running text."""
    if isinstance(block, Figure):
        return block.height + 2 * flow.body.leading
    if isinstance(block, Grid):
        return table_height(_columns(block, flow.width), block.rows, look) + 2 * flow.body.leading
    return 0.0


def _fitted(block: Figure) -> Callable[[Sheet, float, float, float], None]:
    return lambda sheet, x, y, width: block.draw(sheet, (x, y, x + width, y + block.height))


def _columns(block: Grid, width: float) -> list[Column]:
    total = sum(block.columns.values())
    return [
        Column(heading, width * share / total, "left" if block.left or not index else "right")
        for index, (heading, share) in enumerate(block.columns.items())
    ]
