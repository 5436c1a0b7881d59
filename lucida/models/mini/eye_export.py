"""Exports the image tower to ONNX once, checks it against torch, and keeps it in the cache folder."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.cache import cache_folder, replacing
from lucida.models.mini import gernet, gernet_onnx
from lucida.models.mini.eye_runtime import OnnxEye, TorchEye
from lucida.models.probe import probe_pictures
from lucida.models.processor import processor
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from lucida.models.mini.files import MiniFiles

#: Largest difference of any component between the exported graph and torch that counts as rounding.
#: Components are of the order of 0.05; measured differences are below 5e-7.
TOLERANCE = 1e-5
_CHECKED_PICTURES = 8
#: Rounds of pictures over which the ranges of activations are taken, none of them in the probe that judges the result.
_CALIBRATION_ROUNDS = range(1, 5)
_CALIBRATION_PICTURES = 16

_log = logging.getLogger(__name__)


def tower_name(files: MiniFiles) -> str:
    """Names the tower in the cache folder: changes with anything that the graph depends on."""
    traits = (sha256_of(files.weights), files.mean, files.std, files.rule, gernet_onnx.EXPORTER_VERSION)
    return "eye-" + hashlib.sha256(repr(traits).encode()).hexdigest()[:12]


def read_tower(files: MiniFiles) -> gernet.Tower:
    """Read the tower's weights.

    Raises:
        ModelError: the file is damaged, or holds something else.
    """
    try:
        weights = require("safetensors.numpy", "read weights").load_file(str(files.weights))
    except Exception as error:  # safetensors raises its own error, and the system's
        raise ModelError(
            f"The weights {files.weights} cannot be read: {error}.", "Install the package again, or train anew."
        ) from error
    return gernet.read(weights)


def graph_path(files: MiniFiles, *, quantised: bool = False) -> Path:
    """Where the exported graph lies or would lie."""
    return cache_folder() / f"{tower_name(files)}-{'int8' if quantised else 'fp32'}.onnx"


def exported(files: MiniFiles, *, quantised: bool = False) -> Path:
    """The exported graph, made now if it is not there yet.

    The float32 graph is accepted only if it agrees with torch. The quantised one differs by design: the measurement
    that chooses among runtimes judges whether it is good enough to be used.

    Raises:
        ModelError: the graph differs from torch, or the cache folder cannot be written.
        DependencyError: a package that the export needs is absent.
    """
    path = graph_path(files, quantised=quantised)
    if path.exists():
        return path
    _log.debug("exporting %s", path.name)
    if quantised:
        _quantise(exported(files), path, files.rule.height_px)
        return path
    tower = read_tower(files)
    with replacing(path) as part:
        part.write_bytes(gernet_onnx.build(tower, mean=files.mean, std=files.std))
        _accept(_difference(tower, files, part))
    return path


def _difference(tower: gernet.Tower, files: MiniFiles, graph: Path) -> float:
    """Largest absolute difference of any component between the graph and torch, on pictures of the trained size."""
    pixels = probe_pictures(_CHECKED_PICTURES, files.rule.height_px)
    ours = OnnxEye(graph, name="onnx-check").run(pixels)
    reference = TorchEye(tower, mean=files.mean, std=files.std).run(pixels)
    return float(np.abs(ours - reference).max())


def _accept(found: float) -> None:
    if not found <= TOLERANCE:  # also refuses NaN
        raise ModelError(
            f"The exported image encoder differs from torch by {found:.2g}, more than {TOLERANCE:.0e}.",
            "Update the packages onnxruntime and torch, then try again.",
        )


def _quantise(graph: Path, path: Path, size_px: int) -> None:
    """Convolutions in 8-bit integers: weights per output channel, activations by ranges seen on drawn pictures."""
    quantization: Any = require("onnxruntime.quantization", "run the image encoder in 8-bit integers")
    marks: Any = require("onnxruntime.quantization.quant_utils", "run the image encoder in 8-bit integers")
    model = require("onnx", "export the image encoder").load(str(graph))
    marks.add_pre_process_metadata(model)  # there is nothing to fold or to fuse: it is written so
    with replacing(path) as part:
        quantization.quantize_static(
            model,
            str(part),
            _Drawn(size_px),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            # Without these instructions pairs of products are added in 16 bits, and would overflow.
            reduce_range=not {"avx512_vnni", "avx_vnni", "i8mm", "asimddp"} & set(processor().features),
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


class _Drawn:
    """Pictures in the form in which onnxruntime asks for them; see its ``CalibrationDataReader``."""

    def __init__(self, size_px: int) -> None:
        self._rounds = iter(_CALIBRATION_ROUNDS)
        self._size_px = size_px

    def get_next(self) -> Mapping[str, NDArray[np.uint8]] | None:
        seed = next(self._rounds, None)
        return None if seed is None else {"pixels": probe_pictures(_CALIBRATION_PICTURES, self._size_px, seed=seed)}
