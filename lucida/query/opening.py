"""Pictures that are searched with: files, or bytes that come through a pipe."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.config import ReadOptions
from lucida.errors import LucidaError, UsageError
from lucida.query.request import Part, weighed
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.Image import Image

#: Stands for standard input.
PIPE = "-"
#: No more is read from a pipe: the largest pictures that cameras and scanners write are well below.
_MOST_BYTES = 1 << 30
#: An encoder looks at some 300 px; a JPEG need not be decoded much larger.
_SIDE_PX = 512
#: Endings by which a text is taken for the name of a picture, so that a slip of the pen is not searched for as words.
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"})


def open_picture(path: Path) -> Image:
    """A picture file as displayed, RGB or grey.

    Raises:
        UsageError: it is not there, cannot be read, or is no picture.
    """
    from lucida.ingest.files.sniff import media_type_of
    from lucida.ingest.pictures.frames import decoded, opened_picture

    try:
        media_type = media_type_of(path)
        with opened_picture(path, media_type, ReadOptions().max_pixels) as image:
            return decoded(image, path, _SIDE_PX).copy()
    except LucidaError as error:
        raise UsageError(f"{printable(path.name)} cannot be searched with: {error.message}", error.advice) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{printable(str(path))} cannot be opened: {reason}.", "Check the file's name.") from error


def read_pipe() -> Image:
    """The picture that is written to standard input.

    Raises:
        UsageError: nothing came, too much came, or it is no picture.
    """
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if not data:
        raise UsageError("Standard input is empty.", "Pipe a picture into it: lucida search --image - < photo.jpg.")
    if len(data) > _MOST_BYTES:
        raise UsageError("Standard input does not end.", "Pipe one picture into it, or name a file.")
    with tempfile.TemporaryDirectory(prefix="lucida-") as folder:
        path = Path(folder) / "standard input"
        path.write_bytes(data)
        return open_picture(path)


def picture_part(name: str, weight: float = 1.0) -> Part:
    """A part of a query from a picture's name, ``-`` for standard input.

    Raises:
        UsageError: there is no picture.
    """
    if name == PIPE:
        return Part(weight, image=read_pipe(), name="standard input")
    return Part(weight, image=open_picture(Path(name).expanduser()), name=Path(name).name)


def parts_of(
    images: Iterable[Image | str | os.PathLike[str]], like: Iterable[int], plus: Iterable[str], minus: Iterable[str]
) -> tuple[Part, ...]:
    """The parts of a query as they are given in Python or on the command line, beside its words.

    Raises:
        UsageError: a picture cannot be read, or a weight makes no sense.
    """
    pictures = (
        picture_part(os.fspath(one)) if isinstance(one, str | os.PathLike) else Part(image=one, name="picture")
        for one in images
    )
    items = (Part(item=item) for item in like)
    added = (written_part(text) for text in plus)
    return (*pictures, *items, *added, *(written_part(text, -1) for text in minus))


def written_part(written: str, sign: int = 1) -> Part:
    """A part as written on the command line: ``[W:]TEXT``, or the name of a picture file in place of the text.

    Args:
        written: e.g. ``2:golden retriever`` or ``photo.jpg``.
        sign: -1 for what is not wanted.

    Raises:
        UsageError: the weight makes no sense, or a picture that is named cannot be read.
    """
    weight, text = weighed(written)
    if _names_a_picture(text):
        return picture_part(text, sign * weight)
    return Part(sign * weight, text=text)


def _names_a_picture(text: str) -> bool:
    if Path(text).suffix.lower() not in _ENDINGS:
        return False
    return "/" in text or not any(character.isspace() for character in text) or Path(text).is_file()
