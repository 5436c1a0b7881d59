"""What stands on a paper, before anybody says how it looks: fields, tables, running text, ticks, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lucida.generate.sheet import A4, Paper


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and its printed label.

    Attributes:
        name: what it is, a key of the language's ``questions``.
        label: as printed; empty where the value stands alone.
        value: as printed; line breaks are kept.
    """

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Entries that belong together. ``sums``: they are the sums below a table and stand at the right."""

    entries: Sequence[Entry]
    title: str = ""
    sums: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A name over its lines; the name is the entry's value."""

    entry: Entry
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends the paper, with address; the name's key is that of a field."""

    name: str
    firm: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of the page (``level`` 1) or of a part."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Goods:
    """A table.

    Attributes:
        columns: what each column means, keys of the language's ``cells`` or ``columns``.
        headings: as printed.
        rows: cells as printed.
        key: the column that names a row; questions name it so.
        asked: columns that questions ask for.
        series: whether the columns that are asked for are named by their headings (years, plants).
    """

    columns: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    key: int
    asked: Sequence[int]
    series: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A question on running text, and the words of the text that answer it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, with what can be asked of it."""

    text: str
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Ticks:
    """A choice with boxes to tick."""

    label: str
    options: Sequence[str]
    ticked: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Cells of entries, row by row, as office forms have them; an entry without a value was left empty."""

    rows: Sequence[Sequence[Entry]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Figures that a row's head and a column's head name together; cells may be empty."""

    columns: Sequence[str]
    rows: Sequence[str]
    cells: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Words of which one is marked with a cross behind or before it: "Yes X  No"."""

    label: str
    options: Sequence[str]
    marked: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign on: its label, and who signed in print (name and role), where that stands there."""

    label: str
    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Small print that means nothing here."""

    text: str


Block = Fields | Address | Letterhead | Heading | Goods | Prose | Ticks | Panel | Matrix | Marks | Signature | Remark


@dataclass(frozen=True, slots=True)
class Content:
    """A whole paper.

    Attributes:
        kind: "invoice", "form", ...
        blocks: in order; those between two of ``fixed`` may change places.
        absent: questions that nothing on the paper answers.
        paper: its size.
        narrow: whether it is a till's strip: one column, no frames.
    """

    kind: str
    blocks: Sequence[Block]
    absent: Sequence[str] = ()
    paper: Paper = field(default=A4)
    narrow: bool = False
