"""The folder that holds a reader: ``reader.json`` and ``model.safetensors`` (float16).

Only what differs from all-MiniLM-L6-v2 is in it. A tensor named as MiniLM names its own takes that one's place;
``NAME.change`` is added to it, which takes fewer bits to say; a pair
``NAME.down`` (rank, in) and ``NAME.up`` (out, rank) is added to the matrix ``NAME.weight`` as their product (Hu et al.,
"LoRA", 2021). ``marks.weight`` (marks, hidden) is added to what enters the first layer that was trained; ``span`` and
``answerable`` are the heads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.minilm_files import WEIGHTS_SHA256
from lucida.models.protocols import SpanCalibration
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Weights = dict[str, NDArray[np.float32]]

#: Another folder to take the reader from, for whoever trains their own.
FOLDER_VARIABLE = "LUCIDA_READER"
CONFIG_NAME = "reader.json"
WEIGHTS_NAME = "model.safetensors"
FORM = 1

_SHIPPED = Path(__file__).parent / "weights"
_ADVICE = "Reinstall camera-lucida, or train a reader with: lucida train reader."


@dataclass(frozen=True, slots=True)
class Probe:
    """What torch made of a fixed pair with these weights; an exported graph must find the same.

    Attributes:
        lead, answerable: logits of the best span.
    """

    question: str
    passage: str
    lead: float
    answerable: float


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """One folder, read.

    Attributes:
        folder: where it is.
        weights: the safetensors file.
        first_layer: number of the first layer that was trained, from 0.
        calibration: from logits to probability.
        probes: for checking an exported graph.
        card: how it was trained, in the trainer's words.
    """

    folder: Path
    weights: Path
    first_layer: int
    calibration: SpanCalibration
    probes: tuple[Probe, ...]
    card: Mapping[str, Any]


def find() -> Path | None:
    """The folder of the reader here: ``$LUCIDA_READER``, else the one that came with the package, else None."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    return _SHIPPED if (_SHIPPED / CONFIG_NAME).is_file() else None


def read(folder: Path) -> ReaderFiles:
    """Read a folder's configuration and check the weights against the hash it names.

    Raises:
        ModelError: the folder, the configuration or the weights are missing, altered or of another form.
    """
    path = folder / CONFIG_NAME
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        files = ReaderFiles(
            folder,
            folder / WEIGHTS_NAME,
            int(table["first_layer"]),
            SpanCalibration(**table["calibration"]),
            tuple(Probe(**probe) for probe in table["probes"]),
            dict(table.get("card", {})),
        )
        form, base, expected = table["form"], table["base_sha256"], table["weights_sha256"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} describes no reader: {error!r}.", _ADVICE) from error
    if form != FORM or base != WEIGHTS_SHA256:
        raise ModelError(f"The reader in {folder} is of another form, or of another encoder.", _ADVICE)
    if sha256_of(files.weights) != expected:
        raise ModelError(f"The model file {files.weights} is not the one that its configuration names.", _ADVICE)
    return files


def load_tensors(path: Path) -> Weights:
    """A safetensors file's tensors in float32.

    Raises:
        ModelError: it is damaged.
    """
    try:
        tensors = require("safetensors.numpy", "read weights").load_file(str(path))
    except Exception as error:  # safetensors raises its own error, and the system's
        raise ModelError(f"The weights {path} cannot be read: {error}.", _ADVICE) from error
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items() if tensor.dtype.kind == "f"}


def merged(base: Mapping[str, NDArray[np.float32]], own: Mapping[str, NDArray[np.float32]]) -> Weights:
    """MiniLM's tensors with the reader's in their place or on top, and the heads beside them.

    Raises:
        ModelError: an adapter has no matrix to go to, or the shapes do not fit.
    """
    weights = {name: tensor for name, tensor in base.items() if not name.startswith("pooler.")}
    for name, tensor in own.items():
        stem, _, part = name.rpartition(".")
        if part == "down":
            try:
                weights[f"{stem}.weight"] = base[f"{stem}.weight"] + own[f"{stem}.up"] @ tensor
            except (KeyError, ValueError) as error:
                raise ModelError(f"The reader's adapter {stem} does not fit MiniLM: {error}.", _ADVICE) from error
        elif part == "change":
            weights[stem] = _changed(base, stem, tensor)
        elif part != "up":
            if name in base and base[name].shape != tensor.shape:
                raise ModelError(f"The reader's tensor {name} has another shape than MiniLM's.", _ADVICE)
            weights[name] = tensor
    return weights


def _changed(base: Mapping[str, NDArray[np.float32]], name: str, change: NDArray[np.float32]) -> NDArray[np.float32]:
    if name not in base or base[name].shape != change.shape:
        raise ModelError(f"The reader changes a tensor {name} that MiniLM does not have in this shape.", _ADVICE)
    return base[name] + change
