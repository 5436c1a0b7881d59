"""One page like another: decided, replaced, repainted, and known as a drawn page is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import SourceError
from lucida.generate.documents.asking import told_apart, worded
from lucida.generate.documents.content import Entry
from lucida.generate.documents.lookalike import repainting
from lucida.generate.documents.lookalike.deciding import Shown, beside, leaving
from lucida.generate.documents.lookalike.repainting import Found, Pixels, erase, find_ink, set_word
from lucida.generate.documents.lookalike.replacing import Replacer
from lucida.generate.documents.lookalike.vocabulary import every_label, folded, label, labels
from lucida.generate.documents.tongues import LANGUAGES, tongue
from lucida.generate.documents.truth import Asked, Corners, Entity, Link, PageTruth, Role, TrueWord

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.types import Box

#: Pictures on a page are shown in tiles of so many pixels of theirs: no face and no writing is left.
_TILES = 12
#: Shorter words do not show whether they are bold.
_TELLING = 4
#: What OCR is unsure of and stands so many times higher than the page's words is no word: a logo, a barcode.
_TALL, _UNSURE = 2.5, 0.75
_LONGEST_LABEL, _LONGEST_VALUE = 5, 12


@dataclass(frozen=True, slots=True)
class Original:
    """A page to be kept in form only.

    Attributes:
        words: in reading order.
        pictures: boxes of photographs and figures.
    """

    words: Sequence[Shown]
    pictures: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All pages of a source: what goes on one of them goes on all.

    Attributes:
        pages: in order.
        gone: for each word of each page whether it is replaced.
        names: texts without digits on any page; none of them is given for another.
        language: of the labels.
    """

    pages: Sequence[Original]
    gone: Sequence[Sequence[bool]]
    names: frozenset[str]
    language: str


def sheaf(pages: Sequence[Original], keep: Collection[str] = ()) -> Sheaf:
    """Decide for all pages of a source what goes; ``keep`` are further words that stay."""
    pages = [_without_drawings(page) for page in pages]
    texts = {word.text for page in pages for word in page.words}
    names = frozenset(text for text in texts if not any(char.isdigit() for char in text))
    return Sheaf(pages, leaving([page.words for page in pages], keep), names, language_of(texts))


def alike(image: Image, source: Sheaf, number: int, rng: np.random.Generator, *, dpi: float) -> tuple[Image, PageTruth]:
    """A page whose layout stays and whose text is another's.

    Args:
        image: of the page, RGB.
        source: all pages of its source.
        number: of the page among them, from 0.
        rng: where chance comes from.
        dpi: of the image.

    Returns:
        The picture, and what is known of it (unit: points).

    Raises:
        SourceError: the page has no words, or nothing is left that could stand in for one.
    """
    from PIL import Image as Pillow

    page, gone = source.pages[number], source.gone[number]
    if not page.words:
        raise SourceError("The page has no words.", "Choose another page, or read its source with OCR.")
    texts = {word.text for word in page.words}
    goes = {word.text for word, left in zip(page.words, gone, strict=True) if left}
    new = Replacer(texts | source.names, goes, source.language, rng).replace(page.words, gone)
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32).copy()
    _tiled(pixels, page.pictures)
    corners = _repainted(pixels, page.words, gone, new, rng)
    seen = [at for at, corner in enumerate(corners) if corner is not None]
    words = [TrueWord(new[at], corner, page.words[at].line) for at, corner in enumerate(corners) if corner is not None]
    old, flags = [page.words[at] for at in seen], [gone[at] for at in seen]
    scale = np.diag([72 / dpi, 72 / dpi, 1.0])
    truth = PageTruth(image.width, image.height, tuple(words)).moved(
        scale, image.width * 72 / dpi, image.height * 72 / dpi
    )
    picture = Pillow.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
    return picture, _understood(truth, old, flags, source.language, rng)


def language_of(texts: Collection[str]) -> str:
    """The language whose labels and sentences most of the words are known from."""
    words = {folded(text) for text in texts}

    def count(code: str) -> int:
        sections = tongue(code).sections
        parts = [*sections["labels"].values(), *sections["columns"].values(), *sections["prose"].values()]
        own = {folded(part) for variants in parts for variant in variants for part in variant.split()}
        return len(words & own)

    return max(LANGUAGES, key=count)


def _without_drawings(page: Original) -> Original:
    """The page with what OCR took for words, and is none, among its pictures."""
    usual = float(np.median([word.box.height for word in page.words])) if page.words else 0.0
    drawn = [word for word in page.words if word.confidence < _UNSURE and word.box.height > _TALL * usual]
    words = [word for word in page.words if word not in drawn]
    return Original(words, [*page.pictures, *(word.box for word in drawn)])


def _tiled(pixels: Pixels, boxes: Sequence[Box]) -> None:
    """Photographs and figures in coarse tiles, in place."""
    from PIL import Image as Pillow

    for box in boxes:
        left, top, right, bottom = box.to_px(pixels.shape[1], pixels.shape[0])
        part = Pillow.fromarray(pixels[top:bottom, left:right].astype(np.uint8))
        small = part.resize((_TILES, _TILES), Pillow.Resampling.BOX)
        pixels[top:bottom, left:right] = np.asarray(small.resize(part.size, Pillow.Resampling.NEAREST), np.float32)


def _repainted(
    pixels: Pixels, words: Sequence[Shown], gone: Sequence[bool], new: Sequence[str], rng: np.random.Generator
) -> list[Corners | None]:
    """Set the new words, in place; where each word of the page is then, None where no ink showed any."""
    height, width = pixels.shape[:2]
    boxes = [word.box.to_px(width, height) for word in words]
    found = [find_ink(pixels, box) if left else None for box, left in zip(boxes, gone, strict=True)]
    family = repainting.choose_family(
        [(word.text, ink) for word, ink in zip(words, found, strict=True) if ink is not None]
    )
    for box, ink, left in zip(boxes, found, gone, strict=True):
        if left:
            # Where no ink shows there may still be some: faint, or on a ground of its own colour.
            erase(pixels, ink or Found(*box, *_plain(pixels, box)), rng)
    corners: list[Corners | None] = []
    for at, (word, box) in enumerate(zip(words, boxes, strict=True)):
        ink = found[at]
        if ink is None:
            corners.append(None if gone[at] else _corners(box))
        else:
            face = repainting.weight(*_telling(words, found, at), family)
            corners.append(set_word(pixels, word.text, new[at], ink, face, _room(words, boxes, at, ink, width)))
    return corners


def _telling(words: Sequence[Shown], found: Sequence[Found | None], at: int) -> tuple[str, Found]:
    """The word nearest in the line, the word itself first, that is long enough to tell its weight by."""
    near = sorted(range(max(at - 3, 0), min(at + 4, len(words))), key=lambda other: (abs(other - at), other))
    for other in near:
        ink = found[other]
        if ink is not None and words[other].line == words[at].line and len(words[other].text) >= _TELLING:
            return words[other].text, ink
    ink = found[at]
    assert ink is not None
    return words[at].text, ink


def _plain(
    pixels: Pixels, box: tuple[int, int, int, int]
) -> tuple[tuple[float, float, float], tuple[float, float, float], float]:
    left, top, right, bottom = box
    red, green, blue = (float(part) for part in np.median(pixels[top:bottom, left:right].reshape(-1, 3), axis=0))
    return (red, green, blue), (0.0, 0.0, 0.0), 0.0


def _room(words: Sequence[Shown], boxes: Sequence[tuple[int, int, int, int]], at: int, ink: Found, width: int) -> float:
    """Up to the next word in the line, or a little beyond the old one's end where there is none."""
    old = ink.right - ink.left
    if at + 1 < len(words) and beside(words[at], words[at + 1]):
        return max(float(boxes[at + 1][0] - ink.left) - 0.2 * (ink.bottom - ink.top), 0.6 * old)
    following = [
        box[0] for word, box in zip(words, boxes, strict=True) if word.line == words[at].line and box[0] > ink.right
    ]
    edge = min(following, default=width - 4)
    return max(min(1.25 * old, edge - ink.left - 3.0), 0.6 * old)


def _corners(box: tuple[float, float, float, float]) -> Corners:
    left, top, right, bottom = (float(edge) for edge in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _understood(
    page: PageTruth, words: Sequence[Shown], gone: Sequence[bool], language: str, rng: np.random.Generator
) -> PageTruth:
    """The page with its entities, its fields where label and value stand in one line, and questions on these."""
    entities: list[Entity] = []
    links: list[Link] = []
    asked: list[Asked] = []
    at = 0
    while at < len(words):
        end = next((stop for stop in range(at + 1, len(words)) if words[stop].line != words[at].line), len(words))
        for role, span in _spans(words, gone, at, end):
            entities.append(Entity(role, tuple(span)))
            if role == "answer":
                name = label(page.text(entities[-2].words))
                key = labels(language).get(name, "any")
                links.append(Link(key if key != "any" else name, len(entities) - 2, len(entities) - 1))
                entry = Entry(key if key != "any" else "", page.text(entities[-2].words).rstrip(" :."), "")
                asked += [Asked(question, "field", tuple(span)) for question in worded(tongue(language), entry, rng)]
        at = end
    questions = tuple(told_apart(asked, page))
    return replace(page, entities=tuple(entities), links=tuple(links), questions=questions)


def _spans(words: Sequence[Shown], gone: Sequence[bool], start: int, end: int) -> Iterator[tuple[Role, range]]:
    """Parts of a line: a label and the value behind it, or words of no known part."""
    at = start
    while at < end:
        close = _label_end(words, gone, at, end)
        if close is None:
            yield "other", range(at, at + 1)
            at += 1
            continue
        stop = close
        while stop < end and stop - close < _LONGEST_VALUE and _label_end(words, gone, stop, end) is None:
            apart = stop > close and not beside(words[stop - 1], words[stop])
            if apart or not any(char.isalnum() for char in words[stop].text):
                break
            stop += 1
        if stop > close and any(gone[close:stop]):
            yield "question", range(at, close)
            yield "answer", range(close, stop)
        else:
            yield "other", range(at, max(stop, close))
        at = max(stop, close)


def _label_end(words: Sequence[Shown], gone: Sequence[bool], at: int, end: int) -> int | None:
    """Where a label that begins here ends: words that stay, up to a colon, or as the languages know it."""
    best = None
    for stop in range(at + 1, min(at + _LONGEST_LABEL, end) + 1):
        if gone[stop - 1] or (stop - 1 > at and not beside(words[stop - 2], words[stop - 1])):
            break
        text = " ".join(word.text for word in words[at:stop])
        if text.endswith(":"):
            return stop
        if label(text) in every_label() and words[at].text[:1].isupper():
            best = stop
    return best
