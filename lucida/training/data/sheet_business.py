"""Business paper, each sheet drawn anew by the painters of ``generate``: what is written on it is nonsense."""

from __future__ import annotations

from typing import Any

from lucida.generate.articles import Article, draw_article
from lucida.generate.blocks import Block, Figure, Grid, Heading, Items
from lucida.generate.contracts import Contract, draw_contract
from lucida.generate.datasheets import Datasheet, draw_datasheet
from lucida.generate.forms import Box, Choice, Form, Section, draw_form
from lucida.generate.invoices import GERMAN, Invoice, Item, Labels, draw_invoice
from lucida.generate.letters import Letter, draw_letter
from lucida.generate.receipts import Receipt, draw_receipt
from lucida.generate.reports import Report, draw_report
from lucida.generate.scenes import draw_scene, scene_names
from lucida.generate.sheet import SANS, SERIF
from lucida.training.data.sheet_charts import draw_any_chart
from lucida.training.data.sheet_words import Words


def invoice(document: Any, words: Words) -> None:
    """An invoice."""
    items = [Item(words.title(2), int(words.rng.integers(1, 20)), words.amount()) for _ in words.several(2, 9)]
    draw_invoice(document, Invoice(
        seller=words.firm(), seller_lines=words.address(), buyer_lines=[words.firm(), *words.address()],
        facts=[("Number", words.code()), ("Date", words.date()), ("Due", words.date())], items=items,
        tax_percent=words.pick(("7", "19", "20", "25")), currency=words.pick(("£", "$", "EUR ")),
        payment=[("Bank", words.firm()), ("Account", words.code())], note=words.paragraph(2),
        tagline=words.title(3), accent=words.accent(), labels=GERMAN if words.rng.random() < 0.25 else Labels(),
    ))  # fmt: skip


def letter(document: Any, words: Words) -> None:
    """A letter."""
    draw_letter(document, Letter(
        sender=words.firm(), sender_lines=words.address(), recipient_lines=[words.person(), *words.address()],
        place_and_date=words.date(), subject=words.title(4), salutation=f"Dear {words.person()},",
        paragraphs=[words.paragraph(3) for _ in words.several(2, 5)], closing="Yours sincerely,",
        signatory=words.person(), role=words.title(2), accent=words.accent(),
        family=SERIF if words.rng.random() < 0.6 else SANS, seed=int(words.rng.integers(1000)),
    ))  # fmt: skip


def form(document: Any, words: Words) -> None:
    """A form, filled in."""

    def rows() -> list[list[Box] | Choice]:
        made: list[list[Box] | Choice] = []
        for _ in words.several(2, 4):
            if words.rng.random() < 0.3:
                options = [words.noun() for _ in range(3)]
                made.append(Choice(words.title(4) + "?", options, options[:1]))
            else:
                count = int(words.rng.integers(1, 4))
                made.append([Box(words.title(2), words.title(1), 1 / count) for _ in range(count)])
        return made

    draw_form(document, Form(
        issuer=words.firm(), title=words.title(3), code=words.code(), instructions=words.paragraph(2),
        sections=[Section(words.title(2), rows()) for _ in words.several(2, 4)], declaration=words.paragraph(2),
        signed=(words.person(), words.date()), office=[(words.title(1), words.code())],
        pen="hand" if words.rng.random() < 0.6 else "typewriter", accent=words.accent(),
        seed=int(words.rng.integers(1000)),
    ))  # fmt: skip


def receipt(document: Any, words: Words) -> None:
    """A receipt."""
    draw_receipt(document, Receipt(
        words.firm().upper(), words.address(), [("Date", words.date()), ("Till", words.code())],
        [(words.title(1), int(words.rng.integers(1, 4)), words.amount(40)) for _ in words.several(3, 14)],
        ("VAT 20%", words.amount(20)), [("Card", words.amount(99))], ["Thank you!", words.title(2)],
        seed=int(words.rng.integers(1000)),
    ))  # fmt: skip


def article(document: Any, words: Words) -> None:
    """A scientific article in two columns."""
    draw_article(document, Article(
        words.title(6), ", ".join(words.person() for _ in range(3)), words.firm(), words.paragraph(5),
        ", ".join(words.noun() for _ in range(4)), _blocks(words, 4), [words.sentence() for _ in range(8)],
        f"Journal of {words.title(2)}",
    ))  # fmt: skip


def report(document: Any, words: Words) -> None:
    """A report; its cover is a page of its own kind and left out here."""
    draw_report(document, Report(
        words.firm(), words.title(3), words.title(4), words.date(), words.paragraph(2),
        [(words.amount(), words.title(1)) for _ in range(3)], _blocks(words, 5), photo(words), words.accent(),
    ))  # fmt: skip
    document.delete_page(0)


def cover(document: Any, words: Words) -> None:
    """The cover of a report, with a picture."""
    draw_report(document, Report(
        words.firm(), words.title(3), words.title(4), words.date(), words.paragraph(2),
        [(words.amount(), words.title(1)) for _ in range(3)], [words.sentence()], photo(words), words.accent(),
    ))  # fmt: skip
    document.delete_pages(range(1, len(document)))


def datasheet(document: Any, words: Words) -> None:
    """A datasheet."""
    draw_datasheet(document, Datasheet(
        words.firm(), words.code(), words.title(4), words.date(), _blocks(words, 4, grids=True),
        [words.paragraph(3) for _ in range(3)], words.accent(),
    ))  # fmt: skip


def contract(document: Any, words: Words) -> None:
    """A contract."""
    draw_contract(document, Contract(
        words.title(2).upper(), words.paragraph(2),
        [(words.noun(), words.firm(), ", ".join(words.address())) for _ in range(2)],
        [(words.title(2), [words.paragraph(3) for _ in words.several(1, 3)]) for _ in words.several(4, 7)],
        [(words.date(), words.noun()) for _ in range(2)],
    ))  # fmt: skip


def photo(words: Words) -> Any:
    """A small picture of anything."""
    return draw_scene(words.pick(scene_names()), 96, 72, seed=int(words.rng.integers(1000)))


def _blocks(words: Words, sections: int, *, grids: bool = False) -> list[Block]:
    """Headings with text, lists, tables and charts below them."""
    blocks: list[Block] = []
    for _ in range(sections):
        blocks += [Heading(words.title(3)), words.paragraph(4), words.paragraph(5)]
        kind = words.rng.random()
        if kind < (0.7 if grids else 0.25):
            rows = [[words.title(1), words.amount(), words.amount()] for _ in words.several(3, 7)]
            blocks.append(
                Grid({words.title(1): 2, f"{words.noun()} A": 1, f"{words.noun()} B": 1}, rows, words.sentence())
            )
        elif kind < 0.8:
            blocks.append(Figure(150, lambda sheet, box: draw_any_chart(sheet, box, words), words.sentence()))
        else:
            blocks.append(Items([words.sentence() for _ in range(3)]))
    return blocks
