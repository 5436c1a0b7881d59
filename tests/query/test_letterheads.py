"""Names and addresses at the top of papers, found by how they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lucida.query.layout import lay_out
from lucida.query.letterheads import letterheads, sender_address

PageOf = Callable[..., Any]

ITEMS = [[(0.1, "Tea"), (0.8, "3.40")], [(0.1, "Total"), (0.8, "3.40")]] * 5


def read(page_of: PageOf, *lines: str) -> tuple[str | None, str | None]:
    layout = lay_out(page_of([*([(0.1, line)] for line in lines), *ITEMS]))
    name = next(letterheads(layout), None)
    address = sender_address(layout, name)
    return (name.text if name else None), (address.text if address else None)


@pytest.mark.parametrize(
    ("lines", "name", "address"),
    [
        (
            ("Pelham Fruit Ltd", "No. 12, Jetty Lane,", "Harwick 40300, Norland", "Tel: 03-5542 3228"),
            "Pelham Fruit Ltd", "No. 12, Jetty Lane, Harwick 40300, Norland",
        ),
        (
            ("THE CORNER", "& SONS GMBH (4711-X)", "Company no.: 889", "Hafenstraße 4", "24103 Kiel"),
            "THE CORNER & SONS GMBH", "Hafenstraße 4 24103 Kiel",
        ),
        (("Trowel Hardware", "Enterprise Sdn Bhd 8812-K", "HQ ADD: Lot 7, Jalan Damai", "81100 Masai", "Johor"),
         "Trowel Hardware Enterprise Sdn Bhd", "Lot 7, Jalan Damai 81100 Masai Johor"),
        (("Kingscott & Goldstead", "146 Thornwick Street", "AM4 40W Kingsstead", "+44 1434 157411"),
         "Kingscott & Goldstead", "146 Thornwick Street AM4 40W Kingsstead"),
        (("99 Speed Mart S/B", "Jalan Angsa, Taman Berkeley", "41150 Klang", "GST ID 0001"),
         "99 Speed Mart S/B", "Jalan Angsa, Taman Berkeley 41150 Klang"),
    ],
)  # fmt: skip
def test_firms_and_where_they_are(page_of: PageOf, lines: tuple[str, ...], name: str, address: str) -> None:
    assert read(page_of, *lines) == (name, address)


def test_what_else_stands_at_the_top_is_neither(page_of: PageOf) -> None:
    lines = ("TAX INVOICE", "www.trowel.example", "Date: 14/03/2024", "Invoice no: 4711", "Table 12")
    name, address = read(page_of, *lines)
    assert name not in lines
    assert address is None


def test_an_address_over_the_name_is_found_too(page_of: PageOf) -> None:
    name, address = read(page_of, "7 Quay Road", "Harwick 4030", "", "Pelham Fruit Ltd", "Receipt")
    assert name == "Pelham Fruit Ltd"
    assert address == "7 Quay Road Harwick 4030"
