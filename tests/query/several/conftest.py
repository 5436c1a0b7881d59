"""A library of true PDFs, drawn here: invoices of several sellers, receipts, letters, two versions of a lease."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lucida.config import ReadOptions
from lucida.generate.contracts import Contract, draw_contract
from lucida.generate.files import new_document, save_document
from lucida.generate.invoices import Invoice, Item, draw_invoice
from lucida.generate.letters import Letter, draw_letter
from lucida.generate.receipts import Receipt, draw_receipt
from lucida.index import FileState, Index, Reading
from lucida.ingest.read import read_source
from lucida.query.aids import Aids
from lucida.query.ask import ask
from lucida.query.request import EVERYTHING
from lucida.types import Answer


@dataclass(frozen=True)
class Bill:
    """An invoice as a test wants it; the price has no tax on it."""

    seller: str
    number: str
    day: str
    price: str
    note: str = ""


BILLS = {
    "a.pdf": Bill("Hansen Electric", "HA-11", "3 February 2025", "95.50"),
    "b.pdf": Bill("Hansen Electric", "HA-12", "4 March 2025", "130.00", note="PAID"),
    "c.pdf": Bill("Brandt & Sons", "BR-7", "9 March 2024", "1200.00"),
    "d.pdf": Bill("Okafor Printing", "OK-2", "30 May 2025", "18.25"),
}
CLAUSES = [
    ("The flat", "The Landlord lets to the Tenant the flat at 77 Beacon Road, second floor, with kitchen and bath."),
    ("Rent", "The monthly rent is {rent}, payable in advance on the first day of each month by standing order."),
    ("Term", "The lease runs for {term} from 1 March 2025 and ends without notice."),
    ("Deposit", "The Tenant pays a deposit of £2,570, which is kept in a protected account."),
]


def draw_bill(document: Any, bill: Bill) -> None:
    draw_invoice(
        document,
        Invoice(
            seller=bill.seller,
            seller_lines=["1 Main Street"],
            buyer_lines=["Quayside Books"],
            facts=[("Invoice number", bill.number), ("Invoice date", bill.day)],
            items=[Item("Work and material", 1, bill.price)],
            tax_percent="0",
            currency="£",
            payment=[("Bank", "Callan Mutual")],
            note=bill.note,
        ),
    )


def draw_till(document: Any, shop: str, price: str) -> None:
    facts = [("Date", "5 May 2025")]
    items = [("Thing", 1, price)]
    paid = [("CARD", price)]
    draw_receipt(document, Receipt(shop, ["Street 1"], facts, items, ("VAT", "0.00"), paid, ["Thank you"], "£"))


def draw_post(document: Any, sender: str, day: str, subject: str) -> None:
    lines = ["Quayside Books", "22 Lantern Street"]
    body = ["We write to you about the matter above.", "Please let us know whether this suits you."]
    letter = Letter(
        "Harbour Office", ["Street 4"], lines, f"Eastmere, {day}", subject, "Dear Ms Adeyemi,", body,
        "Yours sincerely,", sender, "Director",
    )  # fmt: skip
    draw_letter(document, letter)


def draw_lease(document: Any, rent: str, term: str, pets: str = "") -> None:
    clauses = [(title, [text.format(rent=rent, term=term)]) for title, text in CLAUSES]
    clauses += [("Pets", [pets])] if pets else []
    parties = [("the Landlord", "Cornelius Abernathy", "5 Orchard Lane"), ("the Tenant", "Mira Sandoval", "2 Mill Row")]
    title = "RESIDENTIAL LEASE AGREEMENT"
    draw_contract(document, Contract(title, "Made between", parties, clauses, [("Port Callan", "Landlord")]))


def write(path: Path, *pages: Callable[[Any], Any]) -> None:
    document = new_document()
    for draw in pages:
        draw(document)
    save_document(document, path)


def opened(folder: Path) -> Index:
    """An index of a folder's files, full text alone."""
    index = Index.open(folder / ".library", create=True, write=True)
    readings = []
    for number, path in enumerate(sorted(folder.glob("*.pdf"))):
        document = read_source(path, ReadOptions(), None, lambda *_: None)
        readings.append(Reading(FileState(str(path), 1, 1, f"{number:064x}"), document, None))
    index.publish(readings)
    return index


@pytest.fixture(scope="package")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("papers")
    for name, bill in BILLS.items():
        write(folder / name, lambda document, bill=bill: draw_bill(document, bill))
    write(folder / "till-1.pdf", lambda document: draw_till(document, "CAFE LINDEN", "29.86"))
    write(folder / "till-2.pdf", lambda document: draw_till(document, "TOOL SHOP", "37.90"))
    write(folder / "post-1.pdf", lambda document: draw_post(document, "Ana Ruiz", "9 January 2024", "Our visit"))
    write(folder / "post-2.pdf", lambda document: draw_post(document, "Piet Visser", "2 June 2025", "The sextant"))
    write(folder / "lease-v1.pdf", lambda document: draw_lease(document, "£1,285", "twelve months"))
    write(folder / "lease-v2.pdf", lambda document: draw_lease(document, "£1,340", "two years", "No pets are kept."))
    with opened(folder) as index:
        yield index


@pytest.fixture
def put(papers: Index) -> Callable[..., Answer]:
    """Puts a question to the papers."""
    return lambda question, where=EVERYTHING, aids=Aids(): ask(papers, None, question, where, aids=aids)  # noqa: B008
