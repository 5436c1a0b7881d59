"""Schedulers of diffusers by their usual names, and which of them fit a model.

Sources: DDPM (Ho et al., 2020), DDIM (Song et al., 2021), PNDM (Liu et al., 2022), Euler, Heun and DPM2 (Karras et
al., 2022), DPM-Solver and DPM-Solver++ (Lu et al., 2022), DEIS (Zhang and Chen, 2023), UniPC (Zhao et al., 2023), LCM
(Luo et al., 2023), TCD (Zheng et al., 2024), flow matching (Lipman et al., 2023).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.models.diffusion.quiet import quiet
from lucida.models.tensors import first_line

_MULTI = "DPMSolverMultistepScheduler"
#: Class and settings of each name, for models that predict noise, the picture or velocity.
_NOISE: dict[str, tuple[str, dict[str, Any]]] = {
    "ddpm": ("DDPMScheduler", {}),
    "ddim": ("DDIMScheduler", {}),
    "pndm": ("PNDMScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-a": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "dpm": (_MULTI, {"algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}),
    "dpm++": (_MULTI, {"algorithm_type": "dpmsolver++"}),
    "dpm++-karras": (_MULTI, {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}),
    "dpm++-sde": (_MULTI, {"algorithm_type": "sde-dpmsolver++"}),
    "dpm++-single": ("DPMSolverSinglestepScheduler", {"algorithm_type": "dpmsolver++"}),
    "dpm2": ("KDPM2DiscreteScheduler", {}),
    "dpm2-a": ("KDPM2AncestralDiscreteScheduler", {}),
    "deis": ("DEISMultistepScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "tcd": ("TCDScheduler", {}),
}
_FLOWING = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
#: The same for models that predict a flow.
_FLOW: dict[str, tuple[str, dict[str, Any]]] = {
    "flow-euler": ("FlowMatchEulerDiscreteScheduler", {}),
    "flow-heun": ("FlowMatchHeunDiscreteScheduler", {}),
    "flow-lcm": ("FlowMatchLCMScheduler", {}),
    "flow-dpm++": (_MULTI, {**_FLOWING, "algorithm_type": "dpmsolver++"}),
    "flow-unipc": ("UniPCMultistepScheduler", _FLOWING),
}
_ALIASES = {
    "euler-ancestral": "euler-a",
    "dpm-solver": "dpm",
    "dpm-solver++": "dpm++",
    "flow": "flow-euler",
    "flow-match-euler": "flow-euler",
}
#: Latents are not bounded as pixels are: what these classes do unless told otherwise would spoil them.
_UNCLIPPED = {"clip_sample": False}
#: Names whose classes take no model that predicts the picture itself.
_NO_PICTURE = {"pndm", "euler-a", "dpm2", "dpm2-a"}
#: Schedulers of models that were distilled to a few steps.
FEW_STEPS = ("LCMScheduler", "TCDScheduler", "FlowMatchLCMScheduler")
#: What a pipeline that computes its own time shift asks of ``set_timesteps``.
_SOME_SHIFT = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A scheduler, decided on and not yet made.

    Attributes:
        name: the usual one, or the class's where there is none.
        class_name: of diffusers.
        config: the model's own scheduler settings.
        changes: what differs from them.
    """

    name: str
    class_name: str
    config: Mapping[str, Any]
    changes: Mapping[str, Any]

    def make(self) -> Any:
        """A fresh one: schedulers remember their last steps."""
        cls = getattr(require("diffusers", "draw pictures"), self.class_name)
        with quiet():
            return cls.from_config(dict(self.config), **self.changes)

    def try_steps(self, steps: int) -> None:
        """Make the list of steps once, before any weights are loaded.

        Raises:
            UsageError: the scheduler cannot take so many.
        """
        scheduler = self.make()
        shift = {"mu": _SOME_SHIFT} if scheduler.config.get("use_dynamic_shifting") else {}
        try:
            with quiet():
                scheduler.set_timesteps(steps, **shift)
        except (ValueError, IndexError, AssertionError, TypeError) as error:
            raise UsageError(
                f"The scheduler {self.name} cannot take {steps} steps: {first_line(error)}.",
                "Ask for another number of steps, or for another scheduler.",
            ) from error

    def settings(self) -> dict[str, Any]:
        """All its settings as plain JSON."""
        config = {key: value for key, value in self.make().config.items() if not key.startswith("_")}
        return dict(json.loads(json.dumps(config, default=str)))


def is_flow(config: Mapping[str, Any]) -> bool:
    """Whether scheduler settings are those of a model that predicts a flow."""
    kind = str(config.get("_class_name", ""))
    return kind.startswith("FlowMatch") or str(config.get("prediction_type", "")).startswith("flow")


def fitting(config: Mapping[str, Any], class_name: str = "") -> list[str]:
    """Names of the schedulers that fit a model.

    Args:
        config: its own scheduler's.
        class_name: its pipeline; Flux gives its own list of noise levels, which Heun's scheduler does not take, and
            always shifts them in time, which DPM-Solver++ takes only where the model says how.
    """
    if not is_flow(config):
        unfit = _NO_PICTURE if config.get("prediction_type") == "sample" else set()
        return [name for name in _NOISE if name not in unfit]
    flux, shifted = class_name.startswith("Flux"), bool(config.get("use_dynamic_shifting"))
    unfit = {"flow-heun"} if flux or shifted else set()
    unfit |= {"flow-dpm++"} if flux and not shifted else set()
    return [name for name in _FLOW if name not in unfit]


def choose(name: str | None, config: Mapping[str, Any], class_name: str, model: str) -> Chosen:
    """The scheduler of that name for a model, or the model's own.

    Args:
        name: the usual name, in any case, or diffusers' class; None is the model's own.
        config: the settings of the model's own scheduler, its class among them.
        class_name: its pipeline.
        model: for the sentence in an error.

    Raises:
        UsageError: there is no such scheduler, or it does not fit the model; the advice lists what does.
    """
    fits = fitting(config, class_name)
    table = _FLOW if is_flow(config) else _NOISE
    own = str(config.get("_class_name", ""))
    if name is None or name.lower() in {own.lower(), own.lower().removesuffix("scheduler")}:
        known = next((key for key in fits if table[key] == (own, {})), own)
        return Chosen(known, own, config, {})
    wanted = _named(name, table)
    if wanted in fits:
        kind, changes = table[wanted]
        unclipped = _UNCLIPPED if kind in {"DDPMScheduler", "DDIMScheduler"} and "clip_sample" not in config else {}
        return Chosen(wanted, kind, config, {**unclipped, **changes})
    other = _named(name, {**_NOISE, **_FLOW}) in {*_NOISE, *_FLOW}
    what = f"The scheduler {name} does not fit {model}." if other else f"There is no scheduler {name!r}."
    raise UsageError(what, f"Those that fit {model} are: {', '.join(fits)}.")


def _named(name: str, table: Mapping[str, tuple[str, dict[str, Any]]]) -> str:
    """The usual name for what somebody wrote."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    plain = _ALIASES.get(plain, plain)
    classes = {kind.lower(): key for key, (kind, changes) in table.items() if not changes}
    return classes.get(plain, classes.get(f"{plain}scheduler", plain))
