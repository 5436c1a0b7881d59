from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.models.diffusion import schedulers

NOISE = {"_class_name": "PNDMScheduler", "beta_schedule": "scaled_linear", "steps_offset": 1}
FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}


@pytest.mark.parametrize("name", schedulers.fitting(NOISE))
def test_every_name_makes_a_scheduler_that_takes_steps(name: str) -> None:
    chosen = schedulers.choose(name, NOISE, "StableDiffusionPipeline", "it")
    chosen.try_steps(5)
    made = chosen.make()
    assert type(made).__name__ == chosen.class_name
    assert made.config.beta_schedule == "scaled_linear"
    assert not made.config.get("clip_sample")


@pytest.mark.parametrize("name", schedulers.fitting(FLOW))
def test_so_do_those_of_flows(name: str) -> None:
    schedulers.choose(name, FLOW, "StableDiffusion3Pipeline", "it").try_steps(5)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Euler Ancestral", "euler-a"), ("DPM-Solver++", "dpm++"), ("UniPCMultistepScheduler", "unipc"), (None, "pndm")],
)
def test_other_spellings_are_understood(written: str | None, meant: str) -> None:
    assert schedulers.choose(written, NOISE, "StableDiffusionPipeline", "it").name == meant


def test_a_model_with_a_scheduler_of_its_own_keeps_it() -> None:
    own = {"_class_name": "LCMScheduler", "beta_end": 0.012}
    assert schedulers.choose(None, own, "LatentConsistencyModelPipeline", "it").name == "lcm"


def test_what_does_not_fit_is_told_from_what_there_is_not() -> None:
    with pytest.raises(UsageError, match="There is no scheduler 'magic'"):
        schedulers.choose("magic", NOISE, "StableDiffusionPipeline", "it")
    with pytest.raises(UsageError, match="The scheduler unipc does not fit it"):
        schedulers.choose("unipc", FLOW, "StableDiffusion3Pipeline", "it")
