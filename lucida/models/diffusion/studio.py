"""A loaded model at work: one set of weights, a pipeline for each task over it, and the call that draws."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.batching import out_of_memory, release
from lucida.models.diffusion import loading, memory
from lucida.models.diffusion.checking import Plan
from lucida.models.diffusion.pictures import finished, fitted, padded
from lucida.models.diffusion.quiet import quiet
from lucida.models.diffusion.watching import Watcher
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.devices import Placement
    from lucida.models.diffusion.traits import Traits
    from lucida.models.protocols.drawing import DrawStep


@dataclass(frozen=True, slots=True)
class Sheet:
    """What came of a plan: the pictures, and which of them a safety checker flagged; None where there is none."""

    images: list[Image]
    flagged: list[bool] | None


class Studio:
    """Draws what was planned. One drawing at a time.

    Args:
        traits: of the pipeline; its weights load now.
        placement: where it computes.
        spec: its name, for sentences in errors.

    Raises:
        ModelError: the weights do not load, or do not fit into the memory.
        UsageError: an option of the spec has no sense here.
        DependencyError: a package is absent.
    """

    def __init__(self, traits: Traits, placement: Placement, spec: str) -> None:
        self._traits, self._placement, self._spec = traits, placement, spec
        options = traits.options
        loading.check(traits.files, placement, options)
        memory.require_room(traits.files, placement, options, spec)
        try:
            self._base = loading.load_pipeline(traits.files, placement, options)
        except ModelError as error:
            if error.__cause__ is not None and out_of_memory(error.__cause__):
                raise memory.too_large(traits.files, placement, options, spec) from error
            raise
        #: Whether pictures are looked over before they are given out.
        self.checks_safety = getattr(self._base, "safety_checker", None) is not None
        self._nets: dict[str, Any] = {}
        self._pipes: dict[tuple[str, tuple[str, ...]], Any] = {}
        self._offloaded: Any = None

    def draw(self, plan: Plan, controls: Sequence[Image], on_step: Callable[[DrawStep], None] | None) -> Sheet:
        """Draw what a plan says.

        Args:
            plan: settled.
            controls: its control images, RGB.
            on_step: hears of every step of every picture.

        Raises:
            ModelError: the memory does not suffice, or the model fails.
        """
        pipe = self._pipe(plan)
        watcher = Watcher(plan, on_step, self._traits.vae_factor)
        try:
            with quiet(), _repeatable(self._placement):
                return self._sheet(pipe, plan, controls, watcher)
        except Exception as error:
            if watcher.failure is error:
                raise
            if not out_of_memory(error):
                raise ModelError(
                    f"The model {self._spec} failed while it was drawing: {first_line(error)}.",
                    "Try another scheduler or dtype=float32 in its spec, or another model.",
                ) from error
            failure = memory.ran_out(
                self._spec, self._placement, self._traits.options, plan.drawn_px, self._traits.size_px
            )
            release(self._placement)
            raise failure from error

    def _sheet(self, pipe: Any, plan: Plan, controls: Sequence[Image], watcher: Watcher) -> Sheet:
        torch = require("torch", "draw pictures")
        fixed = self._arguments(pipe, plan, controls, watcher)
        images: list[Image] = []
        flagged: list[bool] | None = [] if self.checks_safety else None
        batch = self._traits.options.batch
        devices = [self._placement.device] if self._placement.device.startswith("cuda") else []
        for start in range(0, plan.request.count, batch):
            many = min(batch, plan.request.count - start)
            first = plan.request.seed + start
            # On the processor, so that the same seed is the same noise on every device.
            sources = [torch.Generator("cpu").manual_seed(first + number) for number in range(many)]
            pipe.scheduler = plan.scheduler.make()
            more = {"num_images_per_prompt": many} if many > 1 else {}
            watcher.begin(start, many)
            with torch.random.fork_rng(devices):
                torch.manual_seed(first)  # some pipelines give their scheduler no generator, and it asks torch's own
                result = pipe(**fixed, **more, generator=sources if many > 1 else sources[0])
            images += [finished(image, plan.request) for image in result.images]
            if flagged is not None:
                flagged += [bool(flag) for flag in (result.nsfw_content_detected or [False] * many)]
        return Sheet(images, flagged)

    def _arguments(self, pipe: Any, plan: Plan, controls: Sequence[Image], watcher: Watcher) -> dict[str, Any]:
        """Everything the pipeline is called with, but for the noise. What it does not take was refused before."""
        request, size = plan.request, plan.drawn_px
        taken = inspect.signature(pipe.__call__).parameters
        given: dict[str, Any] = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt or None,
            "num_inference_steps": request.num_inference_steps,
            "guidance_scale": request.guidance_scale,
            "width": size[0],
            "height": size[1],
            "strength": request.strength,
            "callback_on_step_end": watcher.step,
            # The older form, which some pipelines still have; those that have both warn of it.
            "callback": None if "callback_on_step_end" in taken else partial(watcher.latents, pipe),
        }
        if request.image is not None:
            given["image"] = padded(fitted(request.image, _wanted(plan)), size)
        else:
            given.pop("strength")
        if request.mask is not None:
            given["mask_image"] = padded(request.mask.convert("L"), size)
        if controls:
            given |= self._control_arguments(taken, plan, controls)
        given |= self._guide_arguments(plan)
        return {name: value for name, value in given.items() if name in taken and value is not None}

    def _control_arguments(self, taken: Any, plan: Plan, controls: Sequence[Image]) -> dict[str, Any]:
        images: list[Any] = [padded(fitted(image, _wanted(plan)), plan.drawn_px) for image in controls]
        weights = [control.weight for control in plan.request.controls]
        name = "control_image" if "control_image" in taken else "image"
        alone = len(images) == 1
        return {
            name: images[0] if alone else images,
            "controlnet_conditioning_scale": weights[0] if alone else weights,
        }

    def _guide_arguments(self, plan: Plan) -> dict[str, Any]:
        """Pictures as prompts, each with a weight of its own (Ye et al., "IP-Adapter", 2023)."""
        if self._traits.options.ip_adapter is None:
            return {}
        from PIL import Image as Pillow

        torch = require("torch", "draw pictures")
        guides = plan.request.guides
        if not guides:
            # The adapter wants some picture once it is on the model; with weight 0 it is not looked at.
            self._base.set_ip_adapter_scale(0.0)
            return {"ip_adapter_image": Pillow.new("RGB", (32, 32))}
        images = [guide.image.convert("RGB") for guide in guides]
        if len(guides) == 1:
            self._base.set_ip_adapter_scale(guides[0].weight)
            return {"ip_adapter_image": images[0]}
        # One adapter attends to each picture for itself where every picture has a mask; these let everything through.
        self._base.set_ip_adapter_scale([[guide.weight for guide in guides]])
        masks = torch.ones(1, len(guides), plan.drawn_px[1], plan.drawn_px[0])
        return {"ip_adapter_image": [images], "cross_attention_kwargs": {"ip_adapter_masks": [masks]}}

    def _pipe(self, plan: Plan) -> Any:
        """The pipeline for a task; all share the base's components, so nothing is loaded twice."""
        key = (plan.class_name, plan.nets)
        if key not in self._pipes:
            nets = [self._net(kind) for kind in plan.nets]
            self._pipes[key] = self._converted(plan.class_name, nets)
        pipe = self._pipes[key]
        if self._traits.options.offload and self._offloaded is not pipe:
            if self._offloaded is not None:
                self._offloaded.remove_all_hooks()
            loading.offload(pipe, self._traits.options, self._placement)
            self._offloaded = pipe
        return pipe

    def _converted(self, class_name: str, nets: list[Any]) -> Any:
        """A pipeline over the base's components.

        ``from_pipe`` does the same and then moves everything to one number format, those parts too that a model keeps
        in float32 on purpose: the first conversion would change what later pictures look like.
        """
        cls = getattr(require("diffusers", "draw pictures"), class_name)
        if type(self._base) is cls and not nets:
            return self._base
        wanted = inspect.signature(cls.__init__).parameters
        given = {name: value for name, value in self._base.components.items() if name in wanted}
        given |= {name: value for name, value in self._base.config.items() if name in wanted and name not in given}
        if nets:
            given["controlnet"] = nets[0] if len(nets) == 1 else nets
        with quiet():
            pipe = cls(**given)
            pipe.set_progress_bar_config(disable=True)
        return pipe

    def _net(self, kind: str) -> Any:
        if kind not in self._nets:
            place = dict(self._traits.options.controlnets)[kind]
            waits = self._traits.options.offload is not None
            self._nets[kind] = loading.load_controlnet(place, self._placement, waits=waits)
        return self._nets[kind]


def _wanted(plan: Plan) -> tuple[int, int]:
    """The size that comes out."""
    assert plan.request.width_px is not None
    assert plan.request.height_px is not None
    return plan.request.width_px, plan.request.height_px


@contextmanager
def _repeatable(placement: Placement) -> Iterator[None]:
    """Convolutions on CUDA by the same algorithm every time."""
    if not placement.device.startswith("cuda"):
        yield
        return
    cudnn = require("torch", "draw pictures").backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before
