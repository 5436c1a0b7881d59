"""The image tower at work: without torch on the way to an answer, as fast as the machine allows in bulk.

A query runs on onnxruntime in float32. Where many pictures wait, whatever ``choosing`` measured to be fastest on this
machine among the ways that give the same vectors.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.models import choosing
from lucida.models.devices import DEVICE_VARIABLE, DTYPE_VARIABLE
from lucida.models.devices import choose as choose_device
from lucida.models.mini.eye_export import exported, read_tower, tower_name
from lucida.models.mini.eye_runtime import OnnxEye, TorchEye
from lucida.models.mini.tower import TorchTower
from lucida.models.onnx_session import open_exported
from lucida.models.probe import probe_pictures
from lucida.models.processor import processor

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lucida.models.mini.files import MiniFiles
    from lucida.models.mini.runtime import ImageRuntime
    from lucida.models.protocols import Vectors

#: timm's names of the towers whose graph is known.
ARCHITECTURES = ("gernet_s",)
_PROBE_PICTURES = 64
#: Stricter than for passages. Scores of pictures lie close together: with the first trained weights, an overlap of 0.98
#: on the probe left the same ten photographs on top for 54 % of 200 queries, one of 0.998 for 95 %. And little is lost,
#: for most of the time goes into decoding.
_MIN_OVERLAP = 0.99


class Eye:
    """An ``ImageRuntime`` that changes over to a faster one when there is enough to do.

    Creating it reads nothing; the graph loads at the first picture.

    Args:
        files: the tower's folder, read.
    """

    def __init__(self, files: MiniFiles) -> None:
        self._files = files
        self._exact: OnnxEye | None = None
        self._bulk: ImageRuntime | None = None
        self._seen = 0
        # Whoever loads ahead in a thread and whoever encodes first must not load twice.
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """What the next bulk of pictures runs on; "onnx-fp32" until a bulk was large enough to measure."""
        return (self._bulk or self._exact_runtime()).name

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pixels; see ``ImageRuntime``."""
        with self._loading:
            runtime = self._runtime_for(len(pixels))
        return runtime.run(pixels)

    def patches(self, pixels: NDArray[np.uint8], *, projected: bool = False) -> NDArray[np.float32]:
        """What the tower sees, place by place; see ``TorchTower.patches``."""
        with self._loading:
            exact = self._exact_runtime()
        grid = exact.patches(pixels)
        return grid @ read_tower(self._files).projection.T if projected else grid

    def _runtime_for(self, count: int) -> ImageRuntime:
        """The exact runtime for queries and small jobs; the measured one once enough pictures have gone through."""
        exact: ImageRuntime = self._exact_runtime()
        self._seen += count
        if self._bulk is None and count > 1 and self._seen >= self._pictures_before():
            encode = _encode_probe_of(self._files)
            self._bulk = choosing.choose(exact, self._candidates(), encode, self._memo(), min_overlap=_MIN_OVERLAP)
        return self._bulk if self._bulk is not None and count > 1 else exact

    def _pictures_before(self) -> int:
        """How many pictures have to come before the choice is worth its cost: seconds to measure, or torch's import."""
        remembered = choosing.remembered(self._memo())
        if remembered is None:
            return 1024
        return 512 if remembered.startswith("torch") else 32

    def _candidates(self) -> dict[str, Callable[[], ImageRuntime]]:
        files = self._files
        found: dict[str, Callable[[], ImageRuntime]] = {
            "onnx-int8": lambda: OnnxEye(exported(files, quantised=True), name="onnx-int8")
        }
        if processor().multiplies_bf16:
            found["torch-bf16"] = lambda: TorchEye(read_tower(files), mean=files.mean, std=files.std, bfloat16=True)
        if has_accelerator() and (placement := choose_device()).device != "cpu":
            tower = TorchTower(files, placement)
            found[tower.name] = lambda: tower
        return found

    def _memo(self) -> Path:
        return choosing.memo_path(tower_name(self._files), has_accelerator(), _MIN_OVERLAP)

    def _exact_runtime(self) -> OnnxEye:
        if self._exact is None:
            self._exact = _load(self._files)
        return self._exact


def suits(files: MiniFiles) -> bool:
    """Whether ``Eye`` can run this tower, and nobody has asked for a device or a number format by name."""
    asked = os.environ.get(DEVICE_VARIABLE, "auto") not in {"", "auto", "cpu"} or os.environ.get(DTYPE_VARIABLE)
    return files.vision.get("timm_model_name") in ARCHITECTURES and asked in {False, None, "", "auto"}


def has_accelerator() -> bool:
    """Whether there may be a GPU to ask torch about; importing torch to find out takes longer than a query."""
    return sys.platform == "darwin" or Path("/dev/nvidiactl").exists()


def _encode_probe_of(files: MiniFiles) -> Callable[[ImageRuntime], Vectors]:
    pixels = probe_pictures(_PROBE_PICTURES, files.rule.height_px)
    return lambda runtime: runtime.run(pixels)


def _load(files: MiniFiles) -> OnnxEye:
    return open_exported(lambda: exported(files), lambda graph: OnnxEye(graph, name="onnx-fp32"))
