"""What reading a source yields: pages with words and regions, and the passages and pictures made from them.

Nothing here knows a database or a model. All of it is plain data that crosses process borders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from lucida.types.geometry import Box


class RegionKind(StrEnum):
    """The role of a box on a page."""

    TITLE = "title"
    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    FIGURE = "figure"
    PHOTO = "photo"
    CAPTION = "caption"
    FORMULA = "formula"
    HEADER = "header"
    FOOTER = "footer"


class TextOrigin(StrEnum):
    """Where a page's words came from."""

    LAYER = "layer"  # the document's own text
    OCR = "ocr"
    NONE = "none"  # a page without words


class PictureRole(StrEnum):
    """Why a picture is in the library."""

    PHOTO = "photo"  # an image file, or a photograph embedded in a page
    FIGURE = "figure"  # a crop of a figure or chart
    PAGE = "page"  # the whole page as seen


class Word(NamedTuple):
    """One printed word.

    Attributes:
        text: without surrounding white space, never empty.
        box: fractions of the page.
        confidence: 1.0 for a text layer, the engine's own figure (0..1) for OCR.
        line: index of the visual line on the page, counting from 0 in reading order; words of a line share it.
    """

    text: str
    box: Box
    confidence: float
    line: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; row and column count from 0, spans cover more than one."""

    row: int
    column: int
    text: str
    box: Box
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in row-major order. ``header_rows`` leading rows name the columns."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    header_rows: int = 1


@dataclass(frozen=True, slots=True)
class Region:
    """A box with a role, in reading order. ``level`` is a title's depth (1 is the top), 0 for anything else."""

    kind: RegionKind
    box: Box
    text: str = ""
    level: int = 0
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text for retrieval.

    Attributes:
        text: what is indexed and shown; white space folded, hyphenation at line ends undone.
        page: number of the page it starts on, counting from 1.
        box: around its words on that page.
        section: titles above it, outermost first.
        kind: role of the region it came from.
    """

    text: str
    page: int
    box: Box
    section: tuple[str, ...] = ()
    kind: RegionKind = RegionKind.TEXT


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels for retrieval.

    Attributes:
        role: photo, figure crop or page image.
        page: page number, counting from 1.
        box: where it lies on that page.
        width_px, height_px: size at the source's own resolution.
        image: encoded preview (WebP or JPEG, longest side at most 512 px); empty where none could be made.
        caption: words that describe it, if the page has any.
        pixels: what the image encoder sees, where the reader was given a ``PixelRule``: RGB, row by row, of the
            rule's size. They go to the encoder and are kept nowhere.
        perceptual_hash: 64 bits that stay nearly the same when the picture is scaled or compressed again; None where
            there is no telling, e.g. for a picture of one colour.
        pixels_sha256: digest of the decoded pixels, 32 bytes, the same for equal pictures in whatever file; or empty.
    """

    role: PictureRole
    page: int
    box: Box
    width_px: int
    height_px: int
    image: bytes = field(default=b"", repr=False)
    caption: str = ""
    pixels: bytes = field(default=b"", repr=False)
    perceptual_hash: int | None = None
    pixels_sha256: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as displayed (rotation applied).

    Attributes:
        number: counting from 1.
        width_pt, height_pt: size in points (1/72 inch); for pictures, pixels at 72 dpi.
        words: in reading order.
        origin: where the words came from.
        rotation: degrees clockwise (0, 90, 180, 270) by which OCR had to turn the stored page to read it. Boxes refer
            to the page as stored, not as turned.
        skew: degrees by which OCR straightened the page before reading; boxes refer to the page before that.
        reader: which path read it: "native", "layout", the OCR engine's name, "markup", or "none".
        warnings: sentences about this page, e.g. that its text layer was garbage.
    """

    number: int
    width_pt: float
    height_pt: float
    words: tuple[Word, ...] = ()
    regions: tuple[Region, ...] = ()
    pictures: tuple[Picture, ...] = ()
    origin: TextOrigin = TextOrigin.NONE
    rotation: int = 0
    skew: float = 0.0
    reader: str = "none"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source that was read.

    Attributes:
        media_type: IANA name, e.g. ``application/pdf``, ``image/jpeg``.
        title: the document's own, or empty.
        created: when the document says it was made (PDF metadata, EXIF), naive local time.
        pages: in order; passages refer to them by number.
        passages: in reading order over all pages.
        metadata: what the document says about itself (author, camera, ...), strings only.
        warnings: sentences about the whole document, e.g. that it carries JavaScript, which is never run.
    """

    media_type: str
    title: str
    created: datetime | None
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
