"""The folder that holds the image tower: configuration, weights, and what was measured with them.

It has the form of an open_clip folder: ``open_clip_config.json`` names a tower of timm and, as text tower, MiniLM with
mean pooling; ``model.safetensors`` holds the tensors ``visual.*`` in float16. The text tower's own come from MiniLM.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucida.errors import ModelError
from lucida.models.openclip_files import weights_in
from lucida.models.weights_hash import sha256_of
from lucida.types import PixelRule

#: Another folder to take ``mini`` from, for whoever trains their own.
FOLDER_VARIABLE = "LUCIDA_MINI"
CONFIG_NAME = "open_clip_config.json"
WEIGHTS_NAME = "model.safetensors"

_SHIPPED = Path(__file__).parent / "weights"
_ADVICE = "Reinstall camera-lucida, or train a tower with: lucida train encoder."


@dataclass(frozen=True, slots=True)
class MiniFiles:
    """One folder, read.

    Attributes:
        folder: where it is.
        weights: the safetensors file.
        embed_dim: length of a vector.
        vision: open_clip's configuration of the image tower (``vision_cfg``).
        preprocess: mean, std, interpolation and resize mode (``preprocess_cfg``), with their defaults filled in.
        rule: how a picture is brought to the tower's size.
    """

    folder: Path
    weights: Path
    embed_dim: int
    vision: dict[str, Any]
    preprocess: dict[str, Any]
    rule: PixelRule

    @property
    def mean(self) -> tuple[float, ...]:
        """Of each colour, in 0..1."""
        return tuple(self.preprocess["mean"])

    @property
    def std(self) -> tuple[float, ...]:
        """Of each colour, in 0..1."""
        return tuple(self.preprocess["std"])


def find() -> Path:
    """The folder that ``mini`` means here: ``$LUCIDA_MINI``, else the one that came with the package."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given).expanduser().absolute() if given else _SHIPPED


def read(folder: Path) -> MiniFiles:
    """Read a folder's configuration and check the weights against the hash it names, if it names one.

    Raises:
        ModelError: the folder, the configuration or the weights are missing, altered or of another form.
    """
    if not (folder / CONFIG_NAME).is_file():
        raise ModelError(f"The image tower of mini is not in {folder}.", _ADVICE)
    weights = weights_in(folder)
    table = _table(folder / CONFIG_NAME)
    try:
        model = table["model_cfg"]
        vision, preprocess = dict(model["vision_cfg"]), _completed(table.get("preprocess_cfg", {}))
        files = MiniFiles(folder, weights, int(model["embed_dim"]), vision, preprocess, _rule(vision, preprocess))
        expected = table.get("weights_sha256")
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder / CONFIG_NAME} describes no image tower: {error!r}.", _ADVICE) from error
    if expected and sha256_of(weights) != expected:
        raise ModelError(f"The model file {weights} is not the one that its configuration names.", _ADVICE)
    return files


def _table(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path} cannot be read: {error}.", _ADVICE) from error


def _completed(given: dict[str, Any]) -> dict[str, Any]:
    """The preprocessing with open_clip's defaults: CLIP's own colours, shortest side, bicubic."""
    return {
        "mean": [float(value) for value in given.get("mean", (0.48145466, 0.4578275, 0.40821073))],
        "std": [float(value) for value in given.get("std", (0.26862954, 0.26130258, 0.27577711))],
        "interpolation": str(given.get("interpolation", "bicubic")),
        "resize_mode": str(given.get("resize_mode", "shortest")),
        "fill_color": int(given.get("fill_color", 0)),
    }


def _rule(vision: dict[str, Any], preprocess: dict[str, Any]) -> PixelRule:
    size = vision["image_size"]
    height, width = (size, size) if isinstance(size, int) else size
    return PixelRule(
        int(width), int(height), preprocess["resize_mode"], preprocess["interpolation"], preprocess["fill_color"]
    )
