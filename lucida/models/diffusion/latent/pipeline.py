"""Draws with a loaded model: the loop over a scheduler's steps, from noise, from a picture, or into a mask."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pillow

from lucida.lazy import require
from lucida.models.diffusion.latent.forge import Parts, predict
from lucida.models.diffusion.pictures import fitted, padded
from lucida.models.diffusion.quiet import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.devices import Placement
    from lucida.models.diffusion.checking import Plan

_PURPOSE = "draw pictures"


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is to be drawn at once.

    Attributes:
        condition, against: float32 (d,): what is wanted, and what guidance leads away from (zeros: anything).
        seeds: of each picture.
        steps, guidance_scale: as diffusers has them.
        size: width and height that are drawn, in pixels.
        image, strength: a picture of that size to begin with, and how much of it is given up.
        mask: "L" of that size, white where it is drawn anew; None for all of it.
    """

    condition: NDArray[np.float32]
    against: NDArray[np.float32]
    seeds: tuple[int, ...]
    steps: int
    guidance_scale: float
    size: tuple[int, int]
    image: Image | None = None
    strength: float = 1.0
    mask: Image | None = None

    @classmethod
    def of(
        cls, plan: Plan, condition: NDArray[np.float32], against: NDArray[np.float32], seeds: tuple[int, ...]
    ) -> Sitting:
        """The part of a plan that is drawn with these seeds: pictures and masks on the canvas that is drawn."""
        request, size = plan.request, plan.drawn_px
        wanted = (request.width_px or size[0], request.height_px or size[1])
        return cls(
            condition,
            against,
            seeds,
            request.num_inference_steps or 1,
            1.0 if request.guidance_scale is None else request.guidance_scale,
            size,
            None if request.image is None else padded(fitted(request.image, wanted), size),
            1.0 if request.strength is None else request.strength,
            None if request.mask is None else padded(request.mask.convert("L"), size),
        )


class LatentPipeline:
    """A model at work.

    Args:
        parts: of the model; its models are moved and converted.
        placement: where the denoiser computes and in which number format. The autoencoder stays in float32: it is
            called once a picture, and its last layer's rounding would show.
        one_pass: whether guidance takes one call of the denoiser for both conditions, or two.
    """

    def __init__(self, parts: Parts, placement: Placement, *, one_pass: bool = True) -> None:
        torch = self._torch = require("torch", _PURPOSE)
        self._device, self._dtype = placement.device, placement.torch_dtype()
        last = torch.channels_last
        with quiet():
            self.vae = parts.vae.to(self._device).to(memory_format=last)
            self._denoiser = parts.denoiser.to(self._device, self._dtype).to(memory_format=last)
        self._one_pass = one_pass
        config = self.vae.config
        shape = (1, -1, 1, 1)
        channels = int(config.latent_channels)
        self._mean = torch.tensor(config.latents_mean or [0.0] * channels, device=self._device).view(shape)
        self._std = torch.tensor(config.latents_std or [1.0] * channels, device=self._device).view(shape)
        self.factor = 2 ** (len(config.block_out_channels) - 1)
        #: Of the drawing at hand, as pipelines of diffusers have it.
        self.num_timesteps = 0

    def draw(self, sitting: Sitting, scheduler: Any, told: Callable[[int, Any, Any], None]) -> list[Image]:
        """Draw.

        Args:
            sitting: what to draw.
            scheduler: a fresh one of diffusers.
            told: hears of each step: its number, its time and the latents.

        Returns:
            RGB pictures, one for each seed.
        """
        torch = self._torch
        sources = [torch.Generator("cpu").manual_seed(seed) for seed in sitting.seeds]
        with torch.inference_mode():
            times = self._times(scheduler, sitting)
            noise = self._noise(sources, sitting.size)
            old = None if sitting.image is None else self.encode(sitting.image)
            latents = self._first(scheduler, noise, old, times, sitting)
            kept = None if sitting.mask is None else self._kept(sitting.mask, latents)
            extra = {"generator": sources} if "generator" in inspect.signature(scheduler.step).parameters else {}
            asked = self._asked(sitting)
            for number, time in enumerate(times):
                said = self._guided(scheduler.scale_model_input(latents, time), time, asked, sitting)
                latents = scheduler.step(said, time, latents, **extra, return_dict=False)[0]
                if kept is not None and old is not None:
                    latents = kept * self._as_noisy(scheduler, old, noise, times, number + 1) + (1 - kept) * latents
                told(number, time, latents)
            return self.decode(latents)

    def encode(self, image: Image) -> Any:
        """A picture's latents, (1, c, h, w), as the denoiser has them."""
        torch = self._torch
        rows = torch.from_numpy(np.array(image.convert("RGB"), dtype=np.float32)).permute(2, 0, 1)[None]
        with torch.inference_mode():
            found = self.vae.encode((rows / 127.5 - 1).to(self._device)).latent_dist.mode()
        return (found - self._mean) / self._std

    def decode(self, latents: Any) -> list[Image]:
        """Pictures of latents, RGB."""
        with self._torch.inference_mode():
            rows = self.vae.decode(latents.float() * self._std + self._mean, return_dict=False)[0]
        pixels = ((rows / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        return [Pillow.fromarray(row) for row in pixels]

    def _times(self, scheduler: Any, sitting: Sitting) -> Any:
        """The steps that are taken: the last of all, where a picture is given up in part."""
        scheduler.set_timesteps(sitting.steps, device=self._device)
        skipped = 0
        if sitting.image is not None and sitting.strength < 1:
            taken = min(int(sitting.steps * sitting.strength), sitting.steps)
            skipped = max(sitting.steps - taken, 0) * scheduler.order
        if hasattr(scheduler, "set_begin_index"):
            # Else it looks for its place by the time, and some lists of steps have the same time twice.
            scheduler.set_begin_index(skipped)
        times = scheduler.timesteps[skipped:]
        self.num_timesteps = len(times)
        return times

    def _noise(self, sources: Sequence[Any], size: tuple[int, int]) -> Any:
        """Made on the processor, so that a seed is the same noise on every device."""
        shape = (1, int(self.vae.config.latent_channels), size[1] // self.factor, size[0] // self.factor)
        return self._torch.cat([self._torch.randn(shape, generator=source) for source in sources]).to(self._device)

    def _first(self, scheduler: Any, noise: Any, old: Any, times: Any, sitting: Sitting) -> Any:
        if old is None or sitting.strength >= 1:
            return noise * scheduler.init_noise_sigma
        return scheduler.add_noise(old.expand_as(noise), noise, times[:1].expand(len(noise)))

    def _as_noisy(self, scheduler: Any, old: Any, noise: Any, times: Any, number: int) -> Any:
        """The old picture with as much noise as there is before a step of that number; none after the last."""
        whole = old.expand_as(noise)
        if number >= len(times):
            return whole
        return scheduler.add_noise(whole, noise, times[number : number + 1].expand(len(noise)))

    def _kept(self, mask: Image, latents: Any) -> Any:
        """1 where latents stay the old picture's: whatever has no white pixel."""
        size = latents.shape[-1], latents.shape[-2]
        white = np.asarray(mask.convert("L"), dtype=np.float32).reshape(size[1], self.factor, size[0], self.factor)
        touched = self._torch.from_numpy((white >= 128).any(axis=(1, 3)).astype(np.float32))
        return (1 - touched).to(self._device)[None, None]

    def _asked(self, sitting: Sitting) -> tuple[Any, Any]:
        """The condition and what guidance leads away from, (1, d) each."""
        rows = [self._torch.from_numpy(row)[None] for row in (sitting.condition, sitting.against)]
        return rows[0].to(self._device, self._dtype), rows[1].to(self._device, self._dtype)

    def _guided(self, latents: Any, time: Any, asked: tuple[Any, Any], sitting: Sitting) -> Any:
        """Classifier-free guidance (Ho & Salimans, 2022); without it one call suffices."""
        many, scale = len(latents), sitting.guidance_scale
        wanted, against = (row.expand(many, -1) for row in asked)
        if scale <= 1:
            return self._predicted(latents, time, wanted)
        if self._one_pass:
            both = self._predicted(self._torch.cat([latents, latents]), time, self._torch.cat([against, wanted]))
            without, with_it = both.chunk(2)
        else:
            without, with_it = (self._predicted(latents, time, row) for row in (against, wanted))
        return without + scale * (with_it - without)

    def _predicted(self, latents: Any, time: Any, conditions: Any) -> Any:
        times = time.expand(len(latents)).to(self._device)
        ready = latents.to(self._dtype).contiguous(memory_format=self._torch.channels_last)
        return predict(self._denoiser, ready, times, conditions).float()
