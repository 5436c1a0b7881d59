"""Text and image towers of CLIP-like models, loaded by open_clip.

Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021);
Ilharco et al., "OpenCLIP" (2021).
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models import minilm_inside
from lucida.models.background import kept_calibration
from lucida.models.batching import Batches, out_of_memory
from lucida.models.devices import DTYPE_VARIABLE, Placement
from lucida.models.offline import disk_only
from lucida.models.openclip_files import OpenClipFiles, resolve
from lucida.models.tensors import first_line, standardised
from lucida.models.towers import TowerEncoder
from lucida.models.vit_runtime import FastVit, Step, VitFiles, known_vit
from lucida.models.weights_hash import sha256_of
from lucida.models.windows import bisect, bisected, unit
from lucida.types import PixelRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import Calibration, Vectors

__all__ = ["OpenClip", "bisect"]

#: The defaults of open_clip's ``PreprocessCfg``, for what a configuration leaves out.
_PREPROCESS = {
    "size": 224,
    "mean": (0.48145466, 0.4578275, 0.40821073),
    "std": (0.26862954, 0.26130258, 0.27577711),
    "interpolation": "bicubic",
    "resize_mode": "shortest",
    "fill_color": 0,
}


class OpenClip(TowerEncoder):
    """A ``SharedEncoder`` and ``PixelEncoder``. The towers load at the first text or picture.

    Args:
        spec: ``openclip:MODEL/TAG`` or ``openclip:local-dir:FOLDER``.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.
        device, dtype: where and in which number format to compute; see ``devices.choose``.

    Raises:
        UsageError: the spec names nothing known.
        ModelError: the weights are not here, were altered, or are not in safetensors form.
        DependencyError: open_clip is absent.
    """

    def __init__(
        self, spec: str, *, allow_download: bool = False, device: str | None = None, dtype: str | None = None
    ) -> None:
        super().__init__(spec, device, dtype)
        self._files = resolve(spec, allow_download=allow_download)
        self._towers: _Towers | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._files.config["embed_dim"])

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: weights, architecture, preprocessing, windows."""
        traits = [sha256_of(self._files.weights), self._files.config, self._files.preprocess, "bisected windows"]
        text = json.dumps(traits, sort_keys=True, default=str)
        return "openclip-" + hashlib.sha256(text.encode()).hexdigest()[:24]

    @property
    def text_is_minilm(self) -> bool:
        """Whether the text tower is MiniLM with its own weights."""
        return minilm_inside.is_text_tower(self._files)

    @property
    def calibration(self) -> Calibration | None:
        """Statistics of null queries that lie beside the weights."""
        return kept_calibration(self._files.weights.parent)

    @property
    def runtime_name(self) -> str:
        """What the next bulk of pictures runs on, for reports."""
        return self._loaded().runtime_name

    @property
    def pixel_rule(self) -> PixelRule:
        """How a picture is brought to the image tower's size."""
        traits = self._preprocess
        size = traits["size"]
        height, width = (size, size) if isinstance(size, int) else size
        return PixelRule(width, height, traits["resize_mode"], traits["interpolation"], int(traits["fill_color"]))

    @property
    def _preprocess(self) -> dict[str, Any]:
        given = {name: value for name, value in self._files.preprocess.items() if name in _PREPROCESS and value}
        # As open_clip does: the tower's own size rules over what the preprocessing says.
        size = self._files.config.get("vision_cfg", {}).get("image_size")
        return _PREPROCESS | given | ({"size": size} if size else {})

    def _loaded(self) -> _Towers:
        with self._loading:
            if self._towers is None:
                placement = self.placement
                # Who asks for a number format gets it; otherwise pictures run on whatever is measured to be fastest.
                free = (self._asked[1] or os.environ.get(DTYPE_VARIABLE) or "auto") == "auto"
                vit = known_vit(self._files, placement, self._preprocess) if free else None
                self._towers = _Towers(self._files, placement, self.spec, self.dimension, self._preprocess, vit)
            return self._towers


class _Towers:
    """The loaded model with its tokeniser and preprocessing."""

    def __init__(
        self,
        files: OpenClipFiles,
        placement: Placement,
        name: str,
        dimension: int,
        traits: dict[str, Any],
        vit: VitFiles | None,
    ) -> None:
        self._torch: Any = require("torch", "encode pictures")
        open_clip = require("open_clip", "encode pictures")
        with disk_only():
            model, self._preprocess = _load(open_clip, files, placement)
            self._tokenizer: Any = _tokenizer(open_clip, files)
        self._placement = placement
        self._model: Any = model
        self._batches = Batches(placement, name)
        self._dimension = dimension
        self._mean, self._std = traits["mean"], traits["std"]
        in_torch = Step(f"torch-{placement.dtype}", self._pixels_in_torch)
        self._pixels = FastVit(vit, in_torch) if vit else in_torch
        #: Tokens a text may have, special ones included.
        self.window = int(self._tokenizer.context_length)

    @property
    def runtime_name(self) -> str:
        return self._pixels.name

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones included, without the cut at the window."""
        if hasattr(self._tokenizer, "encode"):  # open_clip's own byte-pair encoding adds start and end later
            return [len(self._tokenizer.encode(text)) + 2 for text in texts]
        clean = [self._tokenizer.clean_fn(text) for text in texts]
        return [len(row) for row in self._tokenizer.tokenizer(clean, verbose=False).input_ids]

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int64]]:
        """Vectors of all windows, the text each belongs to, and their token counts."""
        parts, owner, counts = bisected(texts, self.lengths, self.window)
        return self._batches.run(self._texts, parts, self._dimension), owner, counts

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        return self._batches.run(self._images, images, self._dimension)

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        return self._pixels.run(pixels)

    def _pixels_in_torch(self, pixels: NDArray[np.uint8]) -> Vectors:
        def encode(rows: NDArray[np.uint8]) -> Vectors:
            with self._torch.inference_mode():
                placed = standardised(rows, self._mean, self._std, self._placement)
                return self._as_rows(self._model.encode_image(placed))

        return self._batches.run(encode, pixels, self._dimension)  # type: ignore[arg-type]

    def _texts(self, texts: Sequence[str]) -> Vectors:
        with self._torch.inference_mode():
            tokens = self._tokenizer(list(texts)).to(self._placement.device)
            return self._as_rows(self._model.encode_text(tokens))

    def _images(self, images: Sequence[Image]) -> Vectors:
        with self._torch.inference_mode():
            pixels = self._torch.stack([self._preprocess(image) for image in images])  # (n, 3, height, width)
            placed = pixels.to(self._placement.device, self._placement.torch_dtype())
            return self._as_rows(self._model.encode_image(placed))

    def _as_rows(self, features: Any) -> Vectors:
        return unit(features.float().cpu().numpy())


def _load(open_clip: Any, files: OpenClipFiles, placement: Placement) -> tuple[Any, Any]:
    """The model where it computes, and its preprocessing, by open_clip's own loader."""
    traits: dict[str, Any] = {}
    if not files.in_folder:  # a file given by path brings no traits, so the tag's are handed over
        found = files.preprocess
        traits = {f"image_{name}": found.get(name) for name in ("mean", "std", "interpolation", "resize_mode")}
        traits |= {"pretrained": str(files.weights), "force_quick_gelu": bool(found.get("quick_gelu"))}
    try:
        model, preprocess = open_clip.create_model_from_pretrained(files.model, **traits)
        return model.eval().to(placement.device, placement.torch_dtype()), preprocess
    except Exception as error:
        if out_of_memory(error):
            raise _too_large(files, placement) from error
        raise ModelError(
            f"The model {files.weights.parent} does not load: {first_line(error)}.",
            "Check that weights and configuration belong together, or download them again.",
        ) from error


def _tokenizer(open_clip: Any, files: OpenClipFiles) -> Any:
    try:
        return open_clip.get_tokenizer(files.model)
    except Exception as error:
        raise ModelError(
            f"The tokeniser of {files.model} does not load: {first_line(error)}.",
            "Put tokenizer.json and its companions into the folder, or download the model again.",
        ) from error


def _too_large(files: OpenClipFiles, placement: Placement) -> ModelError:
    size = files.weights.stat().st_size / 1e9
    return ModelError(
        f"The memory of {placement.device} does not hold the model {files.model} ({size:.1f} GB of weights).",
        "Close other programs, choose a smaller model (see: lucida models), or set LUCIDA_DEVICE=cpu.",
    )
