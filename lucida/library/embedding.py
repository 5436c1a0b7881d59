"""Vectors for what was read: passages by the text encoder, pictures and windows by the shared one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from lucida.errors import LucidaError, ModelError
from lucida.index import FileState, Index, Reading
from lucida.types import Document, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import SharedEncoder, TextEncoder, Vectors
    from lucida.types import PixelRule

T = TypeVar("T")

#: Pictures that are decoded at a time: a few tens of megabytes.
PICTURES_AT_ONCE = 64


class Embedder:
    """Embeds documents, and binds the index to the encoders when the first vectors are due.

    An encoder that fails costs a batch its vectors, not its place in the library: the items are published without them,
    the encoder is not asked again, and the next run takes up what lacks.

    Args:
        index: open for writing.
        text: gives the text encoder; called when the first passages are there, so that a run that finds nothing new
            loads no model. None leaves passages to their words.
        shared: gives the encoder of pictures in the same way. None leaves pictures to their captions.
        texts_alone: it gives None because nobody wants pictures to have vectors.
    """

    def __init__(
        self,
        index: Index,
        text: Callable[[], TextEncoder | None],
        shared: Callable[[], SharedEncoder | None],
        *,
        texts_alone: bool = False,
    ) -> None:
        self._index = index
        self._text = text
        self._shared = shared
        self._texts_alone = texts_alone
        self._broken: set[str] = set()
        #: What an encoder said when it failed first.
        self.problem: LucidaError | None = None

    def readings(self, documents: Sequence[tuple[FileState, Document]]) -> list[Reading]:
        """The documents with the vectors of all their passages and pictures.

        Raises:
            ModelError: the library belongs to another encoder, or an encoder's weights are absent or unfit.
            UsageError, DependencyError: from loading an encoder.
        """
        texts = [[passage_input(p.text, p.section) for p in document.passages] for _, document in documents]
        pictures = [[p for page in document.pages for p in page.pictures] for _, document in documents]
        passages = _by_owner(self._passages([text for row in texts for text in row]), texts)
        seen = _by_owner(self._pictures([picture for row in pictures for picture in row]), pictures)
        windows = self._windows(texts)
        rows = zip(documents, passages, seen, windows, strict=True)
        return [Reading(state, document, text, shown, parts) for (state, document), text, shown, parts in rows]

    def fitting(self) -> SharedEncoder | None:
        """The encoder of pictures, before anything is read, if the library's pictures, where it has some, are by it.

        Raises:
            ModelError: they belong to another encoder.
            UsageError, DependencyError: from loading it.
        """
        held = self._index.shared()
        if held is not None and self._texts_alone:
            raise ModelError(
                f"The library's pictures are in the space of {held.spec}, and its settings want texts alone.",
                f'Set encoder = "{held.spec}" in lucida.toml, or drop the vectors with: lucida models switch minilm.',
            )
        return self._shared() if held is None else self.shared_encoder()

    def text_encoder(self) -> TextEncoder | None:
        """The text encoder, with the index bound to it; None without one."""
        encoder = None if "text" in self._broken else self._text()
        if encoder is not None:
            self._index.bind_encoder(encoder.spec, encoder.fingerprint, encoder.dimension)
        return encoder

    def shared_encoder(self) -> SharedEncoder | None:
        """The encoder of pictures, with the index bound to it; None without one."""
        encoder = None if "shared" in self._broken else self._shared()
        if encoder is not None:
            windows = not encoder.text_is_minilm
            self._index.bind_shared(encoder.spec, encoder.fingerprint, encoder.dimension, windows=windows)
        return encoder

    def failed(self, name: str, error: Exception) -> None:
        """Note that an encoder ("text" or "shared") failed; it is not asked again."""
        self._broken.add(name)
        self.problem = self.problem or failure(error)

    def _passages(self, texts: Sequence[str]) -> Vectors | None:
        encoder = self.text_encoder() if texts else None
        if encoder is None:
            return None
        try:
            return encoder.encode_texts(texts)
        except Exception as error:  # noqa: BLE001 - runtimes raise what they like
            self.failed("text", error)
            return None

    def _pictures(self, pictures: Sequence[Picture]) -> Vectors | None:
        encoder = self.shared_encoder() if pictures else None
        if encoder is None:
            return None
        try:
            return picture_vectors(encoder, pictures)
        except Exception as error:  # noqa: BLE001 - runtimes raise what they like
            self.failed("shared", error)
            return None

    def _windows(self, texts: Sequence[Sequence[str]]) -> list[tuple[Vectors, NDArray[np.int64]] | None]:
        """The windows of each document's passages; None for each where passages have none."""
        flat = [text for row in texts for text in row]
        encoder = self.shared_encoder() if flat else None
        if encoder is None or encoder.text_is_minilm:
            return [None] * len(texts)
        try:
            vectors, owners = encoder.encode_windows(flat)
        except Exception as error:  # noqa: BLE001 - runtimes raise what they like
            self.failed("shared", error)
            return [None] * len(texts)
        ends = np.cumsum([0, *(len(row) for row in texts)])
        cuts = np.searchsorted(owners, ends)
        spans = zip(cuts[:-1], cuts[1:], ends[:-1], strict=True)
        return [(vectors[start:stop], owners[start:stop] - first) for start, stop, first in spans]


def passage_input(text: str, section: tuple[str, ...]) -> str:
    """What the encoder sees of a passage: its innermost title, then its text.

    A passage under "Cancellation" often does not say the word again; the title carries it into the vector.
    """
    return f"{section[-1]}. {text}" if section and not text.startswith(section[-1]) else text


def failure(error: Exception) -> LucidaError:
    """What an encoder's failure is to people."""
    if isinstance(error, LucidaError):
        return error
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return ModelError(
        f"The encoder failed, and some items have no vectors yet: {reason.rstrip('.')}.",
        "Run the same ingest again: it takes up what lacks. If it fails again, look at: lucida doctor.",
    )


def picture_vectors(encoder: SharedEncoder, pictures: Sequence[Picture]) -> Vectors:
    """Vectors of pictures as they were read: float32 (n, dimension), zeros where a picture has no pixels or fails.

    What the reader brought to the encoder's size is taken as it is. Otherwise the preview is decoded: its 512 pixels
    are more than the towers look at. With ``mini``, 38 pictures of 384 to 1,755 pixels had vectors whose cosine to
    those of their previews was at least 0.9995.

    Raises:
        Exception: whatever the encoder raised, if it failed on every one of the pictures.
    """
    rule: Any = getattr(encoder, "pixel_rule", None)
    size = rule.width_px * rule.height_px * 3 if rule else -1
    vectors = np.zeros((len(pictures), encoder.dimension), dtype=np.float32)
    ready = [row for row, picture in enumerate(pictures) if len(picture.pixels) == size]
    for rows in _chunks(ready):
        raw = [np.frombuffer(pictures[row].pixels, dtype=np.uint8) for row in rows]
        vectors[rows] = _surviving(partial(_encode_pixels, encoder, rule), raw, encoder.dimension)
    waiting = sorted(set(range(len(pictures))) - set(ready))
    for rows in _chunks(waiting):
        images = [decoded_preview(pictures[row].image) for row in rows]
        vectors[rows] = image_vectors(encoder, images)
    return vectors


def image_vectors(encoder: SharedEncoder, images: Sequence[Image | None]) -> Vectors:
    """Vectors of decoded pictures: float32 (n, dimension), zeros for None and where the encoder fails on one.

    Raises:
        Exception: whatever the encoder raised, if it failed on every one of the pictures.
    """
    vectors = np.zeros((len(images), encoder.dimension), dtype=np.float32)
    there = [(row, image) for row, image in enumerate(images) if image is not None]
    if there:
        rows, shown = zip(*there, strict=True)
        vectors[list(rows)] = _surviving(encoder.encode_images, shown, encoder.dimension)
    return vectors


def decoded_preview(blob: bytes) -> Image | None:
    """A preview's pixels, RGB; None where there are none, or none that decode."""
    from PIL import Image as Pillow

    if not blob:
        return None
    try:
        with Pillow.open(io.BytesIO(blob)) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        return None


def _encode_pixels(encoder: Any, rule: PixelRule, rows: Sequence[NDArray[np.uint8]]) -> Vectors:
    pixels = np.stack(rows).reshape(len(rows), rule.height_px, rule.width_px, 3)
    vectors: Vectors = encoder.encode_pixels(pixels)
    return vectors


def _surviving(encode: Callable[[Sequence[T]], Vectors], rows: Sequence[T], dimension: int) -> Vectors:
    """Encode all at once; if that fails, one by one, so that one bad picture costs only itself."""
    try:
        return encode(rows)
    except Exception as error:
        made = [_attempt(encode, row) for row in rows] if len(rows) > 1 else [None]
        if all(one is None for one in made):
            raise error from None
        nothing = np.zeros((1, dimension), dtype=np.float32)
        return np.concatenate([nothing if one is None else one for one in made])


def _attempt(encode: Callable[[Sequence[T]], Vectors], row: T) -> Vectors | None:
    try:
        return encode([row])
    except Exception:  # noqa: BLE001 - the caller raises what was raised first
        return None


def _chunks(rows: Sequence[int]) -> Iterable[list[int]]:
    return (list(rows[start : start + PICTURES_AT_ONCE]) for start in range(0, len(rows), PICTURES_AT_ONCE))


def _by_owner(vectors: Vectors | None, owned: Sequence[Sequence[object]]) -> list[Vectors | None]:
    """Cut rows into runs, one for each owner."""
    if vectors is None:
        return [None] * len(owned)
    ends = np.cumsum([len(row) for row in owned])[:-1]
    return list(np.split(vectors, ends))
