"""What is noted of a picture while its pixels are at hand: how it looks, its digest, and the encoder's view of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.ingest.pictures.perceptual_hash import perceptual_hash, pixel_digest

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.types import Picture, PixelRule


#: Pages of a document whose pixels travel with it, 50 to 150 KB each. Those of later pages are drawn again when the
#: rest is in the library.
MOST_PAGES = 500


def seen(picture: Picture, image: Image, rule: PixelRule | None) -> Picture:
    """The picture with its perceptual hash, the digest of its pixels and, where there is a rule, the encoder's pixels.

    Args:
        picture: without them.
        image: its pixels, upright, grey or RGB, as decoded.
        rule: how the encoder takes pictures; None where none waits for them.
    """
    return replace(
        picture,
        perceptual_hash=perceptual_hash(image),
        pixels_sha256=pixel_digest(image),
        pixels=rule.fit(image).tobytes() if rule else b"",
    )
