from __future__ import annotations

import pytest

from lucida.generate.canvas import Canvas
from lucida.generate.charts import Titles, _least_squares, _ticks, bar_chart, line_chart, pie_chart, scatter_chart
from lucida.generate.diagrams import Node, Room, floor_plan, flow_diagram, island_map, network_diagram, timeline
from lucida.generate.files import new_document
from lucida.generate.sheet import Sheet
from lucida.generate.surface import Surface

BOX = (10.0, 10.0, 310.0, 210.0)


def draw_all(surface: Surface) -> None:
    bar_chart(surface, BOX, ["a", "b"], {"one": [1, 2], "two": [3, 4]}, Titles("Bars", "x", "y"), values=True)
    line_chart(surface, BOX, [0, 1, 2], {"one": [10, 12, 11]}, Titles("Lines"), low=10)
    scatter_chart(surface, BOX, {"one": [(1, 2), (2, 3), (4, 6)]}, Titles("Points"), trend=True)
    pie_chart(surface, BOX, {"Rent": 38, "Food": 62}, Titles("Shares"), hole=0.4)
    nodes = {"a": Node("Start", 0.2, 0.2, "round"), "b": Node("Why?", 0.8, 0.2, "diamond"), "c": Node("End", 0.8, 0.8)}
    flow_diagram(surface, BOX, nodes, [("a", "b", "then"), ("b", "c", ""), ("a", "c", "")], "Flow")
    network_diagram(surface, BOX, nodes, [("a", "b")], "Net")
    floor_plan(surface, BOX, [Room("Hall", 0, 0, 4, 3), Room("Bath", 4, 0, 2, 3, "west")], "Plan")
    island_map(surface, BOX, {"Cove": (0.3, 0.5), "Top": (0.6, 0.4)}, "Isle")
    timeline(surface, BOX, {"Plan": (0, 1), "Build": (1, 2)}, ["Jan", "Feb"], "Schedule")


def test_one_code_draws_pixels_and_vectors() -> None:
    canvas, document = Canvas(320, 220), new_document()
    draw_all(canvas)
    assert canvas.finish().getextrema()[0][0] < 100
    sheet = Sheet(document)
    draw_all(sheet)
    sheet.finish()
    text, drawings = document[0].get_text(), document[0].get_drawings()
    assert {"Bars", "38%", "Why?", "12.0 sq m", "Cove", "Schedule"} <= set(text.split("\n"))
    assert len(drawings) > 60
    assert not document[0].get_images()


@pytest.mark.parametrize("highest", [0.03, 0.8, 1, 7.8, 23.4, 99, 100, 4200])
def test_ticks_are_few_round_and_reach_the_top(highest: float) -> None:
    ticks = _ticks(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 4 <= len(ticks) <= 8
    assert ticks[-1] < 1.5 * highest


def test_trend_is_the_least_squares_line() -> None:
    assert _least_squares([(0, 1), (1, 3), (2, 5)]) == pytest.approx((2, 1))
