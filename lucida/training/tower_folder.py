"""Writes a trained image tower as a folder that open_clip's ``local-dir:`` loads.

The folder holds ``open_clip_config.json`` and ``model.safetensors`` with the tensors of ``visual.`` alone: the text
tower is all-MiniLM-L6-v2, whose weights are installed as a package of their own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.lazy import require
from lucida.training.encoder import MEAN, STD

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS = "model.safetensors"
CONFIG = "open_clip_config.json"
#: What a checkpoint of open_clip's own text tower would be; only its name and its window are used here.
_TEXT = {
    "hf_model_name": "sentence-transformers/all-MiniLM-L6-v2",
    "hf_tokenizer_name": "sentence-transformers/all-MiniLM-L6-v2",
    "hf_pooler_type": "mean_pooler",
    "hf_proj_type": None,
    "context_length": 256,
}


def write_tower(state: Mapping[str, Any], folder: Path, *, architecture: str, dimension: int, side: int) -> Path:
    """Write a tower.

    Args:
        state: the tower's tensors by name, as open_clip's ``TimmModel`` has them.
        folder: made if absent; its files are replaced one by one, the weights last.
        architecture: timm's name.
        dimension: of the shared space.
        side: of the pictures it takes, in pixels.

    Returns:
        The path of the weights, float16.
    """
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / CONFIG, json.dumps(_config(architecture, dimension, side), indent=2).encode() + b"\n")
    tensors = {
        f"visual.{name}": (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in state.items()
    }
    if any(not torch.isfinite(value).all() for value in tensors.values()):
        raise ValueError("a tensor is not finite in float16")
    path = folder / WEIGHTS
    _replace(path, require("safetensors.torch", "write a model").save(tensors))
    return path


def _config(architecture: str, dimension: int, side: int) -> dict[str, Any]:
    vision = {
        "timm_model_name": architecture,
        "timm_model_pretrained": False,
        "timm_pool": "avg",
        "timm_proj": "linear",
        "image_size": side,
    }
    preprocess = {"mean": MEAN, "std": STD, "interpolation": "bicubic", "resize_mode": "squash"}
    return {
        "model_cfg": {"embed_dim": dimension, "vision_cfg": vision, "text_cfg": _TEXT},
        "preprocess_cfg": preprocess,
    }


def _replace(path: Path, content: bytes) -> None:
    half = path.with_name(path.name + ".half")
    half.write_bytes(content)
    half.replace(path)
