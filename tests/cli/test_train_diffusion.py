"""``lucida train diffusion`` and ``lucida evaluate generator``, from packed sets and folders to figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida.training.data.packing import pack
from lucida.training.data.scenes import Scenes


@pytest.mark.slow
def test_a_generator_is_trained_measured_and_tuned(
    lucida: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(tmp_path / "sets" / "scenes", Scenes(120, side=24, seed=1))
    command = ["train", "diffusion", "run", "--data", "sets", "--size", "16", "--minutes", "0.01", "--batch", "2"]
    said = lucida(*command, "--json").json
    assert said["steps"] >= 1
    assert 10_000_000 < said["bytes"] < 25_000_000
    measure = ["evaluate", "generator", said["model"], "--data", "sets", "--each", "1", "--steps", "1", "--size", "16"]
    measured = lucida(*measure, "--no-time", "--sheet", "sheet.png", "--card", "card.md", "--json")
    assert measured.json["agreement"]["count"] == measured.json["prompts"] >= 1
    assert "| KID to held-out pictures |" in (tmp_path / "card.md").read_text()
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 100

    monkeypatch.setenv("LUCIDA_MINI_GENERATOR", said["model"])
    for name, colour in (("red", (250, 0, 0)), ("blue", (0, 0, 250)), ("green", (0, 200, 0))):
        folder = tmp_path / "mine" / name
        folder.mkdir(parents=True)
        for number in range(3):
            noise = np.random.default_rng(number).integers(-30, 30, (20, 20, 3))
            Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    tuned = lucida("train", "diffusion", "run-2", "--from", "mini", "--items", "mine", "--minutes", "0.01",
                   "--batch", "2", "--force", "--json").json  # fmt: skip
    card = json.loads(Path(tuned["model"], "training.json").read_text())
    assert card["from"].startswith("mini-")
    assert card["pictures"] == 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to train on"),
        (["--data", "sets", "--items", "mine"], "or too much"),
        (["--items", "mine"], "or too much"),
        (["--data", "sets", "--from", "mini"], "begins with nothing"),
        (["--items", "mine", "--from", "diffusers:x"], "low-rank weights alone"),
        (["--items", "mine", "--from", "mini", "--lora"], "for a model of diffusers"),
    ],
)
def test_what_makes_no_sense_is_said(lucida: Callable[..., Any], arguments: list[str], said: str) -> None:
    ran = lucida("train", "diffusion", "run", *arguments)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
