from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lucida.models.protocols import Message
from lucida.models.vlm.hf import HfVlm

SIZES = [(90, 40), (40, 90), (31, 31), (300, 500), (17, 200), (1240, 1754), (128, 128), (3, 5)]
QUICK = ("idefics3", "llava", "qwen2_vl")
OTHERS = (
    "fast_vlm",
    "gemma3",
    "internvl",
    "llava_next",
    "llava_onevision",
    "mistral3",
    "qwen2_5_vl",
    "qwen3_vl",
    "smolvlm",
)
FAMILIES = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]


def real_tokens(model: HfVlm, *pictures: Any) -> int:
    """By how much pictures make a prompt longer."""
    processor, chat, budget = model._seeing()
    lengths = []
    for parts in ((*pictures, "x"), ("x",)):
        prompt, shown = chat.write([Message("user", parts)])
        fitted = [budget.fitted(picture) for picture in shown]
        lengths.append(len(processor(text=[prompt], images=[fitted] if fitted else None)["input_ids"][0]))
    return lengths[0] - lengths[1]


@pytest.mark.parametrize("family", FAMILIES)
def test_tokens_are_those_of_the_prompt(family: str, model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    for size in SIZES:
        assert model(family).sight(*size).tokens == real_tokens(model(family), draw(*size)), size


@pytest.mark.parametrize("family", QUICK)
def test_pictures_add_up(family: str, model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    both = real_tokens(model(family), draw(90, 40), draw(300, 500))
    assert both == model(family).sight(90, 40).tokens + model(family).sight(300, 500).tokens


def test_size_of_idefics_is_its_tiles(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    images = model("idefics3")._seeing()[0].image_processor
    for size in SIZES:
        inputs = images(images=[draw(*size)], return_row_col_info=True, return_tensors="pt")
        rows, columns, edge = inputs["rows"][0][0], inputs["cols"][0][0], inputs["pixel_values"].shape[-1]
        sight = model("idefics3").sight(*size)
        assert (sight.width_px, sight.height_px) == (max(columns, 1) * edge, max(rows, 1) * edge)


def test_size_of_qwen_is_its_grid(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    images = model("qwen2_vl")._seeing()[0].image_processor
    for size in SIZES:
        _, rows, columns = images(images=[draw(*size)], return_tensors="pt")["image_grid_thw"][0].tolist()
        sight = model("qwen2_vl").sight(*size)
        assert (sight.width_px, sight.height_px) == (columns * 8, rows * 8)
        assert sight.tokens == rows * columns // 4 + 2


def test_size_of_llava_is_before_the_crop(model: Callable[..., HfVlm]) -> None:
    sizes = [model("llava").sight(*size) for size in ((90, 40), (40, 90), (32, 32))]
    assert [(sight.width_px, sight.height_px) for sight in sizes] == [(72, 32), (32, 72), (32, 32)]


@pytest.mark.slow
def test_sizes_of_the_others(model: Callable[..., HfVlm]) -> None:
    size = {name: model(name).sight(300, 500) for name in ("gemma3", "internvl", "llava_next", "llava_onevision")}
    assert [(sight.width_px, sight.height_px) for sight in size.values()] == [(32, 32), (64, 96), (39, 64), (39, 64)]


@pytest.mark.parametrize("family", ["qwen2_vl", "idefics3", pytest.param("internvl", marks=pytest.mark.slow)])
def test_pixels_can_be_limited(
    family: str, folder: Callable[..., Path], model: Callable[..., HfVlm], draw: Callable[..., Any]
) -> None:
    limited = HfVlm(f"hf:{folder(family)}?dtype=fp32&device=cpu&max_pixels=4096")
    for size in SIZES[:6]:
        sight = limited.sight(*size)
        assert sight.width_px * sight.height_px <= 4096
        assert sight.tokens == real_tokens(limited, draw(*size))
    assert limited.sight(1240, 1754).tokens < model(family).sight(1240, 1754).tokens
    reply = limited.reply([Message("user", (draw(1240, 1754), "x"))], most_tokens=2)
    assert (
        reply.prompt_tokens
        < model(family).reply([Message("user", (draw(1240, 1754), "x"))], most_tokens=2).prompt_tokens
    )


def test_pictures_of_any_mode_are_fitted(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    budget = model("llava")._seeing()[2]
    for mode in ("RGBA", "P", "L", "1", "CMYK", "RGB"):
        fitted = budget.fitted(draw().convert(mode))
        assert (fitted.mode, fitted.size) == ("RGB", (90, 40))


def test_a_strip_that_a_model_does_not_take(model: Callable[..., HfVlm], draw: Callable[..., Any]) -> None:
    from lucida.errors import UsageError

    assert model("qwen2_vl").sight(3000, 2) is None
    with pytest.raises(UsageError, match="does not take these pictures"):
        model("qwen2_vl").reply([Message("user", (draw(3000, 2), "x"))])


def test_families_that_are_not_known_are_tried(model: Callable[..., HfVlm]) -> None:
    from lucida.models.vlm.image_budget import _tried

    qwen, llava = (model(name)._seeing()[0].image_processor for name in ("qwen2_vl", "llava"))
    assert _tried(qwen, 200, 300) == (model("qwen2_vl").sight(200, 300).width_px, 144)
    assert _tried(llava, 200, 300) == (32, 32)
    assert _tried(lambda **_: {"flattened": None}, 200, 300) is None
