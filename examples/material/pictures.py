"""The example pictures: 29 scenes, 14 charts and diagrams, in mixed formats."""

# ruff: noqa: E501 - prose, kept as it is read
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lucida.generate.canvas import Canvas
from lucida.generate.charts import PALETTE, Titles, bar_chart, line_chart, pie_chart, scatter_chart
from lucida.generate.diagrams import Node, Room, floor_plan, flow_diagram, island_map, network_diagram, timeline
from lucida.generate.scenes import draw_scene

_Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Photo:
    """A scene saved as a camera might: ``taken`` is the EXIF date, ``orientation`` the EXIF orientation."""

    scene: str
    suffix: str
    seed: int
    size: tuple[int, int] = (640, 480)
    taken: str = ""
    orientation: int = 1

    def draw(self) -> Image.Image:
        return draw_scene(self.scene, *self.size, seed=self.seed)


PHOTOS = [
    Photo("beach", "jpg", 4, taken="2024:07:14 11:20:35"),
    Photo("mountains", "jpg", 2, (640, 426), taken="2024:09:02 07:48:10"),
    Photo("forest", "jpg", 7, (480, 600), taken="2024:10:19 15:02:44", orientation=6),
    Photo("desert", "webp", 4),
    Photo("night-city", "jpg", 8, taken="2023:12:30 21:15:00"),
    Photo("snowman", "jpg", 3, (480, 600), taken="2024:01:20 10:33:09", orientation=8),
    Photo("campfire", "webp", 9),
    Photo("house-with-tree", "jpg", 5, taken="2025:05:03 14:05:51"),
    Photo("lighthouse", "jpg", 11, (640, 426), taken="2024:08:08 20:41:12"),
    Photo("castle", "jpg", 12),
    Photo("windmill", "webp", 13),
    Photo("bridge", "jpg", 14, taken="2025:03:22 18:30:00"),
    Photo("cat", "jpg", 6, taken="2025:02:11 09:12:27"),
    Photo("dog", "jpg", 16, taken="2024:06:23 16:44:03", orientation=3),
    Photo("bird", "webp", 17),
    Photo("fish", "jpg", 18, (640, 426)),
    Photo("red-bicycle", "jpg", 19, taken="2024:04:27 12:00:18"),
    Photo("sailing-boat", "jpg", 20, taken="2024:07:16 13:27:40"),
    Photo("car", "webp", 21),
    Photo("train", "jpg", 22, taken="2024:05:18 10:09:55"),
    Photo("hot-air-balloon", "jpg", 23, (640, 480), taken="2024:08:30 06:22:31", orientation=6),
    Photo("airplane", "webp", 24),
    Photo("rocket", "png", 25, (384, 384)),
    Photo("fruit-bowl", "jpg", 26),
    Photo("coffee-cup", "jpg", 30, taken="2025:01:05 08:15:16"),
    Photo("bookshelf", "webp", 28),
    Photo("guitar", "jpg", 29, (450, 600)),
    Photo("umbrella", "jpg", 31, taken="2024:11:09 17:51:22"),
    Photo("sunflowers", "webp", 32, (480, 480)),
]


def _bakery(canvas: Canvas, box: _Extent) -> None:
    values = [[420, 380, 405, 460, 610, 890, 720]]
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    bar_chart(canvas, box, days, {"loaves": values[0]}, Titles("Loaves sold per day", "", "loaves"), 15, values=True)


def _energy(canvas: Canvas, box: _Extent) -> None:
    series = {"Solar": [12, 19, 31, 44], "Wind": [35, 38, 41, 47], "Hydro": [22, 21, 23, 22]}
    titles = Titles("Electricity by source", "", "terawatt hours")
    bar_chart(canvas, box, ["2021", "2022", "2023", "2024"], series, titles, 15)


def _rainfall(canvas: Canvas, box: _Extent) -> None:
    months = ["J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"]
    series = {
        "Port Callan": [98, 74, 70, 52, 48, 41, 35, 44, 66, 92, 110, 104],
        "Ashmoor": [52, 44, 47, 49, 61, 72, 80, 76, 58, 51, 55, 57],
    }
    line_chart(
        canvas, box, list(range(12)), series, Titles("Rainfall by month", "", "millimetres"), 15, x_labels=months
    )


def _training(canvas: Canvas, box: _Extent) -> None:
    epochs = list(range(1, 11))
    series = {
        "training": [2.1, 1.52, 1.18, 0.94, 0.78, 0.66, 0.57, 0.5, 0.45, 0.41],
        "validation": [2.0, 1.56, 1.27, 1.09, 0.98, 0.92, 0.9, 0.9, 0.93, 0.97],
    }
    line_chart(canvas, box, epochs, series, Titles("Loss over ten epochs", "epoch", "cross-entropy"), 15)


def _budget(canvas: Canvas, box: _Extent) -> None:
    pie_chart(
        canvas,
        box,
        {"Rent": 38, "Food": 22, "Transport": 13, "Savings": 17, "Leisure": 10},
        Titles("Household budget"),
        15,
    )


def _languages(canvas: Canvas, box: _Extent) -> None:
    shares = {"Spanish": 31, "French": 24, "Japanese": 18, "German": 15, "Arabic": 12}
    pie_chart(canvas, box, shares, Titles("Evening classes by language"), 15, hole=0.55)


def _heights(canvas: Canvas, box: _Extent) -> None:
    rng = np.random.default_rng(6)
    series = {}
    for name, mean, slope in (("oak", 4, 0.24), ("birch", 6, 0.3)):
        ages = rng.uniform(5, 70, 26)
        series[name] = [(float(age), float(max(1.0, mean + slope * age + rng.normal(0, 1.6)))) for age in ages]
    scatter_chart(canvas, box, series, Titles("Tree height and age", "age (years)", "height (m)"), 15)


def _ice_cream(canvas: Canvas, box: _Extent) -> None:
    rng = np.random.default_rng(9)
    degrees = rng.uniform(8, 34, 40)
    points = [(float(t), float(max(5.0, 9 * t - 60 + rng.normal(0, 18)))) for t in degrees]
    scatter_chart(
        canvas, box, {"days": points}, Titles("Ice cream sales", "temperature (°C)", "portions"), 15, trend=True
    )


def _order_flow(canvas: Canvas, box: _Extent) -> None:
    nodes = {
        "order": Node("Order arrives", 0.14, 0.16, "round", PALETTE[2]),
        "stock": Node("In stock?", 0.5, 0.16, "diamond", PALETTE[3]),
        "pack": Node("Pack parcel", 0.86, 0.16, "box", PALETTE[0]),
        "buy": Node("Order from|supplier", 0.5, 0.55, "box", PALETTE[1]),
        "wait": Node("Tell customer", 0.14, 0.55, "box", PALETTE[0]),
        "ship": Node("Ship", 0.86, 0.55, "box", PALETTE[0]),
        "done": Node("Delivered", 0.86, 0.9, "round", PALETTE[2]),
    }
    arrows = [
        ("order", "stock", ""),
        ("stock", "pack", "yes"),
        ("stock", "buy", "no"),
        ("buy", "wait", ""),
        ("buy", "ship", ""),
        ("pack", "ship", ""),
        ("ship", "done", ""),
    ]
    flow_diagram(canvas, box, nodes, arrows, "How an order is handled", 15, (0.22, 0.15))


def _water_cycle(canvas: Canvas, box: _Extent) -> None:
    nodes = {
        "sea": Node("Sea", 0.16, 0.86, "round", PALETTE[0]),
        "vapour": Node("Evaporation", 0.16, 0.14, "box", PALETTE[5]),
        "cloud": Node("Condensation", 0.5, 0.14, "box", PALETTE[6]),
        "rain": Node("Rain and snow", 0.84, 0.14, "box", PALETTE[7]),
        "ground": Node("Soil and rock", 0.84, 0.86, "box", PALETTE[1]),
        "river": Node("River", 0.5, 0.86, "round", PALETTE[2]),
    }
    arrows = [
        ("sea", "vapour", ""),
        ("vapour", "cloud", ""),
        ("cloud", "rain", ""),
        ("rain", "ground", ""),
        ("ground", "river", ""),
        ("river", "sea", ""),
    ]
    flow_diagram(canvas, box, nodes, arrows, "The water cycle", 15, (0.22, 0.17))


def _office_network(canvas: Canvas, box: _Extent) -> None:
    places = {
        "Router": (0.5, 0.14, 1), "Switch A": (0.26, 0.38, 0), "Switch B": (0.74, 0.38, 0), "Printer": (0.07, 0.68, 4),
        "Laptop 1": (0.24, 0.78, 2), "Laptop 2": (0.42, 0.68, 2), "Server": (0.6, 0.72, 7), "Camera": (0.78, 0.8, 3), "Door lock": (0.93, 0.66, 3),
    }  # fmt: skip
    nodes = {name: Node(name, x, y, colour=PALETTE[tone]) for name, (x, y, tone) in places.items()}
    links = [("Router", "Switch A"), ("Router", "Switch B"), ("Switch A", "Printer"), ("Switch A", "Laptop 1"), ("Switch A", "Laptop 2"),
             ("Switch B", "Server"), ("Switch B", "Camera"), ("Switch B", "Door lock"), ("Switch A", "Switch B")]  # fmt: skip
    network_diagram(canvas, box, nodes, links, "Office network", 15)


def _flat(canvas: Canvas, box: _Extent) -> None:
    rooms = [
        Room("Living room", 0, 0, 5.2, 4.2, "south"), Room("Kitchen", 5.2, 0, 3.2, 4.2, "south"), Room("Hall", 0, 4.2, 8.4, 1.5, "west"),
        Room("Bedroom", 0, 5.7, 4.0, 3.6, "north"), Room("Bath", 4.0, 5.7, 1.9, 3.6, "north"), Room("Study", 5.9, 5.7, 2.5, 3.6, "north"),
    ]  # fmt: skip
    floor_plan(canvas, box, rooms, "Flat, second floor", 14)


def _island(canvas: Canvas, box: _Extent) -> None:
    places = {
        "Harbour": (0.2, 0.62),
        "Village": (0.34, 0.48),
        "Spring": (0.5, 0.56),
        "Summit": (0.56, 0.4),
        "Lighthouse": (0.82, 0.33),
    }
    island_map(canvas, box, places, "Skerry Island", 15, seed=5)


def _launch_plan(canvas: Canvas, box: _Extent) -> None:
    rows = {
        "Research": (0, 1.5),
        "Design": (1, 2.5),
        "Prototype": (2, 3.6),
        "Field test": (3.2, 4.8),
        "Production": (4.4, 6),
        "Launch": (5.6, 6),
    }
    timeline(canvas, box, rows, ["Jan", "Feb", "Mar", "Apr", "May", "Jun"], "Product launch plan", 15)


#: File name -> how to draw it on a 640 x 440 canvas.
CHARTS: dict[str, Callable[[Canvas, _Extent], None]] = {
    "bar-chart-bakery.png": _bakery,
    "bar-chart-electricity.png": _energy,
    "line-chart-rainfall.png": _rainfall,
    "line-chart-loss.webp": _training,
    "pie-chart-budget.png": _budget,
    "ring-chart-languages.png": _languages,
    "scatter-chart-trees.png": _heights,
    "scatter-chart-ice-cream.png": _ice_cream,
    "flow-diagram-order.png": _order_flow,
    "flow-diagram-water-cycle.webp": _water_cycle,
    "network-diagram-office.png": _office_network,
    "floor-plan-flat.png": _flat,
    "map-island.png": _island,
    "timeline-launch.png": _launch_plan,
}


def draw_chart(name: str) -> Image.Image:
    """One of ``CHARTS``, RGB."""
    canvas = Canvas(640, 440)
    CHARTS[name](canvas, (14.0, 10.0, 626.0, 430.0))
    return canvas.finish()
