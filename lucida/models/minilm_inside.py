"""Tells whether the text tower of an open_clip folder is MiniLM itself, untouched by training."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LucidaError
from lucida.lazy import require
from lucida.models import minilm_files
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from lucida.models.openclip_files import OpenClipFiles

#: What configurations call MiniLM where it is not a folder.
HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2"
_DIMENSION = 384
_PREFIX = "text."
_INNER = "text.transformer."


def is_text_tower(files: OpenClipFiles) -> bool:
    """Whether texts come out as ``minilm`` gives them.

    The configuration must name a text tower with mean pooling and no projection; the folder's tensors of that tower
    must be MiniLM's own or absent, and when absent the configuration must name MiniLM.
    """
    text = files.config.get("text_cfg", {})
    plain = text.get("hf_pooler_type") == "mean_pooler" and text.get("hf_proj_type") in {None, "", "none"}
    if not plain or not text.get("hf_model_name") or int(files.config["embed_dim"]) != _DIMENSION:
        return False
    try:
        same = _same_tensors(files.weights, sha256_of(files.weights))
        return _is_minilm(str(text["hf_model_name"])) if same is None else same
    except LucidaError:
        return False


def _is_minilm(name: str) -> bool:
    weights = Path(name) / "model.safetensors"
    return name == HUB_NAME or (weights.is_file() and sha256_of(weights) == minilm_files.WEIGHTS_SHA256)


@cache
def _same_tensors(weights: Path, _sha256: str) -> bool | None:
    """Whether the file's text tower is MiniLM's tensor by tensor; None where the file has no text tower."""
    safetensors: Any = require("safetensors", "read weights")
    try:
        with safetensors.safe_open(weights, "np") as ours, safetensors.safe_open(_minilm(), "np") as theirs:
            names = [name for name in ours.keys() if name.startswith(_PREFIX)]  # noqa: SIM118 - no mapping
            known = set(theirs.keys())
            if not names:
                return None
            return all(_equal(ours, theirs, name, known) for name in names)
    except (safetensors.SafetensorError, OSError, TypeError):  # damaged, or in a format that numpy does not have
        return False


def _equal(ours: Any, theirs: Any, name: str, known: set[str]) -> bool:
    inner = name.removeprefix(_INNER)
    if inner.endswith("position_ids"):
        return True  # numbers from 0 upward
    if not name.startswith(_INNER) or inner not in known:
        return False
    mine = ours.get_tensor(name)
    return bool(np.array_equal(mine, theirs.get_tensor(inner).astype(mine.dtype)))


def _minilm() -> Path:
    return minilm_files.find().weights
