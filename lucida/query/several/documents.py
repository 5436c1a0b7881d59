"""The documents that take part in a question: of the kind that is asked for, as far as it restricts itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.query.labels import alikeness
from lucida.query.layout import lay_out
from lucida.query.several.kinds import DOCUMENT, heading, kind_of
from lucida.query.several.vocabulary import PAID, UNPAID
from lucida.query.terms import fold, tokens
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.index.records import Filter, PageRow, SourceRow
    from lucida.query.several.kinds import Kind
    from lucida.query.several.plan import Plan, Restriction

#: So many documents take part in one question, out of so many that are opened; each costs tens of milliseconds.
MOST, _MOST_OPENED = 200, 1_000
#: Passages that are asked for the words of a kind.
_DEPTH = 4_000
#: Documents with more pages are not read whole: what is wanted is looked up in them.
_WHOLE = 12
#: Shorter words are no beginnings of others.
_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """One document: a source, or those of its pages that are one of several documents in it.

    Attributes:
        row: the source.
        kind: that it was found as.
        pages: in order; of a long document only the first ones.
        whole: whether ``pages`` are all.
        alone: whether the source holds nothing else.
        name: what answers call it.
    """

    row: SourceRow
    kind: Kind
    pages: tuple[PageRow, ...]
    whole: bool = True
    alone: bool = True
    name: str = ""

    @property
    def words(self) -> frozenset[str]:
        """Folded words of its pages, its title and its file's name."""
        printed = " ".join(word.text for page in self.pages for word in page.words)
        return frozenset(token.folded for token in tokens(f"{printed} {called(self.row)}"))

    @property
    def text(self) -> str:
        """Folded words of its pages in order, parted by single spaces."""
        return " ".join(token.folded for page in self.pages for word in page.words for token in tokens(word.text))


@dataclass(slots=True)
class Found:
    """The documents for a question.

    Attributes:
        units: those that take part.
        others: of the kind, but not what the question restricts itself to.
        beyond: how many more there are that were not read.
        copies: (copy, original) names of files that are the same byte for byte; originals are among ``units``.
    """

    units: list[Unit] = field(default_factory=list)
    others: int = 0
    beyond: int = 0
    copies: list[tuple[str, str]] = field(default_factory=list)


def called(row: SourceRow) -> str:
    """What a source is called: its title and its file's name."""
    return f"{row.title} {PurePath(row.path).stem}".replace("_", " ")


def find_units(index: Index, plan: Plan, where: Filter, late: Callable[[], bool]) -> Found:
    """The documents of a plan's kind, in the order of their names.

    Args:
        index: an open library index.
        plan: which kind; its restrictions by words narrow the search where there are very many.
        where: which sources may take part.
        late: whether time is up: no further document is opened then.
    """
    rows = _sources(index, plan, where)
    found = Found()
    for number, row in enumerate(rows):
        if late() or number >= _MOST_OPENED or len(found.units) >= MOST:
            found.beyond = len(rows) - number
            break
        found.units += _units(index, row, plan.kind)
    found.units, found.copies = _distinct(_named(sorted(found.units, key=_order)))
    return found


def _order(unit: Unit) -> tuple[str, str, int]:
    return PurePath(unit.row.path).name, unit.row.path, unit.pages[0].number


def _sources(index: Index, plan: Plan, where: Filter) -> list[SourceRow]:
    """Sources that may be of the kind: by what they are called, then by words that such documents print, best first."""
    among = index.select(where)
    if among is not None and len(among) == 0:
        return []
    rows = {row.id: row for row in index.sources(failed=False)}
    kind, meant = plan.kind, plan.among.words
    by_name = [key for key, row in rows.items() if _called_so(row, plan) and _may(index, key, among)]
    if kind is not DOCUMENT:
        by_words = _holding(index, (*kind.heads, *kind.marks, *kind.words), among)
    elif meant:
        by_words = _holding(index, meant, among)
    else:
        by_words = [key for key in rows if _may(index, key, among)]
    keys = [key for key in dict.fromkeys((*by_name, *by_words)) if key in rows]
    if len(keys) > MOST and meant:
        also = set(_holding(index, meant, among))
        keys.sort(key=lambda key: key not in also)
    return [rows[key] for key in keys]


def _called_so(row: SourceRow, plan: Plan) -> bool:
    name = fold(called(row))
    files = [side for one in plan.sides or () for side in one.words]
    return any(head in name for head in plan.kind.heads) or fold(PurePath(row.path).name) in files


def _holding(index: Index, words: Sequence[str], among: NDArray[np.int64] | None) -> list[int]:
    """Ids of the sources that print any of the words, best first."""
    found = index.full_text(list(words), _DEPTH, among=among)
    return list(dict.fromkeys(item.source_id for item in index.items([item for item, _ in found])))


def _may(index: Index, source_id: int, among: NDArray[np.int64] | None) -> bool:
    """Whether a source passes the filter that gave ``among``: its passages do or do not, all alike."""
    if among is None:
        return True
    ids = [item.id for item in index.passages_of(source_id)[:1]]
    return bool(ids) and ids[0] in set(among[among == ids[0]].tolist())


def _units(index: Index, row: SourceRow, kind: Kind) -> list[Unit]:
    """A source as one document, as several where its pages begin anew, or none where it is of another kind."""
    first = index.page(row.id, 1)
    if first is None:
        return []
    if kind is not DOCUMENT and kind_of(first, called(row)) is not kind:
        return []
    pages = tuple(index.pages(row.id)) if 1 < row.pages <= _WHOLE else (first,)
    groups = _parted(pages, kind)
    if len(groups) == 1:
        return [Unit(row, kind, pages, whole=row.pages <= _WHOLE)]
    return [Unit(row, kind, group, alone=False) for group in groups]


def _parted(pages: Sequence[PageRow], kind: Kind) -> list[tuple[PageRow, ...]]:
    """Pages by document: one that bears the kind's heading and does not count itself among others begins anew."""
    groups: list[list[PageRow]] = []
    for page in pages:
        begins = kind.number and heading(kind, lay_out(page)) and not _continues(page)
        if not groups or begins:
            groups.append([])
        groups[-1].append(page)
    return [tuple(group) for group in groups]


def _continues(page: PageRow) -> bool:
    text = " ".join(token.folded for word in page.words for token in tokens(word.text))
    counted = re.search(r"\b(?:page|seite|pagina) (\d+) (?:of|von|de|sur) (\d+)\b", text)
    return (counted is not None and int(counted[1]) > 1) or re.search(
        r"\b(?:continued|fortsetzung|suite)\b", text
    ) is not None


def _named(units: Sequence[Unit]) -> list[Unit]:
    """Units with names that tell them apart: the file's, with its folder where two files are called alike."""
    from collections import Counter
    from dataclasses import replace

    names = Counter({unit.row.path: PurePath(unit.row.path).name for unit in units}.values())
    named = []
    for unit in units:
        path = PurePath(unit.row.path)
        name = path.name if names[path.name] == 1 else f"{path.parent.name}/{path.name}"
        page = "" if unit.alone else f", page {unit.pages[0].number}"
        named.append(replace(unit, name=f"{printable(name)}{page}"))
    return named


def _distinct(units: Sequence[Unit]) -> tuple[list[Unit], list[tuple[str, str]]]:
    """Each file once, however often it lies about."""
    first: dict[tuple[str, int], Unit] = {}
    copies: list[tuple[str, str]] = []
    for unit in units:
        key = (unit.row.sha256 or unit.row.path, unit.pages[0].number)
        if key in first:
            copies.append((unit.name, first[key].name))
        else:
            first[key] = unit
    return list(first.values()), copies


def speaking(units: Sequence[Unit], among: Restriction) -> Iterator[Unit]:
    """The documents that speak of all that a restriction names; its months are left to the caller, who reads dates."""
    for unit in units:
        words = unit.words
        if all(_speaks(unit, words, word) for word in among.words) and among.paid in (None, _paid(unit)):
            yield unit


def _speaks(unit: Unit, words: frozenset[str], word: str) -> bool:
    if "." in word:
        return fold(PurePath(unit.row.path).name) == word
    if word in words or any(char.isdigit() for char in word):
        return word in words
    return any(
        alikeness(other, word) >= 0.85 or (len(word) >= _BEGINNING and other.startswith(word)) for other in words
    )


def _paid(unit: Unit) -> bool:
    """Whether a document says that it was paid; "to be paid" and "unpaid" say no such thing."""
    text = re.sub(UNPAID, " ", unit.text)
    text = re.sub(
        r"\b(?:to be|must be|if|when|be|until|is not|zu|wird|werden) (?:paid|bezahlt)\b|\bpaid (?:by|within|until)\b",
        " ",
        text,
    )
    return re.search(PAID, text) is not None
