"""Invoices, receipts and letters."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lucida.generate.documents.asking import cell_question
from lucida.generate.documents.content import Address, Block, Content, Entry, Fields, Goods, Heading, Prose, Signature
from lucida.generate.documents.kinds.writing import entries, letterhead, prose, remarks, title
from lucida.generate.documents.values import CENT, Values
from lucida.generate.sheet import Paper

#: Columns that invoices may have beside description and amount, in order.
_COLUMNS = ("position", "article", "description", "quantity", "unit_price", "amount")
#: A till cuts its strip where the text ends.
_ENDLESS = 4000.0


def invoice(values: Values) -> Content:
    """An invoice: parties, facts, goods, sums, payment."""
    facts, lacking = entries(values, {
        "invoice_number": values.code(), "invoice_date": values.date(values.today),
        "due_date": values.date(values.day(10, 40)), "customer_number": values.filled("######"),
        "order_number": values.reference(), "contact": values.person(), "tax_number": _vat(values),
    }, least=3)  # fmt: skip
    goods, net, silent = _goods(values, values.whole(2, 9))
    buyer = Address(
        Entry("bill_to", values.label("bill_to") if values.chance(0.6) else "", _party(values)), values.address()
    )
    payment, unpaid = entries(values, {
        "iban": values.iban(), "bic": values.bic(), "bank": f"{values.town()} Bank", "account_holder": values.firm(),
    }, least=1)  # fmt: skip
    sums = _sums(values, net, Decimal(values.tongue.pick("style", "tax", values.rng).replace(",", ".")))
    top: list[Block] = [buyer, Fields(facts)]
    if values.chance(0.25):
        ship = Address(Entry("ship_to", values.label("ship_to"), _party(values)), values.address())
        top.append(ship)
    else:
        lacking.append("ship_to")
    heading = title(values, "invoice")
    head: list[Block] = [letterhead(values)]
    body = [heading, *top] if values.chance(0.5) else [*top, heading]
    foot: list[Block] = [
        Fields(payment, values.tongue.pick("titles", "payment", values.rng) if values.chance(0.6) else "")
    ]
    foot += [Prose(text) for text in values.sample(values.tongue.all("prose", "filler"), values.whole(0, 2))]
    blocks = [*head, *body, goods, Fields(sums, sums=True), *foot, *remarks(values)]
    return Content("invoice", blocks, [*lacking, *unpaid, *silent, "cashier"])


def receipt(values: Values) -> Content:
    """A till's strip."""
    names = values.things("food", values.whole(3, 12))
    prices = [values.amount(0.5, 40) for _ in names]
    total = sum(prices, Decimal(0))
    given = (total / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10 + 10
    facts, lacking = entries(values, {
        "date": values.date(values.today), "time": values.time(), "receipt_number": values.code(),
        "till": values.filled("#"), "cashier": values.word("first"),
    })  # fmt: skip
    sums = [Entry("total", values.label("total"), values.money(total))]
    if values.chance(0.5):
        sums += [
            Entry("paid", values.label("paid"), values.money(given)),
            Entry("change", values.label("change"), values.money(given - total)),
        ]
    else:
        lacking += ["change", "paid"]
    headings = ("", "") if values.chance(0.7) else tuple(_heading(values, key) for key in ("description", "price"))
    rows = [(name, values.number(price)) for name, price in zip(names, prices, strict=True)]
    goods = Goods(("description", "bought"), headings, rows, 0, (1,))
    head = letterhead(values, "shop")
    others = [name for name in values.things("food", 4) if name not in names]
    silent = [cell_question(values.tongue, "bought", name, values.rng) for name in others]
    blocks: list[Block] = [head, Fields(facts), goods, Fields(sums, sums=True)]
    if values.chance(0.4):
        blocks = [head, goods, Fields(sums, sums=True), Fields(facts)]
    blocks += [title(values, "receipt"), *remarks(values)]
    strip = Paper(float(values.whole(190, 240)), _ENDLESS)
    return Content("receipt", blocks, [*lacking, *silent, "iban"], strip, narrow=True)


def letter(values: Values) -> Content:
    """A business letter with facts in its text."""
    facts, lacking = entries(values, {
        "date": values.date(values.today), "our_reference": values.code(), "your_reference": values.reference(),
        "contact": values.person(), "phone": values.phone(),
    }, least=1)  # fmt: skip
    texts, silent = prose(values, values.whole(2, 4))
    person = values.person()
    subject = values.word("topics")
    greeting = values.tongue.pick("prose", "greeting", values.rng).format(person=person)
    about: Block = Fields([Entry("subject", values.label("subject"), subject)])
    if values.chance(0.5):
        about = Heading(subject, 2)
    blocks: list[Block] = [
        letterhead(values, "sender"),
        Address(Entry("recipient", "", person), values.address()),
        Fields(facts),
        about,
        Prose(greeting),
        *texts,
        Prose(values.tongue.pick("prose", "closing", values.rng)),
        Signature("", values.person(), values.word("roles")),
        *remarks(values),
    ]
    return Content("letter", blocks, [*lacking, *silent, "total", "due_date"])


def _party(values: Values) -> str:
    return values.firm() if values.chance(0.5) else values.person()


def _vat(values: Values) -> str:
    return values.filled(values.tongue.all("style", "vat_id")[0])


def _heading(values: Values, key: str) -> str:
    return values.tongue.pick("columns", key, values.rng)


def _goods(values: Values, count: int) -> tuple[Goods, Decimal, list[str]]:
    """Goods with their sum, and questions on goods that are not among them."""
    names = values.things("goods", count)
    chosen = [key for key in _COLUMNS if key in {"description", "amount"} or values.chance(0.65)]
    total, rows = Decimal(0), []
    for number, name in enumerate(names, start=1):
        quantity, price = values.whole(1, 24), values.amount()
        total += quantity * price
        cells = {
            "position": str(number), "article": values.filled("##-###"), "description": name,
            "quantity": str(quantity), "unit_price": values.money(price), "amount": values.money(quantity * price),
        }  # fmt: skip
        rows.append([cells[key] for key in chosen])
    asked = [chosen.index(key) for key in chosen if key not in {"position", "description"}]
    headings = [_heading(values, key) for key in chosen]
    others = [name for name in values.things("goods", 6) if name not in names]
    silent = [cell_question(values.tongue, "unit_price", name, values.rng) for name in others]
    return Goods(chosen, headings, rows, chosen.index("description"), asked), total, silent


def _sums(values: Values, net: Decimal, percent: Decimal) -> list[Entry]:
    tax = (net * percent / 100).quantize(CENT, ROUND_HALF_UP)
    written = values.number(percent, 0 if percent == percent.to_integral() else 1)
    found = [
        Entry("subtotal", values.label("subtotal"), values.money(net)),
        Entry("tax", f"{values.label('tax')} {written} %", values.money(tax)),
        Entry("total", values.label("total"), values.money(net + tax)),
    ]
    return found if values.chance(0.8) else found[-1:]
