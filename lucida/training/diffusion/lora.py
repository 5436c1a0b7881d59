"""Low-rank weights for other people's models, on one's own pictures.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021), on the attention of a U-Net of the Stable
Diffusion family, by peft; the result is in diffusers' form, and ``diffusers:MODEL?lora=FOLDER`` puts it onto the model.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import SourceError, UsageError
from lucida.lazy import require
from lucida.training.diffusion.learner import Learner, Lesson

if TYPE_CHECKING:
    import torch

    from lucida.training.loop import Report
    from lucida.training.pairs import Pair

_PURPOSE = "train a LoRA"
_TARGETS = ("to_q", "to_k", "to_v", "to_out.0")
_FAMILY = "StableDiffusionPipeline"


@dataclass(frozen=True, slots=True)
class LoraRecipe:
    """What a run is made of.

    Attributes:
        rank: of the products.
        minutes, rate, batch, average, seed, save_minutes: as in ``Recipe``.
        drop: share of pictures without a caption, for guidance.
        side: of the pictures in pixels; None is what the model was trained for.
    """

    rank: int = 8
    minutes: float = 30.0
    rate: float = 1e-4
    batch: int = 2
    drop: float = 0.1
    average: float = 0.99
    seed: int = 1
    save_minutes: float = 4.0
    side: int | None = None


@dataclass(frozen=True)
class _Examples:
    """Latents (n, c, h, w) and, for each, which of the texts' states (m, tokens, d) is said of it; the last is ""."""

    latents: torch.Tensor
    texts: torch.Tensor
    says: list[int]


def train_lora(
    pipe: Any, pairs: Sequence[Pair], folder: Path, recipe: LoraRecipe, observe: Callable[[Report], None]
) -> Path:
    """Train, or go on with a run.

    Args:
        pipe: a pipeline of the Stable Diffusion family, in float32, where it is to compute.
        pairs: pictures and captions; those that cannot be read are left out.
        folder: of the run.
        recipe: what it is made of.
        observe: hears how far it is.

    Returns:
        The folder with the weights, ``lora`` in the run's.

    Raises:
        UsageError: the model is of another family, no pair can be read, or the folder holds a run of another shape.
        DependencyError: peft is absent.
    """
    import torch

    if type(pipe).__name__ != _FAMILY:
        raise UsageError(
            f"A LoRA is trained here for a {_FAMILY}, and this is a {type(pipe).__name__}.",
            "Choose a model of the Stable Diffusion 1 or 2 family.",
        )
    peft = require("peft", _PURPOSE)
    torch.manual_seed(recipe.seed)
    examples = _examples(pipe, pairs, recipe)
    unet = pipe.unet
    unet.requires_grad_(False)
    unet.add_adapter(
        peft.LoraConfig(
            r=recipe.rank, lora_alpha=recipe.rank, init_lora_weights="gaussian", target_modules=list(_TARGETS)
        )
    )
    shape = {"rank": recipe.rank, "seed": recipe.seed, "pictures": len(examples.says)}
    lesson = Lesson(recipe.minutes, recipe.rate, recipe.batch, recipe.average, 0.0, recipe.save_minutes, shape)
    learner = Learner(unet.train(), lesson, folder, _Loss(pipe, examples, recipe))
    learner.run(observe)
    return _kept(learner.settle(), folder / "lora")


class _Loss:
    def __init__(self, pipe: Any, examples: _Examples, recipe: LoraRecipe) -> None:
        self._unet, self._examples, self._recipe = pipe.unet, examples, recipe
        config = {name: value for name, value in pipe.scheduler.config.items() if not name.startswith("_")}
        self._noise = require("diffusers", _PURPOSE).DDPMScheduler.from_config(config)

    def __call__(self, step: int) -> dict[str, torch.Tensor]:
        import torch

        recipe, examples = self._recipe, self._examples
        rng = np.random.default_rng((recipe.seed, step))
        rows = rng.integers(len(examples.says), size=recipe.batch)
        said = [-1 if rng.random() < recipe.drop else examples.says[row] for row in rows]
        clean, texts = examples.latents[rows], examples.texts[said]
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        noise = torch.randn(clean.shape, generator=generator).to(clean.device)
        most = int(self._noise.config.num_train_timesteps)
        times = torch.randint(most, (len(rows),), generator=generator).to(clean.device)
        noisy = self._noise.add_noise(clean, noise, times)
        target = {"epsilon": noise, "sample": clean}.get(self._noise.config.prediction_type)
        target = self._noise.get_velocity(clean, noise, times) if target is None else target
        found = self._unet(noisy, times, texts, return_dict=False)[0]
        return {"noise": torch.nn.functional.mse_loss(found.float(), target.float())}


def _examples(pipe: Any, pairs: Sequence[Pair], recipe: LoraRecipe) -> _Examples:
    """Latents and texts' states of all pairs, computed once: neither encoder learns."""
    import torch

    factor = 2 ** (len(pipe.vae.config.block_out_channels) - 1)
    side = recipe.side or int(pipe.unet.config.sample_size) * factor
    latents, captions = [], []
    with torch.inference_mode():
        for pair in pairs:
            picture = _picture(pair, side)
            if picture is None or not pair.captions:
                continue
            found = pipe.vae.encode(picture.to(pipe.device)).latent_dist.mode()
            latents.append(found * pipe.vae.config.scaling_factor)
            captions.append(pair.captions[0])
        if not latents:
            raise UsageError("Not one pair of picture and caption can be read.", "See the forms in docs/train.md.")
        texts = list(dict.fromkeys(captions))
        states = [pipe.encode_prompt(text, pipe.device, 1, False)[0] for text in [*texts, ""]]
    # Tensors of inference mode cannot be learned from; copies can.
    return _Examples(torch.cat(latents).clone(), torch.cat(states).clone(), [texts.index(one) for one in captions])


def _picture(pair: Pair, side: int) -> torch.Tensor | None:
    """The middle of a picture at a side, float32 (1, 3, side, side) in -1..1; None where it cannot be read."""
    import torch
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(pair.picture())) as opened:
            upright: Image.Image = ImageOps.exif_transpose(opened)
            rows = np.asarray(ImageOps.fit(upright.convert("RGB"), (side, side)), dtype=np.float32)
    except (SourceError, OSError, ValueError):
        return None
    return torch.from_numpy(rows / 127.5 - 1).permute(2, 0, 1)[None]


def _kept(unet: Any, folder: Path) -> Path:
    """Write the learned products in the form that diffusers loads."""
    states = require("peft.utils", _PURPOSE).get_peft_model_state_dict(unet)
    diffusers = require("diffusers", _PURPOSE)
    named = require("diffusers.utils", _PURPOSE).convert_state_dict_to_diffusers(states)
    folder.mkdir(parents=True, exist_ok=True)
    getattr(diffusers, _FAMILY).save_lora_weights(str(folder), unet_lora_layers=named, safe_serialization=True)
    return folder
