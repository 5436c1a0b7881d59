"""What a pipeline is, told from its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucida.models.diffusion.files import Part, Pipeline
from lucida.models.diffusion.options import Options
from lucida.models.diffusion.traits import Traits


def traits_of(class_name: str, **denoiser: int) -> Traits:
    part = Part("transformer", "diffusers", "Any", Path(), (), False, dict(denoiser))
    return Traits(Pipeline(Path(), class_name, {"transformer": part}, (), "", {}), Options("diffusers:a/b"))


def test_models_made_for_masks_are_told_by_what_they_read() -> None:
    fill = traits_of("FluxFillPipeline", in_channels=384)
    assert fill.inpaints_only
    assert fill.class_for("inpaint", controlled=False) == "FluxFillPipeline"
    assert fill.class_for("text", controlled=False) is None
    assert not traits_of("FluxPipeline", in_channels=64).inpaints_only


@pytest.mark.parametrize(
    ("source", "guidance"), [("a/sdxl-turbo", "none"), ("b/base", "classifier"), ("", "classifier")]
)
def test_models_without_guidance_are_told_by_name(source: str, guidance: str) -> None:
    pipeline = Pipeline(Path(), "StableDiffusionXLPipeline", {}, (), source, {})
    assert Traits(pipeline, Options("diffusers:turbo/model")).guidance == guidance


@pytest.mark.slow
def test_names_of_classes_agree_with_the_tables_of_autopipeline() -> None:
    """Where AutoPipeline knows a class for a task, the rule finds the same one for the families named in the docs."""
    from diffusers.pipelines import auto_pipeline as tables

    maps = {
        "text": tables.AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
        "image": tables.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        "inpaint": tables.AUTO_INPAINT_PIPELINES_MAPPING,
    }
    families = ("stable-diffusion", "stable-diffusion-xl", "stable-diffusion-3", "flux", "lcm", "z-image", "qwenimage")
    for family in families:
        base = maps["text"][family].__name__
        traits = traits_of(base)
        for task, table in maps.items():
            for suffix in ("", "-controlnet"):
                if family + suffix in table:
                    found = traits.class_for(task, controlled=bool(suffix))
                    assert found == table[family + suffix].__name__
