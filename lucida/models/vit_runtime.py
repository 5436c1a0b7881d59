"""open_clip's vision transformers on the processor: the fastest way there that gives the same vectors.

For ViT-B/32 at 256 px, one core of an AMD EPYC with avx512_bf16 and avx512_vnni took 133 ms per picture in torch's
float32, 65 ms in onnxruntime's, 39 ms in torch's bfloat16 and 24 ms in 8-bit integers. Elsewhere the order is another.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LucidaError, ModelError
from lucida.lazy import require
from lucida.models import choosing, vit_onnx
from lucida.models.cache import cache_folder, replacing
from lucida.models.onnx_session import open_session
from lucida.models.probe import probe_pictures
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from lucida.models.devices import Placement
    from lucida.models.openclip_files import OpenClipFiles
    from lucida.models.protocols import Vectors

#: What may stand in a tower's configuration for its graph to be known.
_KNOWN = frozenset({"image_size", "layers", "width", "patch_size", "head_width", "mlp_ratio"})
_HEAD_WIDTH = 64
_BATCH = 16
_PROBE_PICTURES = 32
#: Pictures that have to come together before a minute of exporting and measuring is worth it; with the answer known,
#: before opening another graph is.
_PICTURES_BEFORE, _PICTURES_BEFORE_KNOWN = 512, 64
#: The same ten pictures are to stay on top for nearly every query.
_MIN_OVERLAP = 0.99

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VitFiles:
    """A vision transformer's weights and what its graph depends on.

    Attributes:
        weights: a safetensors file with the tower under ``visual.``.
        heads: attention heads per block.
        size_px: side of its pictures.
        mean, std: by which the channels, scaled to 0..1, are centred and scaled.
        quick_gelu: which activation it was trained with.
    """

    weights: Path
    heads: int
    size_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    quick_gelu: bool

    @property
    def name(self) -> str:
        """Names the tower in the cache folder: changes with anything that the graph depends on."""
        traits = (sha256_of(self.weights), self.heads, self.mean, self.std, self.quick_gelu, vit_onnx.EXPORTER_VERSION)
        return "vit-" + hashlib.sha256(repr(traits).encode()).hexdigest()[:12]


def known_vit(files: OpenClipFiles, placement: Placement, preprocess: Mapping[str, Any]) -> VitFiles | None:
    """The tower, if it is one whose graph is known and which computes on the processor; else None."""
    vision = files.config.get("vision_cfg", {})
    square = isinstance(preprocess["size"], int)
    if placement.device != "cpu" or not isinstance(vision, dict) or not set(vision) <= _KNOWN or not square:
        return None
    if not isinstance(vision.get("layers"), int) or not isinstance(vision.get("width"), int):
        return None
    quick = bool(files.config.get("quick_gelu") or files.preprocess.get("quick_gelu"))
    heads = vision["width"] // vision.get("head_width", _HEAD_WIDTH)
    mean, std = tuple(preprocess["mean"]), tuple(preprocess["std"])
    return VitFiles(files.weights, heads, preprocess["size"], mean, std, quick)


@dataclass(frozen=True, slots=True)
class Step:
    """A named way to encode pixels."""

    name: str
    run: Callable[[NDArray[np.uint8]], Vectors]


class FastVit:
    """Encodes pixels with torch until there are many of them, and then with whatever was measured to be fastest.

    Args:
        files: the tower.
        torch: the tower in torch, in the number format that fits the machine.
    """

    def __init__(self, files: VitFiles, torch: Step) -> None:
        self._files = files
        self._torch = torch
        self._bulk: Step | None = None
        self._seen = 0

    @property
    def name(self) -> str:
        """What the next bulk of pictures runs on."""
        return (self._bulk or self._torch).name

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode RGB pictures, shape (n, size, size, 3); rows of unit length."""
        self._seen += len(pixels)
        if self._bulk is None and len(pixels) > 1 and self._seen >= self._pictures_before():
            self._bulk = self._chosen()
        return (self._bulk if self._bulk and len(pixels) > 1 else self._torch).run(pixels)

    def _pictures_before(self) -> int:
        known = self._seen >= _PICTURES_BEFORE_KNOWN and choosing.remembered(self._memo()) is not None
        return _PICTURES_BEFORE_KNOWN if known else _PICTURES_BEFORE

    def _memo(self) -> Path:
        return choosing.memo_path(self._files.name, _MIN_OVERLAP, self._torch.name)

    def _chosen(self) -> Step:
        try:
            exact = _step(self._files, "onnx-fp32", quantised=False)
        except LucidaError as error:
            _log.debug("no graph, so torch it is: %s", error)
            return self._torch
        pixels = probe_pictures(_PROBE_PICTURES, self._files.size_px)
        memo = choosing.memo_path(self._files.name, _MIN_OVERLAP, self._torch.name)
        return choosing.choose(exact, self._candidates(), lambda step: step.run(pixels), memo, min_overlap=_MIN_OVERLAP)

    def _candidates(self) -> dict[str, Callable[[], Step]]:
        eight_bits = partial(_step, self._files, "onnx-int8", quantised=True)
        return {self._torch.name: lambda: self._torch, "onnx-int8": eight_bits}


def exported(files: VitFiles, *, quantised: bool = False) -> Path:
    """The tower's graph in the cache folder, made now if it is not there yet. Whether it is used is measured.

    Raises:
        ModelError: the weights are of another kind, or the cache folder cannot be written.
        DependencyError: a package that the export needs is absent.
    """
    path = cache_folder() / f"{files.name}-{'int8' if quantised else 'fp32'}.onnx"
    if path.exists():
        return path
    _log.debug("exporting %s", path.name)
    try:
        weights = require("safetensors.numpy", "read weights").load_file(str(files.weights))
        traits: dict[str, Any] = {"mean": files.mean, "std": files.std, "quick_gelu": files.quick_gelu}
        graph = vit_onnx.build(weights, heads=files.heads, **traits, quantised=quantised)
    except (KeyError, ValueError, TypeError) as error:  # another layout, or a number format that numpy does not have
        raise ModelError(
            f"The image tower {files.weights} has no graph: {error!r}.", "Nothing needs to be done: it runs in torch."
        ) from error
    with replacing(path) as part:
        part.write_bytes(graph)
    return path


def _step(files: VitFiles, name: str, *, quantised: bool) -> Step:
    session = open_session(exported(files, quantised=quantised), "encode pictures")

    def run(pixels: NDArray[np.uint8]) -> Vectors:
        parts = [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]
        return np.concatenate([session.run(["vectors"], {"pixels": part})[0] for part in parts])

    return Step(name, run)
