"""Many picture files through an image encoder: decoded ahead in threads, at the size the encoder takes.

Pillow's decoders and filters let other threads run, so threads decode as fast as processes would, and hand over their
pixels for free.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, LucidaError, SourceError, UnsafeSourceError
from lucida.ingest.files.sniff import media_type_of
from lucida.ingest.pictures.frames import decoded, displayed_size, opened_picture
from lucida.ingest.workers.cores import usable_cores
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import ImageEncoder, PixelEncoder, Vectors
    from lucida.types import PixelRule

#: Pictures per call of the encoder.
BATCH = 64
#: Pictures that may wait for it: one batch being encoded, one being filled.
_AHEAD = 2 * BATCH
#: Pictures for an encoder without a rule are large, so few of them wait.
_AHEAD_UNFITTED = 16
_UNFITTED_PX = 1024
#: Decoded pixels that may be held at once by all threads, 4 bytes each; a picture larger than this is decoded alone.
_PIXELS_AT_ONCE = 64_000_000


def encode_files(
    encoder: ImageEncoder, paths: Iterable[Path], *, workers: int | None = None
) -> Iterator[tuple[Path, NDArray[np.float32] | LucidaError]]:
    """Encode picture files; of animations and multi-page files the first frame.

    Args:
        encoder: a ``PixelEncoder`` is given pixels of its size; any other gets pictures, decoded at a size that is
            ample for every encoder there is.
        paths: drawn as needed; there may be any number.
        workers: decoding threads; None for one per core.

    Yields:
        Each path in the order given, with its vector, float32, shape (dimension,), or with the reason why there is
        none. One broken file costs the others nothing.
    """
    rule: PixelRule | None = getattr(encoder, "pixel_rule", None)
    for batch in _batches(decoded_files(paths, rule, workers=workers)):
        good = [picture for _, picture in batch if not isinstance(picture, LucidaError)]
        vectors = iter(_encoded(encoder, good, rule) if good else ())
        for path, picture in batch:
            yield path, picture if isinstance(picture, LucidaError) else next(vectors)


def decoded_files(
    paths: Iterable[Path], rule: PixelRule | None, *, workers: int | None = None
) -> Iterator[tuple[Path, Image | LucidaError]]:
    """Decode picture files ahead of whoever consumes them.

    Args:
        paths: drawn as needed.
        rule: what becomes of each; None shrinks them to whole fractions not much above 1024 px.
        workers: threads; None for one per core.

    Yields:
        Each path in the order given, with the picture, grey or RGB, or with the reason why there is none.
    """
    most, budget = ReadOptions().max_pixels, _Budget(_PIXELS_AT_ONCE)
    waiting: deque[tuple[Path, Future[Image | LucidaError]]] = deque()
    pool = ThreadPoolExecutor(workers or usable_cores(), thread_name_prefix="lucida-decode")
    try:
        for path in paths:
            waiting.append((path, pool.submit(_attempt, path, rule, most, budget)))
            if len(waiting) >= (_AHEAD if rule else _AHEAD_UNFITTED):
                name, future = waiting.popleft()
                yield name, future.result()
        while waiting:
            name, future = waiting.popleft()
            yield name, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _encoded(encoder: ImageEncoder, pictures: list[Image], rule: PixelRule | None) -> Vectors:
    if rule is None:
        return encoder.encode_images(pictures)
    return cast("PixelEncoder", encoder).encode_pixels(np.stack([np.asarray(p, dtype=np.uint8) for p in pictures]))


def _decode(path: Path, rule: PixelRule | None, max_pixels: int, budget: _Budget) -> Image:
    media_type = media_type_of(path)
    if not media_type.startswith("image/") or media_type == "image/svg+xml":
        raise SourceError(f"{printable(path.name)} is not a picture.", "Name picture files, or folders of them.")
    with opened_picture(path, media_type, max_pixels) as image:
        width, height = displayed_size(image)
        side_px = round(max(width, height) / rule.shrinkage(width, height)) if rule else _UNFITTED_PX
        # A JPEG comes at up to twice the side that is asked for, everything else in full.
        scalable = image.format in {"JPEG", "MPO"}
        with budget.held(min(4 * side_px**2, width * height) if scalable else width * height):
            picture = decoded(image, path, side_px)
            if rule:
                return rule.fit(picture)
            factor = max(picture.size) // _UNFITTED_PX
            return picture.reduce(factor) if factor > 1 else picture


def _attempt(path: Path, rule: PixelRule | None, max_pixels: int, budget: _Budget) -> Image | LucidaError:
    name = printable(path.name)
    try:
        return _decode(path, rule, max_pixels, budget)
    except LucidaError as error:
        return error
    except MemoryError:
        return UnsafeSourceError(f"{name} needs more memory than there is.", "Scale it down, or close other programs.")
    except OSError as error:
        return SourceError(f"{name} cannot be read: {error.strerror or error}.", "Check the file, then try again.")
    except Exception as error:  # noqa: BLE001 - decoders raise many types, and none may cost the other pictures
        return DamagedSourceError(f"{name} does not decode ({type(error).__name__}).", "Get a complete copy of it.")


class _Budget:
    """So many pixels may be held at once; whoever wants more than there are waits, and the largest go alone."""

    def __init__(self, pixels: int) -> None:
        self._limit = pixels
        self._held = 0
        self._freed = threading.Condition()

    @contextmanager
    def held(self, pixels: int) -> Iterator[None]:
        """Hold so many inside the block."""
        with self._freed:
            self._freed.wait_for(lambda: self._held == 0 or self._held + pixels <= self._limit)
            self._held += pixels
        try:
            yield
        finally:
            with self._freed:
                self._held -= pixels
                self._freed.notify_all()


def _batches(
    pictures: Iterator[tuple[Path, Image | LucidaError]],
) -> Iterator[list[tuple[Path, Image | LucidaError]]]:
    while batch := list(islice(pictures, BATCH)):
        yield batch
