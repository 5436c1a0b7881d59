"""Charts on any ``Surface``: the same code draws a picture file and a vector figure in a PDF.

``box`` is always (x0, y0, x1, y1) of the whole chart, title and axes included; ``size`` is the height of its type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lucida.generate.colour import mix
from lucida.generate.surface import Align, Point, Surface, rectangle

Extent = tuple[float, float, float, float]

#: Distinguishable for the colour-blind (Okabe and Ito, 2008), darker yellow.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#e0a800", "#cc79a7", "#56b4e9", "#7f7f7f", "#4b3f72")
INK, FAINT = "#30343b", "#d9dde3"


@dataclass(frozen=True, slots=True)
class Titles:
    """What is written around a chart; empty parts are left out."""

    title: str = ""
    x: str = ""
    y: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot area inside a chart, and how values map onto it."""

    x0: float
    y0: float
    x1: float
    y1: float
    low: float
    high: float

    def height_of(self, value: float) -> float:
        return self.y1 - (value - self.low) / (self.high - self.low) * (self.y1 - self.y0)


def bar_chart(
    surface: Surface,
    box: Extent,
    categories: Sequence[str],
    series: Mapping[str, Sequence[float]],
    titles: Titles = Titles(),
    size: float = 12,
    *,
    values: bool = False,
) -> None:
    """Grouped vertical bars, one group per category; ``values`` prints each bar's height above it."""
    frame = _axes(surface, box, titles, size, max(max(row) for row in series.values()), legend=len(series) > 1)
    slot = (frame.x1 - frame.x0) / len(categories)
    width = slot * 0.72 / len(series)
    for index, category in enumerate(categories):
        left = frame.x0 + slot * (index + 0.14)
        for number, row in enumerate(series.values()):
            x, top, colour = left + number * width, frame.height_of(row[index]), PALETTE[number % len(PALETTE)]
            surface.polygon(rectangle(x, top, x + width * 0.94, frame.y1), colour)
            if values:
                surface.label(x + width * 0.47, top - size * 0.3, f"{row[index]:g}", size * 0.82, INK, "center")
        surface.label(frame.x0 + slot * (index + 0.5), frame.y1 + size * 1.25, category, size * 0.9, INK, "center")
    _legend(surface, box, tuple(series), size, titles)


def line_chart(
    surface: Surface,
    box: Extent,
    x_values: Sequence[float],
    series: Mapping[str, Sequence[float]],
    titles: Titles = Titles(),
    size: float = 12,
    *,
    x_labels: Sequence[str] | None = None,
    low: float = 0.0,
) -> None:
    """Lines with markers; ``x_labels`` replaces the numbers under the axis, which crosses the other one at ``low``."""
    frame = _axes(surface, box, titles, size, max(max(row) for row in series.values()), legend=len(series) > 1, low=low)
    span = x_values[-1] - x_values[0]

    def across(value: float) -> float:
        return frame.x0 + (0.03 + 0.94 * (value - x_values[0]) / span) * (frame.x1 - frame.x0)

    for index, value in enumerate(x_values):
        text = x_labels[index] if x_labels else f"{value:g}"
        surface.label(across(value), frame.y1 + size * 1.25, text, size * 0.9, INK, "center")
    for number, row in enumerate(series.values()):
        colour = PALETTE[number % len(PALETTE)]
        points = [(across(x), frame.height_of(y)) for x, y in zip(x_values, row, strict=True)]
        surface.polyline(points, colour, size * 0.16)
        for x, y in points:
            surface.ellipse(
                x - size * 0.24, y - size * 0.24, x + size * 0.24, y + size * 0.24, "#ffffff", colour, size * 0.13
            )
    _legend(surface, box, tuple(series), size, titles)


def scatter_chart(
    surface: Surface,
    box: Extent,
    series: Mapping[str, Sequence[Point]],
    titles: Titles = Titles(),
    size: float = 12,
    *,
    trend: bool = False,
) -> None:
    """Points per series; ``trend`` adds the least-squares line through all of them."""
    every = [point for row in series.values() for point in row]
    frame = _axes(surface, box, titles, size, max(y for _, y in every), legend=len(series) > 1)
    ticks = _ticks(max(x for x, _ in every))

    def across(value: float) -> float:
        return frame.x0 + value / ticks[-1] * (frame.x1 - frame.x0)

    for tick in ticks:
        surface.label(across(tick), frame.y1 + size * 1.25, f"{tick:g}", size * 0.9, INK, "center")
    for number, row in enumerate(series.values()):
        for x, y in row:
            at, radius = (across(x), frame.height_of(y)), size * 0.27
            surface.ellipse(
                at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius, PALETTE[number % len(PALETTE)]
            )
    if trend:
        slope, offset = _least_squares(every)
        ends = (min(x for x, _ in every), max(x for x, _ in every))
        line = [(across(x), frame.height_of(offset + slope * x)) for x in ends]
        surface.polyline(line, INK, size * 0.11, (size * 0.5, size * 0.35))
    _legend(surface, box, tuple(series), size, titles)


def pie_chart(
    surface: Surface,
    box: Extent,
    shares: Mapping[str, float],
    titles: Titles = Titles(),
    size: float = 12,
    *,
    hole: float = 0.0,
) -> None:
    """Slices clockwise from the top with their shares beside them; ``hole`` (0..1) makes it a ring."""
    x0, y0, x1, y1 = box
    top = y0 + (size * 2.6 if titles.title else size * 0.5)
    surface.label((x0 + x1) / 2, y0 + size * 1.3, titles.title, size * 1.2, INK, "center", bold=True)
    radius = min((x1 - x0) * 0.3, (y1 - top) * 0.4)
    x, y, turn, total = (x0 + x1) / 2, (top + y1) / 2, -math.pi / 2, sum(shares.values())
    for number, (name, share) in enumerate(shares.items()):
        end = turn + 2 * math.pi * share / total
        steps = max(2, int((end - turn) * 30))
        arc = [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in _spread(turn, end, steps)]
        colour = PALETTE[number % len(PALETTE)]
        surface.polygon([(x, y), *arc], colour, "#ffffff", size * 0.12)
        middle = (turn + end) / 2
        side = 1 if math.cos(middle) >= 0 else -1
        elbow = x + radius * 1.12 * math.cos(middle), y + radius * 1.12 * math.sin(middle)
        surface.polyline([(x + radius * math.cos(middle), y + radius * math.sin(middle)), elbow], colour, size * 0.1)
        align: Align = "left" if side > 0 else "right"
        surface.label(elbow[0] + side * size * 0.4, elbow[1] + size * 0.1, name, size * 0.95, INK, align, bold=True)
        percent = f"{100 * share / total:.0f}%"
        surface.label(elbow[0] + side * size * 0.4, elbow[1] + size * 1.2, percent, size * 0.9, "#666c75", align)
        turn = end
    if hole:
        surface.ellipse(x - radius * hole, y - radius * hole, x + radius * hole, y + radius * hole, "#ffffff")


def _axes(
    surface: Surface, box: Extent, titles: Titles, size: float, highest: float, *, legend: bool, low: float = 0.0
) -> _Frame:
    x0, y0, x1, y1 = box
    ticks = [low + tick for tick in _ticks(highest - low)]
    margin = size * (0.62 * max(len(f"{tick:g}") for tick in ticks) + 0.9) + (size * 1.5 if titles.y else 0)
    top = y0 + size * (0.8 + 1.7 * bool(titles.title) + 1.6 * legend)
    bottom = y1 - size * (1.8 + 1.5 * bool(titles.x))
    frame = _Frame(x0 + margin, top, x1 - size * 0.7, bottom, low, ticks[-1])
    surface.label((x0 + x1) / 2, y0 + size * 1.3, titles.title, size * 1.2, INK, "center", bold=True)
    for tick in ticks:
        y = frame.height_of(tick)
        surface.polyline(
            [(frame.x0, y), (frame.x1, y)], FAINT if tick > low else INK, size * (0.06 if tick > low else 0.1)
        )
        surface.label(frame.x0 - size * 0.45, y + size * 0.32, f"{tick:g}", size * 0.9, INK, "right")
    surface.label((frame.x0 + frame.x1) / 2, y1 - size * 0.25, titles.x, size * 0.95, INK, "center")
    if titles.y:
        surface.label(x0 + size, (top + bottom) / 2, titles.y, size * 0.95, INK, "center", angle=90)
    return frame


def _legend(surface: Surface, box: Extent, names: Sequence[str], size: float, titles: Titles) -> None:
    if len(names) < 2:
        return
    widths = [size * (1.9 + 0.54 * len(name)) for name in names]
    x = (box[0] + box[2] - sum(widths)) / 2
    y = box[1] + size * (1.3 + 1.6 * bool(titles.title))
    for number, (name, width) in enumerate(zip(names, widths, strict=True)):
        surface.polygon(rectangle(x, y - size * 0.7, x + size * 0.8, y + size * 0.1), PALETTE[number % len(PALETTE)])
        surface.label(x + size * 1.1, y, name, size * 0.9, mix(INK, "#000000", 0.2))
        x += width


def _ticks(highest: float) -> list[float]:
    """Four to seven round numbers from zero to at least ``highest``."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= rough * 0.9)
    return [round(index * step, 10) for index in range(math.ceil(highest / step - 1e-9) + 1)]


def _spread(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * index / (count - 1) for index in range(count)]


def _least_squares(points: Sequence[Point]) -> tuple[float, float]:
    """Slope and offset of the regression line."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return slope, mean_y - slope * mean_x
