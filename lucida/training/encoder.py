"""The training loop of an image tower in a fixed text space."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require
from lucida.training import checkpoint
from lucida.training.augment import centre_view, random_views
from lucida.training.objective import prototype_loss, retrieval_loss
from lucida.training.schedule import Schedule

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.training.material import Bank, Material

#: Side of the pictures that a trained tower takes, in pixels.
SIDE = 128
#: A tower that has learned already is asked sharper questions from the start than a new one.
_WARM_LOG_SCALE = 3.7
#: Of each colour, in 0..1: the usual statistics of ImageNet.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of.

    Attributes:
        architecture: timm's name of the tower.
        dimension: of the text space.
        batch: pictures per step.
        minutes: length of the run; time spent before an interruption counts.
        momentum, weight_decay: of stochastic gradient descent with Nesterov's momentum.
        average: decay of the running mean of the weights, which is what is kept in the end.
        general_weight: of the loss on general words.
        kind_weight: of the loss on whether a picture is a page.
        stay_weight: of the distance from the vectors of the tower that the run began with, which keeps an adapted
            tower from forgetting what its new pictures do not show (Li & Hoiem, "Learning without Forgetting", 2016).
        seed: of everything random.
        save_minutes: between checkpoints.
    """

    architecture: str = "gernet_s"
    dimension: int = 384
    batch: int = 128
    minutes: float = 110.0
    momentum: float = 0.9
    weight_decay: float = 5e-5
    average: float = 0.9985
    general_weight: float = 0.2
    kind_weight: float = 0.1
    stay_weight: float = 0.0
    seed: int = 1
    save_minutes: float = 4.0
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True, slots=True)
class Report:
    """Where a run stands: share done 0..1, steps, pictures a second, mean losses since the last report."""

    progress: float
    step: int
    rate: float
    losses: dict[str, float]
    side: int


class Trainer:
    """One run. ``run`` goes on from the newest checkpoint in its folder."""

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        sets: list[Material],
        banks: dict[str, Bank],
        general: torch.Tensor | None,
        start: Path | None = None,
        kinds: dict[str, torch.Tensor] | None = None,
    ) -> None:
        import torch

        timm_model = require("open_clip.timm_model", "train an encoder")
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder, self.sets, self.banks, self.general = recipe, folder, sets, banks, general
        self.kinds = {} if kinds is None else kinds
        self.device = "cuda" if torch.cuda.is_available() else "cpu"

        def tower() -> Any:
            made = timm_model.TimmModel(
                recipe.architecture, recipe.dimension, image_size=SIDE, pool="avg", proj="linear"
            )
            return _spare_depthwise(made).to(memory_format=torch.channels_last, device=self.device)

        self.tower, self.mean_tower = tower(), tower().eval()
        self.log_scale = torch.nn.Parameter(torch.tensor(3.0))
        self.optimiser = torch.optim.SGD(
            _groups(self.tower, self.log_scale, recipe.weight_decay), lr=0.1, momentum=recipe.momentum, nesterov=True
        )
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        self.anchor: Any = None
        if start is not None:
            checkpoint.load_tower(self.tower, start)
            self.log_scale.data.fill_(_WARM_LOG_SCALE)
            self.mean_tower.load_state_dict(self.tower.state_dict())
            if recipe.stay_weight:
                self.anchor = tower().eval()
                self.anchor.load_state_dict(self.tower.state_dict())
        elif not checkpoint.present(folder):
            self.mean_tower.load_state_dict(self.tower.state_dict())
        checkpoint.load(self, folder)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""
        return min(self.seconds / (60 * self.recipe.minutes), 1.0)

    def run(self, observe: Callable[[Report], None], evaluate: Callable[[Trainer], None] | None = None) -> None:
        """Train until the budget is spent, saving on the way.

        Args:
            observe: hears of the run every fifty steps.
            evaluate: called beside each checkpoint.
        """
        import torch

        saved, seen, mark = self.seconds, 0, self.seconds
        sums: dict[str, float] = {}
        while self.progress < 1:
            begun = time.perf_counter()
            side = self.recipe.schedule.side(self.progress)
            generator = torch.Generator().manual_seed(self.recipe.seed * 1_000_003 + self.step)
            losses = self._step(side, generator)
            self.step += 1
            self.seconds += time.perf_counter() - begun
            seen += self.recipe.batch
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + value
            if self.step % 50 == 0:
                rate = seen / (self.seconds - mark)
                observe(Report(self.progress, self.step, rate, {k: v / 50 for k, v in sums.items()}, side))
                sums, seen, mark = {}, 0, self.seconds
            if self.seconds - saved > 60 * self.recipe.save_minutes or self.progress >= 1:
                checkpoint.save(self, self.folder)
                saved = self.seconds
                if evaluate is not None:
                    evaluate(self)

    def vectors(self, pixels: Any, side: int = SIDE, batch: int = 200) -> NDArray[Any]:
        """The averaged tower's unit vectors of square pictures, float32 (n, dimension)."""
        import torch

        rows = []
        with torch.inference_mode(), torch.autocast(self.device, dtype=torch.bfloat16):
            for first in range(0, len(pixels), batch):
                view = centre_view(np.array(pixels[first : first + batch]), side).to(self.device)
                rows.append(torch.nn.functional.normalize(self.mean_tower(_standard(view)).float(), dim=1).cpu())
        return torch.cat(rows).numpy()

    def _step(self, side: int, generator: torch.Generator) -> dict[str, float]:
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.schedule.rate(self.progress) * group["rate"]
        counts = _counts([material.share for material in self.sets], self.recipe.batch)
        views, places = [], []
        for material, count in zip(self.sets, counts, strict=True):
            rows = material.drawn(count, generator)
            alpha = None if material.packed.alpha is None else material.packed.alpha[rows]
            views.append(
                random_views(material.packed.pixels[rows], side, material.views, generator, alpha, self.device)
            )
            places.append(rows)
        pictures = _standard(torch.cat(views).contiguous(memory_format=torch.channels_last))
        with torch.autocast(self.device, dtype=torch.bfloat16):
            features = self.tower(pictures)
        vectors = torch.nn.functional.normalize(features.float(), dim=1).cpu()
        losses = self._losses(vectors, places, generator)
        if self.anchor is not None:
            losses["stay"] = self.recipe.stay_weight * self._strayed(pictures, vectors)
        total = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.tower.parameters(), 5.0)
        self.optimiser.step()
        self._average()
        return {name: float(value.detach()) for name, value in losses.items()}

    def _strayed(self, pictures: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
        """Mean cosine distance from what the tower said of these pictures when the run began."""
        import torch

        with torch.no_grad(), torch.autocast(self.device, dtype=torch.bfloat16):
            before = torch.nn.functional.normalize(self.anchor(pictures).float(), dim=1).cpu()
        distance: torch.Tensor = 1 - (vectors * before).sum(dim=1)
        return distance.mean()

    def _losses(
        self, vectors: torch.Tensor, places: list[NDArray[Any]], generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        import torch

        scale = self.log_scale.clamp(max=4.0).exp()
        losses: dict[str, torch.Tensor] = {}
        first, known, truths = 0, [], []
        for material, rows in zip(self.sets, places, strict=True):
            part = vectors[first : first + len(rows)]
            concepts = material.packed.concepts[rows]
            targets = torch.from_numpy(concepts.astype(np.int64) + material.offset)
            loss = prototype_loss(part, *self.banks[material.group].among(targets, generator), scale)
            losses[material.name] = loss * (len(rows) / len(vectors))
            if material.general is not None:
                truth = material.general[concepts]
                kept = truth.any(axis=1)
                known.append(part[torch.from_numpy(kept)])
                truths.append(truth[kept])
            first += len(rows)
        if self.general is not None and known:
            truth = torch.from_numpy(np.concatenate(truths))
            losses["general"] = self.recipe.general_weight * retrieval_loss(
                torch.cat(known), self.general, truth, scale
            )
        if self.kinds:
            losses["kind"] = self.recipe.kind_weight * self._kind_loss(vectors, places, scale)
        return losses

    def _kind_loss(self, vectors: torch.Tensor, places: list[NDArray[Any]], scale: torch.Tensor) -> torch.Tensor:
        """Cross-entropy of pictures over the kinds, for the sets whose kind is known."""
        import torch

        names = list(self.kinds)
        kinds = [material.kind for material, rows in zip(self.sets, places, strict=True) for _ in rows]
        known = torch.tensor([kind in self.kinds for kind in kinds])
        targets = torch.tensor([names.index(kind) for kind in kinds if kind in self.kinds], dtype=torch.int64)
        logits = scale * vectors[known] @ torch.stack(list(self.kinds.values())).T
        return torch.nn.functional.cross_entropy(logits, targets)

    def _average(self) -> None:
        import torch

        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.mean_tower.state_dict().values(), self.tower.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(now, 1 - decay)
                else:
                    mean.copy_(now)


def _spare_depthwise(tower: Any) -> Any:
    """Keep depthwise convolutions out of bfloat16: their strided backward pass is ten times slower in it on a CPU."""
    import torch

    class FullPrecision(torch.nn.Conv2d):
        def forward(self, features: Any) -> Any:
            with torch.autocast(features.device.type, enabled=False):
                return super().forward(features.float())

    for module in tower.modules():
        if isinstance(module, torch.nn.Conv2d) and module.groups > 1:
            module.__class__ = FullPrecision
    return tower


def _groups(tower: Any, log_scale: Any, decay: float) -> list[dict[str, Any]]:
    """Weights decay; biases, norms and the temperature do not. The temperature learns slowly."""
    named = [entry for entry in tower.named_parameters() if entry[1].requires_grad]
    return [
        {"params": [p for _, p in named if p.ndim > 1], "weight_decay": decay, "rate": 1.0},
        {"params": [p for _, p in named if p.ndim <= 1], "weight_decay": 0.0, "rate": 1.0},
        {"params": [log_scale], "weight_decay": 0.0, "rate": 0.1},
    ]


def _counts(shares: list[float], batch: int) -> list[int]:
    """Whole numbers in proportion to the shares that add up to the batch; the first takes the rounding."""
    counts = [max(int(batch * share / sum(shares)), 1) for share in shares]
    counts[0] += batch - sum(counts)
    return counts


def _standard(pictures: torch.Tensor) -> torch.Tensor:
    import torch

    mean = torch.tensor(MEAN, device=pictures.device).view(1, 3, 1, 1)
    return (pictures - mean) / torch.tensor(STD, device=pictures.device).view(1, 3, 1, 1)


def write_log(folder: Path, row: dict[str, Any]) -> None:
    """Append a line to the run's ``log.jsonl``."""
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")
