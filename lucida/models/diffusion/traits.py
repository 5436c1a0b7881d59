"""What a pipeline is, told from its files before any weights are loaded."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.diffusion.files import Pipeline
from lucida.models.diffusion.options import Options
from lucida.models.diffusion.schedulers import FEW_STEPS, Chosen
from lucida.models.protocols.drawing import Ability

Task: TypeAlias = Literal["text", "image", "inpaint"]
#: How a model heeds a guidance scale: in two passes (Ho and Salimans, 2022), in one that was trained with it, or not.
Guidance: TypeAlias = Literal["classifier", "embedded", "none"]

_MARKS: dict[Task, str] = {"text": "", "image": "Img2Img", "inpaint": "Inpaint"}
#: Classes whose names do not follow the rule.
_IRREGULAR = {
    "StableDiffusion3ControlNetInpaintPipeline": "StableDiffusion3ControlNetInpaintingPipeline",
    "FluxFillInpaintPipeline": "FluxFillPipeline",
}
#: Models that were distilled to draw without guidance say so nowhere but in their names.
_UNGUIDED = re.compile(r"turbo|schnell|lightning|hyper-?sd", re.IGNORECASE)
#: Steps for a model of few.
_FEW = 4
_USUAL_SIDE_PX = 1024
#: What pipelines with a U-Net insist on.
_UNET_STEP_PX = 8


@dataclass(frozen=True)
class Traits:
    """A pipeline's nature.

    Attributes:
        files: the pipeline.
        options: what the spec says besides.
    """

    files: Pipeline
    options: Options

    @cached_property
    def family(self) -> str:
        """The pipeline's class without task and ControlNet: ``StableDiffusionXLPipeline``."""
        return re.sub(r"Img2Img|Inpaint(ing)?|ControlNet", "", self.files.class_name)

    @cached_property
    def denoiser(self) -> Mapping[str, Any]:
        """Configuration of the network that is called at every step."""
        return self.files.config("unet") or self.files.config("transformer")

    @cached_property
    def scheduler(self) -> Mapping[str, Any]:
        """Settings of the scheduler that came with the model, its class among them."""
        return self.files.config("scheduler")

    @cached_property
    def guidance(self) -> Guidance:
        """How it heeds a guidance scale."""
        if self.options.guidance is not None:
            return "none" if self.options.guidance == "none" else "classifier"
        if "guidance_embeds" in self.denoiser:
            return "embedded" if self.denoiser["guidance_embeds"] else "none"
        if self.denoiser.get("time_cond_proj_dim"):
            return "embedded"
        named = f"{self.options.model.rpartition('/')[2]} {self.files.source.rpartition('/')[2]}"
        return "none" if _UNGUIDED.search(named) else "classifier"

    @cached_property
    def inpaints_only(self) -> bool:
        """Whether it was made for masked pictures and nothing else: its denoiser also reads mask and picture."""
        made_for_it = re.search(r"Inpaint|Fill", self.files.class_name) is not None
        return made_for_it and self._channels("in_channels") in {9, 33, 384}

    @cached_property
    def vae_factor(self) -> int:
        """Pixels per side of a latent."""
        vae = self.files.config("vae")
        blocks = vae.get("block_out_channels") or vae.get("encoder_block_out_channels") or [0] * 4
        return int(2 ** (len(blocks) - 1))

    @cached_property
    def step_px(self) -> int:
        """Sides that it draws are multiples of this; transformers take latents in patches."""
        if "transformer" not in self.files.parts:
            return math.lcm(self.vae_factor, _UNET_STEP_PX)
        return self.vae_factor * max(2, int(self.denoiser.get("patch_size") or 1))

    @cached_property
    def size_px(self) -> tuple[int, int]:
        """Width and height that it was trained for, as far as its files tell."""
        size = self.denoiser.get("sample_size")
        if isinstance(size, list) and len(size) == 2:
            return int(size[1]) * self.vae_factor, int(size[0]) * self.vae_factor
        side = int(size) * self.vae_factor if isinstance(size, int) else _USUAL_SIDE_PX
        return side, side

    def class_for(self, task: Task, *, controlled: bool) -> str | None:
        """Name of diffusers' class for a task, sharing all components; None where there is none.

        The names follow a rule, by which diffusers' AutoPipeline tables are made too. AutoPipeline itself would import
        every pipeline that there is, for seconds.
        """
        mark = ("ControlNet" if controlled else "") + _MARKS[task]
        name = self.family.replace("Pipeline", f"{mark}Pipeline")
        name = _IRREGULAR.get(name, name)
        if task == "text" and not controlled and self.inpaints_only:
            return None
        return name if name in dir(require("diffusers", "draw pictures")) else None

    def parameters(self, class_name: str) -> Mapping[str, inspect.Parameter]:
        """What a pipeline's class can be called with.

        Raises:
            ModelError: diffusers has no such class.
        """
        cls = getattr(require("diffusers", "draw pictures"), class_name, None)
        if cls is None:
            raise ModelError(
                f"The pipeline {self.files.folder} is a {class_name}, which diffusers here does not know.",
                "Update diffusers, or choose another model.",
            )
        return inspect.signature(cls.__call__).parameters

    @cached_property
    def abilities(self) -> frozenset[Ability]:
        """What it can take into account."""
        controlled = bool(self.options.controlnets) and self.class_for("text", controlled=True) is not None
        found = {
            Ability.TEXT: True,
            Ability.IMAGE: self.class_for("image", controlled=False) is not None and not self.inpaints_only,
            Ability.MASK: self.class_for("inpaint", controlled=False) is not None,
            Ability.CONTROL: controlled,
            Ability.GUIDE: self.options.ip_adapter is not None and "unet" in self.files.parts,
            Ability.NEGATIVE: self.guidance == "classifier",
            Ability.GUIDANCE: self.guidance != "none",
        }
        return frozenset(ability for ability, there in found.items() if there)

    def usual_steps(self, scheduler: Chosen, class_name: str) -> int:
        """Steps where none are asked for."""
        few = self.guidance == "none" or scheduler.class_name in FEW_STEPS
        return _FEW if few else int(self._default(class_name, "num_inference_steps", 50))

    def usual_guidance(self, scheduler: Chosen, class_name: str) -> float:
        """Guidance scale where none is asked for: with few-step schedulers the usual one would burn the picture."""
        if self.guidance == "none":
            return 0.0
        if self.guidance == "classifier" and scheduler.class_name in FEW_STEPS:
            return 1.0
        return float(self._default(class_name, "guidance_scale", 1.0))

    def usual_strength(self, class_name: str) -> float:
        """How much of a picture is given up where nothing is said."""
        return float(self._default(class_name, "strength", 0.8))

    def _default(self, class_name: str, name: str, otherwise: float) -> Any:
        found = self.parameters(class_name).get(name)
        return found.default if found is not None and isinstance(found.default, int | float) else otherwise

    def _channels(self, name: str) -> int:
        found = self.denoiser.get(name)
        return found if isinstance(found, int) else 0
