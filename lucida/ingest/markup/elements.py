"""The parts of a marked-up text, before they are laid out on pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lucida.types import RegionKind


@dataclass(slots=True)
class TableCell:
    """One cell of a marked-up table."""

    text: str
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(slots=True)
class Element:
    r"""A heading, paragraph, list item, caption or table.

    Attributes:
        kind: its role.
        text: white space folded, except for ``\n``, which breaks the line.
        level: of a heading, 1 to 6.
        rows: of a table.
        indent: columns of the grid by which a list item is set in.
        verbatim: runs of spaces count, as in program text.
        starts_page: whether it opens a page of its own, as a sheet does.
    """

    kind: RegionKind
    text: str = ""
    level: int = 0
    rows: list[list[TableCell]] = field(default_factory=list)
    indent: int = 0
    verbatim: bool = False
    starts_page: bool = False


@dataclass(slots=True)
class MarkedText:
    """A text that was parsed: its elements and what it says about itself."""

    elements: list[Element] = field(default_factory=list)
    title: str = ""
    created: datetime | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
