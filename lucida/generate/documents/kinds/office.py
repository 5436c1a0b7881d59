"""Papers of offices: requests, records, slips and covers, dense with labels, many of them left empty."""

from __future__ import annotations

from collections.abc import Callable

from lucida.generate.documents.content import Block, Content, Entry, Heading, Letterhead, Marks, Matrix, Panel, Prose
from lucida.generate.documents.kinds.writing import remarks
from lucida.generate.documents.values import Values

#: Kinds of labels, the usual ones several times.
_KINDS = (
    "person", "person", "person", "date", "date", "code", "code", "text", "text", "text", "money", "count", "percent",
    "measure", "phone", "place", "firm", "firm", "address",
)  # fmt: skip
#: Share of labels nothing is filled in for, with a word before them, with a hint behind them.
_EMPTY, _QUALIFIED, _HINTED = 0.22, 0.12, 0.08
#: A field of this name is asked for by its label.
_NAME = "office"


def office(values: Values) -> Content:
    """An office's paper: panels of labels in any order, remarks, figures and marks."""
    parts: list[Block] = []
    numbered = values.chance(0.2)
    for place in range(values.whole(1, 4)):
        title = _word(values, "groups").format(n=place + 1) if values.chance(0.45) else ""
        parts.append(Panel(_rows(values, numbered), title))
    if values.chance(0.45):
        parts.insert(values.whole(0, len(parts)), _matrix(values))
    for _ in range(values.whole(0, 2)):
        parts.insert(values.whole(0, len(parts)), _marks(values))
    if values.chance(0.3):
        text = " ".join(values.sample(values.tongue.all("prose", "filler"), values.whole(1, 3)))
        parts.insert(values.whole(0, len(parts)), Prose(text))
    head: list[Block] = [Heading(_word(values, "titles"))]
    if values.chance(0.6):
        head.insert(values.whole(0, 1), Letterhead("issuer", values.firm(), values.address()))
    lacking = ["iban", "birth_date", "warranty", "due_date"]
    return Content("office", [*head, *parts, *remarks(values)], lacking)


def _rows(values: Values, numbered: bool) -> list[list[Entry]]:
    """Rows of one to four entries, or of one with running text; each label once on a panel."""
    rows: list[list[Entry]] = []
    seen: set[str] = set()
    wide = values.whole(1, 4)
    for _ in range(values.whole(2, 7)):
        if values.chance(0.14):
            row = [_remark(values)]
        else:
            row = [_entry(values) for _ in range(wide if values.chance(0.6) else values.whole(1, 3))]
        kept = [entry for entry in row if entry.label not in seen]
        seen.update(entry.label for entry in kept)
        if kept:
            rows.append(kept)
    if not numbered:
        return rows
    sign = values.pick(("{}. ", "({}) ", "{}) "))
    places = iter(range(values.whole(1, 20), 200))
    return [[Entry(_NAME, sign.format(next(places)) + one.label, one.value) for one in row] for row in rows]


def _entry(values: Values) -> Entry:
    kind = values.pick(_KINDS)
    label = _word(values, kind)
    if values.chance(_QUALIFIED) and kind in {"date", "money", "measure", "count", "percent"}:
        label = f"{_word(values, 'qualifiers')} {label[:1].lower()}{label[1:]}"
    if values.chance(_HINTED):
        label = f"{label} {_word(values, 'hints')}"
    return Entry(_NAME, label, "" if values.chance(_EMPTY) else _value(values, kind))


def _value(values: Values, kind: str) -> str:
    initial = f"{values.word('first')[0]}. "
    drawn: dict[str, Callable[[], str]] = {
        "person": lambda: initial + values.last() if values.chance(0.4) else values.person(),
        "date": lambda: _date(values),
        "code": values.reference,
        "money": lambda: values.money(values.amount(5, 90_000)),
        "count": lambda: str(values.whole(1, 400)),
        "percent": lambda: f"{values.whole(1, 99)}{values.pick(('%', ' %', '.5%'))}",
        "measure": lambda: _measured(values),
        "phone": values.phone,
        "place": lambda: values.town() if values.chance(0.7) else values.town_line(),
        "firm": values.firm,
        "address": lambda: ("\n" if values.chance(0.5) else ", ").join(values.address()),
    }
    return drawn[kind]() if kind in drawn else _said(values)


_UNITS = ("mm", "cm", "kg", "g", "mg", "%", "ml", "", "")


def _measured(values: Values) -> str:
    return f"{values.number(values.amount(1, 400), values.whole(0, 2))} {values.pick(_UNITS)}".strip()


def _date(values: Values) -> str:
    day = values.day(-400, 60)
    short = (f"{day.month}/{day.day}/{day:%y}", f"{day:%d.%m.%y}", f"{day:%m-%d-%y}")
    return values.pick(short) if values.chance(0.4) else values.date(day)


def _said(values: Values) -> str:
    if values.chance(0.5):
        return _word(values, "answers")
    return values.word(values.pick(("topics", "jobs", "parts"))) if values.chance(0.6) else values.things("goods", 1)[0]


def _remark(values: Values) -> Entry:
    label = _word(values, "remark")
    if values.chance(0.15):
        return Entry(_NAME, label, "")
    if values.chance(0.3):
        return Entry(_NAME, label, _word(values, "answers"))
    patterns = values.sample(values.tongue.all("prose", "said"), values.whole(1, 3))
    told = [values.filled_out(pattern.split(" # ")[0]) for pattern in patterns]
    return Entry(_NAME, label, " ".join(told))


def _matrix(values: Values) -> Matrix:
    columns = values.sample(values.tongue.all("office", "columns"), values.whole(2, 5))
    rows = values.sample(values.tongue.all("office", "rows"), values.whole(2, 7))
    decimals = values.whole(0, 3)
    percent = values.chance(0.2)

    def cell() -> str:
        if values.chance(0.08):
            return ""
        figure = values.number(values.amount(1, 100 if percent else 2000), decimals)
        return f"{figure}%" if percent else figure

    return Matrix(columns, rows, [[cell() for _ in columns] for _ in rows])


def _marks(values: Values) -> Marks:
    label, _, options = _word(values, "marks").rpartition(": ")
    return Marks(label, options.split(", "), values.whole(0, 1))


def _word(values: Values, key: str) -> str:
    return values.tongue.pick("office", key, values.rng)
