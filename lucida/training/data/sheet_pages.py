"""Pages by kind, each drawn anew: business paper, and other pages from simple parts.

Every painter appends one or more pages to an open document; what is written on them is nonsense on purpose, because a
small eye reads no words: it knows an invoice by its looks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from lucida.generate.pens import handwriting
from lucida.generate.sheet import MONO, SANS, SERIF, Paper, Sheet
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Column, Style, TableStyle, paragraph, table
from lucida.training.data.sheet_business import (
    article,
    contract,
    cover,
    datasheet,
    form,
    invoice,
    letter,
    photo,
    receipt,
    report,
)
from lucida.training.data.sheet_charts import draw_any_chart
from lucida.training.data.sheet_words import Words

PagePainter = Callable[[Any, Words], None]


def table_page(document: Any, words: Words) -> None:
    """A page with one large table."""
    sheet, count = Sheet(document), int(words.rng.integers(3, 8))
    sheet.text(50, 70, words.title(4), SANS.bold, 16)
    columns = [Column(words.title(1), 495 / count, "left" if not n else "right") for n in range(count)]
    rows = [[words.title(1), *(words.amount() for _ in range(count - 1))] for _ in words.several(10, 34)]
    looks: tuple[Literal["rules", "grid", "bands"], ...] = ("rules", "grid", "bands")
    look = TableStyle(Style(size=8.5, leading=11), looks[int(words.rng.integers(3))], words.accent(), "#ffffff")
    table(sheet, 50, 92, columns, rows, look)
    sheet.finish()


def text_page(document: Any, words: Words) -> None:
    """A page of running text, as in a book."""
    sheet = Sheet(document, Paper(420, 595) if words.rng.random() < 0.5 else Paper(595, 842))
    family, size = (SERIF, SANS)[int(words.rng.random() < 0.3)], words.rng.uniform(9, 12)
    y, left, width = 60.0, 55.0, sheet.width - 110
    if words.rng.random() < 0.4:
        sheet.text(sheet.width / 2, 90, words.title(3), family.bold, 17, align="center")
        y = 130
    style = Style(family, size, size * 1.35, justify=words.rng.random() < 0.7)
    while y < sheet.height - 140:
        y = paragraph(sheet, left, y, width, words.paragraph(int(words.rng.integers(2, 6))), style) + size * 0.5
    sheet.text(sheet.width / 2, sheet.height - 30, str(words.rng.integers(1, 400)), family.regular, 9, align="center")
    sheet.finish()


def newspaper(document: Any, words: Words) -> None:
    """A newspaper page: a masthead, columns, headlines, a picture."""
    sheet, count = Sheet(document), int(words.rng.integers(3, 6))
    sheet.text(
        297, 62, f"The {words.title(1)} {words.pick(('Times', 'Post', 'Herald'))}", SERIF.bold, 38, align="center"
    )
    sheet.rule(40, 555, 76, 1.2)
    sheet.text(40, 104, words.title(5), SERIF.bold, 23)
    width = (515 - 12 * (count - 1)) / count
    sheet.image(40, 118, 40 + 2 * width + 12, 270, photo(words))
    for column in range(count):
        x, y = 40 + column * (width + 12), 284.0 if column < 2 else 122.0
        while y < 720:
            if words.rng.random() < 0.3:
                y = paragraph(sheet, x, y, width, words.title(3), Style(SERIF, 13, 15, bold=True)) + 2
            y = paragraph(sheet, x, y, width, words.paragraph(3), Style(SERIF, 7.5, 9, justify=True)) + 4
    sheet.finish()


def handwritten(document: Any, words: Words) -> None:
    """A page written by hand, lined or blank."""
    sheet = Sheet(document, Paper(420, 595))
    lined, ink = words.rng.random() < 0.6, words.pick(("#1c3f94", "#222222", "#3a2a6a", "#444444"))
    step, size = words.rng.uniform(19, 27), words.rng.uniform(13, 19)
    y, count = 60.0, int(words.rng.integers(8, 22))
    for line in range(count):
        if lined:
            sheet.rule(0, sheet.width, y + 3, 0.5, "#a9bcd8")
        if words.rng.random() < 0.92:
            text = words.sentence().lower()[: int((sheet.width - 70) / size / 0.45)]
            handwriting(sheet, 38 + words.rng.uniform(0, 8), y, text, size, seed=line, colour=ink)
        y += step
    sheet.finish()


def blank(document: Any, words: Words) -> None:
    """An empty page, perhaps lined."""
    sheet = Sheet(document)
    if words.rng.random() < 0.4:
        step = words.rng.uniform(18, 30)
        for line in range(int(800 / step)):
            sheet.rule(0, sheet.width, 40 + line * step, 0.6, "#b8c4d4")
    sheet.finish()


def slide(document: Any, words: Words) -> None:
    """A slide of a presentation: a title, points, perhaps a picture or a chart."""
    sheet, accent = Sheet(document, Paper(720, 405 if words.rng.random() < 0.7 else 540)), words.accent()
    dark = words.rng.random() < 0.25
    sheet.polygon(rectangle(0, 0, sheet.width, sheet.height), accent if dark else "#ffffff")
    ink = "#ffffff" if dark else "#222222"
    if not dark and words.rng.random() < 0.6:
        sheet.polygon(rectangle(0, 0, sheet.width, 66), accent)
        sheet.text(40, 45, words.title(4), SANS.bold, 30, "#ffffff")
    else:
        sheet.text(40, 52, words.title(4), SANS.bold, 32, ink)
    beside = words.rng.random()
    width = 620.0 if beside > 0.6 else 320.0
    y = 100.0
    for _ in words.several(3, 6):
        sheet.ellipse(44, y + 5, 52, y + 13, ink)
        y = paragraph(sheet, 64, y, width - 40, words.sentence(), Style(SANS, 18, 24, ink)) + 10
    if beside < 0.3:
        draw_any_chart(sheet, (390, 90, 690, sheet.height - 40), words)
    elif beside <= 0.6:
        sheet.image(390, 100, 680, 320, photo(words))
    sheet.finish()


def code_listing(document: Any, words: Words) -> None:
    """A page of source code."""
    sheet, depth = Sheet(document), 0
    dark = words.rng.random() < 0.5
    sheet.polygon(rectangle(0, 0, sheet.width, sheet.height), "#1e1f29" if dark else "#ffffff")
    inks = ("#f8f8f2", "#8be9fd", "#ff79c6", "#6272a4") if dark else ("#222222", "#0550ae", "#a626a4", "#7a8290")
    for line in range(62):
        if words.rng.random() < 0.12:
            depth = 0
            continue
        depth = max(0, min(4, depth + int(words.rng.integers(-1, 2))))
        x = sheet.text(20, 34 + line * 13, f"{line + 1:>3}", MONO.regular, 8, inks[3]) + 32 + depth * 22
        for _ in words.several(1, 5):
            token = words.noun() + words.pick(("(", ")", " =", ":", ".", "[0]", ""))
            x += sheet.text(x, 34 + line * 13, token, MONO.regular, 9, words.pick(inks)) + 5
    sheet.finish()


def page_with_figure(document: Any, words: Words) -> None:
    """A page of text around a picture or a chart."""
    sheet = Sheet(document)
    middle = words.rng.uniform(120, 420)
    style = Style(SERIF if words.rng.random() < 0.5 else SANS, 10, 13.5, justify=True)
    y = 60.0
    while y < middle - 60:
        y = paragraph(sheet, 60, y, 475, words.paragraph(3), style) + 6
    bottom = y + words.rng.uniform(180, 300)
    if words.rng.random() < 0.5:
        sheet.image(90, y + 10, 505, bottom, photo(words))
    else:
        draw_any_chart(sheet, (80, y + 10, 515, bottom), words)
    y = paragraph(sheet, 90, bottom + 6, 415, words.sentence(), Style(SANS, 8.5, 11)) + 12
    while y < 730:
        y = paragraph(sheet, 60, y, 475, words.paragraph(3), style) + 6
    sheet.finish()


def calendar(document: Any, words: Words) -> None:
    """A month's calendar."""
    sheet, accent = Sheet(document, Paper(842, 595) if words.rng.random() < 0.6 else Paper(595, 842)), words.accent()
    sheet.text(sheet.width / 2, 70, words.date().split()[1], SANS.bold, 34, accent, "center")
    step, down, first = (sheet.width - 80) / 7, (sheet.height - 150) / 6, int(words.rng.integers(7))
    for column, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        sheet.text(40 + step * (column + 0.5), 112, day, SANS.bold, 13, "#444444", "center")
    for cell in range(42):
        x, y = 40 + step * (cell % 7), 122 + down * (cell // 7)
        sheet.polygon(rectangle(x, y, x + step, y + down), None, "#c5c9d0", 0.8)
        if 0 <= cell - first < 31:
            sheet.text(x + 8, y + 18, str(cell - first + 1), SANS.regular, 14, "#b3261e" if cell % 7 > 4 else "#222222")
    sheet.finish()


def screenshot(document: Any, words: Words) -> None:
    """The window of a program or a web page."""
    sheet, accent = Sheet(document, Paper(800, 560)), words.accent()
    dark = words.rng.random() < 0.3
    back, ink = ("#23252d", "#e6e6ea") if dark else ("#ffffff", "#22252b")
    sheet.polygon(rectangle(0, 0, 800, 560), back)
    sheet.polygon(rectangle(0, 0, 800, 30), "#383b45" if dark else "#dfe3e8")
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        sheet.ellipse(12 + number * 20, 9, 24 + number * 20, 21, colour)
    sheet.rounded(90, 6, 560, 24, 8, "#4a4d58" if dark else "#ffffff")
    side = 170 if words.rng.random() < 0.7 else 0
    if side:
        sheet.polygon(rectangle(0, 30, side, 560), "#2d3039" if dark else "#f2f4f7")
        for row in words.several(5, 11):
            sheet.text(18, 66 + row * 30, words.title(1), SANS.regular, 13, ink)
    sheet.text(side + 30, 76, words.title(3), SANS.bold, 24, ink)
    for row in words.several(1, 3):
        for column in range(3):
            x, y = side + 30 + column * (760 - side) / 3, 110 + row * 145
            sheet.rounded(x, y, x + (680 - side) / 3, y + 125, 8, "#30343e" if dark else "#eef1f5")
            sheet.rounded(x + 10, y + 10, x + 60, y + 50, 6, accent)
            paragraph(sheet, x + 10, y + 60, (620 - side) / 3, words.sentence(), Style(SANS, 10, 13, ink))
    sheet.finish()


def business_card(document: Any, words: Words) -> None:
    """A business card."""
    sheet, accent = Sheet(document, Paper(252, 144)), words.accent()
    sheet.polygon(rectangle(0, 0, 252, 144), words.pick(("#ffffff", "#fdf8ee", "#f2f4f7")))
    sheet.polygon(rectangle(0, 0, 14, 144), accent)
    sheet.ellipse(190, 18, 230, 58, accent)
    sheet.text(30, 50, words.person(), SANS.bold, 16)
    sheet.text(30, 66, words.title(2), SANS.regular, 9, "#666666")
    for row, line in enumerate([words.firm(), *words.address(), words.code()]):
        sheet.text(30, 92 + row * 12, line, SANS.regular, 8)
    sheet.finish()


#: Kind to painter.
PAGES: dict[str, PagePainter] = {
    "invoice": invoice, "letter": letter, "form": form, "receipt": receipt, "article": article, "report": report,
    "cover": cover, "datasheet": datasheet, "contract": contract, "table": table_page, "text": text_page,
    "newspaper": newspaper, "handwritten": handwritten, "blank": blank, "slide": slide, "code": code_listing,
    "figure": page_with_figure, "calendar": calendar, "screenshot": screenshot, "business card": business_card,
}  # fmt: skip
