"""A run learns, can be killed at any moment, goes on as if nothing had been, and leaves a folder that hf: loads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lucida.errors import UsageError
from lucida.models.protocols import Message, Sight
from lucida.models.vlm.hf import HfVlm
from lucida.query.evaluation.vlm import ask, ask_all, summarise
from lucida.query.looking.reading_tool import READ_TEXT
from lucida.training.augment import Views
from lucida.training.loop import Report
from lucida.training.schedule import Schedule
from lucida.training.vlm.building import EYE, Eye, Shape
from lucida.training.vlm.feed import Share
from lucida.training.vlm.held_out import held_out_questions
from lucida.training.vlm.lessons import Exchange, Lesson, Shown
from lucida.training.vlm.recipe import vlm_trainer
from lucida.training.vlm.trainer import Recipe, Trainer

Start = Callable[..., Trainer]


@pytest.fixture
def start(shares: dict[str, Share], eye: Eye, recipe: Recipe, writer: Any) -> Start:
    """Begins a run, or goes on with it."""

    def begun(folder: Path, given: dict[str, Share] | None = None, **changes: Any) -> Trainer:
        return vlm_trainer(given or shares, folder, replace(recipe, **changes), eye, writer)

    return begun


def test_a_run_reports_and_saves(tmp_path: Path, start: Start) -> None:
    run = start(tmp_path / "run", minutes=0.005)
    reports: list[Report] = []
    kept: list[int] = []
    run.run(reports.append, lambda now: kept.append(now.step))
    assert run.progress == 1
    assert kept[-1] == run.step
    assert (tmp_path / "run" / "checkpoint.safetensors").is_file()
    assert all(set(report.losses) == {"loss", "right"} for report in reports)


@pytest.mark.slow  # several seconds of training or drawing
def test_a_run_goes_on_from_its_checkpoint_exactly(tmp_path: Path, start: Start) -> None:
    whole = start(tmp_path / "whole")
    expected = [whole.advance() for _ in range(6)]
    first = start(tmp_path / "cut")
    found = [first.advance() for _ in range(3)]
    first.keep()
    first.advance()  # lost when it is killed
    (tmp_path / "cut" / "checkpoint.safetensors.half").write_bytes(b"cut")
    second = start(tmp_path / "cut")
    assert second.step == 3
    found += [second.advance() for _ in range(3)]
    for one, two in zip(found, expected, strict=True):
        assert one == pytest.approx(two, rel=2e-3, abs=1e-6)


def test_a_run_of_another_shape_is_refused(tmp_path: Path, start: Start) -> None:
    start(tmp_path).keep()
    with pytest.raises(UsageError, match="another shape"):
        start(tmp_path, seed=2)


def test_the_eye_stays_and_all_else_learns(tmp_path: Path, start: Start) -> None:
    run = start(tmp_path)
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    for _ in range(2):
        run.advance()
    changed = {name for name, tensor in run.model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert not [name for name in changed if name.startswith(EYE)]
    assert set(run.own) <= changed


def test_a_tower_that_gives_no_grid_is_refused(tmp_path: Path, start: Start, recipe: Recipe) -> None:
    shape = replace(recipe.shape, side=80)
    with pytest.raises(UsageError, match="no grid"):
        start(tmp_path / "side", shape=shape)


@pytest.mark.slow
def test_thirty_steps_end_in_a_folder_that_answers(tmp_path: Path, start: Start, shares: dict[str, Share]) -> None:
    run = start(tmp_path / "run", schedule=Schedule(4e-3, 0.0))
    losses = [run.advance()["loss"] for _ in range(30)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    run.save(tmp_path / "model", {"sources": sorted(shares)})
    model = HfVlm(f"hf:{tmp_path / 'model'}?dtype=float32&device=cpu")
    assert model.calls_tools
    assert model.sight(1000, 700) == Sight(64, 64, 5)
    reply = model.reply([Message("user", (Image.new("RGB", (60, 40)), "What is this?"))], most_tokens=8)
    assert reply.prompt_tokens is not None
    report = summarise(ask_all(model, held_out_questions(shares, 1)))
    assert {row.kind for row in report.kinds} >= {"text, texts", "name, photos64", "reading, sheets"}


class Always:
    """One lesson, over and over: what is on the page has to be read."""

    def __init__(self, *exchanges: Exchange) -> None:
        self._exchanges = exchanges

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        return Lesson((self._exchanges[int(rng.integers(len(self._exchanges)))],), self._shown, small_print=True)

    def _shown(self) -> Shown:
        return Shown(
            np.full((32, 32, 3), 200, np.uint8), None, Views(scale=(1, 1), aspect=1, rotate=0, colour=0, grey=0)
        )


@pytest.mark.slow
def test_what_it_learned_to_call_is_called_and_what_it_read_is_said(
    tmp_path: Path, start: Start, reading: Exchange
) -> None:
    shares = {"always": Share(Always(reading, Exchange("page", "What kind of page is this?", ("an invoice",))), 1, 1)}
    shape = Shape(side=32, width=64, layers=2, heads=2, key_heads=1, inner=96, context=1024, vocabulary=400)
    run = start(tmp_path / "run", shares, shape=shape, schedule=Schedule(5e-3, 0.0), average=0.5, batch=8)
    for _ in range(90):
        run.advance()
    run.save(tmp_path / "model", {})
    model = HfVlm(f"hf:{tmp_path / 'model'}?dtype=float32&device=cpu")
    for question in held_out_questions(shares, 1):
        asked = ask(model, question)
        assert (asked.right, asked.called) == (True, question.must_read), asked.said
    messages = [Message("user", (Image.new("RGB", (32, 32)), "Question: What is the total?"))]
    pieces: list[str] = []
    reply = model.reply(messages, tools=(READ_TEXT,), on_text=pieces.append)
    assert "".join(pieces) == reply.text
