from __future__ import annotations

import numpy as np
import pytest

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix, rgba
from lucida.generate.surface import rectangle


def test_colours_parse_and_mix() -> None:
    assert rgba("#ff8000") == (255, 128, 0, 255)
    assert rgba("#ff800040")[3] == 64
    assert mix("#000000", "#ffffff", 0.5)[:7] == "#808080"
    with pytest.raises(ValueError, match="colour"):
        rgba("red")


def test_gradient_runs_from_top_to_bottom() -> None:
    canvas = Canvas(20, 40, background=("#000000", "#ffffff"))
    column = np.asarray(canvas.finish())[:, 10, 0].astype(int)
    assert column[0] < 10
    assert column[-1] > 245
    assert (np.diff(column) >= 0).all()


def test_alpha_lets_the_ground_through() -> None:
    canvas = Canvas(10, 10, background="#000000")
    canvas.polygon(rectangle(0, 0, 10, 10), "#ffffff80")
    assert abs(int(np.asarray(canvas.finish())[5, 5, 0]) - 128) <= 1


def test_shapes_outside_the_canvas_are_harmless() -> None:
    canvas = Canvas(10, 10)
    canvas.ellipse(50, 50, 60, 60, "#000000")
    canvas.label(-500, -500, "far away", 8)
    assert np.asarray(canvas.finish()).min() == 255


def test_a_turned_label_reads_upwards_from_its_anchor() -> None:
    canvas = Canvas(100, 100)
    canvas.label(50, 90, "lllllll", 12, "#000000", angle=90)
    rows, columns = np.nonzero(np.asarray(canvas.finish())[..., 0] < 128)
    assert rows.max() <= 90
    assert columns.max() <= 51
    assert np.ptp(rows) > 2 * np.ptp(columns)


def test_dashes_leave_gaps() -> None:
    canvas = Canvas(100, 10)
    canvas.polyline([(0, 5), (100, 5)], "#000000", 2, (10, 10))
    row = np.asarray(canvas.finish())[5, :, 0]
    assert 0.3 < (row < 128).mean() < 0.7
