"""The training loop of a reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.training.loop import Report, spend
from lucida.training.reader import checkpoint
from lucida.training.reader.network import SpanNetwork
from lucida.training.reader.objective import consistency_loss, span_losses
from lucida.training.schedule import Schedule

if TYPE_CHECKING:
    import torch

    from lucida.training.reader.feed import Feed
    from lucida.training.reader.network import Tensors

_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of.

    Attributes:
        layers: upper layers that learn.
        rank: of low-rank products that learn in place of the layers' matrices; 0 for the matrices themselves.
        batch: windows per step.
        minutes: length of the run; time spent before an interruption counts.
        layer_decay: a layer learns so much more slowly than the one above it (Howard & Ruder, "ULMFiT", 2018).
        head_rate: of the heads, the marks and low-rank products, in learning rates of the uppermost layer.
        weight_decay: of matrices.
        dropout: share of activations left out.
        answerable_weight: of the second head's loss.
        consistency: weight of the agreement between two passes; 0 saves the second one.
        average: decay of the running mean of the weights, which is what is kept in the end.
        seed: of everything random.
        save_minutes: between checkpoints.
    """

    layers: int = 4
    rank: int = 0
    batch: int = 32
    minutes: float = 60.0
    layer_decay: float = 0.85
    head_rate: float = 5.0
    weight_decay: float = 0.01
    dropout: float = 0.1
    answerable_weight: float = 0.5
    consistency: float = 0.0
    average: float = 0.998
    seed: int = 1
    save_minutes: float = 4.0
    schedule: Schedule = field(default_factory=lambda: Schedule(peak_rate=1e-4, warm_up=0.06))


class Trainer:
    """One run. ``run`` goes on from the newest checkpoint in its folder.

    Args:
        recipe: what the run is made of.
        folder: where its checkpoint lies; made if need be.
        base: MiniLM's tensors.
        feed: draws batches.

    Raises:
        UsageError: the folder holds a run of another shape.
    """

    def __init__(self, recipe: Recipe, folder: Path, base: Tensors, feed: Feed) -> None:
        import torch

        self.recipe, self.folder, self.feed = recipe, folder, feed
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = SpanNetwork.fresh(base, layers=recipe.layers, rank=recipe.rank, seed=recipe.seed, device=device)
        self.mean = {name: tensor.detach().clone() for name, tensor in self.network.own.items()}
        self.optimiser = torch.optim.AdamW(_groups(self.network, recipe), lr=recipe.schedule.peak_rate)
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.load(self, folder)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""
        return min(self.seconds / (60 * self.recipe.minutes), 1.0)

    @property
    def averaged(self) -> SpanNetwork:
        """The network with the mean of its weights over the last steps (Izmailov et al., 2018)."""
        return self.network.with_tensors(self.mean)

    def run(self, observe: Callable[[Report], None], evaluate: Callable[[Trainer], None] | None = None) -> None:
        """Train until the budget is spent, saving on the way.

        Args:
            observe: hears of the run every twenty steps.
            evaluate: called beside each checkpoint.
        """
        spend(
            self,
            batch=self.recipe.batch,
            save_minutes=self.recipe.save_minutes,
            save=lambda run: checkpoint.save(run, run.folder),
            observe=observe,
            evaluate=evaluate,
        )

    def advance(self) -> dict[str, float]:
        """One step; its losses by name."""
        import torch

        # Dropout draws from the global generator: seeded by the step, a run that goes on drops what it would have.
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.schedule.rate(self.progress) * group["rate"]
        losses = self._losses()
        total = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.own.values(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._average()
        return {name: float(value.detach()) for name, value in losses.items()}

    def _losses(self) -> dict[str, torch.Tensor]:
        import torch

        batch, dropout = self.feed.batch(self.step, self.progress), self.recipe.dropout
        with torch.autocast(self.network.device, dtype=torch.bfloat16):
            logits, answerable = self.network.forward(batch, dropout)
            again = self.network.forward(batch, dropout) if self.recipe.consistency else None
        losses = span_losses(logits, answerable, batch, self.recipe.answerable_weight)
        if again is not None:
            second = span_losses(*again, batch, self.recipe.answerable_weight)
            losses = {name: 0.5 * (value + second[name]) for name, value in losses.items()}
            losses["consistency"] = self.recipe.consistency * consistency_loss(logits, again[0], batch)
        return losses

    def _average(self) -> None:
        import torch

        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, now in self.network.own.items():
                self.mean[name].lerp_(now, 1 - decay)


def _groups(network: SpanNetwork, recipe: Recipe) -> list[dict[str, Any]]:
    """A group for each learning rate, matrices apart from what does not decay."""
    groups: dict[tuple[float, bool], list[Any]] = {}
    for name, tensor in network.own.items():
        found = _LAYER.match(name)
        added = name.endswith((".down", ".up"))
        rate = recipe.layer_decay ** (network.layers - 1 - int(found.group(1))) if found else 1.0
        rate *= recipe.head_rate if added or not found else 1.0
        groups.setdefault((rate, tensor.ndim > 1), []).append(tensor)
    return [
        {"params": tensors, "rate": rate, "weight_decay": recipe.weight_decay if decays else 0.0}
        for (rate, decays), tensors in groups.items()
    ]
