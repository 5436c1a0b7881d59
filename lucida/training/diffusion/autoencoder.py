"""The autoencoder's part of a run: pictures to a few numbers per place and back.

Kingma & Welling, "Auto-Encoding Variational Bayes" (2014); as the first stage of latent diffusion, Rombach et al.,
"High-Resolution Image Synthesis with Latent Diffusion Models" (2022), without their discriminator: at 64 pixels it buys
texture that nobody asked for, and it takes half of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.training.diffusion.learner import Learner, Lesson, layout
from lucida.training.diffusion.sources import drawn_views

if TYPE_CHECKING:
    import torch

    from lucida.training.diffusion.forge import Forge
    from lucida.training.diffusion.perceptual import Perception
    from lucida.training.diffusion.recipe import Recipe
    from lucida.training.diffusion.sources import Source

#: The share of the run from which whole pictures are shown.
_WHOLE_FROM = 0.6


def vae_learner(
    recipe: Recipe, folder: Path, sources: Sequence[Source], forge: Forge, perception: Perception | None, device: str
) -> Learner:
    """The autoencoder's run, begun or gone on with.

    Args:
        recipe: of the whole.
        folder: of this part.
        sources: pictures.
        forge: builds it.
        perception: compares pictures; None compares pixels alone.
        device: "cpu" or "cuda".

    Raises:
        UsageError: the folder holds a run of another shape.
    """
    import torch

    torch.manual_seed(recipe.seed)
    shape = recipe.shape
    vae = forge.vae(shape.vae_config()).to(device).to(memory_format=layout(device)).train()
    loss = _Loss(recipe, sources, vae, perception, device)
    config = asdict(shape)
    kept = {name: config[name] for name in ("side", "channels", "vae_widths")} | {"seed": recipe.seed}
    lesson = Lesson(
        recipe.minutes * recipe.vae_share, recipe.vae_rate, recipe.vae_batch, min(recipe.average, 0.998),
        0.0, recipe.save_minutes, _plain(kept),
    )  # fmt: skip
    learner = Learner(vae, lesson, folder, loss)
    loss.learner = learner
    return learner


class _Loss:
    #: Whose progress says whether parts of pictures are shown, or whole ones.
    learner: Learner | None = None

    def __init__(
        self, recipe: Recipe, sources: Sequence[Source], vae: Any, perception: Perception | None, device: str
    ) -> None:
        self._recipe, self._sources, self._vae = recipe, sources, vae
        self._perception, self._device = perception, device

    def __call__(self, step: int) -> dict[str, torch.Tensor]:
        import torch

        recipe = self._recipe
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        shown = (self._shown(generator) * 2 - 1).contiguous(memory_format=layout(self._device))
        with torch.autocast(self._device, dtype=torch.bfloat16, enabled=recipe.bfloat16):
            spread = self._vae.encode(shown).latent_dist
            mean, log_variance = spread.mean.float(), spread.logvar.float()
            noise = torch.randn(mean.shape, generator=generator).to(self._device)
            again = self._vae.decode(mean + (0.5 * log_variance).exp() * noise, return_dict=False)[0]
            losses = {"pixels": (again.float() - shown).abs().mean()}
            if self._perception is not None and recipe.perceptual_weight:
                losses["look"] = recipe.perceptual_weight * self._perception.distance(again.float(), shown)
        kl = 0.5 * (mean.pow(2) + log_variance.exp() - 1 - log_variance).mean()
        return {**losses, "kl": recipe.kl_weight * kl}

    def _shown(self, generator: torch.Generator) -> torch.Tensor:
        """Quarters of four times as many pictures cost no more than whole ones and teach more; borders come later."""
        recipe, side, many = self._recipe, self._recipe.shape.side, self._recipe.vae_batch
        if self.learner is None or self.learner.progress >= _WHOLE_FROM or side // 2 % recipe.shape.factor:
            return drawn_views(self._sources, many, side, generator, self._device)
        return drawn_views(self._sources, 4 * many, side // 2, generator, self._device, 0.5)


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in table.items()}
