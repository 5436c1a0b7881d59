from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lucida.generate.canvas import Canvas
from lucida.generate.files import new_document
from lucida.training.data.packing import pack
from lucida.training.data.sheet_charts import CHARTS
from lucida.training.data.sheet_pages import PAGES
from lucida.training.data.sheet_words import Words
from lucida.training.data.sheets import KINDS, NAMES, STYLES, VIEWS, Sheets


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_page_can_be_drawn(kind: str, seed: int) -> None:
    document = new_document()
    PAGES[kind](document, Words(np.random.default_rng(seed)))
    assert len(document) >= 1
    raster = document[0].get_pixmap(dpi=30, alpha=False)
    ink = np.frombuffer(raster.samples, np.uint8).std()
    assert ink > 2 or kind == "blank"


@pytest.mark.parametrize("kind", CHARTS)
@pytest.mark.parametrize("seed", range(4))
def test_every_chart_can_be_drawn(kind: str, seed: int) -> None:
    canvas = Canvas(160, 120, oversampling=1)
    CHARTS[kind](canvas, (4, 4, 156, 116), Words(np.random.default_rng(seed)))
    assert np.asarray(canvas.finish()).std() > 3


def test_every_kind_has_names_and_its_first_is_its_own() -> None:
    assert {*NAMES} == {*KINDS}
    firsts = [names[0] for names in NAMES.values()]
    assert len(set(firsts)) == len(firsts)


def test_words_are_seeded() -> None:
    one, two = (Words(np.random.default_rng(3)) for _ in range(2))
    assert [one.paragraph(), one.firm(), one.date()] == [two.paragraph(), two.firm(), two.date()]


def test_the_recipe_packs_and_marks_pages(tmp_path: Path) -> None:
    packed = pack(tmp_path / "sheets", Sheets(48, side=48, seed=5))
    card = packed.card
    assert packed.pixels.shape == (48, 48, 48, 3)
    assert {*card.marks["page"]} | {*card.marks["chart"]} == {*range(len(card.concepts))}
    assert not {*card.marks["page"]} & {*card.marks["chart"]}
    for row in range(len(packed)):
        kind, style = card.keys[packed.concepts[row]].split("/")
        assert style == card.styles[packed.styles[row]]
        assert NAMES[kind][0] in packed.captions(row)
        assert (packed.concepts[row] in card.marks["page"]) == (kind in PAGES)
    scanned = [captions for captions, key in zip(card.concepts, card.keys, strict=True) if key.endswith("scanned")]
    assert all("scan" in captions[0] for captions in scanned)


def test_views_of_one_document_differ_and_repeat_exactly() -> None:
    recipe = Sheets(64, side=48, seed=6)
    first = [recipe.draw(job) for job in range(VIEWS)]
    assert len({drawn.concept // len(STYLES) for drawn in first}) == 1
    assert len({drawn.pixels.tobytes() for drawn in first}) > 1
    recipe.draw(40)
    again = Sheets(64, side=48, seed=6)
    for job in reversed(range(VIEWS)):
        assert np.array_equal(again.draw(job).pixels, first[job].pixels)
