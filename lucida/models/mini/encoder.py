"""The encoder ``mini``: texts by MiniLM, pictures by a small tower that was trained into MiniLM's space.

Source of the training: Zhai et al., "LiT: Zero-Shot Transfer with Locked-image text Tuning" (2022), with the text
side locked here; the tower is GENet, Lin et al., "Neural Architecture Design for GPU-Efficient Networks" (2020).
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.models.background import kept_calibration
from lucida.models.mini import files as folders
from lucida.models.mini.runtime import ImageRuntime, choose
from lucida.models.minilm import MiniLM
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.mini.tower import TorchTower
    from lucida.models.protocols import Calibration, Vectors
    from lucida.types import PixelRule

SPEC = "mini"


class Mini:
    """A ``SharedEncoder`` and ``PixelEncoder``. Creating it reads the configuration; the towers load when needed.

    Args:
        folder: where the image tower is; by default ``$LUCIDA_MINI``, else the one that came with the package.
        spec: what it is called in settings, where that is not "mini".

    Raises:
        ModelError: the tower or MiniLM is missing or altered.
        DependencyError: the package that carries MiniLM is absent.
    """

    #: Queries and passages are MiniLM's, so passages need no second list.
    text_is_minilm = True

    def __init__(self, folder: Path | None = None, *, spec: str = SPEC) -> None:
        self.spec = spec
        self._folder = folder
        self._files = folders.read(folder or folders.find())
        self._calibration = kept_calibration(self._files.folder)
        self._text = MiniLM()
        self._image: ImageRuntime | None = None
        self._reference: TorchTower | None = None
        # Whoever loads ahead in a thread and whoever encodes first must not load twice.
        self._loading = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._files.embed_dim

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: both towers' weights, architecture and preprocessing."""
        files = self._files
        traits = [self._text.fingerprint, sha256_of(files.weights), files.vision, files.preprocess]
        return "mini-" + hashlib.sha256(json.dumps(traits, sort_keys=True).encode()).hexdigest()[:24]

    @property
    def calibration(self) -> Calibration | None:
        """Statistics of null queries that are kept with the weights."""
        return self._calibration

    @property
    def pixel_rule(self) -> PixelRule:
        """How a picture is brought to the tower's size."""
        return self._files.rule

    @property
    def runtime_name(self) -> str:
        """What pictures run on, for reports."""
        return self._runtime().name

    @property
    def text(self) -> MiniLM:
        """The text tower: the encoder ``minilm`` itself."""
        return self._text

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries; see ``TextEncoder``."""
        return self._text.encode_texts(texts)

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Encode each text as the windows that it needs; see ``SharedEncoder``."""
        return self._text.encode_windows(texts)

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode pictures of any size and mode; see ``ImageEncoder``."""
        return self.encode_pixels(self._pixels(images))

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pictures that ``pixel_rule`` has been applied to: uint8 RGB, shape (n, height, width, 3)."""
        if not len(pixels):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._runtime().run(pixels)

    def encode_patches(self, images: Sequence[Image], *, projected: bool = False) -> NDArray[np.float32]:
        """What the tower sees, place by place: the tokens that a language model is shown.

        Args:
            images: pictures of any size and mode.
            projected: put each place into the shared space, where queries are.

        Returns:
            float32, shape (n, rows, columns, channels).
        """
        from lucida.models.mini.tower import TorchTower

        with self._loading:
            if self._reference is None:
                self._reference = self._image if isinstance(self._image, TorchTower) else TorchTower(self._files)
        return self._reference.patches(self._pixels(images), projected=projected)

    def _pixels(self, images: Sequence[Image]) -> NDArray[np.uint8]:
        rule = self.pixel_rule
        rows = [np.asarray(rule.fit(image), dtype=np.uint8) for image in images]
        return np.stack(rows) if rows else np.zeros((0, rule.height_px, rule.width_px, 3), dtype=np.uint8)

    def _runtime(self) -> ImageRuntime:
        with self._loading:
            if self._image is None:
                self._image = choose(self._files)
            return self._image

    def __reduce__(self) -> tuple[type[Mini], tuple[Path | None], dict[str, str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (self._folder,), {"spec": self.spec}

    def __setstate__(self, state: dict[str, str]) -> None:
        self.spec = state["spec"]
