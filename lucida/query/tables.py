"""Reading a table by its headers: the cell where the row and the column that the question names cross."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features
from lucida.query.concepts import ValueType
from lucida.query.labels import alikeness
from lucida.query.normalise import parse_amount
from lucida.query.terms import tokens
from lucida.query.typed import agreement
from lucida.query.units import Valued, with_unit
from lucida.types import Box, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lucida.index.records import PageRow
    from lucida.query.question import Question

_HIGHEST = frozenset(
    {"highest", "most", "largest", "biggest", "greatest", "maximum", "max", "hochste", "meisten", "grosste"}
)
_LOWEST = frozenset({"lowest", "least", "smallest", "fewest", "minimum", "min", "niedrigste", "wenigsten", "kleinste"})
_ABBREVIATIONS = {
    "max": "maximum", "min": "minimum", "typ": "typical", "nom": "nominal", "qty": "quantity", "avg": "average",
}  # fmt: skip
_SUMS = frozenset({"total", "totals", "sum", "subtotal", "gesamt", "summe", "zwischensumme"})
_LIMITS = frozenset({"minimum", "maximum", "typical", "nominal"})
_RANGE_WORDS = frozenset({"range", "limits", "bereich", "from", "between", "zwischen"})
_MEASURED = frozenset({ValueType.MEASURE, ValueType.NUMBER, ValueType.DURATION, ValueType.ANY})
#: Column heads that a question names by its form alone: "how many" is in the quantity, "how much" in the amount.
_KIND_HEADS = {
    ValueType.NUMBER: frozenset({"qty", "quantity", "pieces", "units", "number", "count", "menge", "anzahl", "stuck"}),
    ValueType.MONEY: frozenset({"amount", "total", "cost", "sum", "betrag", "gesamt", "summe", "kosten", "montant"}),
}
#: Heads of prices for one piece: meant when the question asks for one, and not meant when it does not.
_EACH_HEADS = frozenset({"price", "rate", "each", "einzelpreis", "stuckpreis", "preis"})
#: A cell is considered when its headers and the table's surroundings say so much of the question.
_WEAKEST = 0.4
#: Figures with a fraction or groups of thousands; what is left of a cell's likelihood where it holds two.
_FIGURES, _SEVERAL = re.compile(r"(?<![\w.,/-])[-+]?\d+(?:[.,]\d+)+(?![\w/-])"), 0.6
_MOST = 6


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table with its headers read: words of each row's and column's name, and the words around the table."""

    table: Table
    rows: dict[int, frozenset[str]]
    columns: dict[int, frozenset[str]]
    around: frozenset[str]
    body: tuple[Cell, ...]


def read_tables(page: PageRow, question: Question, weights: dict[str, float]) -> list[Candidate]:
    """Cells that the question addresses, best first.

    Args:
        page: its regions hold the tables.
        question: taken apart.
        weights: IDF of the question's terms.

    Returns:
        A few candidates; ``names`` and ``rank`` of their features are left to the caller.
    """
    found: list[Candidate] = []
    for number, region in enumerate(page.regions):
        if region.table is not None and region.table.cells:
            grid = _grid(region.table, _surroundings(page, number))
            found += _extreme(page, grid, question, weights)
            found += _cells(page, grid, question, weights)
            found += _limits(page, grid, question, weights)
    return sorted(found, key=lambda c: -(c.features.match * (0.3 + 0.7 * c.features.agreement)))[:_MOST]


def _surroundings(page: PageRow, number: int) -> frozenset[str]:
    """Words of the two regions before the table and the one after it: its title, its caption."""
    near = page.regions[max(number - 2, 0) : number] + page.regions[number + 1 : number + 2]
    return frozenset(word for region in near if region.table is None for word in words_of(region.text[:400]))


def words_of(text: str) -> set[str]:
    """Folded words, with what datasheets abbreviate spelled out too."""
    found = {token.folded for token in tokens(text)}
    return found | {_ABBREVIATIONS[word] for word in found if word in _ABBREVIATIONS}


def _grid(table: Table, around: frozenset[str]) -> _Grid:
    heads = [cell for cell in table.cells if cell.row < table.header_rows]
    body = [cell for cell in table.cells if cell.row >= table.header_rows]
    columns: dict[int, set[str]] = {}
    for cell in heads:
        for column in range(cell.column, cell.column + cell.column_span):
            columns.setdefault(column, set()).update(words_of(cell.text))
    names: dict[int, set[str]] = {}
    for cell in body:
        if cell.column == 0:
            for row in range(cell.row, cell.row + cell.row_span):
                names.setdefault(row, set()).update(words_of(cell.text))
    return _Grid(
        table,
        {row: frozenset(words) for row, words in names.items()},
        {column: frozenset(words) for column, words in columns.items()},
        around,
        tuple(body),
    )


def _held(terms: tuple[str, ...], words: frozenset[str]) -> dict[str, float]:
    """How surely each term stands among printed words."""
    return {term: max((alikeness(word, term) for word in words), default=0.0) for term in terms}


def _cells(page: PageRow, grid: _Grid, question: Question, weights: dict[str, float]) -> Iterator[Candidate]:
    terms = question.subject
    rows = {row: _held(terms, words) for row, words in grid.rows.items()}
    columns = {column: _held(terms, words) for column, words in grid.columns.items()}
    around = _held(terms, grid.around)
    for cell in grid.body:
        if cell.column == 0 or not cell.text.strip():
            continue
        row, column = rows.get(cell.row, {}), columns.get(cell.column, {})
        named = any(row.values())
        meant = is_meant(grid.columns.get(cell.column, frozenset()), question)
        if not named or not (any(column.values()) or meant or grid.table.columns == 2):
            continue
        covered = {t: max(row.get(t, 0.0), column.get(t, 0.0), 0.8 * around.get(t, 0.0)) for t in terms}
        match = _share(covered, _weighed(question, weights)) * _exactness(grid, cell, question) * _whole(cell.text)
        if match >= _WEAKEST:
            yield _candidate(
                page, with_unit(page, grid.table, cell), cell, match * (1.05 if meant else 1.0), question.type
            )


def _whole(text: str) -> float:
    """Less where several figures stand in a cell: columns that were taken for one."""
    return _SEVERAL if len(_FIGURES.findall(text)) > 1 else 1.0


def is_meant(head: frozenset[str], question: Question) -> bool:
    """Whether a column's head says the form that is asked for; the price of one piece is not the price of all."""
    if question.type is ValueType.MONEY and any(concept.name == "unit price" for concept in question.concepts):
        return bool(head & _EACH_HEADS)
    return bool(head & _KIND_HEADS.get(question.type, frozenset()))


def _limits(page: PageRow, grid: _Grid, question: Question, weights: dict[str, float]) -> Iterator[Candidate]:
    """Values of a row whose columns are limits, when the question names no limit: from least to most, or the usual."""
    places = {name: column for column, words in grid.columns.items() for name in words & _LIMITS if column}
    if question.type not in _MEASURED or not places or question.words & (_LIMITS | _HIGHEST | _LOWEST):
        return
    terms = tuple(term for term in question.subject if term not in _RANGE_WORDS)
    for row, words in grid.rows.items():
        held = _held(terms, words)
        cells = {cell.column: cell for cell in grid.body if cell.row == row and cell.text.strip()}
        limits = {name: cells[column] for name, column in places.items() if column in cells}
        if not any(held.values()) or not limits:
            continue
        around = _held(terms, grid.around)
        covered = {term: max(held[term], 0.8 * around[term]) for term in terms}
        first = next(iter(limits.values()))
        match = _share(covered, _weighed(question, weights)) * _exactness(grid, first, question)
        usual = limits.get("typical") or limits.get("nominal")
        if match < _WEAKEST:
            continue
        if "minimum" in limits and "maximum" in limits and (usual is None or question.words & _RANGE_WORDS):
            low, high = limits["minimum"], limits["maximum"]
            yield _candidate(page, with_unit(page, grid.table, high, since=low), high, match, question.type)
        else:
            chosen = usual or first
            yield _candidate(page, with_unit(page, grid.table, chosen), chosen, match, question.type)


def _weighed(question: Question, weights: dict[str, float]) -> dict[str, float]:
    """IDF times how much a term matters as evidence: a table of goods need not say that they were bought."""
    return {term: weights.get(term, 1.0) * matters for term, matters in question.matter.items()}


def _share(covered: dict[str, float], weights: dict[str, float]) -> float:
    total = sum(weights.get(term, 1.0) for term in covered) or 1.0
    return sum(weights.get(term, 1.0) * held for term, held in covered.items()) / total


def _exactness(grid: _Grid, cell: Cell, question: Question) -> float:
    """Headers that say more than was asked are less meant: "North" rather than "North East"."""
    said = grid.rows.get(cell.row, frozenset()) | grid.columns.get(cell.column, frozenset())
    known = question.words | _KIND_HEADS.get(question.type, frozenset())
    alien = sum(all(alikeness(word, asked) == 0.0 for asked in known) for word in said)
    return 1.0 - 0.15 * alien / max(len(said), 1)


def _extreme(page: PageRow, grid: _Grid, question: Question, weights: dict[str, float]) -> Iterator[Candidate]:
    """Name the row with a column's highest or lowest value ("Which region had the highest revenue?"), sums aside."""
    highest, lowest = question.words & _HIGHEST, question.words & _LOWEST
    limits = any(words & _LIMITS for words in grid.columns.values())
    if bool(highest) == bool(lowest) or limits:
        return
    asked = tuple(term for term in question.subject if term not in _HIGHEST | _LOWEST)
    for column, words in grid.columns.items():
        if column == 0:
            continue
        amounts = _amounts(grid, column)
        if len(amounts) < 2:
            continue
        named = words | grid.columns.get(0, frozenset()) | grid.around
        if not any(_held(asked, words).values()):
            continue
        match = _share(_held(asked, named), weights)
        _, best = (max if highest else min)(amounts, key=lambda pair: pair[0])
        name = next((cell for cell in grid.body if cell.column == 0 and cell.row == best.row), None)
        if name is not None and match >= _WEAKEST:
            wants_value = question.type in (ValueType.MONEY, ValueType.NUMBER, ValueType.PERCENT)
            answer = best if wants_value else name
            yield _candidate(page, with_unit(page, grid.table, answer), answer, match, ValueType.ANY)


def _amounts(grid: _Grid, column: int) -> list[tuple[float, Cell]]:
    """A column's numbers with their cells, without those in rows of sums."""
    cells = [c for c in grid.body if c.column == column and not grid.rows.get(c.row, frozenset()) & _SUMS]
    return [(amount, cell) for cell in cells if (amount := parse_amount(cell.text)) is not None]


def _candidate(page: PageRow, valued: Valued, cell: Cell, match: float, kind: ValueType) -> Candidate:
    features = Features(match=min(match, 1.0), agreement=agreement(valued.text, kind))
    return Candidate(valued.text, valued.quote, page, "table", features, valued.words, near=Box(*cell.box))
