"""One page of an opened document: choose the reader that its signals ask for, and read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.errors import SourceError
from lucida.ingest.documents import figures, garbage, layout, signals
from lucida.ingest.documents.graphics import Graphics, survey
from lucida.ingest.documents.illustrations import Illustrator, page_picture, seen_page
from lucida.ingest.documents.native import TextLayer, read_layer
from lucida.ingest.documents.raster import finer_resolution, grey_raster, ink, scan_resolution
from lucida.ingest.pictures.seen import MOST_PAGES
from lucida.ingest.scans.ocr import compose_scan
from lucida.ingest.scans.straighten import legibility
from lucida.ingest.structure.blocks import Block, Style, group
from lucida.ingest.structure.compose import Composed, PlainFrame, TitleStyle, compose
from lucida.ingest.structure.forms import join_addresses
from lucida.ingest.structure.lines import Line, Rect, inside
from lucida.ingest.structure.order import reading_order
from lucida.ingest.structure.tables import aligned_tables, ruled_tables
from lucida.types import Page, RegionKind, TextOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pymupdf

    from lucida.config import ReadOptions
    from lucida.models.protocols import OcrEngine

_NO_OCR = "The page has no usable text layer and no OCR engine is set; install Tesseract or set ocr in lucida.toml."
#: Under so few of a hidden layer's words there may be no ink before the layer is held to belong to something else.
_MIN_INK_SHARE = 0.7
_INK_DPI = 50
#: With fewer words than this a page-filling image is a photograph, not a scan.
_PHOTO_WORDS = 5

Styles = tuple[TitleStyle | None, ...]


class PageReader:
    """Reads the pages of one document in order, and remembers what helps later ones: the size of body text, and
    pictures already seen (a logo on every page counts once).
    """

    def __init__(self, options: ReadOptions, ocr: OcrEngine | None) -> None:
        self._options = options
        self._ocr = ocr
        self._sizes: Counter[float] = Counter()
        self._illustrator = Illustrator(options.pixels)

    def read(self, page: pymupdf.Page, number: int) -> tuple[Page, Styles]:
        """Read one page.

        Args:
            page: freshly loaded; rotation is taken out of it in memory, so that every box is on the page as displayed.
            number: counting from 1.

        Returns:
            The page, and the styles of its titles (one entry per region), which settle levels later.
        """
        if page.rotation:
            page.remove_rotation()
        area = Rect(0.0, 0.0, page.rect.width, page.rect.height)
        layer = read_layer(page)
        graphics = survey(page, layer.paths, pictured=layer.pictured)
        source = signals.word_source(layer, graphics, area)
        if not source.ocr and layer.hidden > 0.5 * layer.chars and not self._layer_fits(page, layer):
            source = signals.Source(ocr=True, reason="Its hidden text layer does not lie on the ink of the scan.")
        if source.ocr and self._ocr is not None:
            made, styles = self._read_scan(page, number, area, graphics, self._ocr)
        elif layer.lines:
            made, styles = self._read_layer(page, number, area, layer, graphics)
        else:
            made, styles = Page(number, area.width, area.height), ()
        made = replace(made, warnings=(*_warnings(source, made, blind=self._ocr is None), *made.warnings))
        if self._options.page_pictures:
            whole, rule = page_picture(number, area), self._options.pixels if number <= MOST_PAGES else None
            made = replace(made, pictures=(*made.pictures, seen_page(whole, page, rule) if rule else whole))
        return made, styles

    def _read_layer(
        self, page: pymupdf.Page, number: int, area: Rect, layer: TextLayer, graphics: Graphics
    ) -> tuple[Page, Styles]:
        self._sizes.update(layer.sizes)
        lines = layer.lines
        atoms: list[Block] = ruled_tables(graphics, lines)
        atoms += [p for p in figures.find_photos(graphics, area) if not any(inside(p.box, t.box) for t in atoms)]
        atoms += figures.find_figures(graphics, area, atoms, _outside(lines, atoms))
        modelled = signals.needs_layout(lines, graphics, atoms, self._options.layout)
        if modelled:
            groups = layout.find_groups(page)
            found = layout.apply_groups(groups, lines)
            atoms += [table for table in found if not any(_overlap(table, other) for other in atoms)]
        if not any(atom.kind is RegionKind.TABLE for atom in atoms):
            atoms += [t for t in aligned_tables(_outside(lines, atoms)) if not any(_overlap(t, a) for a in atoms)]
        body = self._sizes.most_common(1)[0][0] if self._sizes else 11.0
        composed = _arrange(_outside(lines, atoms), atoms, Style(body), area)
        pictures = self._illustrator.pictures(page, number, atoms, composed)
        made = Page(
            number,
            area.width,
            area.height,
            composed.words,
            composed.regions,
            pictures,
            TextOrigin.LAYER if composed.words else TextOrigin.NONE,
            reader=signals.Reader.LAYOUT if modelled else signals.Reader.NATIVE,
        )
        return made, composed.styles

    def _read_scan(
        self, page: pymupdf.Page, number: int, area: Rect, graphics: Graphics, ocr: OcrEngine
    ) -> tuple[Page, Styles]:
        dpi, finest = scan_resolution(page, graphics, self._options.ocr_dpi)
        try:
            made, styles = compose_scan(grey_raster(page, dpi), dpi, ocr, number, area.width, area.height)
            finer = finer_resolution(made, dpi, finest)
            if finer:
                again = compose_scan(grey_raster(page, finer), finer, ocr, number, area.width, area.height)
                made, styles = max((made, styles), again, key=lambda one: legibility(one[0].words))
        except SourceError as error:
            return Page(number, area.width, area.height, warnings=(f"OCR failed: {error.message}",)), ()
        photos = figures.find_photos(graphics, area)
        if len(made.words) < _PHOTO_WORDS:
            photos = [Block(RegionKind.PHOTO, box) for box in graphics.images if box.area > 0.2 * area.area][:1]
        pictures = self._illustrator.pictures(page, number, photos, Composed((), (), ()))
        return replace(made, pictures=pictures), styles

    def _layer_fits(self, page: pymupdf.Page, layer: TextLayer) -> bool:
        tokens = [token for line in layer.lines for token in line.tokens]
        dark = ink(grey_raster(page, _INK_DPI))
        return garbage.covers_ink(tokens, dark, _INK_DPI / 72) >= _MIN_INK_SHARE


def _outside(lines: Sequence[Line], atoms: Sequence[Block]) -> list[Line]:
    """Lines that no atom has taken: what lies in a table or figure, or is one of its labels."""
    labels = {id(line) for atom in atoms for line in atom.lines}
    boxes = [atom.box for atom in atoms if atom.kind in (RegionKind.TABLE, RegionKind.FIGURE)]
    return [line for line in lines if id(line) not in labels and not any(inside(line, box) for box in boxes)]


def _arrange(lines: Sequence[Line], atoms: Sequence[Block], style: Style, area: Rect) -> Composed:
    items: list[Line | Block] = [*lines, *atoms]
    blocks = [block for run in reading_order(items) for block in join_addresses(group(run, style), style)]
    return compose(blocks, PlainFrame(area.width, area.height))


def _overlap(one: Block, other: Block) -> bool:
    return inside(one.box, other.box) or inside(other.box, one.box)


def _warnings(source: signals.Source, made: Page, *, blind: bool) -> tuple[str, ...]:
    if not source.ocr:
        return ()
    if blind:
        return (f"{source.reason} {_NO_OCR}".strip(),) if source.reason or not made.words else ()
    return (f"{source.reason} The page was read by OCR.",) if source.reason else ()
