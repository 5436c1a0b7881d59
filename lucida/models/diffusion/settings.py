"""Everything that is needed to draw a picture again, as plain JSON, and the way back to a request."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.models.diffusion.pictures import picture_hash
from lucida.models.protocols.drawing import Control, DrawRequest, Guide

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.devices import Placement
    from lucida.models.diffusion.checking import Plan

_PACKAGES = ("diffusers", "transformers", "torch", "peft")
#: Settings that are a request's own, by the same names.
_PLAIN = (
    "prompt",
    "negative_prompt",
    "count",
    "seed",
    "num_inference_steps",
    "guidance_scale",
    "scheduler",
    "strength",
    "width_px",
    "height_px",
)


def settings_of(
    plan: Plan, spec: str, fingerprint: str, placement: Placement, controls: Sequence[Image]
) -> dict[str, Any]:
    """Settings of a plan.

    Args:
        plan: what is drawn.
        spec, fingerprint: of the generator.
        placement: where.
        controls: the control images, as they were computed.
    """
    request = plan.request
    return {
        "spec": spec,
        "fingerprint": fingerprint,
        "pipeline": plan.class_name,
        "task": plan.task,
        **{name: getattr(request, name) for name in _PLAIN},
        "vector": None if request.vector is None else _packed(request.vector),
        "drawn_px": list(plan.drawn_px),
        "scheduler_class": plan.scheduler.class_name,
        "scheduler_settings": plan.scheduler.settings(),
        "image": None if request.image is None else picture_hash(request.image),
        "mask": None if request.mask is None else picture_hash(request.mask),
        "controls": [
            {
                "kind": control.kind,
                "net": net,
                "weight": control.weight,
                "picture": picture_hash(control.image),
                "control_image": picture_hash(image),
            }
            for control, net, image in zip(request.controls, plan.nets, controls, strict=True)
        ],
        "guides": [{"weight": guide.weight, "picture": picture_hash(guide.image)} for guide in request.guides],
        "cut": {what: dict(rows) for what, rows in plan.cut.items()},
        "device": placement.device,
        "device_name": _device_name(placement),
        "dtype": placement.dtype,
        "threads": require("torch", "draw pictures").get_num_threads(),
        "versions": {name: _version(name) for name in _PACKAGES},
    }


def request_from(settings: Mapping[str, Any], pictures: Mapping[str, Image]) -> DrawRequest:
    """The request that settings were made from.

    Args:
        settings: of a ``Drawn``, perhaps read back from JSON.
        pictures: those that went in, by ``picture_hash``.

    Raises:
        UsageError: a picture is not among them, or settings lack something.
    """

    def picture(key: Any) -> Image:
        if key not in pictures:
            raise UsageError(f"The picture {key} is needed to draw this again.", "Give the pictures that went in.")
        return pictures[key]

    try:
        return DrawRequest(
            **{name: settings[name] for name in _PLAIN},
            vector=None if settings.get("vector") is None else _unpacked(settings["vector"]),
            image=None if settings["image"] is None else picture(settings["image"]),
            mask=None if settings["mask"] is None else picture(settings["mask"]),
            controls=tuple(
                Control(row["kind"], picture(row["picture"]), row["weight"], row["net"]) for row in settings["controls"]
            ),
            guides=tuple(Guide(picture(row["picture"]), row["weight"]) for row in settings["guides"]),
        )
    except KeyError as error:
        raise UsageError(f"These settings lack {error}.", "Give the settings of a drawing, whole.") from error


def _packed(vector: NDArray[np.float32]) -> str:
    """Base64 of a vector's little-endian floats: JSON's own numbers would take four times as much."""
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")


def _unpacked(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _device_name(placement: Placement) -> str:
    torch = require("torch", "draw pictures")
    if placement.device.startswith("cuda"):
        return str(torch.cuda.get_device_name(placement.device))
    from lucida.models.processor import processor

    return str(processor().name) if placement.device == "cpu" else placement.device
