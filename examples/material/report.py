"""An annual report with tables and charts."""

# ruff: noqa: E501, ISC004 - prose, kept as it is read
from __future__ import annotations

from lucida.generate.blocks import Block, Figure, Grid, Heading, Items
from lucida.generate.charts import Titles, bar_chart, line_chart, pie_chart
from lucida.generate.reports import Report
from lucida.generate.scenes import draw_scene
from lucida.generate.sheet import Sheet

_Extent = tuple[float, float, float, float]
_REVENUE = {
    "North": (4.2, 5.1, 7.8, 4.6),
    "South": (3.6, 4.4, 6.9, 3.9),
    "East": (2.1, 2.5, 3.3, 2.4),
    "Islands": (1.2, 2.6, 5.4, 1.5),
}


def _revenue_rows() -> list[list[str]]:
    rows = [[name, *(f"{part:.1f}" for part in parts), f"{sum(parts):.1f}"] for name, parts in _REVENUE.items()]
    sums = [sum(parts) for parts in zip(*_REVENUE.values(), strict=True)]
    return [*rows, ["All regions", *(f"{part:.1f}" for part in sums), f"{sum(sums):.1f}"]]


def _quarters(sheet: Sheet, box: _Extent) -> None:
    series = {name: list(parts) for name, parts in _REVENUE.items()}
    bar_chart(sheet, box, ["Q1", "Q2", "Q3", "Q4"], series, Titles(y="million euros"), 8.5)


def _punctuality(sheet: Sheet, box: _Extent) -> None:
    years = [2019, 2020, 2021, 2022, 2023, 2024]
    series = {"on time (%)": [88.4, 91.0, 90.2, 86.1, 89.7, 93.2]}
    line_chart(sheet, box, years, series, Titles(y="departures on time (%)"), 8.5, low=80)


def _costs(sheet: Sheet, box: _Extent) -> None:
    shares = {"Crew": 17.2, "Fuel and power": 12.4, "Maintenance": 8.3, "Ports": 6.1, "Other": 4.9}
    pie_chart(sheet, box, shares, size=8.5, hole=0.5)


def _bridge(sheet: Sheet, box: _Extent) -> None:
    sheet.image(*box, draw_scene("bridge", 990, 400, seed=3))


_BLOCKS: list[Block] = [
    Heading("1  The year in brief"),
    "2024 was the first full year with the two electric ferries _Eider_ and _Tern_, and the best year for punctuality since records began. "
    "Revenue rose by 8.2 per cent to 61.5 million euros. Costs rose less, by 3.1 per cent, because fuel was cheaper and because "
    "electricity replaced diesel on the Islands route from April. The result before tax was 12.6 million euros.",
    Items(
        [
            "**Passengers:** 3.84 million, 5.5 per cent more than in 2023.",
            "**Cars:** 612,000, a fall of 1.2 per cent; more travellers came on foot and by bicycle.",
            "**Emissions:** 21,400 tonnes of carbon dioxide, down from 27,900.",
            "**Staff:** 486 people at the end of the year, 31 of them apprentices.",
        ]
    ),
    Heading("2  Revenue"),
    "The summer quarter again brought more than a third of the year's revenue. The Islands route grew fastest: its summer timetable, with "
    "eleven crossings a day, filled on most weekends. The East route suffered from road works at Saltholm harbour, which ended in October.",
    Grid(
        {"Region": 1.6, "Q1": 1, "Q2": 1, "Q3": 1, "Q4": 1, "Year": 1},
        _revenue_rows(),
        "**Table 1.** Revenue by region and quarter in 2024, in million euros.",
        total_rows=1,
    ),
    Figure(170, _quarters, "**Figure 1.** Revenue by region and quarter, in million euros."),
    Heading("3  Fleet and service"),
    "At the end of the year the fleet had seven ships. _Cormorant_, the oldest, was sold in November after 34 years of service. "
    "A third electric ferry, _Puffin_, has been ordered from the Marstal yard and is due in May 2026.",
    Grid(
        {"Ship": 1.4, "Built": 0.8, "Drive": 1.5, "Passengers": 1.1, "Cars": 0.8, "Route": 1.2},
        [
            ["Eider", "2023", "battery, 4.3 MWh", "420", "60", "Islands"],
            ["Tern", "2023", "battery, 4.3 MWh", "420", "60", "Islands"],
            ["Gannet", "2016", "diesel-electric", "650", "140", "North"],
            ["Fulmar", "2014", "diesel-electric", "650", "140", "North"],
            ["Kittiwake", "2008", "diesel", "500", "110", "South"],
            ["Guillemot", "2005", "diesel", "480", "96", "South"],
            ["Sanderling", "1999", "diesel", "300", "45", "East"],
        ],
        "**Table 2.** The fleet on 31 December 2024.",
        left=True,
    ),
    "Of 29,614 planned departures, 29,377 were made. Fog was the main reason for cancellations (121), followed by technical faults (64) and "
    "storms (52). Departures within three minutes of the timetable rose to 93.2 per cent.",
    Figure(150, _punctuality, "**Figure 2.** Share of departures within three minutes of the timetable, 2019 to 2024."),
    Heading("4  Costs"),
    "Operating costs were 48.9 million euros. Crew costs rose with the wage agreement of March, which gave 4.0 per cent. Shore power at "
    "Saltholm and Brae cost 1.9 million euros to build, half of it paid by the climate fund.",
    Figure(160, _costs, "**Figure 3.** Operating costs in 2024 by kind."),
    Heading("5  Safety"),
    "There were three reportable incidents, none with serious injury: a passenger fell on the car deck of _Gannet_ in February, a mooring "
    "line parted at Brae in July, and smoke from a galley fan stopped _Guillemot_ for four hours in September. Every crew held "
    "at least twelve evacuation drills.",
    Heading("6  People"),
    "Of our 486 employees, 171 are women and 94 work part-time. Eleven nationalities sail on our ships. On average everybody spent 3.6 days "
    "in training. The apprenticeship for marine electricians, begun with the Brae technical college, drew 140 applications for "
    "eight places.",
    Grid(
        {"Year": 1.2, "Revenue (M€)": 1.2, "Result (M€)": 1.2, "Passengers (M)": 1.3, "Employees": 1.1},
        [
            ["2020", "34.9", "-3.8", "1.97", "471"],
            ["2021", "42.6", "1.1", "2.54", "458"],
            ["2022", "51.7", "6.4", "3.21", "463"],
            ["2023", "56.8", "9.4", "3.64", "474"],
            ["2024", "61.5", "12.6", "3.84", "486"],
        ],
        "**Table 3.** Five years at a glance.",
    ),
    Figure(
        190,
        _bridge,
        "**Figure 4.** The harbour bridge at Saltholm after the road works, seen from _Sanderling_ in October.",
    ),
    Heading("7  Outlook"),
    "We expect revenue of 63 to 65 million euros in 2025. The fare for foot passengers stays at 8.50 euros. Contactless payment comes to all "
    "ships by June. The board proposes a dividend of 0.40 euros per share, to be decided by the general meeting on 22 May 2025.",
]

REPORT = Report(
    organisation="Northwind Ferries",
    title="Annual Report 2024",
    subtitle="Two electric ships, one record year",
    date="Published 28 March 2025",
    summary="Northwind Ferries carries people, cars and goods between the mainland and the Skerry Islands on four routes. This report "
    "sums up our seventy-third year: what we earned, how we sailed, and what comes next.",
    figures=[("61.5 M€", "revenue"), ("3.84 M", "passengers"), ("93.2%", "departures on time"), ("7", "ships")],
    blocks=_BLOCKS,
    picture=draw_scene("sailing-boat", 1190, 800, seed=1),
)  # fmt: skip
