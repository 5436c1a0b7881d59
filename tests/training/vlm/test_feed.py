"""Batches are alike in tokens, and their lessons are what the stage of the run asks for."""

from __future__ import annotations

import numpy as np
import pytest

from lucida.training.vlm.conversation import Scribe
from lucida.training.vlm.feed import Feed, Share, Stage
from lucida.training.vlm.template import CALL
from lucida.training.vlm.trainer import Recipe


def _feed(shares: dict[str, Share], scribe: Scribe, stage: Stage, batch: int = 16, seed: int = 5) -> Feed:
    return Feed(shares, scribe, batch=batch, side=64, stage=lambda progress: stage, seed=seed)


@pytest.fixture
def few(shares: dict[str, Share]) -> dict[str, Share]:
    return {name: share for name, share in shares.items() if name in {"photos64", "scenes", "texts"}}


def test_batches_of_long_lessons_hold_fewer(few: dict[str, Share], scribe: Scribe) -> None:
    feed = _feed(few, scribe, Stage(1.0, 600))
    batches = [feed.batch(step, 0.0) for step in range(4)]
    assert sum(len(batch.ids) for batch in batches) == 64
    sizes = sorted((batch.ids.shape for batch in batches), key=lambda shape: shape[1])
    assert sizes[0][0] > sizes[-1][0]
    tokens = [int((batch.ids != 0).sum()) for batch in batches]
    assert max(tokens) < 2 * min(tokens)


def test_first_come_single_questions_that_say_something(few: dict[str, Share], scribe: Scribe) -> None:
    feed = _feed(few, scribe, Stage(1.0, 60, alone=True))
    opening = scribe._opening
    for step in range(4):
        batch = feed.batch(step, 0.0)
        assert batch.ids.shape[1] <= 64
        assert batch.pictures is not None
        assert len(batch.pictures) == len(batch.ids)
        for ids, own in zip(batch.ids.numpy(), batch.own.numpy(), strict=True):
            turns = [at for at in range(len(ids)) if np.array_equal(ids[at : at + len(opening)], opening)]
            assert len(turns) == 1
            said = ids[own]
            assert 2 <= len(said) < 40


def test_lessons_that_are_too_long_are_left_out(few: dict[str, Share], scribe: Scribe) -> None:
    feed = _feed(few, scribe, Stage(1.0, 90))
    assert max(feed.batch(step, 0.0).ids.shape[1] for step in range(8)) <= 96


def test_where_a_text_is_too_long_a_lesson_ends_with_its_call(shares: dict[str, Share], scribe: Scribe) -> None:
    sheets, [call] = {"sheets": shares["sheets"]}, scribe._ids(CALL)

    def read(longest: int) -> tuple[int, int]:
        """Lessons that end with a call, and lessons that go on after it."""
        feed, ended, whole = _feed(sheets, scribe, Stage(1.0, longest)), 0, 0
        for step in range(8):
            batch = feed.batch(step, 0.0)
            for ids, own in zip(batch.ids.numpy(), batch.own.numpy(), strict=True):
                if call in ids:
                    after = own[int(np.flatnonzero(ids == call)[0]) :]
                    turns = int((np.diff(after.astype(int)) == 1).sum())
                    ended, whole = ended + (turns == 0), whole + (turns > 0)
        return ended, whole

    ended, whole = read(90)
    assert ended > 10 > whole
    ended, whole = read(600)
    assert whole > 10 > ended


def test_a_run_has_stages() -> None:
    recipe = Recipe(stages=(Stage(0.4, 48, alone=True), Stage(1.0, 384)))
    assert recipe.stage(0.0).alone
    assert recipe.stage(0.39).longest == 48
    assert recipe.stage(0.4).longest == 384
    assert recipe.stage(1.0).longest == 384
