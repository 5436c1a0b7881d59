from __future__ import annotations

import pytest

from lucida.types import Box, union


def test_boxes_from_pixels_are_clipped_to_the_page() -> None:
    assert Box.from_px(-10, 0, 50, 300, 100, 200) == Box(0.0, 0.0, 0.5, 1.0)


def test_a_page_without_size_gives_an_empty_box() -> None:
    assert Box.from_px(1, 2, 3, 4, 0, 0) == Box(0, 0, 0, 0)


def test_pixels_and_back() -> None:
    assert Box(0.25, 0.5, 0.75, 1.0).to_px(400, 200) == (100, 100, 300, 200)


def test_a_raster_box_is_never_empty() -> None:
    left, top, right, bottom = Box(0.5, 0.5, 0.5, 0.5).to_px(10, 10)
    assert right > left
    assert bottom > top


def test_intersection_of_neighbours_is_none() -> None:
    assert Box(0, 0, 0.5, 1).intersection(Box(0.5, 0, 1, 1)) is None


def test_iou_and_coverage() -> None:
    a, b = Box(0, 0, 1, 1), Box(0, 0, 0.5, 1)
    assert a.iou(b) == pytest.approx(0.5)
    assert b.coverage(a) == pytest.approx(1.0)
    assert a.coverage(b) == pytest.approx(0.5)
    assert a.iou(Box(0.2, 0.2, 0.2, 0.2)) == 0.0


def test_expand_stays_on_the_page() -> None:
    assert Box(0.05, 0.5, 0.95, 0.9).expand(0.1, 0.2) == pytest.approx((0.0, 0.3, 1.0, 1.0))


def test_union() -> None:
    assert union([Box(0.1, 0.2, 0.3, 0.4), Box(0.2, 0.1, 0.5, 0.3)]) == Box(0.1, 0.1, 0.5, 0.4)
    with pytest.raises(ValueError, match="no boxes"):
        union([])
