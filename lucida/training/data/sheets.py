"""Pages and charts by kind: whole and in part, clean and as scanners deliver them."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from PIL import Image

from lucida.generate.canvas import Canvas
from lucida.generate.files import new_document
from lucida.generate.wear import Wear, degrade
from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn
from lucida.training.data.sheet_charts import CHARTS
from lucida.training.data.sheet_pages import PAGES
from lucida.training.data.sheet_words import Words

STYLES = ("clean", "scanned", "part")
#: What one says of each kind, without an article; the first is its name.
NAMES: dict[str, tuple[str, ...]] = {
    "invoice": ("an invoice", "a bill", "a business invoice with a total"),
    "letter": ("a letter", "a typed letter", "a business letter", "correspondence"),
    "form": ("a form", "a filled-in form", "a questionnaire", "an application form"),
    "receipt": ("a receipt", "a till receipt", "a sales slip", "a shopping receipt"),
    "article": ("a scientific article", "a research paper", "a page in two columns", "a journal article"),
    "report": ("a report", "a page of a report", "a business report"),
    "cover": ("a report cover", "a title page", "a brochure", "the cover of a report"),
    "datasheet": ("a datasheet", "a technical data sheet", "product specifications"),
    "contract": ("a contract", "an agreement", "a legal document"),
    "table": ("a page with a table", "a table", "a table of numbers", "a spreadsheet"),
    "text": ("a page of text", "a book page", "a page of a book", "printed text"),
    "newspaper": ("a newspaper", "a newspaper page", "a front page", "a page of news in columns"),
    "handwritten": ("a handwritten page", "handwriting", "a handwritten note", "handwritten notes"),
    "blank": ("a blank page", "an empty page", "a blank sheet of paper"),
    "slide": ("a slide", "a presentation slide", "a slide of a talk"),
    "code": ("source code", "a page of code", "program code", "a code listing"),
    "figure": ("a page with a figure", "a page of text with a picture", "an illustrated page"),
    "calendar": ("a calendar", "a month's calendar", "a monthly planner"),
    "screenshot": ("a screenshot", "a screenshot of a program", "a web page", "a user interface", "a website"),
    "business card": ("a business card", "a visiting card"),
    "bar chart": ("a bar chart", "a bar graph", "a chart", "a graph"),
    "grouped bar chart": ("a grouped bar chart", "a bar chart", "a bar chart with several series", "a chart"),
    "line chart": ("a line chart", "a line graph", "a chart", "a graph", "a plot"),
    "scatter plot": ("a scatter plot", "a scatter chart", "a plot of points", "a graph"),
    "pie chart": ("a pie chart", "a chart of shares", "a chart"),
    "ring chart": ("a ring chart", "a donut chart", "a chart"),
    "flow chart": ("a flow chart", "a flow diagram", "a diagram", "boxes and arrows"),
    "network": ("a network diagram", "a diagram of nodes and links", "a diagram"),
    "floor plan": ("a floor plan", "a plan of a house", "an architectural plan", "a blueprint"),
    "map": ("a map", "a map of an island", "a geographical map"),
    "gantt chart": ("a Gantt chart", "a timeline", "a project plan", "a schedule"),
}
#: Kinds that are looked for more often, or vary more.
_WEIGHTS = {"blank": 0.4, "business card": 0.5, "gantt chart": 0.6, "cover": 0.7}


KINDS = (*PAGES, *CHARTS)
#: Pictures made of one drawn document or chart: each of another page, worn and cut in another way.
VIEWS = 4


class Sheets:
    """Recipe: pages and charts.

    Args:
        count: how many.
        side: width and height, pixels.
        seed: of everything.
    """

    transparent = False

    def __init__(self, count: int, side: int = 96, seed: int = 0) -> None:
        self.side, self._count, self._seed = side, count, seed

    def __len__(self) -> int:
        return self._count

    def fingerprint(self) -> str:
        told = f"sheets 1 {self._count} {self.side} {self._seed} {sorted(NAMES.items())}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def draw(self, job: int) -> Drawn:
        number, pages = _document(self._seed, job // VIEWS)
        kind, rng = KINDS[number], np.random.default_rng([self._seed, job, 1])
        image = pages[int(rng.integers(len(pages)))]
        style = int(rng.choice(3, p=(0.45, 0.3, 0.25)))
        if style == 1 and kind == "screenshot":
            style = 0  # a screen is not scanned
        if style == 1:
            image = degrade(image, _wear(rng), seed=job).convert("RGB")
        cut = _part(image, rng) if style == 2 else image
        return Drawn(_fitted(cut, self.side, rng), number * len(STYLES) + style, style)

    def card(self) -> Card:
        concepts = [_captions(kind, style) for kind in KINDS for style in range(len(STYLES))]
        pages = [3 * n + style for n, kind in enumerate(KINDS) if kind in PAGES for style in range(3)]
        return Card(
            styles=STYLES,
            concepts=tuple(concepts),
            source="pages and charts drawn by this recipe",
            licence="Apache 2.0",
            seed=self._seed,
            keys=tuple(f"{kind}/{style}" for kind in KINDS for style in STYLES),
            topics=tuple(_topics(kind) for kind in KINDS for _ in STYLES),
            marks={"page": tuple(pages), "chart": tuple(sorted({*range(len(concepts))} - {*pages}))},
        )


def _captions(kind: str, style: int) -> tuple[str, ...]:
    names = NAMES[kind]
    if STYLES[style] == "scanned":
        bare = [name.split(" ", 1)[1] if name.startswith(("a ", "an ", "the ")) else name for name in names[:2]]
        return (f"a scanned {bare[0]}", *names, f"a scan of {names[0]}", f"a photocopy of {names[0]}")
    if STYLES[style] == "part":
        return (*names, f"part of {names[0]}", f"a close-up of {names[0]}")
    return (*names, f"a picture of {names[0]}")


def _topics(kind: str) -> tuple[str, ...]:
    if kind in {"screenshot", "business card", "slide", "code"}:
        return ("document", "text")
    return ("document", "page", "paper") if kind in PAGES else ("diagram", "drawing")


@lru_cache(maxsize=2)
def _document(seed: int, number: int) -> tuple[int, tuple[Image.Image, ...]]:
    """A freshly drawn document or chart: which of ``KINDS``, and its first pages, at about 400 pixels."""
    words = Words(np.random.default_rng([seed, number]))
    weights = np.array([_WEIGHTS.get(kind, 1.0) for kind in KINDS])
    chosen = int(words.rng.choice(len(KINDS), p=weights / weights.sum()))
    kind = KINDS[chosen]
    return chosen, _pages(kind, words) if kind in PAGES else (_chart(kind, words),)


def _pages(kind: str, words: Words) -> tuple[Image.Image, ...]:
    document = new_document()
    try:
        PAGES[kind](document, words)
        longest = max(document[0].rect.width, document[0].rect.height)
        dpi = round(72 * words.rng.uniform(340, 460) / longest)
        rasters = [document[number].get_pixmap(dpi=dpi, alpha=False) for number in range(min(3, len(document)))]
        return tuple(Image.frombytes("RGB", (raster.width, raster.height), raster.samples) for raster in rasters)
    finally:
        document.close()


def _chart(kind: str, words: Words) -> Image.Image:
    height = int(words.rng.integers(200, 340))
    back = words.pick(("#ffffff", "#ffffff", "#ffffff", "#fbf7ef", "#f1f4f8"))
    canvas = Canvas(320, height, background=back, oversampling=2)
    CHARTS[kind](canvas, (8, 8, 312, height - 8), words)
    return canvas.finish()


def _wear(rng: np.random.Generator) -> Wear:
    paper = tuple(int(255 - tone) for tone in np.sort(rng.uniform(0, 36, 3)))
    return Wear(
        skew=float(rng.normal(0, 1.8)),
        blur_px=float(rng.uniform(0, 0.8)),
        noise=float(rng.uniform(0, 10)),
        specks=float(rng.uniform(0, 300)),
        fading=float(rng.uniform(0, 0.35)),
        paper=(paper[0], paper[1], paper[2]),
        shading=float(rng.uniform(0, 0.3)),
        creases=int(rng.random() < 0.2),
        coffee=int(rng.random() < 0.07),
        jpeg_quality=int(rng.integers(25, 80)),
        grey=bool(rng.random() < 0.5),
        turn=(0, 90, 180, 270)[int(rng.choice(4, p=(0.91, 0.03, 0.03, 0.03)))],
    )


def _part(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A window on the upper two thirds, where pages have their say."""
    share = rng.uniform(0.45, 0.8)
    side = share * min(image.size)
    x = rng.uniform(0, image.width - side)
    y = rng.uniform(0, max(0.0, image.height * 0.75 - side))
    return image.crop((int(x), int(y), int(x + side), int(y + side)))


def _fitted(image: Image.Image, side: int, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Make it square in one of the ways that viewers do: stretched, padded, or cut at the short side."""
    way = rng.choice(3, p=(0.35, 0.35, 0.3)) if image.width != image.height else 0
    if way == 1:
        longest = max(image.size)
        tone = (255, 255, 255) if rng.random() < 0.5 else tuple(int(part) for part in rng.integers(0, 256, 3))
        square = Image.new("RGB", (longest, longest), (tone[0], tone[1], tone[2]))
        square.paste(image, ((longest - image.width) // 2, (longest - image.height) // 2))
        image = square
    elif way == 2:
        shortest = min(image.size)
        x, y = (image.width - shortest) // 2, int(rng.integers(0, image.height - shortest + 1))
        image = image.crop((x, y, x + shortest, y + shortest))
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))
