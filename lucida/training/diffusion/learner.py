"""A network that learns under AdamW for some minutes: steps, running mean, checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lucida.training import state
from lucida.training.loop import Report, spend
from lucida.training.schedule import Schedule

if TYPE_CHECKING:
    import torch

    #: Gives the losses of a step, by name, from its number.
    Losses: TypeAlias = Callable[[int], dict[str, torch.Tensor]]

_ADVICE = "Give the options that it began with, or another folder."
_WARM_UP = 0.03


@dataclass(frozen=True, slots=True)
class Lesson:
    """How a network learns.

    Attributes:
        minutes: for which.
        rate: greatest learning rate.
        batch: pictures per step.
        average, weight_decay, save_minutes: as in ``Recipe``.
        shape: what a checkpoint must agree with to be gone on from.
    """

    minutes: float
    rate: float
    batch: int
    average: float
    weight_decay: float
    save_minutes: float
    shape: Mapping[str, Any]


def layout(device: str) -> Any:
    """How a network with group norms keeps its maps: channels last, which convolutions like; on a processor channels
    first, for there group norms' backward pass over channels last takes longer than all convolutions together.
    """
    import torch

    return torch.channels_last if device.startswith("cuda") else torch.contiguous_format


class Learner:
    """One network's run. ``run`` goes on from the newest checkpoint in its folder.

    Args:
        network: a torch module, where it is to compute.
        lesson: how it learns.
        folder: of its checkpoint; made if need be.
        losses: of a step; their sum is what counts.

    Raises:
        UsageError: the folder holds a run of another shape.
    """

    def __init__(self, network: Any, lesson: Lesson, folder: Path, losses: Losses) -> None:
        import torch

        self.network, self.lesson, self.folder, self._losses = network, lesson, folder, losses
        self.own = {name: one for name, one in network.named_parameters() if one.requires_grad}
        self.mean = {name: one.detach().clone() for name, one in self.own.items()}
        matrices = [one for one in self.own.values() if one.ndim > 1]
        others = [one for one in self.own.values() if one.ndim <= 1]
        groups = [{"params": matrices, "weight_decay": lesson.weight_decay}, {"params": others, "weight_decay": 0.0}]
        # On an accelerator the fused form wants its counters there; a checkpoint's are on the processor.
        fused = all(one.device.type == "cpu" for one in self.own.values())
        self.optimiser = torch.optim.AdamW(groups, lr=lesson.rate, betas=(0.9, 0.99), fused=fused)
        self._schedule = Schedule(peak_rate=lesson.rate, warm_up=_WARM_UP)
        folder.mkdir(parents=True, exist_ok=True)
        shape = dict(lesson.shape)
        self.step, self.seconds = state.load(folder, self.own, self.mean, self.optimiser, shape, _ADVICE)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""
        return min(self.seconds / (60 * self.lesson.minutes), 1.0)

    def run(self, observe: Callable[[Report], None], kept: Callable[[Learner], None] | None = None) -> None:
        """Train until the budget is spent, saving on the way.

        Args:
            observe: hears how far it is.
            kept: called beside each checkpoint.
        """
        lesson = self.lesson
        spend(
            self,
            batch=lesson.batch,
            save_minutes=lesson.save_minutes,
            save=Learner.keep,
            observe=observe,
            evaluate=kept,
        )

    def keep(self) -> None:
        """Write the checkpoint."""
        counters = {"step": self.step, "seconds": self.seconds, **self.lesson.shape}
        state.save(self.folder, self.own, self.mean, self.optimiser, counters)

    def advance(self) -> dict[str, float]:
        """One step; its losses by name."""
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = self._schedule.rate(self.progress)
        losses = self._losses(self.step)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.own.values(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.lesson.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.mean.values()), list(self.own.values()), 1 - decay)
        return {name: float(value.detach()) for name, value in losses.items()}

    @contextmanager
    def averaged(self) -> Iterator[Any]:
        """The network with the running mean of its weights, for a moment."""
        self._exchange()
        try:
            yield self.network
        finally:
            self._exchange()

    def _exchange(self) -> None:
        for name, one in self.own.items():
            one.data, self.mean[name] = self.mean[name], one.data

    def settle(self) -> Any:
        """The network with the running mean of its weights, which is what is kept; nothing more is learned."""
        import torch

        with torch.no_grad():
            for name, one in self.own.items():
                one.copy_(self.mean[name])
        return self.network.eval()
