"""A datasheet with 5 pt fine print."""

# ruff: noqa: E501, ISC004 - prose, kept as it is read
from __future__ import annotations

from lucida.generate.blocks import Block, Figure, Grid, Heading, Items
from lucida.generate.charts import PALETTE, Titles, line_chart
from lucida.generate.datasheets import Datasheet
from lucida.generate.diagrams import Node, flow_diagram
from lucida.generate.sheet import SANS, Sheet
from lucida.generate.surface import rectangle

_Extent = tuple[float, float, float, float]


def _block_diagram(sheet: Sheet, box: _Extent) -> None:
    nodes = {
        "t": Node("Temperature|sensor", 0.16, 0.22, colour=PALETTE[1]),
        "h": Node("Humidity|sensor", 0.16, 0.78, colour=PALETTE[0]),
        "adc": Node("16-bit ADC", 0.5, 0.22, colour=PALETTE[6]),
        "dsp": Node("Calibration|memory", 0.5, 0.78, colour=PALETTE[6]),
        "i2c": Node("I²C|interface", 0.84, 0.22, colour=PALETTE[2]),
        "alarm": Node("Alert|logic", 0.84, 0.78, colour=PALETTE[4]),
    }
    arrows = [
        ("t", "adc", ""),
        ("h", "adc", ""),
        ("adc", "i2c", ""),
        ("dsp", "adc", ""),
        ("i2c", "alarm", ""),
        ("dsp", "alarm", ""),
    ]
    flow_diagram(sheet, box, nodes, arrows, size=6.4, node_size=(0.25, 0.26))


def _package(sheet: Sheet, box: _Extent) -> None:
    x0, y0, x1, y1 = box
    x, y, size = (x0 + x1) / 2, (y0 + y1) / 2 - 2, 70.0
    left, top = x - size / 2, y - size / 2
    sheet.polygon(rectangle(left, top, left + size, top + size), "#3a3d42", "#111111", 0.8)
    sheet.ellipse(left + 7, top + 7, left + 12, top + 12, "#d8d8d8")
    sheet.ellipse(x - 13, y - 13, x + 13, y + 13, "#c9ced6", "#8a9099", 1.2)
    pins = {
        "SDA": (0, 0),
        "ADDR": (0, 1),
        "ALERT": (0, 2),
        "SCL": (0, 3),
        "VDD": (1, 3),
        "nRESET": (1, 2),
        "R": (1, 1),
        "VSS": (1, 0),
    }
    for number, (name, (side, row)) in enumerate(pins.items(), start=1):
        edge = left + side * size
        pin_y = top + 11 + row * 16
        sheet.polygon(rectangle(edge - 5, pin_y - 3, edge + 5, pin_y + 3), "#d9b45a", "#7d6526", 0.4)
        reach = 9 if side else -9
        sheet.text(
            edge + reach,
            pin_y + 2.4,
            f"{number} {name}" if side else f"{name} {number}",
            SANS.regular,
            6.6,
            align="left" if side else "right",
        )
    sheet.polyline([(left, top + size + 7), (left + size, top + size + 7)], "#444444", 0.5)
    sheet.text(x, top + size + 15, "2.5 mm", SANS.regular, 6.6, align="center")


def _accuracy(sheet: Sheet, box: _Extent) -> None:
    series = {"typical": [0.45, 0.2, 0.1, 0.1, 0.18, 0.3], "maximum": [0.8, 0.4, 0.2, 0.2, 0.35, 0.6]}
    titles = Titles(x="temperature (°C)", y="error (± °C)")
    line_chart(sheet, box, [-40, -10, 10, 40, 70, 100], series, titles, 6.6)


def _step(sheet: Sheet, box: _Extent) -> None:
    seconds = [0, 1, 2, 3, 4, 6, 8, 10]
    series = {
        "bare": [25, 32.9, 37.6, 40.5, 42.3, 44, 44.6, 44.9],
        "with membrane": [25, 30, 33.8, 36.7, 38.9, 41.8, 43.4, 44.3],
    }
    line_chart(sheet, box, seconds, series, Titles(x="time (s)", y="reading (°C)"), 6.6, low=20)


def _humidity(sheet: Sheet, box: _Extent) -> None:
    series = {"typical": [2.2, 1.5, 1.5, 1.5, 1.5, 2.4], "maximum": [4.0, 2.5, 2.2, 2.2, 2.5, 4.5]}
    line_chart(sheet, box, [0, 10, 30, 60, 90, 100], series, Titles(x="relative humidity (%)", y="error (± % RH)"), 6.6)


_BLOCKS: list[Block] = [
    Heading("Features"),
    Items(
        [
            "Temperature accuracy ±0.1 °C from 10 to 40 °C",
            "Relative humidity accuracy ±1.5% RH from 10 to 90% RH",
            "Supply voltage 1.62 to 5.5 V",
            "Average current 1.7 µA at one measurement per second",
            "I²C interface up to 1 MHz, two addresses",
            "Factory calibrated, unique 64-bit serial number",
            "8-pin DFN package, 2.5 x 2.5 x 0.9 mm",
        ]
    ),
    Heading("Applications"),
    "Cold-chain loggers, room thermostats, greenhouses, incubators, museum showcases, battery storage cabinets.",
    Heading("Description"),
    "The KM-4172 measures temperature and relative humidity and delivers calibrated digital values. A heater of 18 mW drives off "
    "condensation. The alert pin signals when limits stored in the sensor are crossed, so that the host can sleep. A membrane over the "
    "opening keeps out dust and water to IP67.",
    Figure(112, _block_diagram, "**Figure 1.** Block diagram."),
    Heading("Pin assignment"),
    Figure(112, _package, "**Figure 2.** Package seen from above. Pin 7 (R) has no function and is tied to VSS."),
    Heading("Absolute maximum ratings"),
    Grid(
        {"Parameter": 2.4, "Min": 0.8, "Max": 0.8, "Unit": 0.7},
        [
            ["Supply voltage VDD", "-0.3", "6.0", "V"],
            ["Voltage on any pin", "-0.3", "VDD + 0.3", "V"],
            ["Current into any pin", "-100", "100", "mA"],
            ["Operating temperature", "-40", "125", "°C"],
            ["Storage temperature", "-40", "150", "°C"],
            ["ESD, human body model", "", "4", "kV"],
        ],
    ),
    Heading("Electrical characteristics"),
    Grid(
        {"Parameter (VDD = 3.3 V, 25 °C)": 2.4, "Min": 0.6, "Typ": 0.6, "Max": 0.6, "Unit": 0.6},
        [
            ["Supply current, idle", "", "0.2", "2.0", "µA"],
            ["Supply current, measuring", "", "600", "1500", "µA"],
            ["Supply current, heater on", "", "5.4", "7.0", "mA"],
            ["Power-up time", "", "0.5", "1.0", "ms"],
            ["Measuring time, high repeatability", "", "12.5", "15.5", "ms"],
            ["Measuring time, low repeatability", "", "2.5", "4.5", "ms"],
            ["Pull-up resistor on nRESET", "40", "50", "60", "kOhm"],
        ],
    ),
    Heading("Sensor performance"),
    Grid(
        {"Parameter": 1.9, "Temperature": 1.1, "Humidity": 1.1},
        [
            ["Range", "-40 to 125 °C", "0 to 100% RH"],
            ["Accuracy, typical", "±0.1 °C", "±1.5% RH"],
            ["Repeatability", "0.04 °C", "0.1% RH"],
            ["Resolution", "0.01 °C", "0.01% RH"],
            ["Response time (63%)", "2 s", "8 s"],
            ["Drift per year", "below 0.03 °C", "below 0.25% RH"],
        ],
    ),
    Figure(128, _accuracy, "**Figure 3.** Temperature error over the operating range."),
    Heading("Commands"),
    "The sensor answers on the I²C bus. A measurement is started by one of the commands below and read after the measuring time as six "
    "bytes: temperature, checksum, humidity, checksum, each value with its high byte first.",
    Grid(
        {"Command": 2.2, "Code": 0.9, "Bytes": 0.7},
        [
            ["Measure, high repeatability", "0xFD", "6"],
            ["Measure, low repeatability", "0xE0", "6"],
            ["Heater on for 1 s", "0x39", "6"],
            ["Read serial number", "0x89", "6"],
            ["Write alert limits", "0x61", "6"],
            ["Soft reset", "0x94", "0"],
        ],
    ),
    Heading("Conversion"),
    "With the raw values S of 16 bits, the temperature is T = -45 + 175 S / 65535 in °C and the relative humidity is "
    "RH = -6 + 125 S / 65535 in %. The checksum is a CRC-8 with the polynomial 0x31 and the start value 0xFF.",
    Heading("Humidity error"),
    Figure(110, _humidity, "**Figure 4.** Humidity error at 25 °C."),
    Heading("Alert limits"),
    Grid(
        {"Limit": 1.6, "Default": 1.0, "Step": 0.9},
        [
            ["High alert, set", "60 °C, 80% RH", "0.5 °C, 1%"],
            ["High alert, clear", "58 °C, 79% RH", "0.5 °C, 1%"],
            ["Low alert, clear", "-9 °C, 22% RH", "0.5 °C, 1%"],
            ["Low alert, set", "-10 °C, 20% RH", "0.5 °C, 1%"],
        ],
        left=True,
    ),
    Heading("Mounting"),
    "Keep the sensor away from sources of heat and provide an opening to the air of at least 3 mm. Slots in the board around the package "
    "cut the flow of heat. A capacitor of 100 nF belongs next to pin 5. Pull-up resistors of 10 kOhm on SDA and SCL suit most buses.",
    Heading("Step response"),
    Figure(120, _step, "**Figure 5.** Response to a step from 25 to 45 °C in air moving at 1 m/s."),
    Heading("Package dimensions"),
    Grid(
        {"Dimension": 1.9, "Min": 0.7, "Nominal": 0.9, "Max": 0.7},
        [
            ["Length and width (mm)", "2.4", "2.5", "2.6"],
            ["Height (mm)", "0.8", "0.9", "1.0"],
            ["Diameter of the opening (mm)", "0.7", "0.9", "1.1"],
            ["Pin width (mm)", "0.20", "0.25", "0.30"],
            ["Pin pitch (mm)", "", "0.5", ""],
            ["Mass (mg)", "", "16", ""],
        ],
    ),
    Heading("Qualification"),
    Grid(
        {"Test": 1.5, "Condition": 1.8, "Result": 0.7},
        [
            ["High temperature", "125 °C, 408 h", "pass"],
            ["Temperature cycles", "-40 to 125 °C, 500 x", "pass"],
            ["Humidity and heat", "85 °C, 85% RH, 1,000 h", "pass"],
            ["Vibration", "5 to 2,000 Hz, 20 g", "pass"],
        ],
        left=True,
    ),
    Heading("Ordering"),
    Grid(
        {"Part number": 1.5, "I²C address": 1.1, "Reel": 0.8, "Marking": 0.9},
        [
            ["KM-4172-A", "0x44", "2,500", "K72A"],
            ["KM-4172-B", "0x45", "2,500", "K72B"],
            ["KM-4172-AM", "0x44, IP67", "1,000", "K72M"],
            ["KM-4172-EVK", "evaluation kit", "1", ""],
        ],
        left=True,
    ),
]

DATASHEET = Datasheet(
    maker="KESTREL MICROSYSTEMS",
    part="KM-4172",
    headline="Digital temperature and humidity sensor",
    revision="Revision 2.3 \u00b7 September 2024",
    blocks=_BLOCKS,
    fine_print=[
        "**1. Handling.** The sensor opening must not be covered, washed or touched. Keep sensors in their sealed bag until mounting; after "
        "opening the bag, mount within 168 hours (moisture sensitivity level 3). Reflow soldering: peak 245 °C for at most 30 s, "
        "two passes at most. After soldering, let the sensor rehydrate for 24 hours at 75% RH and 25 °C before calibration.",
        "**2. Chemicals.** Vapours of solvents, adhesives and cleaning agents may shift the humidity reading for good. Do not use ultrasonic "
        "cleaning. Ketones, ethene oxide and hydrogen peroxide above 5 ppm damage the membrane.",
        "**3. Heater.** Humidity readings are not valid while the heater is on and for 60 s after it was switched off. Continuous heating "
        "for more than 10 minutes per hour shortens the life of the sensor.",
        "**4. Typical values** are means over 1,200 units of three production lots at 25 °C and are not guaranteed. Minimum and maximum "
        "values are mean plus or minus three standard deviations unless tested in production.",
        "**5. Use.** Not for life support, aircraft control or nuclear plants. The buyer bears the whole risk of such use and holds "
        "Kestrel Microsystems harmless.",
        "**6. Warranty.** Kestrel Microsystems warrants that its products are free of defects in material and workmanship for 18 months "
        "from the date of delivery. Claims must reach us in writing within 14 days of discovery. Our liability is limited to replacement "
        "or, at our choice, refund of the price, and in no case exceeds 50,000 euros.",
        "**7. Environment.** Free of lead and halogens. Contains no substances of very high concern above 0.1% by weight. Return used parts "
        "to collection point 3318 or to any dealer.",
        "**8. Changes.** Specifications may change without notice. Revision 2.3 replaces revision 2.2 of March 2023: measuring time at low "
        "repeatability corrected, ordering code AM added, figure 3 redrawn.",
    ],
)  # fmt: skip
