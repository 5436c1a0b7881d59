"""Papers that are mostly figures: statements, lists, reports, datasheets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lucida.generate.documents.asking import cell_question
from lucida.generate.documents.content import Block, Content, Entry, Fields, Goods, Heading, Prose
from lucida.generate.documents.kinds.writing import entries, letterhead, prose, remarks, title
from lucida.generate.documents.values import CENT, Values


def statement(values: Values) -> Content:
    """A bank's statement: every line's balance follows from the one before."""
    balance = opening = values.amount(200, 6000)
    rows: list[list[str]] = []
    day = values.day(-45, -35)
    with_balance = values.chance(0.6)
    for text in values.things("moves", values.whole(4, 14)):
        change = values.amount(5, 1900) * (-1 if values.chance(0.7) else 1)
        balance += change
        day = min(values.today, values.day((day - values.today).days, min((day - values.today).days + 6, 0)))
        row = [values.date(day), text, _signed(values, change)]
        rows.append([*row, values.number(balance)] if with_balance else row)
    columns = ["booked", "text", "change", *(["balance"] if with_balance else [])]
    headings = [values.tongue.pick("columns", key, values.rng) for key in columns]
    first = values.date(values.day(-46, -46))
    facts, lacking = entries(values, {
        "account_holder": values.person(), "iban": values.iban(), "bic": values.bic(),
        "statement_number": values.filled("##"), "period": f"{first} - {values.date(values.today)}",
    }, least=3)  # fmt: skip
    ends = [
        Entry("opening_balance", values.label("opening_balance"), values.money(opening)),
        Entry("closing_balance", values.label("closing_balance"), values.money(balance)),
    ]
    goods = Goods(columns, headings, rows, 1, range(2, len(columns)))
    head: list[Block] = [letterhead(values, "bank_name"), title(values, "statement"), Fields(facts)]
    apart = values.chance(0.5)
    middle: list[Block] = [Fields(ends[:1], sums=True), goods, Fields(ends[1:], sums=True)]
    blocks = [*head, *(middle if apart else [goods, Fields(ends, sums=True)]), *remarks(values)]
    return Content("statement", blocks, [*lacking, "tax", "due_date", "phone"])


def table(values: Values) -> Content:
    """A list of goods with prices: many rows that are alike."""
    names = values.things("goods", values.whole(6, 22))
    optional = [key for key in ("article", "stock", "weight", "delivery") if values.chance(0.5)]
    before, after = [key for key in optional if key == "article"], [key for key in optional if key != "article"]
    columns = [*before, "description", "price", *after]
    rows = [[_cell(values, key, name) for key in columns] for name in names]
    headings = [values.tongue.pick("columns", key, values.rng) for key in columns]
    asked = [number for number, key in enumerate(columns) if key != "description"]
    others = [name for name in values.things("goods", 8) if name not in names]
    silent = [cell_question(values.tongue, "price", name, values.rng) for name in others]
    facts, lacking = entries(values, {"date": values.date(values.today), "version": values.filled("#.#")}, least=0)
    blocks: list[Block] = [title(values, "table")]
    if values.chance(0.7):
        blocks = [letterhead(values, "issuer"), *blocks]
    blocks += [Fields(facts)] if facts else []
    goods = Goods(columns, headings, rows, columns.index("description"), asked)
    return Content("table", [*blocks, goods, *remarks(values)], [*lacking, *silent, "total", "iban"])


def report(values: Values) -> Content:
    """A page of a report: facts, prose and figures by year."""
    facts, lacking = entries(values, {
        "author": values.person(), "date": values.date(values.today), "department": values.word("parts"),
        "version": values.filled("#.#"),
    }, least=1)  # fmt: skip
    texts, silent = prose(values, values.whole(2, 5))
    figures = _series(values)
    blocks: list[Block] = [title(values, "report"), Fields(facts)]
    if values.chance(0.5):
        blocks = [letterhead(values, "issuer"), *blocks]
    middle = len(texts) // 2
    parts: list[Block] = [Heading(f"1 {values.word('topics')}", 2), *texts[:middle], figures]
    parts += [Heading(f"2 {values.word('topics')}", 2), *texts[middle:]]
    return Content("report", [*blocks, *parts, *remarks(values)], [*lacking, *silent, "total", "iban"])


def datasheet(values: Values) -> Content:
    """A product's data: facts, and least, usual and greatest figures."""
    facts, lacking = entries(values, {
        "part_number": values.code(), "manufacturer": values.firm(), "revision": values.filled("@"),
        "warranty": values.word("terms"), "origin": values.word("lands"), "weight": f"{values.whole(12, 900)} g",
    }, least=3)  # fmt: skip
    names, units = values.tongue.all("lists", "parameters"), values.tongue.all("lists", "units")
    kept = values.sample(names, values.whole(4, len(names)))
    rows = []
    for name in kept:
        low = values.whole(-20, 40)
        middle = low + values.whole(1, 40)
        rows.append([name, str(low), str(middle), str(middle + values.whole(1, 60)), units[names.index(name)]])
    columns = ["parameter", "minimum", "typical", "maximum", "unit"]
    headings = [values.tongue.pick("columns", key, values.rng) for key in columns]
    silent = [cell_question(values.tongue, "maximum", name, values.rng) for name in names if name not in kept]
    blocks: list[Block] = [title(values, "datasheet"), Fields(facts), Goods(columns, headings, rows, 0, (1, 2, 3))]
    if values.chance(0.5):
        blocks = [letterhead(values, "issuer"), *blocks]
    notes: Sequence[str] = values.sample(values.tongue.all("prose", "filler"), values.whole(1, 4))
    blocks += [Prose(" ".join(notes))]
    return Content("datasheet", [*blocks, *remarks(values)], [*lacking, *silent, "due_date", "total"])


def _signed(values: Values, change: Decimal) -> str:
    return ("-" if change < 0 else "+") + values.number(abs(change))


def _cell(values: Values, key: str, name: str) -> str:
    if key == "description":
        return name
    if key == "price":
        return values.money(values.amount(0.2, 300))
    if key == "article":
        return values.filled("@@-####")
    if key == "stock":
        return str(values.whole(0, 990))
    if key == "weight":
        return values.number(values.amount(0.1, 20).quantize(CENT)) + " kg"
    return str(values.whole(1, 30))


def _series(values: Values) -> Goods:
    """Figures by year."""
    year, count = values.today.year, values.whole(2, 4)
    years = [str(year - back) for back in reversed(range(count))]
    names = values.sample(values.tongue.all("lists", "measures"), values.whole(3, 8))
    decimals = values.whole(0, 2)
    rows = [[name, *(values.number(values.amount(3, 9000), decimals) for _ in years)] for name in names]
    heading = values.tongue.pick("columns", "measure", values.rng)
    columns = ["measure", *(["series"] * count)]
    return Goods(columns, [heading, *years], rows, 0, range(1, count + 1), series=True)
