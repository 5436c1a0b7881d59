"""Writes an image tower in the form in which ``mini`` is shipped, and joins it with its text tower for open_clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.lazy import require
from lucida.models.cache import replacing
from lucida.models.mini.files import CONFIG_NAME, WEIGHTS_NAME, read
from lucida.models.minilm import DIMENSION, WINDOW
from lucida.models.minilm_files import find as find_minilm
from lucida.models.minilm_inside import HUB_NAME
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    import torch

#: The statistics of ImageNet's colours, which towers without a history of their own are trained with.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_PREFIX = "visual."
_TEXT_CONFIG = {
    "context_length": WINDOW,
    "hf_model_name": HUB_NAME,
    "hf_tokenizer_name": HUB_NAME,
    "hf_pooler_type": "mean_pooler",
    "hf_proj_type": None,
}


def save_tower(
    folder: Path,
    tensors: Mapping[str, torch.Tensor],
    *,
    architecture: str = "gernet_s",
    image_size: int = 128,
    mean: Sequence[float] = MEAN,
    std: Sequence[float] = STD,
    resize_mode: str = "shortest",
) -> None:
    """Write ``open_clip_config.json`` and ``model.safetensors`` (float16).

    Args:
        folder: made if need be; files of these names are replaced.
        tensors: the state of open_clip's ``TimmModel``, with or without the prefix ``visual.``.
        architecture: timm's name of the tower.
        image_size: side of the pictures that the tower takes, in pixels.
        mean, std: of each colour, in 0..1.
        resize_mode: "shortest" scales and crops, "squash" scales each side on its own.

    Raises:
        ModelError: the folder cannot be written.
        DependencyError: safetensors is absent.
    """
    halves = {f"{_PREFIX}{name.removeprefix(_PREFIX)}": _halved(tensor) for name, tensor in tensors.items()}
    with replacing(folder / WEIGHTS_NAME) as part:
        require("safetensors.torch", "write weights").save_file(halves, part, metadata={"format": "pt"})
    preprocess = {"mean": list(mean), "std": list(std), "interpolation": "bicubic", "resize_mode": resize_mode}
    vision = {"timm_model_name": architecture, "timm_pool": "avg", "timm_proj": "linear", "image_size": image_size}
    table = {
        "model_cfg": {"embed_dim": DIMENSION, "vision_cfg": vision, "text_cfg": _TEXT_CONFIG},
        "preprocess_cfg": preprocess,
        "weights_sha256": sha256_of(folder / WEIGHTS_NAME),
    }
    _write_json(folder / CONFIG_NAME, table)


def join_text_tower(tower: Path, folder: Path) -> None:
    """Write a folder that open_clip loads on its own as ``local-dir:FOLDER``: image tower, MiniLM, its tokeniser.

    Args:
        tower: a folder as ``save_tower`` writes it.
        folder: made if need be; about 110 MB.

    Raises:
        ModelError: the tower is damaged, or the folder cannot be written.
        DependencyError: MiniLM's package, torch or safetensors is absent.
    """
    torch, safetensors = require("torch", "write weights"), require("safetensors.torch", "write weights")
    files, minilm = read(tower), find_minilm()
    folder.mkdir(parents=True, exist_ok=True)
    for source in minilm.weights.parent.glob("*.*"):
        # MiniLM's own configuration makes the folder a transformers folder as well, which is where open_clip looks.
        if source.suffix in {".json", ".txt"} and source.name != CONFIG_NAME:
            shutil.copyfile(source, folder / source.name)
    text = safetensors.load_file(minilm.weights)
    tensors = dict(safetensors.load_file(files.weights)) | {
        f"text.transformer.{name}": tensor
        for name, tensor in text.items()
        if not name.startswith("pooler.") and not name.endswith("position_ids")
    }
    tensors["logit_scale"] = torch.tensor(4.0)
    with replacing(folder / "open_clip_model.safetensors") as part:
        safetensors.save_file(tensors, part, metadata={"format": "pt"})
    text_config = _TEXT_CONFIG | {"hf_model_name": str(folder.absolute())}
    model = {"embed_dim": files.embed_dim, "vision_cfg": files.vision, "text_cfg": text_config}
    _write_json(folder / CONFIG_NAME, {"model_cfg": model, "preprocess_cfg": files.preprocess})


def _halved(tensor: Any) -> Any:
    return (tensor.detach().half() if tensor.is_floating_point() else tensor.detach()).cpu().contiguous()


def _write_json(path: Path, table: Mapping[str, Any]) -> None:
    with replacing(path) as part:
        part.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
