"""Pictures of a page: figure crops, embedded photos, and the page itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.ingest.documents.previews import crop_image, drawn, encode_preview
from lucida.ingest.pictures.seen import seen
from lucida.ingest.structure.lines import Rect, inside
from lucida.types import Box, Picture, PictureRole, RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pymupdf

    from lucida.ingest.structure.blocks import Block
    from lucida.ingest.structure.compose import Composed
    from lucida.types import PixelRule

_ROLES = {RegionKind.FIGURE: PictureRole.FIGURE, RegionKind.PHOTO: PictureRole.PHOTO}
#: A caption stands no further from its figure than this share of the page's height.
_CAPTION_REACH = 0.08
_PAGE_DPI = 150
#: Longest side at which a page is drawn at least.
_MIN_PAGE_PX = 256


def page_picture(number: int, area: Rect) -> Picture:
    """The whole page as a picture without bytes; it is rendered from the source when needed."""
    width, height = round(area.width * _PAGE_DPI / 72), round(area.height * _PAGE_DPI / 72)
    return Picture(PictureRole.PAGE, number, Box.whole(), max(width, 1), max(height, 1))


def seen_page(picture: Picture, page: pymupdf.Page, rule: PixelRule) -> Picture:
    """A page's picture with what the image encoder sees of it. A page that cannot be drawn stays without.

    Args:
        picture: of the whole page.
        page: unrotated.
        rule: how the encoder takes pictures.
    """
    side = max(picture.width_px, picture.height_px)
    # As many pixels as the encoder needs, but not so few that the hashes would see nothing.
    side_px = max(side / rule.shrinkage(picture.width_px, picture.height_px), _MIN_PAGE_PX)
    try:
        image = drawn(page, min(side_px / side, 1.0) * _PAGE_DPI / 72)
    except Exception:  # noqa: BLE001 - MuPDF raises many types, and a page's words are worth keeping all the same
        return picture
    return seen(picture, image, rule)


class Illustrator:
    """Makes pictures of a document's figures and photos, each distinct one once.

    Args:
        rule: how the image encoder takes pictures; None where there is none.
    """

    def __init__(self, rule: PixelRule | None = None) -> None:
        self._rule = rule
        self._seen: set[bytes] = set()

    def pictures(
        self, page: pymupdf.Page, number: int, atoms: Sequence[Block], composed: Composed
    ) -> tuple[Picture, ...]:
        """Crops of a page's figures and photos with their captions.

        Args:
            page: unrotated.
            number: counting from 1.
            atoms: blocks found on the page; those of other kinds are passed over.
            composed: the page's regions, among which captions are looked for.
        """
        wanted = [atom for atom in atoms if atom.kind in _ROLES]
        sizes = _image_sizes(page) if any(atom.kind is RegionKind.PHOTO for atom in wanted) else []
        made = []
        for atom in wanted:
            image, width, height = crop_image(page, atom.box)
            if atom.kind is RegionKind.PHOTO:
                width, height = next((size for box, size in sizes if inside(box, atom.box)), (width, height))
            box = Box.from_px(*atom.box, page.rect.width, page.rect.height)
            bare = Picture(_ROLES[atom.kind], number, box, width, height, caption=_caption(box, composed))
            picture = seen(bare, image, self._rule)
            if picture.pixels_sha256 not in self._seen:
                self._seen.add(picture.pixels_sha256)
                made.append(replace(picture, image=encode_preview(image)))
        return tuple(made)


def _image_sizes(page: pymupdf.Page) -> list[tuple[Rect, tuple[int, int]]]:
    return [(Rect(*info["bbox"]), (info["width"], info["height"])) for info in page.get_image_info()]


def _caption(box: Box, composed: Composed) -> str:
    """The nearest caption below or above, in the same column."""
    best, best_gap = "", _CAPTION_REACH
    for region in composed.regions:
        if region.kind is not RegionKind.CAPTION or min(region.box.x1, box.x1) <= max(region.box.x0, box.x0):
            continue
        gap = max(region.box.y0 - box.y1, box.y0 - region.box.y1, 0.0)
        if gap < best_gap:
            best, best_gap = region.text, gap
    return " ".join(best.split())
