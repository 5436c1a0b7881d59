"""Documents to measure on: seeded, drawn on the spot, in the mix that office folders have."""

from __future__ import annotations

import random
from pathlib import Path

import pymupdf

_VOCABULARY = """
harbour ferry schedule budget meeting committee proposal revenue quarter northern region delivery contract
supplier temperature pressure valve assembly inspection warranty tenant landlord deposit insurance premium
claim patient treatment sample analysis measurement result method model training evaluation dataset retrieval
language network server storage backup security policy access review approval deadline milestone risk
mitigation forecast demand price margin customer order invoice payment account balance interest currency
exchange report summary annual board river bridge traffic station platform journey mountain valley forest
garden kitchen window morning evening winter
"""
WORDS = _VOCABULARY.split()


def sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(9, 22))
    return " ".join(words).capitalize() + rng.choice([".", ".", ".", f" in {rng.randint(1990, 2025)}."])


def paragraph(rng: random.Random, sentences: int = 6) -> str:
    return " ".join(sentence(rng) for _ in range(sentences))


def born_digital(folder: Path, documents: int, pages: int, seed: int = 0) -> int:
    """PDFs of mostly plain pages: of ten pages, one has a ruled table and one a figure. Gives the page count."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        rng = random.Random(seed * 100_003 + number)
        document = pymupdf.open()
        for page_number in range(pages):
            page = document.new_page(width=595, height=842)
            y = _plain(page, rng, 72, 420 if page_number % 10 in (4, 7) else 770)
            if page_number % 10 == 4:
                _table(page, rng, y)
            elif page_number % 10 == 7:
                _figure(page, rng, y)
        document.save(folder / f"document-{number:04d}.pdf", garbage=3, deflate=True)
    return documents * pages


def _plain(page: pymupdf.Page, rng: random.Random, y: float, bottom: float) -> float:
    while y < bottom - 110:
        page.insert_text((72, y), sentence(rng)[:48].rstrip(".,"), fontname="hebo", fontsize=13)
        text = paragraph(rng)
        left = page.insert_textbox((72, y + 8, 523, bottom), text, fontname="tiro", fontsize=10.5, lineheight=1.3)
        y = bottom - max(left, 0) + 26
    return y


def _table(page: pymupdf.Page, rng: random.Random, y: float) -> None:
    for row in range(9):
        for column in range(4):
            box = pymupdf.Rect(72 + column * 112, y + row * 20, 184 + column * 112, y + 20 + row * 20)
            page.draw_rect(box, width=0.5)
            text = rng.choice(WORDS) if row == 0 or column == 0 else f"{rng.uniform(1, 999):.1f}"
            page.insert_text((box.x0 + 4, box.y0 + 14), text, fontname="helv", fontsize=9)


def _figure(page: pymupdf.Page, rng: random.Random, y: float) -> None:
    for bar in range(12):
        height = rng.uniform(20, 180)
        page.draw_rect(
            (90 + bar * 34, y + 200 - height, 114 + bar * 34, y + 200), color=(0.2, 0.4, 0.6), fill=(0.4, 0.6, 0.8)
        )
    page.insert_text((90, y + 220), f"Figure 1: {sentence(rng)[:60]}", fontname="tiit", fontsize=9)


def scans(folder: Path, pages: int, dpi: int = 200, seed: int = 0) -> int:
    """Level page images (PNG, grey) of about 400 words each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pages):
        rng = random.Random(seed * 100_003 + number)
        with pymupdf.open() as document:
            page = document.new_page(width=595, height=842)
            _plain(page, rng, 72, 770)
            page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY).save(folder / f"scan-{number:04d}.png")
    return pages
