"""What a run of the generator is made of, and what it is trained on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from lucida.errors import UsageError
from lucida.training.augment import Views

Denoiser: TypeAlias = Literal["unet", "dit"]
Target: TypeAlias = Literal["epsilon", "sample", "v_prediction"]
NoiseSchedule: TypeAlias = Literal["linear", "scaled_linear", "cosine"]

#: Steps of noise that a denoiser learns.
TIMES = 1000
#: diffusers' names and bounds of the schedules: linear (Ho et al., 2020), its squared root's line (Rombach et al.,
#: 2022), cosine (Nichol & Dhariwal, 2021).
_SCHEDULES: dict[str, dict[str, Any]] = {
    "linear": {"beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02},
    "scaled_linear": {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012},
    "cosine": {"beta_schedule": "squaredcos_cap_v2"},
}


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One packed set: its folder's name, its share of what is drawn, how far its pictures may be changed for the
    autoencoder, and the ways in which its names are said (``{}`` stands for one).
    """

    name: str
    share: float
    views: Views
    templates: tuple[str, ...]


_PHOTOGRAPHS = Views(scale=(0.55, 1.0), aspect=1.15, rotate=4.0, colour=0.1, grey=0.02)
_DRAWINGS = Views(scale=(0.6, 1.1), aspect=1.1, rotate=8.0, colour=0.2, grey=0.02)
_PHOTO_WORDS = ("a photo of a {}", "{}", "a photo of a {}", "a picture of a {}", "a {}", "a photograph of a {}")
_DRAWN_WORDS = (
    "a drawing of a {}",
    "{}",
    "an icon of a {}",
    "a picture of a {}",
    "a {} emoji",
    "an illustration of a {}",
)

#: The recipe's sets; the others of ``lucida train data`` show pages, which no picture of this size makes legible.
MINI = (
    Ingredient("photos64", 0.50, _PHOTOGRAPHS, _PHOTO_WORDS),
    Ingredient("photos32", 0.04, _PHOTOGRAPHS, _PHOTO_WORDS),
    Ingredient("objects", 0.08, _PHOTOGRAPHS, _PHOTO_WORDS),
    Ingredient("pictograms", 0.24, _DRAWINGS, _DRAWN_WORDS),
    Ingredient("scenes", 0.14, replace(_DRAWINGS, flip=False, rotate=0.0), ("{}",)),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the models are.

    Attributes:
        side: of the pictures, in pixels.
        channels: of a latent.
        vae_widths: of the autoencoder's levels; each but the first halves the sides.
        denoiser: "unet" (Ronneberger et al., 2015; Dhariwal & Nichol, 2021) or "dit" (Peebles & Xie, 2023).
        unet_widths, unet_layers: of the U-Net's levels, and blocks per level.
        unet_attends: the levels that attend, by their number.
        dit_width, dit_layers, dit_heads, dit_patch: of the transformer.
    """

    side: int = 64
    channels: int = 4
    vae_widths: tuple[int, ...] = (32, 64, 96)
    denoiser: Denoiser = "unet"
    unet_widths: tuple[int, ...] = (64, 128, 192)
    unet_layers: int = 1
    unet_attends: tuple[int, ...] = (1, 2)
    dit_width: int = 256
    dit_layers: int = 6
    dit_heads: int = 4
    dit_patch: int = 2

    @property
    def factor(self) -> int:
        """Pixels per side of a latent."""
        return int(2 ** (len(self.vae_widths) - 1))

    @property
    def latent_side(self) -> int:
        """Side of a picture's latents."""
        return self.side // self.factor

    def check(self) -> None:
        """Whether the sizes go into each other.

        Raises:
            UsageError: they do not.
        """
        step = self.factor * (2 ** (len(self.unet_widths) - 1) if self.denoiser == "unet" else self.dit_patch)
        if self.side < step or self.side % step:
            raise UsageError(
                f"Pictures of {self.side} pixels do not divide into the model's steps.",
                f"Give a multiple of {step} pixels.",
            )

    def vae_config(self) -> dict[str, Any]:
        """Of diffusers' ``AutoencoderKL``. Without attention: at this size it is a quarter of the time for little."""
        levels = len(self.vae_widths)
        return {
            "down_block_types": ["DownEncoderBlock2D"] * levels,
            "up_block_types": ["UpDecoderBlock2D"] * levels,
            "block_out_channels": list(self.vae_widths),
            "layers_per_block": 1,
            "latent_channels": self.channels,
            "norm_num_groups": _groups(self.vae_widths),
            "sample_size": self.side,
            "scaling_factor": 1.0,
            "use_quant_conv": False,
            "use_post_quant_conv": False,
            "mid_block_add_attention": False,
        }

    def denoiser_config(self, dimension: int) -> tuple[str, dict[str, Any]]:
        """What the denoiser is in a pipeline's folder, "unet" or "transformer", and its configuration.

        Args:
            dimension: of the space that its conditions are points of.
        """
        if self.denoiser == "dit":
            return "transformer", {
                "sample_size": self.latent_side,
                "in_channels": self.channels,
                "patch_size": self.dit_patch,
                "width": self.dit_width,
                "layers": self.dit_layers,
                "heads": self.dit_heads,
                "condition_dim": dimension,
            }
        levels = range(len(self.unet_widths))
        attends = [level in self.unet_attends for level in levels]
        return "unet", {
            "sample_size": self.latent_side,
            "in_channels": self.channels,
            "out_channels": self.channels,
            "block_out_channels": list(self.unet_widths),
            "layers_per_block": self.unet_layers,
            "down_block_types": ["AttnDownBlock2D" if one else "DownBlock2D" for one in attends],
            "mid_block_type": "UNetMidBlock2D",
            "up_block_types": ["AttnUpBlock2D" if one else "UpBlock2D" for one in reversed(attends)],
            "attention_head_dim": 32,
            "norm_num_groups": _groups(self.unet_widths),
            "resnet_time_scale_shift": "scale_shift",
            "class_embed_type": "projection",
            "projection_class_embeddings_input_dim": dimension,
        }


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of.

    Attributes:
        shape: of the models.
        minutes: length of the run; time spent before an interruption counts.
        vae_share: of the minutes, for the autoencoder; what its latents take on top is the denoiser's.
        vae_batch, batch: pictures per step; of quarters of pictures the autoencoder takes four times as many.
        vae_rate, rate: greatest learning rates.
        kl_weight, perceptual_weight: of the autoencoder's losses beside the mean distance of pixels.
        pictures: whose latents are kept at most.
        target: what the denoiser predicts: the noise, the picture, or "v" of both (Salimans & Ho, 2022).
        schedule: of the noise.
        min_snr: bound of the weight that a noise level counts with (Hang et al., "Efficient Diffusion Training via
            Min-SNR Weighting Strategy", 2023); 0 weighs all alike.
        by_text, by_picture: shares of the conditions that are a text's alone and a picture's alone; the rest mixes.
        blur: deviation of the noise on conditions, whose numbers are about 1: the space between what was shown is
            filled, and a picture's own vector is no key to its pixels.
        drop: share of examples without a condition, for guidance (Ho & Salimans, 2022).
        average: decay of the running mean of the weights, which is what is kept in the end.
        weight_decay: of matrices.
        seed: of everything random.
        save_minutes: between checkpoints.
        bfloat16: whether products are computed in it, where that pays.
    """

    shape: Shape = field(default_factory=Shape)
    minutes: float = 90.0
    vae_share: float = 0.22
    vae_batch: int = 8
    batch: int = 64
    vae_rate: float = 1e-3
    rate: float = 1e-3
    kl_weight: float = 5e-4
    perceptual_weight: float = 0.3
    pictures: int = 80_000
    target: Target = "v_prediction"
    schedule: NoiseSchedule = "cosine"
    min_snr: float = 5.0
    by_text: float = 0.5
    by_picture: float = 0.2
    blur: float = 0.15
    drop: float = 0.1
    average: float = 0.999
    weight_decay: float = 0.01
    seed: int = 1
    save_minutes: float = 4.0
    bfloat16: bool = True

    def scheduler_config(self) -> dict[str, Any]:
        """Of the scheduler that comes with the model: DPM-Solver++ (Lu et al., 2022), good from some 15 steps."""
        return {"_class_name": "DPMSolverMultistepScheduler", **self.noise_config()}

    def noise_config(self) -> dict[str, Any]:
        """What every scheduler has to know of the training."""
        return {"num_train_timesteps": TIMES, "prediction_type": self.target, **_SCHEDULES[self.schedule]}


def _groups(widths: tuple[int, ...]) -> int:
    """Groups of the group norms: as many as go into every width, 16 at most."""
    return next(count for count in (16, 8, 4, 2, 1) if all(width % count == 0 for width in widths))
