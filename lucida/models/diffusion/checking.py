"""Holds a request against what a pipeline can do, and settles what it left open. Nothing heavy is loaded for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from lucida.errors import UsageError
from lucida.models.diffusion import schedulers
from lucida.models.diffusion.pictures import rounded_up
from lucida.models.diffusion.schedulers import Chosen
from lucida.models.diffusion.traits import Task, Traits
from lucida.models.protocols.drawing import Ability, DrawRequest

if TYPE_CHECKING:
    from lucida.models.diffusion.prompts import Prompts

_T = TypeVar("_T")

_GIVEN = "given"
#: Beyond this no model here draws, and a slip of the finger would fill the memory.
_MOST_PX = 16_384


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that can be drawn, with everything settled.

    Attributes:
        task: what kind of drawing it is.
        class_name: the pipeline's class for it.
        request: without open settings; its size is what comes out.
        drawn_px: the size that is drawn before it is cut to that.
        scheduler: decided on.
        nets: for each control, the kind whose ControlNet reads it.
        cut: by prompt and tokeniser, how many tokens are not read.
    """

    task: Task
    class_name: str
    request: DrawRequest
    drawn_px: tuple[int, int]
    scheduler: Chosen
    nets: tuple[str, ...] = ()
    cut: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def plan(request: DrawRequest, traits: Traits, model: str, prompts: Prompts) -> Plan:
    """Settle a request.

    Raises:
        UsageError: it asks for what this pipeline cannot do, or makes no sense.
    """
    require_sense(request)
    task = task_of(request)
    _require_abilities(request, traits, model)
    nets = tuple(_net(control.kind, control.net, traits, model) for control in request.controls)
    name = traits.class_for(task, controlled=bool(nets))
    if name is None:
        raise _no_class(task, traits, model)
    scheduler = schedulers.choose(request.scheduler, traits.scheduler, traits.files.class_name, model)
    steps = _given(request.num_inference_steps, traits.usual_steps(scheduler, name))
    scheduler.try_steps(steps)
    guidance = _guidance(request, traits, traits.usual_guidance(scheduler, name), model)
    strength = None if task == "text" else settled_strength(request, traits.usual_strength(name), steps)
    width, height = settled_size(request, traits.size_px)
    settled = replace(
        request,
        width_px=width,
        height_px=height,
        num_inference_steps=steps,
        guidance_scale=guidance,
        scheduler=scheduler.name,
        strength=strength,
    )
    parameters, cut = traits.parameters(name), traits.options.cut_prompt
    texts = {"prompt": request.prompt, "negative prompt": request.negative_prompt}
    lost = {what: prompts.check(text, what, parameters, cut=cut) for what, text in texts.items()}
    drawn = rounded_up(width, height, traits.step_px)
    return Plan(task, name, settled, drawn, scheduler, nets, {what: rows for what, rows in lost.items() if rows})


def task_of(request: DrawRequest) -> Task:
    """What kind of drawing is asked for."""
    return "inpaint" if request.mask is not None else "image" if request.image is not None else "text"


def require_sense(request: DrawRequest) -> None:
    """Refuse what no generator could draw.

    Raises:
        UsageError: the request makes no sense.
    """
    if request.count < 1:
        raise UsageError(f"{request.count} pictures are none.", "Ask for at least one.")
    if request.num_inference_steps is not None and request.num_inference_steps < 1:
        raise UsageError(f"{request.num_inference_steps} steps draw nothing.", "Ask for at least one step.")
    for side in (request.width_px, request.height_px):
        if side is not None and not 1 <= side <= _MOST_PX:
            raise UsageError(f"A side of {side} pixels cannot be drawn.", f"Ask for 1 to {_MOST_PX} pixels.")
    if not 0 <= request.seed <= 2**63 - request.count:
        raise UsageError(f"{request.seed} is no seed.", "Give a whole number from 0 to 2^63.")
    weights = [*(control.weight for control in request.controls), *(guide.weight for guide in request.guides)]
    scale = request.guidance_scale
    if not all(map(math.isfinite, [*weights, scale or 0.0])) or (scale or 0.0) < 0:
        raise UsageError("A weight or the guidance scale is no number from 0.", "Give numbers from 0, 1 is usual.")
    _require_picture(request)
    if not (
        request.prompt.strip() or request.image or request.controls or request.guides or request.vector is not None
    ):
        raise UsageError("There is nothing to draw.", "Give a prompt, or a picture to begin with.")


def _require_picture(request: DrawRequest) -> None:
    """A mask and a strength belong to a picture."""
    if request.image is None:
        if request.mask is not None:
            raise UsageError("There is a mask, and no picture that it masks.", "Give the picture too.")
        if request.strength is not None:
            raise UsageError("There is a strength, and no picture to give up.", "Give the picture, or no strength.")
        return
    if request.strength is not None and not 0 < request.strength <= 1:
        raise UsageError(f"A strength of {request.strength} has no sense.", "Give a number above 0, and 1 at most.")
    if request.mask is None:
        return
    if request.mask.size != request.image.size:
        (wide, high), (width, height) = request.mask.size, request.image.size
        raise UsageError(
            f"The mask is {wide} by {high} pixels, and the picture {width} by {height}.",
            "Make the mask as large as the picture.",
        )
    if request.mask.convert("L").getextrema() == (0, 0):
        raise UsageError("The mask is black all over, so nothing is to be drawn.", "Paint white what is to be drawn.")


def _require_abilities(request: DrawRequest, traits: Traits, model: str) -> None:
    """What this pipeline in particular cannot do."""
    can = traits.abilities
    if request.vector is not None:
        raise UsageError(f"{model} does not draw from vectors.", "Give a prompt, or pictures as guides.")
    if traits.inpaints_only and request.mask is None:
        raise UsageError(f"{model} draws into masked pictures alone.", "Give a picture and a mask.")
    if request.controls and Ability.CONTROL not in can:
        raise UsageError(
            f"{model} has no ControlNet.", "Name one in the spec: controlnet=KIND:ID_OR_FOLDER, made for this model."
        )
    if request.guides and Ability.GUIDE not in can:
        raise UsageError(
            f"{model} does not take pictures as prompts.",
            "Name an IP-Adapter in the spec, ip_adapter=FOLDER; it wants a model with a U-Net.",
        )
    if request.negative_prompt and Ability.NEGATIVE not in can:
        raise UsageError(
            f"{model} heeds no negative prompt.", "Leave it out, or choose a model with two-pass guidance."
        )


def _net(kind: str, net: str, traits: Traits, model: str) -> str:
    """The kind whose ControlNet reads a control."""
    kinds = [name for name, _ in traits.options.controlnets]
    wanted = net or kind
    if wanted == _GIVEN and len(kinds) == 1:
        return kinds[0]
    if wanted in kinds:
        return wanted
    if wanted == _GIVEN:
        raise UsageError(f"{model} has several ControlNets.", f"Say which is meant, by its kind: {', '.join(kinds)}.")
    raise UsageError(
        f"{model} has no ControlNet for {wanted}.",
        f"It has one for: {', '.join(kinds)}. Name more in the spec: controlnet={wanted}:ID_OR_FOLDER.",
    )


def _no_class(task: Task, traits: Traits, model: str) -> UsageError:
    what = {"text": "draw from nothing", "image": "begin with a picture", "inpaint": "fill a mask"}[task]
    controlled = " under control" if traits.options.controlnets else ""
    return UsageError(
        f"{model} is a {traits.family}, and diffusers has none that can {what}{controlled}.",
        "Choose another model, e.g. one of Stable Diffusion, SDXL or Flux.",
    )


def _guidance(request: DrawRequest, traits: Traits, usual: float, model: str) -> float:
    scale = request.guidance_scale
    if scale is not None and scale > 1 and traits.guidance == "none":
        raise UsageError(
            f"{model} draws without guidance, so a scale of {scale:g} would do nothing or harm.",
            "Leave it out; if the model does heed it, write guidance=classifier into the spec.",
        )
    return settled_guidance(request, usual)


def settled_guidance(request: DrawRequest, usual: float) -> float:
    """The guidance scale asked for, else the usual one.

    Raises:
        UsageError: there is a negative prompt, and no guidance by which it counts.
    """
    chosen = _given(request.guidance_scale, usual)
    if request.negative_prompt and chosen <= 1:
        raise UsageError(
            f"A negative prompt counts only with guidance, and the scale is {chosen:g}.",
            "Give a guidance scale above 1, or no negative prompt.",
        )
    return float(chosen)


def settled_strength(request: DrawRequest, usual: float, steps: int) -> float:
    """How much of the picture is given up: what was asked for, else the usual share.

    Raises:
        UsageError: it leaves not one step.
    """
    strength = _given(request.strength, max(usual, 1 / steps))
    if int(steps * strength) < 1:
        raise UsageError(
            f"A strength of {strength:g} leaves none of {steps} steps.",
            f"Give at least {1 / steps:.2f}, or ask for {math.ceil(1 / strength)} steps or more.",
        )
    return float(strength)


def settled_size(request: DrawRequest, usual_px: tuple[int, int]) -> tuple[int, int]:
    """What comes out: the size asked for, else the picture's, else the one that the model was trained for.

    Raises:
        UsageError: a masked picture is to come out in another size.
    """
    own = request.image.size if request.image is not None else usual_px
    size = _given(request.width_px, own[0]), _given(request.height_px, own[1])
    if request.mask is not None and size != own:
        raise UsageError(
            f"A masked picture of {own[0]} by {own[1]} pixels cannot come out as {size[0]} by {size[1]}.",
            "Leave the size out; to draw around a picture, extend it first (outpainted).",
        )
    return size


def _given(value: _T | None, otherwise: _T) -> _T:
    return otherwise if value is None else value
