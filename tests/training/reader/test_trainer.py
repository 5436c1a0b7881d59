"""A reader's run learns, can be killed at any moment, and goes on as if nothing had been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lucida.errors import UsageError
from lucida.models.protocols import SpanCalibration
from lucida.models.reader.reader import SpanReader
from lucida.training.loop import Report
from lucida.training.reader import checkpoint
from lucida.training.reader.examples import Example
from lucida.training.reader.feed import Feed, Share
from lucida.training.reader.network import SpanNetwork, TorchSpans
from lucida.training.reader.objective import consistency_loss, span_losses
from lucida.training.reader.trainer import Recipe, Trainer
from lucida.training.schedule import Schedule

RECIPE = Recipe(layers=2, batch=8, minutes=0.05, average=0.8, schedule=Schedule(5e-3, 0.02), head_rate=1.0)


class Colours:
    """The answer is the word behind the one that the question names."""

    def draw(self, rng: np.random.Generator) -> Example:
        things = rng.permutation(["lamp", "door", "roof", "gate"])[:2]
        colours = rng.permutation(["red", "green", "blue", "white"])[:2]
        passage = " ".join(f"{thing} {colour}." for thing, colour in zip(things, colours, strict=True))
        if rng.random() < 0.3:
            return Example("ship?", passage)
        start = passage.index(colours[0])
        return Example(f"{things[0]}?", passage, ((start, start + len(colours[0])),))


def trainer(folder: Path, base: Any, cutter: Any, recipe: Recipe = RECIPE) -> Trainer:
    return Trainer(recipe, folder, base, Feed({"colours": Share(Colours(), 1, 1)}, cutter, recipe.batch, recipe.seed))


def test_a_run_learns_reports_and_saves(tmp_path: Path, base: Any, cutter: Any) -> None:
    run = trainer(tmp_path / "run", base, cutter)
    reports: list[Report] = []
    evaluated: list[int] = []
    run.run(reports.append, lambda now: evaluated.append(now.step))
    assert run.progress == 1
    assert evaluated[-1] == run.step
    assert (tmp_path / "run" / "checkpoint.safetensors").is_file()
    assert all({"span", "answerable"} == set(report.losses) for report in reports)


@pytest.mark.slow
def test_what_it_learns_is_read_back(tmp_path: Path, base: Any, cutter: Any) -> None:
    run = trainer(tmp_path, base, cutter, replace(RECIPE, layers=3, dropout=0.0, schedule=Schedule(5e-3, 0.0)))
    losses = [sum(run.advance().values()) for _ in range(250)]
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])
    reader = SpanReader(cutter, TorchSpans(run.averaged), SpanCalibration())
    rng, right = np.random.default_rng(99), 0
    examples = [example for _ in range(60) if (example := Colours().draw(rng)).spans]
    for example in examples:
        ((best, *_),) = reader.read(example.question, [example.passage])
        right += (best.start, best.end) == example.spans[0]
    assert right / len(examples) > 0.6


@pytest.mark.parametrize("rank", [0, 2])
def test_a_run_goes_on_from_its_checkpoint_exactly(tmp_path: Path, base: Any, cutter: Any, rank: int) -> None:
    # By steps, since the progress of a run is counted in time: the rate is the same for all of them.
    recipe = replace(RECIPE, rank=rank, minutes=1e9)
    expected = [run.advance() for run in [trainer(tmp_path / "whole", base, cutter, recipe)] for _ in range(6)]
    first = trainer(tmp_path / "cut", base, cutter, recipe)
    found = [first.advance() for _ in range(3)]
    checkpoint.save(first, first.folder)
    second = trainer(tmp_path / "cut", base, cutter, recipe)
    assert second.step == 3
    found += [second.advance() for _ in range(3)]
    for one, two in zip(found, expected, strict=True):
        assert one == pytest.approx(two, rel=1e-3)


def test_a_checkpoint_that_was_being_written_leaves_the_last_one(tmp_path: Path, base: Any, cutter: Any) -> None:
    run = trainer(tmp_path, base, cutter)
    run.advance()
    checkpoint.save(run, tmp_path)
    (tmp_path / "checkpoint.safetensors.half").write_bytes(b"cut")
    assert trainer(tmp_path, base, cutter).step == 1


def test_a_run_of_another_shape_is_refused(tmp_path: Path, base: Any, cutter: Any) -> None:
    checkpoint.save(trainer(tmp_path, base, cutter), tmp_path)
    with pytest.raises(UsageError, match="another shape"):
        trainer(tmp_path, base, cutter, replace(RECIPE, rank=4))


@pytest.mark.parametrize(("layers", "rank"), [(1, 0), (3, 0), (3, 2), (2, 2)])
def test_what_is_trained_and_what_stays(base: Any, cutter: Any, tmp_path: Path, layers: int, rank: int) -> None:
    before = {name: tensor.clone() for name, tensor in base.items()}
    run = trainer(tmp_path, base, cutter, replace(RECIPE, layers=layers, rank=rank))
    begun = {name: tensor.detach().clone() for name, tensor in run.network.own.items()}
    for _ in range(3):
        run.advance()
    assert all(torch.equal(before[name], run.network.base[name]) for name in before)
    changed = {name for name, tensor in run.network.own.items() if not torch.equal(tensor, begun[name])}
    assert {"span.weight", "marks.weight", "answerable.out.weight"} <= changed
    trained = {int(name.split(".")[2]) for name in changed if name.startswith("encoder")}
    assert trained == set(range(3 - layers, 3))
    matrices = {name for name in run.network.own if name.endswith("dense.weight") and name.startswith("encoder")}
    assert bool(matrices) == (rank == 0)


def test_it_begins_as_the_tower_that_it_begins_with(base: Any, cutter: Any, tmp_path: Path) -> None:
    """New low-rank products and marks change nothing."""
    batch = trainer(tmp_path, base, cutter).feed.batch(0, 0.0)
    full, low = (SpanNetwork.fresh(base, layers=3, rank=rank, seed=1) for rank in (0, 2))
    for one, two in zip(full.forward(batch), low.forward(batch), strict=True):
        assert torch.allclose(one, two, atol=1e-5)


def test_agreement_of_two_passes_costs_what_they_differ_by(base: Any, cutter: Any, tmp_path: Path) -> None:
    run = trainer(tmp_path, base, cutter, replace(RECIPE, consistency=1.0))
    assert run.advance()["consistency"] > 0
    batch = run.feed.batch(0, 0.0)
    logits = torch.randn(*batch.ids.shape, 2)
    assert float(consistency_loss(logits, logits, batch)) == 0
    assert float(consistency_loss(logits, -logits, batch)) > 0.1


def test_the_objective_wants_the_answer_and_nothing_outside_the_passage(cutter: Any, base: Any, tmp_path: Path) -> None:
    batch = trainer(tmp_path, base, cutter).feed.batch(0, 0.0)
    right = torch.zeros(*batch.ids.shape, 2)
    for row, (first, last) in enumerate(zip(batch.first, batch.last, strict=True)):
        right[row, first, 0] = right[row, last, 1] = 30
    sure = torch.from_numpy(np.where(batch.first > 0, 30.0, -30.0).astype(np.float32))
    losses = span_losses(right, sure, batch, 0.5)
    assert float(losses["span"]) < 1e-3
    assert float(losses["answerable"]) < 1e-3
    outside = right.clone()
    outside[:, 1] = 1e3  # the question's first token
    assert float(span_losses(outside, sure, batch, 0.5)["span"]) < 1e-3
    assert float(span_losses(-right, -sure, batch, 0.5)["span"]) > 5
