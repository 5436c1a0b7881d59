"""Loads an encoder's configuration, processor and weights through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pillow

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.hf_files import HfFiles
from lucida.models.hf_weights import TRUSTED, careful, load_weights
from lucida.types import PixelRule

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.devices import Placement

_FILTERS = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")  # by Pillow's number
#: Trained on texts that were padded to the whole window and not masked; SigLIP on small letters besides.
_SIGLIP = ("siglip", "siglip2")
#: Trained with windows shorter than their positions.
_WINDOWS = {"align": 64}
#: Mean difference of a standardised colour that counts as rounding: one step of 256 is about 0.015.
_TOLERANCE = 0.03


class Processor:
    """Tokenises texts and prepares pictures as the model was trained with.

    Args:
        processor: as ``AutoProcessor`` gives it.
        model_type: the architecture as transformers names it.
        positions: how many tokens the text tower has places for.
    """

    def __init__(self, processor: Any, model_type: str, positions: int) -> None:
        self._images: Any = processor.image_processor
        self._tokenizer: Any = processor.tokenizer
        self._model_type = model_type
        self._padded = model_type in _SIGLIP or model_type in _WINDOWS
        #: Tokens a text may have, special ones included. A tokeniser without a limit gives a huge number.
        self.window = min(int(self._tokenizer.model_max_length), positions, _WINDOWS.get(model_type, positions))

    @property
    def colours(self) -> tuple[list[float], list[float]]:
        """Mean and deviation of each colour, in 0..1."""
        return [float(value) for value in self._images.image_mean], [float(value) for value in self._images.image_std]

    @cached_property
    def pixel_rule(self) -> PixelRule | None:
        """The preprocessing as a rule; None where it is not of that simple kind."""
        rule = _pixel_rule(self._images)
        return rule if rule is not None and self._follows(rule) else None

    def _follows(self, rule: PixelRule) -> bool:
        """Whether the rule gives what the processor gives: some do more than their settings tell (EfficientNet's)."""
        rows, columns = np.mgrid[0 : rule.height_px + 9, 0 : 2 * rule.width_px]
        waves = [np.sin(rows / 3 + columns / 5), np.cos(rows / 7), np.sin(columns / 4)]
        probe = Pillow.fromarray(np.stack([128 + 100 * wave for wave in waves], axis=2).astype(np.uint8))
        mean, std = self.colours
        ours = (np.asarray(rule.fit(probe)) / 255 - mean) / std
        theirs = self.pictures([probe])["pixel_values"][0].permute(1, 2, 0).numpy()
        return ours.shape == theirs.shape and float(np.abs(ours - theirs).mean()) < _TOLERANCE

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones included, without the cut at the window."""
        rows = self._tokenizer(self._cleaned(texts), verbose=False).input_ids
        return [len(row) for row in rows]

    def tokens(self, texts: Sequence[str]) -> dict[str, Any]:
        """The text tower's input for texts that fit the window: tensors of shape (n, t)."""
        inputs = self._tokenizer(
            self._cleaned(texts),
            padding="max_length" if self._padded else True,
            truncation=True,
            max_length=self.window,
            return_tensors="pt",
        )
        kept = {"input_ids"} if self._model_type in _SIGLIP else {"input_ids", "attention_mask"}
        return {name: rows for name, rows in inputs.items() if name in kept}

    def pictures(self, images: Sequence[Image]) -> Any:
        """The image tower's input for pictures of any size and mode."""
        rgb = [image if image.mode == "RGB" else image.convert("RGB") for image in images]
        return self._images(images=rgb, return_tensors="pt")

    def _cleaned(self, texts: Sequence[str]) -> list[str]:
        return [text.lower() for text in texts] if self._model_type in _SIGLIP else list(texts)


def load_config(files: HfFiles) -> Any:
    """The configuration, checked to be one of a model with both towers.

    Raises:
        ModelError: it is damaged, of no architecture that transformers knows, or of one without both towers.
        DependencyError: transformers is absent.
    """
    transformers = require("transformers", "encode pictures")
    with careful(files, "configuration"):
        config = transformers.AutoConfig.from_pretrained(files.folder, **TRUSTED)
    # An architecture may have several classes; without one that AutoModel knows there is nothing to load.
    known = transformers.MODEL_MAPPING.get(type(config), None)
    classes = known if isinstance(known, tuple) else (known,)
    if not any(hasattr(cls, "get_text_features") and hasattr(cls, "get_image_features") for cls in classes):
        raise ModelError(
            f"The model {files.folder} is of the kind {files.model_type or 'unknown'}, "
            "which does not put texts and pictures into one space.",
            "Choose one like CLIP or SigLIP; see: lucida models.",
        )
    return config


def load_processor(files: HfFiles) -> Processor:
    """Tokeniser and image preprocessing.

    Raises:
        ModelError: one of them is missing or damaged.
        DependencyError: transformers is absent.
    """
    config = load_config(files)
    transformers = require("transformers", "encode pictures")
    with careful(files, "tokeniser or preprocessing"):
        processor = transformers.AutoProcessor.from_pretrained(files.folder, **TRUSTED)
        text = getattr(config, "text_config", config)
        return Processor(processor, files.model_type, int(getattr(text, "max_position_embeddings", 77)))


def load_model(files: HfFiles, placement: Placement) -> tuple[Any, Any]:
    """The model where it computes, and torch.

    Raises:
        ModelError: the weights are damaged, of another architecture, or too large for the memory.
        DependencyError: transformers or torch is absent.
    """
    load_config(files)
    torch, transformers = require("torch", "encode pictures"), require("transformers", "encode pictures")
    return load_weights(transformers.AutoModel, files, placement), torch


def _pixel_rule(processor: Any) -> PixelRule | None:
    size, crop = _plain(getattr(processor, "size", None)), _plain(getattr(processor, "crop_size", None))
    interpolation = _filter(getattr(processor, "resample", None))
    standard = all(getattr(processor, step, False) for step in ("do_resize", "do_rescale", "do_normalize"))
    if not (size and interpolation and standard) or abs(float(processor.rescale_factor) * 255 - 1) > 1e-6:
        return None
    if not getattr(processor, "do_center_crop", False):
        sides = {"height", "width"} <= size.keys()
        return PixelRule(size["width"], size["height"], "squash", interpolation) if sides else None
    edge = size.get("shortest_edge")
    if crop and crop.get("height") == crop.get("width") == edge and edge:
        return PixelRule(edge, edge, "shortest", interpolation)
    return None


def _plain(size: Any) -> dict[str, int]:
    return {name: int(value) for name, value in dict(size).items() if value} if size else {}


def _filter(resample: Any) -> str:
    """Pillow's name of a filter that comes as Pillow's number or as torchvision's enumeration."""
    name = getattr(resample, "value", resample)
    if isinstance(name, int):
        return _FILTERS[name] if 0 <= name < len(_FILTERS) else ""
    return str(name) if name in _FILTERS else ""
