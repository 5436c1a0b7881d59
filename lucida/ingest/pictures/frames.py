"""A picture file's frames: opened safely, decoded as displayed, in grey or RGB of 8 bits."""

from __future__ import annotations

import math
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import DamagedSourceError, LucidaError
from lucida.ingest.files.limits import check_pixels, pillow_limit_lifted
from lucida.ingest.pictures.exif import orientation
from lucida.lazy import require

if TYPE_CHECKING:
    from PIL.Image import Image

_UNDECODABLE = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, RuntimeError, struct.error)


class _Quiet:
    """No warnings while anybody decodes. Python's own way remembers one state per process, and threads would mix it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._caught is not None:
                self._caught.__exit__(None, None, None)


_quiet = _Quiet()


@contextmanager
def opened_picture(path: Path, media_type: str, max_pixels: int) -> Iterator[Image]:
    """Open a picture without decoding it; inside the block, the decoder's complaints turn into errors of ours.

    Args:
        path: the file.
        media_type: what its bytes are.
        max_pixels: limit on its declared size, checked before anything is decoded.

    Raises:
        UnsafeSourceError: it declares more pixels than allowed.
        DamagedSourceError: it does not decode.
        FileNotFoundError, PermissionError: as they are.
    """
    from PIL import Image, UnidentifiedImageError

    if media_type == "image/heic":
        require("pi_heif", "read HEIC pictures").register_heif_opener(thumbnails=False)
    with _quiet:
        try:
            with pillow_limit_lifted():
                image = Image.open(path)
            with image:
                check_pixels(path.name, *image.size, max_pixels)
                yield image
        except (LucidaError, MemoryError, FileNotFoundError, PermissionError):
            raise
        except _UNDECODABLE as error:
            # Pillow's sentence for a header that makes no sense names the whole path and no reason.
            unclear = isinstance(error, UnidentifiedImageError) or not str(error)
            reason = "" if unclear else f" ({str(error).rstrip('.')})"
            raise DamagedSourceError(
                f"{path.name} does not decode as a picture{reason}.", "Get a complete copy of the file."
            ) from error


def frame_count(image: Image, media_type: str) -> int:
    """Frames that count as pages: those of a TIFF. Of animations only the first does."""
    return getattr(image, "n_frames", 1) if media_type == "image/tiff" else 1


def go_to_frame(image: Image, path: Path, number: int, max_pixels: int) -> None:
    """Turn to a frame, counting from 1, and check its size.

    Raises:
        UnsafeSourceError: it declares more pixels than allowed.
    """
    if number != image.tell() + 1:
        with pillow_limit_lifted():
            image.seek(number - 1)
        check_pixels(path.name, *image.size, max_pixels)


def decoded(image: Image, path: Path, side_px: int | None = None) -> Image:
    """The current frame as displayed, grey or RGB, in 8 bits, transparency on white.

    Args:
        image: opened by :func:`opened_picture`.
        path: its file.
        side_px: how long the longer side must be at least; a JPEG comes no larger than that takes. None for full size.

    Decoding a JPEG at a fraction of its size costs a fraction of the time. It can be done once per opened file, hence
    the file is opened again when more is wanted.
    """
    from PIL import Image as Pillow

    lies = _lies(image)
    if side_px is None or image.format not in ("JPEG", "MPO"):
        return _upright(_flattened(image), lies)
    with pillow_limit_lifted():
        again = Pillow.open(path)
    with again:
        factor = next((factor for factor in (8, 4, 2) if max(image.size) >= side_px * factor), 1)
        again.draft(None, (image.width // factor, image.height // factor))
        return _upright(_flattened(again), lies)


def _lies(image: Image) -> int:
    """The orientation that is left to apply. Pillow's reader of TIFF has done so itself, in the size it gives too."""
    return 1 if image.format == "TIFF" else orientation(image)


def _upright(image: Image, lies: int) -> Image:
    from PIL.Image import Transpose

    turns = (
        None,
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    turn = turns[lies - 1]
    return image if turn is None else image.transpose(turn)


def displayed_size(image: Image) -> tuple[int, int]:
    """Width and height in pixels after the orientation tag; 5 to 8 lie on their side."""
    return (image.height, image.width) if _lies(image) >= 5 else image.size


def _flattened(image: Image) -> Image:
    """RGB on white: transparent logos and diagrams are drawn for paper."""
    from PIL import Image as Pillow

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Pillow.new("RGBA", rgba.size, "white")
        return Pillow.alpha_composite(paper, rgba).convert("RGB")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _stretched(image)
    if image.mode in ("RGB", "L"):
        image.load()
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _stretched(image: Image) -> Image:
    """Grey in 8 bits. Pillow clips wider values when it converts, and a scan in 16 bits would come out white."""
    from PIL import Image as Pillow

    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    lowest, highest = float(values.min()), float(values.max())
    if lowest >= 0 and highest > 255:
        lowest, highest = 0.0, 2.0 ** math.ceil(math.log2(highest + 1)) - 1  # 10, 12 or 16 bits in their own range
    spread = max(highest - lowest, 1e-6)
    return Pillow.fromarray(((values - lowest) * (255 / spread)).astype(np.uint8))


def stated_dpi(image: Image) -> float | None:
    """Resolution that the file claims, pixels per inch."""
    dpi = image.info.get("dpi")
    try:
        return float(dpi[0]) if dpi else None
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
