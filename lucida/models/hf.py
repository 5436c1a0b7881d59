"""Text and image towers of models in the form of transformers: CLIP, SigLIP, SigLIP 2, ALIGN and their like.

Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021); Zhai et al.,
"Sigmoid Loss for Language Image Pre-Training" (2023); Tschannen et al., "SigLIP 2" (2025).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError
from lucida.models.background import kept_calibration
from lucida.models.batching import Batches
from lucida.models.devices import Placement
from lucida.models.hf_files import HfFiles, resolve
from lucida.models.hf_loading import Processor, load_config, load_model, load_processor
from lucida.models.tensors import standardised
from lucida.models.towers import TowerEncoder
from lucida.models.windows import bisected, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import Calibration, Vectors
    from lucida.types import PixelRule


class HfEncoder(TowerEncoder):
    """A ``SharedEncoder`` and ``PixelEncoder``. The towers load at the first text or picture.

    Args:
        spec: ``hf:OWNER/NAME``, ``hf:OWNER/NAME@REVISION`` or ``hf:FOLDER``.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.
        device, dtype: where and in which number format to compute; see ``devices.choose``.

    Raises:
        UsageError: the spec has another form.
        ModelError: the weights are not here, were altered, or are not in safetensors form.
    """

    #: Its texts live in a space of their own, so passages get a second list.
    text_is_minilm = False

    def __init__(
        self, spec: str, *, allow_download: bool = False, device: str | None = None, dtype: str | None = None
    ) -> None:
        super().__init__(spec, device, dtype)
        self._files = resolve(spec, allow_download=allow_download)
        self._processor: Processor | None = None
        self._towers: _Towers | None = None
        self._dimension = 0

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        if not self._dimension:
            self._dimension = _dimension(load_config(self._files)) or self.encode_texts(["."]).shape[1]
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: weights, configuration, preprocessing, tokeniser, windows."""
        text = json.dumps([*self._files.traits(), "bisected windows"], sort_keys=True, default=str)
        return "hf-" + hashlib.sha256(text.encode()).hexdigest()[:24]

    @property
    def calibration(self) -> Calibration | None:
        """Statistics of null queries that lie beside the weights."""
        return kept_calibration(self._files.folder)

    @property
    def pixel_rule(self) -> PixelRule | None:
        """How a picture is brought to the image tower's size; None where the size follows the picture's own."""
        return self._processing().pixel_rule

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pictures that ``pixel_rule`` has been applied to: uint8 RGB, shape (n, height, width, 3).

        Raises:
            UsageError: this model takes pictures of their own size, so there is no such rule.
        """
        if self.pixel_rule is None:
            raise UsageError(f"{self.spec} takes no pixels of one size.", "Give it the pictures with encode_images.")
        return super().encode_pixels(pixels)

    def _processing(self) -> Processor:
        with self._loading:
            if self._processor is None:
                self._processor = load_processor(self._files)
            return self._processor

    def _loaded(self) -> _Towers:
        with self._loading:
            if self._towers is None:
                self._towers = _Towers(self._files, self._processing(), self.placement, self.spec)
            return self._towers


class _Towers:
    """The loaded model with its processor."""

    def __init__(self, files: HfFiles, processor: Processor, placement: Placement, name: str) -> None:
        self._model, self._torch = load_model(files, placement)
        self._processor = processor
        self._placement = placement
        self._batches = Batches(placement, name)

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int64]]:
        """Vectors of all windows, the text each belongs to, and their token counts."""
        processor = self._processor
        parts, owner, counts = bisected(texts, processor.lengths, processor.window)
        return self._batches.run(self._texts, parts, 0), owner, counts

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        return self._batches.run(self._images, images, 0)

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        return self._batches.run(self._pixels, pixels, 0)  # type: ignore[arg-type]

    def _texts(self, texts: Sequence[str]) -> Vectors:
        with self._torch.inference_mode():
            inputs = {name: rows.to(self._placement.device) for name, rows in self._processor.tokens(texts).items()}
            return _as_rows(self._model.get_text_features(**inputs))

    def _images(self, images: Sequence[Image]) -> Vectors:
        with self._torch.inference_mode():
            inputs = self._processor.pictures(images).to(self._placement.device)
            placed = {
                name: rows.to(self._placement.torch_dtype()) if rows.is_floating_point() else rows
                for name, rows in inputs.items()
            }
            return _as_rows(self._model.get_image_features(**placed))

    def _pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        mean, std = self._processor.colours
        with self._torch.inference_mode():
            return _as_rows(self._model.get_image_features(standardised(pixels, mean, std, self._placement)))


def _as_rows(features: Any) -> Vectors:
    """Unit rows of what a tower gives: a tensor, or (from transformers 5 on) an output that holds it."""
    pooled = getattr(features, "pooler_output", features)
    return unit(pooled.float().cpu().numpy())


def _dimension(config: Any) -> int:
    """Length of a vector by the configuration; 0 where it does not tell."""
    text = getattr(config, "text_config", None)
    found = getattr(config, "projection_dim", None) or getattr(text, "projection_size", None)
    return int(found or 0)
