"""Forms as somebody filled them in."""

from __future__ import annotations

from lucida.generate.documents.content import Block, Content, Entry, Fields, Letterhead, Prose, Signature, Ticks
from lucida.generate.documents.kinds.writing import entries, remarks, title
from lucida.generate.documents.values import Values


def form(values: Values) -> Content:
    """A form: who applies, for what, ticks, a signature."""
    last, first = values.last(), values.word("first")
    person, lacking = entries(values, {
        "surname": last, "first_name": first, "birth_date": values.date(values.day(-26000, -7000)),
        "birth_place": values.town(), "nationality": values.word("countries"), "street": values.street(),
        "postcode": values.postcode(), "town": values.town(), "phone": values.phone(),
        "email": values.email(f"{first} {last}"), "occupation": values.word("jobs"),
    }, least=5)  # fmt: skip
    matter, without = entries(values, {
        "insurance_number": values.reference(), "employer": values.firm(),
        "start_date": values.date(values.day(1, 200)),
        "vehicle": values.filled("@@ ## @@"), "amount_requested": values.money(values.amount(50, 9000)),
        "iban": values.iban(),
    }, least=2)  # fmt: skip
    numbered = values.chance(0.6)
    titles = [values.tongue.pick("titles", key, values.rng) for key in ("personal", "request")]
    if numbered:
        titles = [f"{place}. {text}" for place, text in enumerate(titles, start=1)]
    parts: list[Block] = [Fields(person, titles[0]), Fields(matter, titles[1])]
    for written in values.sample(values.tongue.all("lists", "choices"), values.whole(0, 3)):
        label, _, options = written.partition(": ")
        names = options.split(", ")
        parts.append(Ticks(label, names, values.whole(0, len(names) - 1)))
    head: list[Block] = [Letterhead("issuer", values.firm(), values.address()), title(values, "form")]
    if values.chance(0.6):
        head.append(Fields([Entry("form_number", values.label("form_number"), values.code())]))
    else:
        without.append("form_number")
    head += [Prose(text) for text in values.sample(values.tongue.all("prose", "filler"), values.whole(0, 1))]
    place_date = Fields(
        [Entry("signed_at", values.label("signed_at"), f"{values.town()}, {values.date(values.today)}")]
    )
    foot: list[Block] = [place_date] if values.chance(0.7) else []
    foot.append(Signature(values.label("signature")))
    return Content("form", [*head, *parts, *foot, *remarks(values)], [*lacking, *without, "due_date", "total"])
