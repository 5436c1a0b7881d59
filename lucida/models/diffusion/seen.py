"""Control images that a model of transformers sees: depth, surface normals (from depth) and poses."""

from __future__ import annotations

import colorsys
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.diffusion.loading import addon
from lucida.models.hf_files import HfFiles
from lucida.models.hf_weights import TRUSTED, careful, load_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.devices import Placement

_PURPOSE = "see depth and poses"
#: COCO's 17 joints and the neck between the shoulders, in the order that OpenPose draws (Cao et al., 2019).
_JOINTS = (0, 17, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
_LIMBS = (
    *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10)),
    *((1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17)),
)
_SEEN_JOINT = 0.3
#: Depth differences are stretched before normals are taken of them; a plain picture would be all one colour.
_RELIEF = 3.0


class Eye:
    """A model that sees depth or joints. It loads when it is made.

    Args:
        place: a folder of transformers, or a downloaded repository.
        kind: "depth" or "pose".
        placement: where it computes.

    Raises:
        ModelError: it is not on this machine, or is of another kind.
        DependencyError: transformers is absent.
    """

    def __init__(self, place: str, kind: str, placement: Placement) -> None:
        transformers = require("transformers", _PURPOSE)
        folder = addon(place)
        files = HfFiles(folder, tuple(sorted(folder.glob("*.safetensors"))), (), {})
        if not files.weights:
            raise ModelError(f"{folder} holds no weights in safetensors form.", "Check its name in the spec.")
        auto = transformers.AutoModelForDepthEstimation if kind == "depth" else transformers.VitPoseForPoseEstimation
        self._placement = placement
        self._model = load_weights(auto, files, placement)
        with careful(files, "preprocessing"):
            self._images: Any = transformers.AutoImageProcessor.from_pretrained(folder, **TRUSTED)

    def depth(self, image: Image) -> NDArray[np.float32]:
        """Nearness of each pixel in 0..1, float32 of shape (height, width)."""
        torch = require("torch", _PURPOSE)
        with torch.inference_mode():
            found = self._model(**self._inputs(images=image.convert("RGB"))).predicted_depth.float()
            rows = torch.nn.functional.interpolate(
                found.reshape(1, 1, *found.shape[-2:]), size=(image.height, image.width), mode="bicubic"
            )
        near = np.asarray(rows[0, 0].cpu().numpy(), dtype=np.float32)
        spread = float(near.max() - near.min())
        return (near - near.min()) / spread if spread > 0 else np.zeros_like(near)

    def joints(self, image: Image) -> NDArray[np.float32]:
        """COCO's 17 joints of the person that fills the picture: x, y and confidence, float32 of shape (17, 3)."""
        torch = require("torch", _PURPOSE)
        boxes = [[[0.0, 0.0, float(image.width), float(image.height)]]]
        with torch.inference_mode():
            found = self._model(**self._inputs(images=image.convert("RGB"), boxes=boxes))
        person = self._images.post_process_pose_estimation(found, boxes=boxes)[0][0]
        rows = torch.cat([person["keypoints"], person["scores"].reshape(-1, 1)], dim=1)
        return np.asarray(rows.float().cpu().numpy(), dtype=np.float32)

    def _inputs(self, **given: Any) -> dict[str, Any]:
        made = self._images(**given, return_tensors="pt")
        return {"pixel_values": made["pixel_values"].to(self._placement.device, self._placement.torch_dtype())}


def depth_image(near: NDArray[np.float32]) -> Image:
    """Nearness as grey, white being near; RGB."""
    return Pillow.fromarray((near * 255).round().astype(np.uint8)).convert("RGB")


def normal_image(near: NDArray[np.float32]) -> Image:
    """Directions of surfaces as colours: right is red, up is green, towards us is blue; RGB."""
    scale = _RELIEF * max(near.shape) / 64
    down, right = np.gradient(near.astype(np.float32))
    rows = np.stack([-right * scale, down * scale, np.full_like(near, 1.0 / 8)], axis=-1)
    rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
    return Pillow.fromarray(((rows + 1) * 127.5).round().astype(np.uint8))


def pose_image(joints: NDArray[np.float32], size: tuple[int, int]) -> Image:
    """A stick figure on black, as OpenPose draws it; RGB of a size."""
    neck = (joints[5] + joints[6]) / 2
    points = np.vstack([joints, neck])[list(_JOINTS)]
    canvas = Pillow.new("RGB", size)
    pen, thick = ImageDraw.Draw(canvas), max(2, round(math.hypot(*size) / 150))
    for number, (first, second) in enumerate(_LIMBS):
        if min(points[first, 2], points[second, 2]) >= _SEEN_JOINT:
            ends = [tuple(map(float, points[joint, :2])) for joint in (first, second)]
            pen.line(ends, fill=_hue(number / 18, 0.6), width=thick)
    for number, (x, y, sure) in enumerate(points):
        if sure >= _SEEN_JOINT:
            pen.ellipse(
                [float(x) - thick, float(y) - thick, float(x) + thick, float(y) + thick], fill=_hue(number / 18, 1)
            )
    return canvas


def _hue(turn: float, bright: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(turn, 1.0, bright)
    return int(red * 255), int(green * 255), int(blue * 255)


def folder_of(place: str | None, kind: str) -> str:
    """Where the model for a kind of control lies.

    Raises:
        ModelError: the spec names none.
    """
    if place is None:
        raise ModelError(
            f"Nothing here sees {kind} in a picture.",
            f"Name a model of transformers in the spec, {kind}=ID_OR_FOLDER, or give a finished control image "
            '(kind "given").',
        )
    return str(Path(place)) if Path(place).exists() else place
