"""Checkpoints of a reader's run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lucida.training import state

if TYPE_CHECKING:
    from lucida.training.reader.trainer import Trainer


def save(trainer: Trainer, folder: Path) -> None:
    """Write weights, their mean, the optimiser's state and counters; see ``state``."""
    counters = {"step": trainer.step, "seconds": trainer.seconds, **_shape(trainer)}
    state.save(folder, trainer.network.own, trainer.mean, trainer.optimiser, counters)


def load(trainer: Trainer, folder: Path) -> bool:
    """Go on from the folder's checkpoint; false where there is none.

    Raises:
        UsageError: it is of a run of another shape.
    """
    advice = "Give the layers, the rank and the seed that it began with, or another folder."
    trainer.step, trainer.seconds = state.load(
        folder, trainer.network.own, trainer.mean, trainer.optimiser, _shape(trainer), advice
    )
    return trainer.step > 0


def _shape(trainer: Trainer) -> dict[str, int]:
    recipe = trainer.recipe
    return {"layers": recipe.layers, "rank": recipe.rank, "seed": recipe.seed}
