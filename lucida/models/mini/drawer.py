"""The embedded generator: a small latent diffusion model that draws points of the shared space.

A prompt, pictures as guides, a vector of the space, or all of them together with weights are one point of it, and that
point is what the model draws: "like these three, but blue" is a sum.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError, UsageError
from lucida.models.batching import out_of_memory, release
from lucida.models.devices import Placement, choose
from lucida.models.diffusion import schedulers
from lucida.models.diffusion.checking import (
    Plan,
    require_sense,
    settled_guidance,
    settled_size,
    settled_strength,
    task_of,
)
from lucida.models.diffusion.latent.forge import PIPELINE, files_in, plane_of
from lucida.models.diffusion.latent.forge import load as load_parts
from lucida.models.diffusion.latent.options import Options
from lucida.models.diffusion.latent.pipeline import LatentPipeline, Sitting
from lucida.models.diffusion.pictures import finished, rounded_up
from lucida.models.diffusion.quiet import quiet
from lucida.models.diffusion.settings import settings_of
from lucida.models.diffusion.watching import Watcher
from lucida.models.protocols.drawing import Ability, Drawn, DrawRequest, DrawStep
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import SharedEncoder

#: Another folder to take the generator from, for whoever trains their own.
FOLDER_VARIABLE = "LUCIDA_MINI_GENERATOR"
SPEC = "mini"

_SHIPPED = Path(__file__).parent / "drawer_weights"
_INDEX = "model_index.json"
_STEPS, _GUIDANCE, _STRENGTH = 25, 3.0, 0.6


class Drawer:
    """The embedded ``Generator``. A request is checked against the files; the weights load when the first is drawn.

    Args:
        folder: that ``lucida train diffusion`` wrote.
        spec: ``mini``, with options after a question mark; see ``latent.options.Options``.
        encoder: of the space that it draws; by default the present ``mini``, loaded when it is needed.

    Raises:
        UsageError: the spec has an unknown option.
        ModelError: the folder holds no such generator, or is damaged.
    """

    abilities = frozenset(set(Ability) - {Ability.CONTROL})

    def __init__(self, folder: Path | str, spec: str = SPEC, encoder: SharedEncoder | None = None) -> None:
        self.spec, self.folder = spec, Path(folder)
        self._options = Options.read(spec)
        self._files = files_in(self.folder)
        self._plane = plane_of(self._files)
        self._encoder = encoder
        self._pipeline: LatentPipeline | None = None
        self._fingerprint = ""
        self._turn = threading.RLock()

    @property
    def placement(self) -> Placement:
        """Where it computes and in which number format, for reports."""
        return choose(self._options.device, self._options.dtype)

    @property
    def fingerprint(self) -> str:
        """Hash of all that shapes a picture: weights, configurations, and the space's encoder."""
        if not self._fingerprint:
            parts = [part.traits() for _, part in sorted(self._files.parts.items())]
            text = json.dumps([self._files.settings, parts, self._space().fingerprint], sort_keys=True, default=str)
            self._fingerprint = "mini-" + hashlib.sha256(text.encode()).hexdigest()[:24]
        return self._fingerprint

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height that it was trained for."""
        side = int(self._denoiser_config().get("sample_size") or 16) * self._factor
        return side, side

    def draw(self, request: DrawRequest, on_step: Callable[[DrawStep], None] | None = None) -> Drawn:
        """Draw; see ``Generator``. One drawing at a time: others wait.

        The prompt counts as much as the vector, where there is one, and as all guides together; a guide's weight is
        its share beside that. A negative prompt takes the place of "anything" in guidance.
        """
        with self._turn:
            began = time.monotonic()
            plan = self._planned(request)
            condition, against = self._conditions(request)
            placement = self.placement
            if self._pipeline is None:
                self._pipeline = LatentPipeline(load_parts(self._files), placement, one_pass=self._options.one_pass)
            images = self._drawn(self._pipeline, plan, condition, against, on_step)
            settings: dict[str, Any] = {
                **settings_of(plan, self.spec, self.fingerprint, placement, ()),
                "batch": self._options.batch,
                "flagged": None,
                "encoder": self._space().fingerprint,
                "encoder_of_training": self._files.settings.get("encoder"),
            }
            seeds = tuple(range(request.seed, request.seed + request.count))
            return Drawn(tuple(images), seeds, settings, time.monotonic() - began)

    def _planned(self, request: DrawRequest) -> Plan:
        require_sense(request)
        if request.controls:
            raise UsageError(f"{self.spec} has no ControlNet.", "Use a diffusers: model that has one.")
        if request.vector is not None and np.shape(request.vector) != (self._plane.dimension,):
            raise UsageError(
                f"A vector of shape {np.shape(request.vector)} is no point of the space that {self.spec} draws.",
                f"Give one of {self._plane.dimension} numbers, from the encoder mini.",
            )
        for what, text in (("prompt", request.prompt), ("negative prompt", request.negative_prompt)):
            self._require_short(text, what)
        scheduler = schedulers.choose(request.scheduler, self._files.config("scheduler"), PIPELINE, self.spec)
        usual = self._files.settings
        steps = request.num_inference_steps or int(usual.get("steps", _STEPS))
        scheduler.try_steps(steps)
        task = task_of(request)
        width, height = settled_size(request, self.size_px)
        usual_strength = 1.0 if task == "inpaint" else _STRENGTH
        settled = replace(
            request,
            width_px=width,
            height_px=height,
            num_inference_steps=steps,
            guidance_scale=settled_guidance(request, float(usual.get("guidance_scale", _GUIDANCE))),
            scheduler=scheduler.name,
            strength=None if task == "text" else settled_strength(request, usual_strength, steps),
        )
        return Plan(task, PIPELINE, settled, rounded_up(width, height, self._step_px), scheduler)

    def _require_short(self, text: str, what: str) -> None:
        """The encoder takes any length in windows and averages them; a picture of an average shows none of them."""
        if not text.strip():
            return
        windows = len(self._space().encode_windows([text])[0])
        if windows > 1:
            raise UsageError(
                f"The {what} takes {windows} windows of the text encoder, and {self.spec} draws what fits into one.",
                "Shorten it to about 150 words.",
            )

    def _conditions(self, request: DrawRequest) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What is wanted, and what guidance leads away from."""
        parts: list[tuple[Any, float]] = []
        if request.prompt.strip():
            parts.append((self._space().encode_texts([request.prompt])[0], 1.0))
        if request.vector is not None:
            parts.append((request.vector, 1.0))
        if request.guides:
            vectors = self._space().encode_images([guide.image for guide in request.guides])
            count = len(request.guides)
            parts += [(row, guide.weight / count) for row, guide in zip(vectors, request.guides, strict=True)]
        against: list[tuple[Any, float]] = []
        if request.negative_prompt.strip():
            against.append((self._space().encode_texts([request.negative_prompt])[0], 1.0))
        return self._plane.mixture(parts), self._plane.mixture(against)

    def _drawn(
        self,
        pipeline: LatentPipeline,
        plan: Plan,
        condition: NDArray[np.float32],
        against: NDArray[np.float32],
        on_step: Callable[[DrawStep], None] | None,
    ) -> list[Image]:
        watcher = Watcher(plan, on_step, self._factor)
        images: list[Image] = []
        request, batch = plan.request, self._options.batch
        try:
            with quiet():
                for start in range(0, request.count, batch):
                    many = min(batch, request.count - start)
                    watcher.begin(start, many)
                    seeds = tuple(range(request.seed + start, request.seed + start + many))
                    drawn = pipeline.draw(
                        Sitting.of(plan, condition, against, seeds),
                        plan.scheduler.make(),
                        lambda number, when, latents: watcher.latents(pipeline, number, when, latents),
                    )
                    images += [finished(image, plan.request) for image in drawn]
        except Exception as error:
            if watcher.failure is error:
                raise
            if out_of_memory(error):
                release(self.placement)
                raise ModelError(
                    f"The memory of {self.placement.device} ran out while {self.spec} drew {plan.drawn_px[0]} by "
                    f"{plan.drawn_px[1]} pixels.",
                    f"Draw {self.size_px[0]} by {self.size_px[1]} pixels, for which it was made, and batch=1.",
                ) from error
            raise ModelError(
                f"The model {self.spec} failed while it was drawing: {first_line(error)}.",
                "Try another scheduler, or dtype=float32 in its spec.",
            ) from error
        return images

    def _space(self) -> SharedEncoder:
        if self._encoder is None:
            from lucida.models.mini.encoder import Mini

            self._encoder = Mini()
        return self._encoder

    def _denoiser_config(self) -> dict[str, Any]:
        return self._files.config("unet") or self._files.config("transformer")

    @property
    def _factor(self) -> int:
        """Pixels per side of a latent."""
        return int(2 ** (len(self._files.config("vae")["block_out_channels"]) - 1))

    @property
    def _step_px(self) -> int:
        """Sides that it draws are multiples of this: a U-Net halves its latents, a transformer takes patches."""
        config = self._denoiser_config()
        levels = config.get("block_out_channels")
        return self._factor * (2 ** (len(levels) - 1) if levels else int(config.get("patch_size", 1)))

    def __reduce__(self) -> tuple[type[Drawer], tuple[str, str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (str(self.folder), self.spec)


def load(spec: str = SPEC) -> Drawer:
    """The embedded generator of this machine.

    Raises:
        UsageError: the spec has an unknown option.
        ModelError: none came with the package, or it is damaged.
    """
    folder = find()
    if folder is None:
        raise ModelError(
            "No generator of pictures came with this package.",
            f"Train one with lucida train diffusion, and name its folder in {FOLDER_VARIABLE}; or choose diffusers:.",
        )
    return Drawer(folder, spec)


def find() -> Path | None:
    """The folder of the embedded generator: ``$LUCIDA_MINI_GENERATOR``, else the one that came with the package."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    return _SHIPPED if (_SHIPPED / _INDEX).is_file() else None
