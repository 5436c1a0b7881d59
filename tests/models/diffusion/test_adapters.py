"""What is put onto a model: ControlNets, IP-Adapters, LoRAs, schedulers of few steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import ModelError, UsageError
from lucida.models.diffusion.edges import canny
from lucida.models.diffusion.generator import DiffusersGenerator
from lucida.models.protocols import Ability, Control, DrawRequest, Guide

REQUEST = DrawRequest("a cat", num_inference_steps=2, seed=7)


def drawn(model: DiffusersGenerator, **changes: object) -> bytes:
    return model.draw(replace(REQUEST, **changes)).images[0].tobytes()


@pytest.fixture(scope="module")
def nets(tiny, tmp_path_factory) -> list[Path]:
    return [tiny.controlnet(tmp_path_factory.mktemp("net") / str(seed), seed) for seed in (0, 1)]


@pytest.fixture(scope="module")
def adapter(tiny, tmp_path_factory) -> Path:
    return tiny.ip_adapter(tmp_path_factory.mktemp("adapter") / "ip")


@pytest.fixture(scope="module")
def lora(tiny, folder, tmp_path_factory) -> Path:
    pytest.importorskip("peft")
    return tiny.lora(tmp_path_factory.mktemp("lora"), folder("sd"))


def test_a_control_rules_by_its_weight(generator, nets, photo) -> None:
    model = generator("sd", f"&controlnet=canny:{nets[0]}")
    assert Ability.CONTROL in model.abilities
    picture = photo(32, 32)
    plain = drawn(generator("sd"))
    edges = Control("canny", picture)
    ruled = drawn(model, controls=(edges,))
    assert ruled != plain
    assert drawn(model) == plain
    assert drawn(model, controls=(replace(edges, weight=0.3),)) != ruled
    # What is computed here can be given ready made.
    assert drawn(model, controls=(Control("given", canny(picture)),)) == ruled


def test_several_controls_masks_and_pictures_go_together(generator, nets, photo) -> None:
    model = generator("sd", f"&controlnet=canny:{nets[0]}&controlnet=segmentation:{nets[1]}")
    both = (Control("canny", photo(40, 24)), Control("segmentation", photo(seed=1), 0.5))
    assert drawn(model, controls=both) != drawn(model, controls=both[:1])
    begun = drawn(model, controls=both, image=photo(seed=2), strength=0.9)
    mask = Image.new("L", (32, 32), 255)
    assert begun != drawn(model, controls=both, image=photo(seed=2), mask=mask)
    given = Control("given", photo(), net="segmentation")
    assert model.draw(replace(REQUEST, controls=(given,))).settings["controls"][0]["net"] == "segmentation"


def test_nothing_is_loaded_twice(generator, nets, photo) -> None:
    model = generator("sd", f"&controlnet=canny:{nets[0]}")
    drawn(model)
    drawn(model, image=photo())
    drawn(model, controls=(Control("canny", photo()),))
    pipes = list(model._studio._pipes.values())
    assert len(pipes) >= 3
    assert len({id(pipe.unet) for pipe in pipes}) == len({id(pipe.vae) for pipe in pipes}) == 1


def test_guides_count_each_by_its_own_weight(generator, adapter, photo) -> None:
    model = generator("sd", f"&ip_adapter={adapter}")
    assert Ability.GUIDE in model.abilities
    plain = drawn(generator("sd"))
    one, other = photo(seed=1), photo(seed=2)
    guided = drawn(model, guides=(Guide(one),))
    assert guided != plain
    # An adapter that is not asked leaves no trace, nor does a guide without weight.
    assert drawn(model) == plain
    assert drawn(model, guides=(Guide(one, 0.0),)) == plain
    mixed = drawn(model, guides=(Guide(one), Guide(other, 0.4)))
    assert mixed != drawn(model, guides=(Guide(one), Guide(other, 0.8)))
    first_alone = drawn(model, guides=(Guide(one), Guide(other, 0.0)))
    difference = np.frombuffer(first_alone, np.uint8).astype(int) - np.frombuffer(guided, np.uint8)
    assert np.abs(difference).max() <= 1


def test_an_adapter_without_its_encoder_says_what_is_missing(folder, adapter, tmp_path) -> None:
    bare = tmp_path / "ip-adapter.safetensors"
    bare.write_bytes((adapter / "ip-adapter.safetensors").read_bytes())
    model = DiffusersGenerator(f"diffusers:{folder('sd')}?device=cpu&ip_adapter={bare}")
    with pytest.raises(ModelError, match="no image encoder beside it"):
        model.draw(REQUEST)


def test_a_lora_counts_by_its_weight(generator, lora) -> None:
    plain = drawn(generator("sd"))
    whole, half, none = (generator("sd", f"&lora={lora}:{weight}") for weight in (1, 0.5, 0))
    assert len({plain, drawn(whole), drawn(half)}) == 3
    assert drawn(none) == plain
    assert drawn(generator("sd", f"&lora={lora}")) == drawn(whole)
    assert whole.fingerprint != half.fingerprint != generator("sd").fingerprint


def test_a_lora_of_another_model_is_refused(folder, tmp_path) -> None:
    import torch
    from safetensors.torch import save_file

    pytest.importorskip("peft")
    save_file({"unet.nowhere.lora_A.weight": torch.zeros(2, 4)}, tmp_path / "pytorch_lora_weights.safetensors")
    model = DiffusersGenerator(f"diffusers:{folder('sd')}?device=cpu&lora={tmp_path}")
    with pytest.raises(ModelError, match=r"LoRA .* (does not go onto|changes nothing of) this model"):
        model.draw(REQUEST)


def test_schedulers_of_few_steps_bring_their_own_defaults(generator) -> None:
    told = generator("sd").draw(DrawRequest("a cat", scheduler="LCM")).settings
    assert (told["scheduler"], told["num_inference_steps"], told["guidance_scale"]) == ("lcm", 4, 1.0)


def test_a_decoder_saves_memory_without_other_pictures(generator) -> None:
    assert drawn(generator("sd", "&vae=slicing,tiling&attention=native")) == drawn(generator("sd"))


def test_options_without_sense_here_are_told(folder) -> None:
    spec = f"diffusers:{folder('sd')}?device=cpu"
    with pytest.raises(UsageError, match="attention 'fastest' cannot be used"):
        DiffusersGenerator(f"{spec}&attention=fastest").draw(REQUEST)
    with pytest.raises(UsageError, match="offloaded from the processor to itself"):
        DiffusersGenerator(f"{spec}&offload=model").draw(REQUEST)
