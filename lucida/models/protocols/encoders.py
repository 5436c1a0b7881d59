"""What the rest of the house may ask of an encoder, which puts texts or pictures into a space of vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from lucida.types import PixelRule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    #: float32, shape (n, dimension), each row of unit length.
    Vectors: TypeAlias = NDArray[np.float32]


class Encoder(Protocol):
    """What every encoder tells about itself.

    Attributes:
        spec: the string that names it, e.g. ``minilm`` or ``openclip:ViT-B-32/laion2b_s34b_b79k``.
        fingerprint: changes whenever the vectors would: weights' hash, pooling, window, normalisation. An index
            belongs to one fingerprint. Execution details (dtype, batch size, runtime) are no part of it.
        dimension: length of a vector.
    """

    @property
    def spec(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...


class TextEncoder(Encoder, Protocol):
    """Puts texts into the space."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries.

        A text longer than the model's window is encoded as several windows whose vectors are averaged, weighted by
        their token counts, so that nothing is silently cut. An empty list gives shape (0, dimension).
        """
        ...


class ImageEncoder(Encoder, Protocol):
    """Puts pictures into the space."""

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode RGB pictures of any size; the encoder's own preprocessing applies."""
        ...


class PixelEncoder(ImageEncoder, Protocol):
    """An image encoder whose preprocessing can be done elsewhere: where pictures are decoded, in other processes."""

    @property
    def pixel_rule(self) -> PixelRule:
        """How a picture is brought to this encoder's size."""
        ...

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pictures that ``pixel_rule`` has been applied to.

        Args:
            pixels: RGB, shape (n, height, width, 3) of the rule's size. The encoder scales and centres the values.
        """
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a query that matches nothing scores against each kind of list: the background that scores stand out from.

    Attributes:
        statistics: mean and standard deviation of the cosine, by kind of list ("picture", "passage", "window").
        queries: how many null queries they come from.
    """

    statistics: Mapping[str, tuple[float, float]]
    queries: int

    def to_json(self) -> dict[str, Any]:
        return {"statistics": {kind: list(pair) for kind, pair in self.statistics.items()}, "queries": self.queries}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: the document has another shape, or holds numbers that are not finite.
        """
        try:
            pairs = {str(kind): (float(mean), float(std)) for kind, (mean, std) in document["statistics"].items()}
            queries = int(document["queries"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no calibration: {error!r}") from error
        if not all(math.isfinite(mean) and math.isfinite(std) and std > 0 for mean, std in pairs.values()):
            raise ValueError("a calibration needs finite means and positive deviations")
        return cls(pairs, queries)


class SharedEncoder(TextEncoder, ImageEncoder, Protocol):
    """Puts texts and pictures into one space."""

    @property
    def text_is_minilm(self) -> bool:
        """Whether its text tower is the encoder ``minilm``, so that passages need no second list."""
        ...

    @property
    def calibration(self) -> Calibration | None:
        """Statistics of null queries that are kept with the weights; None where there are none."""
        ...

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Encode each text as the windows that it needs, without averaging them.

        Returns:
            The windows' vectors, float32, shape (m, dimension), rows of unit length, and the text that each belongs
            to, int64, shape (m,), ascending, every text at least once.
        """
        ...
