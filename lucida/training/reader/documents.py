"""Drawn business papers as their text reads: invoices, letters, reports, data sheets, and questions on their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.generate.invoices import Invoice, Item
from lucida.generate.letters import Letter
from lucida.training.data.sheet_words import Words
from lucida.training.reader.examples import Example
from lucida.training.reader.names import Names

if TYPE_CHECKING:
    import numpy as np

_IN_VAIN = 0.35


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value and what people ask to have it; ``label`` may be empty where the value stands alone."""

    label: str
    value: str
    questions: tuple[str, ...]


#: A line of text, or a field.
Line = str | Field


class Documents:
    """A ``Source`` of questions on the fields of drawn papers."""

    def draw(self, rng: np.random.Generator) -> Example:
        """See ``Source``."""
        names, words = Names(rng), Words(rng)
        painter = _PAINTERS[int(rng.integers(len(_PAINTERS)))]
        lines = painter(names, words)
        dropped = None
        fields = [line for line in lines if isinstance(line, Field)]
        if rng.random() < _IN_VAIN:
            dropped = fields[int(rng.integers(len(fields)))]
            asked = {question for field in fields if field is not dropped for question in field.questions}
            lines = [line for line in lines if line is not dropped]
            if asked & set(dropped.questions):
                dropped = None
        text, places = _printed(lines, rng)
        if dropped is not None:
            return Example(names.pick(dropped.questions), text)
        field, place = places[int(rng.integers(len(places)))]
        return Example(names.pick(field.questions), text, (place,))


def _printed(lines: list[Line], rng: np.random.Generator) -> tuple[str, list[tuple[Field, tuple[int, int]]]]:
    """The text of a page in reading order, and where the values stand."""
    between, end = ((": ", "\n"), (" ", "\n"), ("\n", "\n"), (" ", " "))[int(rng.integers(4))]
    parts: list[str] = []
    places: list[tuple[Field, tuple[int, int]]] = []
    length = 0
    for line in lines:
        lead = f"{line.label}{between}" if isinstance(line, Field) and line.label else ""
        value = line.value if isinstance(line, Field) else line
        if isinstance(line, Field):
            places.append((line, (length + len(lead), length + len(lead) + len(value))))
        parts.append(lead + value + end)
        length += len(parts[-1])
    return "".join(parts).rstrip(), places


def _field(names: Names, labels: str, value: str, questions: str) -> Field:
    return Field(names.pick(labels.split("|")), value, tuple(questions.split("|")))


def _invoice(names: Names, words: Words) -> list[Line]:
    items = [Item(words.title(2), int(words.rng.integers(1, 20)), words.amount()) for _ in words.several(1, 5)]
    paper = Invoice(
        seller=words.firm(), seller_lines=words.address(), buyer_lines=[words.firm(), *words.address()],
        facts=[], items=items, tax_percent=words.pick(("7", "19", "20")), currency=words.pick(("£", "$", "EUR ", "€")),
        payment=[],
    )  # fmt: skip
    of = f" of {paper.seller}" if words.rng.random() < 0.3 else ""
    rows: list[Line] = [
        line
        for item in items
        for line in (
            Field(item.description, str(item.quantity), (f"How many {item.description.lower()} were ordered?",
                  f"What quantity of {item.description.lower()} was billed?")),
            Field("", paper.money(item.amount), (f"How much was charged for {item.description.lower()}?",
                  f"What does the invoice ask for {item.description.lower()}?")),
        )
    ]  # fmt: skip
    return [
        _field(names, "|From|Seller", paper.seller, "Who sent the invoice?|Who is the seller?|Which firm billed this?"),
        *paper.seller_lines,
        paper.labels.title,
        _field(names, "Invoice number|Invoice No.|Number|Invoice", words.code(),
               f"What is the invoice number{of}?|What number does the invoice{of} have?|Which invoice is this?"),
        _field(names, "Date|Invoice date|Issued", words.date(),
               f"When was the invoice{of} issued?|What is the date of the invoice{of}?"),
        _field(names, "Due|Due date|Payable by", words.date(),
               f"When is the invoice{of} due?|By when must the invoice be paid?|What is the due date?"),
        _field(names, "Bill to|Customer|To", paper.buyer_lines[0], "Who is billed?|Who is the customer?|Who must pay?"),
        *paper.buyer_lines[1:],
        *rows,
        _field(names, "Subtotal|Net", paper.money(paper.subtotal), "What is the subtotal?|What is the net amount?"),
        _field(names, "VAT|Tax", paper.money(paper.tax), "How much tax is charged?|How much is the VAT?"),
        _field(names, "Total due|Total|Amount due", paper.money(paper.subtotal + paper.tax),
               f"What is the total of the invoice{of}?|How much has to be paid?|What is the total amount due?"),
    ]  # fmt: skip


def _letter(names: Names, words: Words) -> list[Line]:
    paper = Letter(
        sender=words.firm(), sender_lines=words.address(), recipient_lines=[names.draw("person"), *words.address()],
        place_and_date=words.date(), subject=words.title(4), salutation="Dear Sir or Madam,",
        paragraphs=[words.paragraph(2) for _ in words.several(1, 3)], closing="Yours sincerely,",
        signatory=names.draw("person"), role=words.title(2),
    )  # fmt: skip
    return [
        _field(names, "|From", paper.sender, "Who sent the letter?|Which company wrote the letter?"),
        *paper.sender_lines,
        _field(names, "|To", paper.recipient_lines[0], "To whom is the letter addressed?|Who is the recipient?"),
        *paper.recipient_lines[1:],
        _field(names, "|Date", paper.place_and_date, "When was the letter written?|What is the date of the letter?"),
        _field(names, "Subject|Re|", paper.subject, "What is the letter about?|What is the subject of the letter?"),
        paper.salutation,
        *paper.paragraphs,
        paper.closing,
        _field(names, "", paper.signatory, "Who signed the letter?|Who wrote the letter?|Whose signature is it?"),
        _field(names, "", paper.role, f"What is the position of {paper.signatory}?|What is the role of the writer?"),
    ]


def _report(names: Names, words: Words) -> list[Line]:
    """A table of things by year, under a title."""
    years = [str(int(words.rng.integers(2005, 2026)))]
    years.append(str(int(years[0]) + 1))
    things = [words.title(2) for _ in words.several(2, 5)]
    lines: list[Line] = [
        _field(names, "|Issued by", words.firm(), "Who issued the report?|Which organisation published the report?"),
        _field(names, "|Title", words.title(4), "What is the title of the report?|What is the report called?"),
        _field(
            names, "Date|Published|", words.date(), "When was the report published?|What is the date of the report?"
        ),
        words.paragraph(2),
        f"{words.title(1)} {' '.join(years)}",
    ]
    for thing in things:
        for number, year in enumerate(years):
            questions = (f"What was the {thing.lower()} in {year}?", f"How high was the {thing.lower()} in {year}?")
            lines.append(Field("" if number else thing, words.amount(), questions))
    return [*lines, words.sentence()]


def _datasheet(names: Names, words: Words) -> list[Line]:
    part = words.code()
    about = (
        (
            "Supply voltage|Input voltage",
            "voltage",
            f"What is the supply voltage of the {part}?|What voltage does it need?",
        ),
        ("Operating temperature|Maximum temperature", "temperature", f"Up to what temperature does the {part} work?"),
        ("Length|Width|Height", "length", ""),
        ("Warranty|Service life", "length_of_time", f"How long is the {part} covered?|How long does it last?"),
        ("Price|List price", "money", f"How much does the {part} cost?|What is the price?"),
        ("Manufactured in|Origin", "place", f"Where is the {part} made?|Where does it come from?"),
    )
    lines: list[Line] = [
        _field(names, "Part number|Model|Type", part, "What is the part number?|Which model is described?"),
        _field(names, "Manufacturer|Made by", words.firm(), f"Who makes the {part}?|Who is the manufacturer?"),
        _field(
            names, "Revision|Revised", words.date(), "When was the data sheet revised?|What is the date of revision?"
        ),
    ]
    for place in words.rng.permutation(len(about))[: int(words.rng.integers(2, 6))]:
        labels, kind, questions = about[place]
        label = names.pick(labels.split("|"))
        lines.append(Field(label, names.draw(kind), tuple((questions or f"What is the {label.lower()}?").split("|"))))
    return [words.title(4), *lines, words.paragraph(2)]


_PAINTERS: tuple[Callable[[Names, Words], list[Line]], ...] = (_invoice, _letter, _report, _datasheet)
