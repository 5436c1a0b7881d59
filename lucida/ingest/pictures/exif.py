"""What a camera wrote into a picture: when, and with what. Where is left out, for it is nobody's business."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

_IFD_EXIF = 0x8769
_ORIENTATION = 0x0112
_DATE_TIME_ORIGINAL, _DATE_TIME_DIGITIZED, _DATE_TIME = 0x9003, 0x9004, 0x0132
#: Tag: key in the document's metadata.
_FACTS = {0x010F: "camera maker", 0x0110: "camera", 0x013B: "author", 0x8298: "copyright", 0x010E: "description"}
_LONGEST = 500
#: What Pillow raises over tags that were cut or overwritten. Whatever they said, the picture is still a picture.
_BROKEN = (SyntaxError, ValueError, TypeError, LookupError, OSError, struct.error)


def orientation(image: Image) -> int:
    """How the stored picture lies, 1 (upright) to 8, as in EXIF 2.32, section 4.6.4; 1 where it does not say."""
    value = _tags(image).get(_ORIENTATION)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def creation_date(image: Image) -> datetime | None:
    """When the picture was taken, in the camera's local time; None where it does not say or says nonsense."""
    exif = _tags(image)
    try:
        inner = exif.get_ifd(_IFD_EXIF)
    except _BROKEN:
        inner = {}
    for value in (inner.get(_DATE_TIME_ORIGINAL), inner.get(_DATE_TIME_DIGITIZED), exif.get(_DATE_TIME)):
        date = _date(value)
        if date is not None:
            return date
    return None


def facts(image: Image) -> dict[str, str]:
    """Camera, author, copyright and description, as printable strings."""
    exif = _tags(image)
    found = {key: _text(exif.get(tag)) for tag, key in _FACTS.items()}
    return {key: value for key, value in found.items() if value}


def _tags(image: Image) -> Exif:
    from PIL.Image import Exif

    try:
        return image.getexif()
    except _BROKEN:
        return Exif()


def _date(value: object) -> datetime | None:
    """EXIF's own form, ``YYYY:MM:DD HH:MM:SS``; cameras without a clock write zeros or blanks."""
    try:
        return datetime.strptime(_text(value)[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value if char.isprintable()).strip()[:_LONGEST]
