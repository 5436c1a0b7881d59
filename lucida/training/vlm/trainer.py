"""The training loop of the embedded vision-language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.training import state
from lucida.training.loop import Report, spend
from lucida.training.schedule import Schedule
from lucida.training.vlm.beginning import Space, begin_in
from lucida.training.vlm.building import EYE, Eye, Shape, build_model, save_folder
from lucida.training.vlm.feed import Stage

if TYPE_CHECKING:
    import torch

    from lucida.training.vlm.feed import Batch, Feed

_ADVICE = "Give the seed that it began with and the same tower, or another folder."
#: What begins in the encoder's space learns slower than the rest: steps of Adam are as long for it, and would lead it
#: out of that space before anything was made of it.
PACES = {"embed_tokens": 0.3, "linear_1": 0.05, "linear_2": 0.2}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of.

    Attributes:
        shape: of the model.
        batch: lessons per step, on average: there are fewer where they are long.
        minutes: length of the run; time spent before an interruption counts.
        weight_decay: of matrices.
        average: decay of the running mean of the weights, which is what is kept in the end.
        lessons: that the tokenizer is learned from.
        seed: of everything random.
        save_minutes: between checkpoints.
        stages: one question of each picture first, which ties words to what is seen (the first stage of Liu et al.,
            "Visual Instruction Tuning", 2023); then conversations, those that read up to the call; then what was read
            and other long texts, too, each of which costs as much as ten pictures.
    """

    shape: Shape = field(default_factory=Shape)
    batch: int = 128
    minutes: float = 90.0
    weight_decay: float = 0.05
    average: float = 0.998
    lessons: int = 8_000
    seed: int = 1
    save_minutes: float = 4.0
    schedule: Schedule = field(default_factory=lambda: Schedule(peak_rate=1.5e-3, warm_up=0.03))
    stages: tuple[Stage, ...] = (Stage(0.45, 48, alone=True), Stage(0.8, 112), Stage(1.0, 384))

    def stage(self, progress: float) -> Stage:
        """What lessons are like at a share of the run, 0..1."""
        return next((stage for stage in self.stages if progress < stage.until), self.stages[-1])


class Trainer:
    """One run. ``run`` goes on from the newest checkpoint in its folder.

    The eye stays as it is; projector and language model learn.

    Args:
        recipe: what the run is made of.
        folder: where its checkpoint lies; made if need be.
        eye: the image tower.
        processor: with the tokenizer.
        feed: draws batches.
        space: in which a new run begins; without it, it begins from nothing.

    Raises:
        UsageError: the folder holds a run of another shape, or the tower cannot be looked through.
    """

    def __init__(
        self, recipe: Recipe, folder: Path, eye: Eye, processor: Any, feed: Feed, space: Space | None = None
    ) -> None:
        import torch

        self.recipe, self.folder, self.processor, self.feed = recipe, folder, processor, feed
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(recipe.seed)
        self.model = build_model(recipe.shape, processor.tokenizer, eye).to(self.device).train()
        self.model.model.vision_tower.eval().to(memory_format=torch.channels_last)
        # Short conversations go through plain matrices faster than through the kernels for long ones.
        self.model.set_attn_implementation({"text_config": "eager"})
        self._tint = [torch.tensor(part, device=self.device).view(1, 3, 1, 1) for part in (eye.mean, eye.std)]
        self._space = space
        if space is not None:
            self._begin(space)
        self.own = {name: one for name, one in self.model.named_parameters() if not name.startswith(EYE)}
        self.mean = {name: one.detach().clone() for name, one in self.own.items()}
        self.optimiser = torch.optim.AdamW(self._groups(), lr=recipe.schedule.peak_rate, betas=(0.9, 0.98))
        folder.mkdir(parents=True, exist_ok=True)
        self.step, self.seconds = state.load(folder, self.own, self.mean, self.optimiser, self._shape(), _ADVICE)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""
        return min(self.seconds / (60 * self.recipe.minutes), 1.0)

    def run(self, observe: Callable[[Report], None], evaluate: Callable[[Trainer], None] | None = None) -> None:
        """Train until the budget is spent, saving on the way.

        Args:
            observe: hears of the run every twenty steps.
            evaluate: called beside each checkpoint.
        """
        recipe = self.recipe
        spend(
            self,
            batch=recipe.batch,
            save_minutes=recipe.save_minutes,
            save=Trainer.keep,
            observe=observe,
            evaluate=evaluate,
        )

    def keep(self) -> None:
        """Write the checkpoint."""
        counters = {"step": self.step, "seconds": self.seconds, **self._shape()}
        state.save(self.folder, self.own, self.mean, self.optimiser, counters)

    def advance(self) -> dict[str, float]:
        """One step; its losses by name."""
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = group["pace"] * self.recipe.schedule.rate(self.progress)
        loss, right = self._loss(self.feed.batch(self.step, self.progress))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.own.values(), 1.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, now in self.own.items():
                self.mean[name].lerp_(now, 1 - decay)
        return {"loss": float(loss.detach()), "right": float(right)}

    def save(self, folder: Path, card: Any) -> None:
        """Write the averaged model as a folder that ``hf:`` loads.

        Args:
            folder: made if need be.
            card: JSON; what it was trained on. The run's own figures are added.
        """
        figures = {"steps": self.step, "minutes": round(self.seconds / 60, 1), "batch": self.recipe.batch,
                   "seed": self.recipe.seed, "shape": asdict(self.recipe.shape)}  # fmt: skip
        save_folder(folder, self.model, self.processor, self.mean, {**card, **figures})

    def _begin(self, space: Space) -> None:
        import torch

        pictures = next(
            batch.pictures for step in range(8) if (batch := self.feed.batch(step, 0.0)).pictures is not None
        )
        with torch.inference_mode():
            seen = self.model.model.vision_tower.timm_model.forward_features(self._standard(pictures))
        begin_in(space, self.model, self.processor.tokenizer, seen.cpu())

    def _groups(self) -> list[dict[str, Any]]:
        """What learns at which pace; matrices decay."""
        groups: dict[tuple[float, float], list[torch.Tensor]] = {}
        for name, one in self.own.items():
            pace = next((pace for part, pace in PACES.items() if self._space and part in name), 1.0)
            groups.setdefault((pace, self.recipe.weight_decay if one.ndim > 1 else 0.0), []).append(one)
        return [{"params": params, "pace": pace, "weight_decay": decay} for (pace, decay), params in groups.items()]

    def _loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Cross-entropy over the tokens of the model's own turns, and the share of them that it would have said."""
        import torch

        ids, own = batch.ids.to(self.device), batch.own.to(self.device)[:, 1:]
        shown = {} if batch.pictures is None else {"pixel_values": self._standard(batch.pictures)}
        with torch.autocast(self.device, dtype=torch.bfloat16):
            # No mask: what fills a lesson up stands behind it, where none of its tokens looks.
            states = self.model.model(input_ids=ids, use_cache=False, **shown).last_hidden_state
            logits = self.model.lm_head(states[:, :-1][own])
        wanted = ids[:, 1:][own]
        right = (logits.detach().argmax(dim=1) == wanted).float().mean()
        return torch.nn.functional.cross_entropy(logits.float(), wanted), right

    def _standard(self, pictures: torch.Tensor) -> torch.Tensor:
        import torch

        mean, std = self._tint
        return ((pictures.to(self.device) - mean) / std).contiguous(memory_format=torch.channels_last)

    def _shape(self) -> dict[str, Any]:
        return {"shape": asdict(self.recipe.shape), "seed": self.recipe.seed, "words": len(self.processor.tokenizer)}
