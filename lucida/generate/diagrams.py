"""Diagrams on any ``Surface``: boxes and arrows, networks, floor plans, maps, timelines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lucida.generate.charts import FAINT, INK, PALETTE, Extent
from lucida.generate.colour import mix
from lucida.generate.surface import Point, Surface, rectangle

Shape = Literal["box", "round", "diamond"]


@dataclass(frozen=True, slots=True)
class Node:
    """A labelled shape; ``x`` and ``y`` are its middle in fractions of the diagram. ``|`` breaks the label's lines."""

    label: str
    x: float
    y: float
    shape: Shape = "box"
    colour: str = PALETTE[0]


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle on a floor plan, in metres from the plan's top left corner."""

    name: str
    x: float
    y: float
    width: float
    depth: float
    door: Literal["north", "south", "west", "east"] = "south"


def flow_diagram(
    surface: Surface,
    box: Extent,
    nodes: Mapping[str, Node],
    arrows: Sequence[tuple[str, str, str]],
    title: str = "",
    size: float = 13,
    node_size: Point = (0.2, 0.13),
) -> None:
    """Nodes joined by (from, to, label) arrows with right-angled bends; ``node_size`` in fractions of the diagram."""
    x0, y0, x1, y1 = _titled(surface, box, title, size)
    half = node_size[0] * (x1 - x0) / 2, node_size[1] * (y1 - y0) / 2

    def middle(name: str) -> Point:
        return x0 + nodes[name].x * (x1 - x0), y0 + nodes[name].y * (y1 - y0)

    for start, end, label in arrows:
        path = _elbow(middle(start), middle(end), half)
        surface.polyline(path, "#5a616b", size * 0.13)
        _arrow_head(surface, path[-2], path[-1], size * 0.75)
        if label:
            at = path[0][0] * 0.45 + path[1][0] * 0.55, path[0][1] * 0.45 + path[1][1] * 0.55
            level = abs(path[0][1] - path[1][1]) < 1
            shift = (0.0, -size * 0.4) if level else (size * 0.4, size * 0.3)
            surface.label(at[0] + shift[0], at[1] + shift[1], label, size * 0.85, INK, "center" if level else "left")
    for name, node in nodes.items():
        _node(surface, middle(name), half, node, size)


def network_diagram(
    surface: Surface,
    box: Extent,
    nodes: Mapping[str, Node],
    links: Sequence[tuple[str, str]],
    title: str = "",
    size: float = 12,
) -> None:
    """Round nodes and straight links, the names below the nodes."""
    x0, y0, x1, y1 = _titled(surface, box, title, size)
    at = {name: (x0 + node.x * (x1 - x0), y0 + node.y * (y1 - y0)) for name, node in nodes.items()}
    for start, end in links:
        surface.polyline([at[start], at[end]], "#a9b0ba", size * 0.14)
    for name, node in nodes.items():
        x, y = at[name]
        degree = sum(name in link for link in links)
        radius = size * (0.85 + 0.16 * degree)
        surface.ellipse(x - radius, y - radius, x + radius, y + radius, node.colour, "#ffffff", size * 0.2)
        half = size * 0.27 * len(node.label)
        band = rectangle(x - half, y + radius + size * 0.15, x + half, y + radius + size * 1.35)
        surface.polygon(band, "#ffffff")
        surface.label(x, y + radius + size * 1.05, node.label, size * 0.95, INK, "center")


def floor_plan(surface: Surface, box: Extent, rooms: Sequence[Room], title: str = "", size: float = 12) -> None:
    """Rooms to scale with names, areas and doors, outer dimensions and a scale bar."""
    x0, y0, x1, y1 = _titled(surface, box, title, size)
    wide, deep = max(room.x + room.width for room in rooms), max(room.y + room.depth for room in rooms)
    scale = min((x1 - x0 - size * 4) / wide, (y1 - y0 - size * 5) / deep)
    left, top = (x0 + x1 - wide * scale) / 2 + size, y0 + size * 2.2
    for index, room in enumerate(rooms):
        a, b = left + room.x * scale, top + room.y * scale
        c, d = a + room.width * scale, b + room.depth * scale
        surface.polygon(rectangle(a, b, c, d), mix(PALETTE[index % len(PALETTE)], "#ffffff", 0.86), INK, size * 0.28)
        surface.label((a + c) / 2, (b + d) / 2, room.name, size, INK, "center", bold=True)
        area = f"{room.width * room.depth:.1f} sq m"
        surface.label((a + c) / 2, (b + d) / 2 + size * 1.3, area, size * 0.85, "#5d646e", "center")
    for room in rooms:
        _door(surface, left, top, scale, room, size)
    surface.label(left + wide * scale / 2, top - size * 0.7, f"{wide:.1f} m", size * 0.9, INK, "center")
    surface.label(left - size * 0.7, top + deep * scale / 2, f"{deep:.1f} m", size * 0.9, INK, "center", angle=90)
    bar = top + deep * scale + size * 1.6
    surface.polyline([(left, bar), (left + 2 * scale, bar)], INK, size * 0.25)
    surface.label(left + 2 * scale + size * 0.6, bar + size * 0.3, "2 m", size * 0.9)


def island_map(
    surface: Surface, box: Extent, places: Mapping[str, Point], title: str = "", size: float = 12, seed: int = 0
) -> None:
    """An invented island: coast, contour lines, a path through its places (in fractions), a compass."""
    rng = np.random.default_rng(seed)
    x0, y0, x1, y1 = box
    surface.polygon(rectangle(x0, y0, x1, y1), ("#bfe0ee", "#a5d0e4"))
    middle, reach = ((x0 + x1) / 2, (y0 + y1) / 2 + size * 0.6), ((x1 - x0) * 0.42, (y1 - y0) * 0.38)
    waves = [(order, rng.uniform(-0.13, 0.13) / order**0.5, rng.uniform(0, 6.3)) for order in range(2, 9)]
    turns = np.linspace(0, 2 * math.pi, 160, endpoint=False)
    radii = [1 + sum(height * math.sin(order * t + phase) for order, height, phase in waves) for t in turns]
    tones = ("#d8ecf2", "#f2e6bd", "#cfe0a4", "#b5d08a", "#9cba74", "#b9a878")
    for share, tone in zip((1.06, 1.0, 0.93, 0.68, 0.44, 0.2), tones, strict=True):
        coast = [
            (middle[0] + reach[0] * share * r * math.cos(t), middle[1] + reach[1] * share * r * math.sin(t))
            for t, r in zip(turns, radii, strict=True)
        ]
        surface.polygon(coast, tone, "#8a9a70" if share < 0.9 else None, size * 0.06)
    at = {name: (x0 + x * (x1 - x0), y0 + y * (y1 - y0)) for name, (x, y) in places.items()}
    surface.polyline(list(at.values()), "#a23b2a", size * 0.16, (size * 0.6, size * 0.45))
    for name, (x, y) in at.items():
        surface.ellipse(
            x - size * 0.35, y - size * 0.35, x + size * 0.35, y + size * 0.35, "#a23b2a", "#ffffff", size * 0.12
        )
        surface.label(x, y - size * 0.75, name, size * 0.95, "#2c2a22", "center", bold=True)
    _compass(surface, (x1 - size * 2.6, y0 + size * 3.4), size * 1.8, size)
    surface.label(x0 + size, y0 + size * 2, title, size * 1.5, "#23435a", bold=True)


def timeline(
    surface: Surface,
    box: Extent,
    rows: Mapping[str, tuple[float, float]],
    steps: Sequence[str],
    title: str = "",
    size: float = 12,
) -> None:
    """A Gantt chart: each row's bar runs from start to end, counted in steps."""
    x0, y0, x1, y1 = _titled(surface, box, title, size)
    left = x0 + size * 0.62 * max(len(name) for name in rows)
    column, row_height = (x1 - left - size) / len(steps), (y1 - y0 - size * 2) / len(rows)
    for index, step in enumerate(steps):
        x = left + column * index
        surface.polyline([(x, y0 + size * 1.6), (x, y1)], FAINT, size * 0.08)
        surface.label(x + column / 2, y0 + size, step, size * 0.9, INK, "center")
    for number, (name, (start, end)) in enumerate(rows.items()):
        y = y0 + size * 2 + row_height * (number + 0.5)
        surface.label(left - size * 0.7, y + size * 0.33, name, size * 0.95, INK, "right")
        bar = rectangle(left + start * column, y - row_height * 0.3, left + end * column, y + row_height * 0.3)
        surface.polygon(bar, PALETTE[number % len(PALETTE)])


def _titled(surface: Surface, box: Extent, title: str, size: float) -> Extent:
    x0, y0, x1, y1 = box
    if not title:
        return box
    surface.label((x0 + x1) / 2, y0 + size * 1.5, title, size * 1.25, INK, "center", bold=True)
    return x0, y0 + size * 2.4, x1, y1


def _node(surface: Surface, at: Point, half: Point, node: Node, size: float) -> None:
    (x, y), (w, h) = at, half
    pale = mix(node.colour, "#ffffff", 0.84)
    if node.shape == "diamond":
        surface.polygon(
            [(x, y - h * 1.35), (x + w * 1.1, y), (x, y + h * 1.35), (x - w * 1.1, y)], pale, node.colour, size * 0.14
        )
    elif node.shape == "round":
        ends = [(x + side * (w - h), y) for side in (1, -1)]
        turns = [np.linspace(-math.pi / 2, math.pi / 2, 20), np.linspace(math.pi / 2, 1.5 * math.pi, 20)]
        pill = [
            (cx + h * math.cos(t), cy + h * math.sin(t)) for (cx, cy), arc in zip(ends, turns, strict=True) for t in arc
        ]
        surface.polygon(pill, pale, node.colour, size * 0.14)
    else:
        surface.polygon(rectangle(x - w, y - h, x + w, y + h), pale, node.colour, size * 0.14)
    lines = node.label.split("|")
    for index, line in enumerate(lines):
        surface.label(x, y + size * (0.35 + 1.15 * (index - (len(lines) - 1) / 2)), line, size, INK, "center")


def _elbow(start: Point, end: Point, half: Point) -> list[Point]:
    """From the edge of one node to the edge of another, with one bend at most."""
    (x0, y0), (x1, y1), (w, h) = start, end, half
    down, right = math.copysign(1, y1 - y0), math.copysign(1, x1 - x0)
    if abs(x1 - x0) < w:
        return [(x0, y0 + down * h), (x0, y1 - down * h)]
    if abs(y1 - y0) < h:
        return [(x0 + right * w, y0), (x1 - right * w, y0)]
    return [(x0 + right * w, y0), (x1, y0), (x1, y1 - down * h)]


def _arrow_head(surface: Surface, before: Point, tip: Point, size: float) -> None:
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    wings = [(tip[0] - size * math.cos(angle + turn), tip[1] - size * math.sin(angle + turn)) for turn in (-0.42, 0.42)]
    surface.polygon([tip, *wings], "#5a616b")


def _door(surface: Surface, left: float, top: float, scale: float, room: Room, size: float) -> None:
    width = min(0.9, room.width * 0.4) * scale
    a, b = left + room.x * scale, top + room.y * scale
    c, d = a + room.width * scale, b + room.depth * scale
    x, y = (a + c) / 2, (b + d) / 2
    if room.door in ("north", "south"):
        edge = b if room.door == "north" else d
        gap, hinge, inward = (
            [(x - width / 2, edge), (x + width / 2, edge)],
            (x - width / 2, edge),
            1 if room.door == "north" else -1,
        )
        arc = [
            (hinge[0] + width * math.cos(t), edge + inward * width * math.sin(t))
            for t in np.linspace(0, math.pi / 2, 14)
        ]
    else:
        edge = a if room.door == "west" else c
        gap, hinge, inward = (
            [(edge, y - width / 2), (edge, y + width / 2)],
            (edge, y - width / 2),
            1 if room.door == "west" else -1,
        )
        arc = [
            (edge + inward * width * math.sin(t), hinge[1] + width * math.cos(t))
            for t in np.linspace(0, math.pi / 2, 14)
        ]
    surface.polyline(gap, "#ffffff", size * 0.34)
    surface.polyline([hinge, arc[-1]], INK, size * 0.09)
    surface.polyline(arc, "#8a919b", size * 0.06)


def _compass(surface: Surface, at: Point, radius: float, size: float) -> None:
    x, y = at
    for side, colour in ((-1, "#23435a"), (1, "#ffffff")):
        surface.polygon(
            [(x, y - radius), (x + side * radius * 0.26, y), (x, y + radius)], colour, "#23435a", size * 0.06
        )
    surface.label(x, y - radius - size * 0.3, "N", size, "#23435a", "center", bold=True)
