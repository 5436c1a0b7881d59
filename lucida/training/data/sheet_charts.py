"""Charts, diagrams, plans and maps with invented contents, on any surface."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from lucida.generate.charts import PALETTE, Extent, Titles, bar_chart, line_chart, pie_chart, scatter_chart
from lucida.generate.diagrams import Node, Room, Shape, floor_plan, flow_diagram, island_map, network_diagram, timeline
from lucida.generate.surface import Surface
from lucida.training.data.sheet_words import Words

ChartPainter = Callable[[Surface, Extent, Words], None]


def _size(box: Extent, words: Words) -> float:
    return (box[2] - box[0]) / words.rng.uniform(28, 42)


def _titles(words: Words) -> Titles:
    return Titles(
        words.title(3) if words.rng.random() < 0.7 else "",
        words.noun() if words.rng.random() < 0.5 else "",
        words.noun() if words.rng.random() < 0.5 else "",
    )


def _values(words: Words, count: int) -> list[float]:
    return [round(float(value), 1) for value in words.rng.uniform(5, 100, count)]


def bars(surface: Surface, box: Extent, words: Words) -> None:
    """A bar chart of one series."""
    names = [words.noun()[:6] for _ in words.several(3, 9)]
    bar_chart(surface, box, names, {words.noun(): _values(words, len(names))}, _titles(words), _size(box, words))


def grouped_bars(surface: Surface, box: Extent, words: Words) -> None:
    """A bar chart of two to four series."""
    names = [words.noun()[:6] for _ in words.several(3, 5)]
    series = {f"{words.noun()} {n}": _values(words, len(names)) for n in words.several(2, 4)}
    bar_chart(surface, box, names, series, _titles(words), _size(box, words))


def lines(surface: Surface, box: Extent, words: Words) -> None:
    """A line chart of one to four series."""
    steps = int(words.rng.integers(5, 13))
    series = {}
    for number in words.several(1, 4):
        walk = words.rng.normal(0, 12, steps).cumsum() + words.rng.uniform(20, 70)
        series[f"{words.noun()} {number}"] = [max(1.0, round(float(value), 1)) for value in walk]
    line_chart(surface, box, [float(step) for step in range(steps)], series, _titles(words), _size(box, words))


def scatter(surface: Surface, box: Extent, words: Words) -> None:
    """A scatter plot."""
    series = {}
    for number in words.several(1, 3):
        x = words.rng.uniform(5, 100, int(words.rng.integers(12, 45)))
        y = abs(x * words.rng.uniform(-0.3, 1) + 40 + words.rng.normal(0, 14, len(x))) + 1
        series[f"{words.noun()} {number}"] = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    scatter_chart(surface, box, series, _titles(words), _size(box, words), trend=words.rng.random() < 0.4)


def pie(surface: Surface, box: Extent, words: Words) -> None:
    """A pie chart."""
    shares = {f"{words.noun()[:7]} {n}": float(words.rng.uniform(5, 40)) for n in words.several(3, 6)}
    pie_chart(surface, box, shares, _titles(words), _size(box, words))


def ring(surface: Surface, box: Extent, words: Words) -> None:
    """A ring chart."""
    shares = {f"{words.noun()[:7]} {n}": float(words.rng.uniform(5, 40)) for n in words.several(3, 6)}
    pie_chart(surface, box, shares, _titles(words), _size(box, words), hole=float(words.rng.uniform(0.45, 0.65)))


def flow(surface: Surface, box: Extent, words: Words) -> None:
    """A flow chart."""
    columns, rows = int(words.rng.integers(2, 4)), int(words.rng.integers(2, 5))
    nodes = {}
    for number in range(columns * rows - int(words.rng.integers(0, 2))):
        shape: Shape = "diamond" if words.rng.random() < 0.25 else "round" if words.rng.random() < 0.3 else "box"
        x, y = (number % columns + 0.5) / columns, (number // columns + 0.5) / rows
        nodes[f"n{number}"] = Node(words.noun(), x, y, shape, words.pick(PALETTE))
    names = list(nodes)
    arrows = [(a, b, "") for a, b in pairwise(names)]
    arrows += [(a, b, "yes") for a, b in zip(names, names[columns:], strict=False) if words.rng.random() < 0.5]
    flow_diagram(surface, box, nodes, arrows, words.title(3), _size(box, words), (0.7 / columns, 0.45 / rows))


def network(surface: Surface, box: Extent, words: Words) -> None:
    """A network diagram."""
    nodes = {
        f"n{n}": Node(words.noun()[:7], x, y, "round", words.pick(PALETTE))
        for n, (x, y) in enumerate(words.rng.uniform(0.1, 0.9, (int(words.rng.integers(5, 12)), 2)).tolist())
    }
    names = list(nodes)
    links = [(name, words.pick(names)) for name in names for _ in words.several(1, 2)]
    links = [(a, b) for a, b in links if a != b]
    network_diagram(surface, box, nodes, links, words.title(2), _size(box, words))


def plan(surface: Surface, box: Extent, words: Words) -> None:
    """A floor plan."""
    wide, deep = float(words.rng.uniform(3, 5)), float(words.rng.uniform(3, 5))
    across = int(words.rng.integers(2, 4))
    rooms = [
        Room(words.title(1), wide * (n % across), deep * (n // across), wide, deep, "south" if n < across else "north")
        for n in range(across * 2)
    ]
    floor_plan(surface, box, rooms, words.title(2), _size(box, words))


def chart_of_an_island(surface: Surface, box: Extent, words: Words) -> None:
    """A map."""
    places = {words.title(1): (float(x), float(y)) for x, y in words.rng.uniform(0.25, 0.75, (4, 2))}
    island_map(surface, box, places, words.title(2), _size(box, words), int(words.rng.integers(2**31)))


def gantt(surface: Surface, box: Extent, words: Words) -> None:
    """A Gantt chart."""
    steps = int(words.rng.integers(5, 11))
    rows = {}
    for number in words.several(4, 9):
        start = float(words.rng.uniform(0, steps - 2))
        rows[f"{words.noun()[:7]} {number}"] = (start, min(steps, start + float(words.rng.uniform(1, 4))))
    timeline(surface, box, rows, [str(step + 1) for step in range(steps)], words.title(2), _size(box, words))


#: Kind to painter.
CHARTS: dict[str, ChartPainter] = {
    "bar chart": bars, "grouped bar chart": grouped_bars, "line chart": lines, "scatter plot": scatter,
    "pie chart": pie, "ring chart": ring, "flow chart": flow, "network": network, "floor plan": plan,
    "map": chart_of_an_island, "gantt chart": gantt,
}  # fmt: skip


def draw_any_chart(surface: Surface, box: Extent, words: Words) -> None:
    """One of the charts that reports hold."""
    painter = (bars, grouped_bars, lines, pie, scatter)[int(words.rng.integers(5))]
    painter(surface, box, words)
