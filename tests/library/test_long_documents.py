"""A document of three hundred pages, drawn, read and asked."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from lucida.library import Library


@pytest.mark.slow
def test_three_hundred_pages(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(1, 301):
        page = document.new_page(width=420, height=300)
        page.insert_text((40, 60), f"Ward {number}: the ledger of the harbour", fontsize=14)
        page.insert_text((40, 100), f"Berth fee of ward {number}: {1000 + number}.50 EUR", fontsize=11)
    document.save(tmp_path / "ledger.pdf")
    with Library.open(tmp_path / "library") as library:
        library.ingest(tmp_path / "ledger.pdf")
        answer = library.ask("What is the berth fee of ward 217?")
        assert answer.text == "1217.50 EUR"
        assert answer.citations[0].page == 217
        late = library.ask("What is the berth fee of ward 218?", timeout=0.0)
        assert late.abstained or late.text == "1218.50 EUR"
        counted = library.ask("How many documents mention the harbour?")
        assert counted.text == "1 document: ledger.pdf"
