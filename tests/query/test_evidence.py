from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from lucida.query.evidence import by_page, draw_evidence, evidence_sheet
from lucida.types import Box, Citation

BOX = Box(0.3, 0.5, 0.4, 0.52)


@pytest.fixture
def paper() -> Image.Image:
    page = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(page).text((300, 560), "45.00", fill=0)
    return page


def test_a_crop_shows_the_box_with_its_surroundings(paper) -> None:
    crop = draw_evidence(paper, [BOX])
    assert crop.mode == "RGB"
    assert crop.width >= 720
    assert crop.height < crop.width


def test_the_box_is_marked_and_the_rest_dimmed(paper) -> None:
    whole = draw_evidence(paper, [BOX], crop=False)
    assert whole.size == paper.size
    inside = whole.getpixel((int(0.39 * 850), int(0.51 * 1100)))
    outside = whole.getpixel((10, 10))
    assert inside[2] < inside[0]
    assert len(set(outside)) == 1
    assert 200 < outside[0] < 255


def test_print_under_the_marker_stays_dark(paper) -> None:
    whole = draw_evidence(paper, [Box(0.34, 0.5, 0.42, 0.53)], crop=False)
    darkest = min(sum(whole.getpixel((x, y))) for x in range(300, 330) for y in range(555, 580))
    assert darkest < 200


@pytest.mark.parametrize("box", [Box(0, 0, 0.01, 0.01), Box(0.99, 0.99, 1, 1), Box.whole(), Box(0.5, 0.5, 0.5, 0.5)])
@pytest.mark.parametrize("size", [(850, 1100), (1, 1), (3000, 40), (40, 3000)])
def test_any_box_on_any_page(box: Box, size: tuple[int, int]) -> None:
    crop = draw_evidence(Image.new("RGB", size, "white"), [box])
    assert crop.width >= 1
    assert crop.height >= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_any_mode(mode: str) -> None:
    assert draw_evidence(Image.new(mode, (200, 300)), [BOX]).mode == "RGB"


def test_no_boxes_leave_the_page_whole(paper) -> None:
    assert draw_evidence(paper, []).tobytes() == paper.convert("RGB").tobytes()


def test_the_page_itself_is_not_changed(paper) -> None:
    before = paper.tobytes()
    draw_evidence(paper, [BOX])
    assert paper.tobytes() == before


def test_a_sheet_stacks_with_captions(paper) -> None:
    crop = draw_evidence(paper, [BOX])
    one = evidence_sheet([(crop, "invoice.pdf, page 1")])
    two = evidence_sheet([(crop, "invoice.pdf, page 1"), (crop, "a very long caption " * 40)])
    assert one.width == two.width == 960
    assert two.height > one.height + crop.height
    assert evidence_sheet([]).size[0] == 960


def test_a_sheet_of_very_many_places_fits_every_format(paper) -> None:
    sheet = evidence_sheet([(draw_evidence(paper, [BOX]), "a very long caption " * 40)] * 60)
    assert sheet.size[0] == 960
    assert sheet.size[1] <= 16_000


def test_a_page_is_drawn_once_for_all_its_places() -> None:
    one, two = Citation("a.pdf", 1, BOX, "x"), Citation("a.pdf", 1, Box.whole(), "y")
    other = Citation("b.pdf", 1, BOX, "z")
    assert by_page([one, other, two]) == {("a.pdf", 1): [one, two], ("b.pdf", 1): [other]}
