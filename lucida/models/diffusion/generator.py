"""Any text-to-image pipeline in the form of diffusers: Stable Diffusion, SDXL, SD3, Flux, PixArt, LCM and the like."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.models.devices import Placement, choose
from lucida.models.diffusion import options
from lucida.models.diffusion.checking import plan as planned
from lucida.models.diffusion.controls import Controls
from lucida.models.diffusion.files import find, one_file, read
from lucida.models.diffusion.loading import addon, image_encoder
from lucida.models.diffusion.prompts import Prompts
from lucida.models.diffusion.settings import settings_of
from lucida.models.diffusion.studio import Studio
from lucida.models.diffusion.traits import Traits
from lucida.models.protocols.drawing import Ability, Drawn, DrawRequest, DrawStep
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from pathlib import Path


class DiffusersGenerator:
    """A ``Generator``. A request is checked against the files; the weights load when the first good one is drawn.

    Args:
        spec: ``diffusers:OWNER/NAME``, ``diffusers:OWNER/NAME@REVISION`` or ``diffusers:FOLDER``, with options after a
            question mark; see ``options.Options``.
        allow_download: fetch the pipeline if it is not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: the spec has another form, or an unknown option.
        ModelError: the pipeline is not here, was altered, is not in safetensors form, or wants code of its own; or
            what the spec puts onto it is not here.
    """

    def __init__(self, spec: str, *, allow_download: bool = False) -> None:
        self._options = options.read(spec)
        self.spec = spec
        files = read(find(self._options.model, allow_download=allow_download))
        self._traits = Traits(files, self._options)
        self._addons = _addons(self._options)
        self._controls = Controls(self._options)
        self._prompts: Prompts | None = None
        self._studio: Studio | None = None
        self._fingerprint = ""
        self._turn = threading.RLock()

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can take into account."""
        return self._traits.abilities

    @property
    def placement(self) -> Placement:
        """Where it computes and in which number format, for reports."""
        return choose(self._options.device, self._options.dtype)

    @property
    def fingerprint(self) -> str:
        """Hash of all that shapes a picture: weights, configurations, tokenisers, what is put onto the model."""
        if not self._fingerprint:
            self._fingerprint = self._hashed()
        return self._fingerprint

    def _hashed(self) -> str:
        files = self._traits.files
        weights = [[lora.weight for lora in self._options.loras], self._traits.guidance]
        parts = [part.traits() for _, part in sorted(files.parts.items())]
        traits = [files.class_name, files.settings, parts, [sha256_of(path) for path in self._addons], weights]
        text = json.dumps(traits, sort_keys=True, default=str)
        return "diffusers-" + hashlib.sha256(text.encode()).hexdigest()[:24]

    def draw(self, request: DrawRequest, on_step: Callable[[DrawStep], None] | None = None) -> Drawn:
        """Draw; see ``Generator``. One drawing at a time: others wait.

        Pictures are drawn one after the other unless the spec says ``batch=N``: so each is what it is alone, to the
        last bit.
        """
        with self._turn:
            began = time.monotonic()
            for control in request.controls:
                self._controls.check(control)
            if self._prompts is None:
                self._prompts = Prompts(self._traits.files, self.spec)
            plan = planned(request, self._traits, self.spec, self._prompts)
            placement = self.placement
            if self._studio is None:
                self._studio = Studio(self._traits, placement, self.spec)
            controls = [self._controls.image(control, placement) for control in request.controls]
            sheet = self._studio.draw(plan, controls, on_step)
            settings: dict[str, Any] = {
                **settings_of(plan, self.spec, self.fingerprint, placement, controls),
                "batch": self._options.batch,
                "flagged": sheet.flagged,
            }
            seeds = tuple(range(request.seed, request.seed + request.count))
            return Drawn(tuple(sheet.images), seeds, settings, time.monotonic() - began)

    def __reduce__(self) -> tuple[type[DiffusersGenerator], tuple[str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (self.spec,)


def _addons(chosen: options.Options) -> list[Path]:
    """The weights of all that is put onto the model.

    Raises:
        ModelError: one of them is not here.
    """
    files = [one_file(addon(lora.place), "LoRA") for lora in chosen.loras]
    if chosen.ip_adapter is not None:
        files.append(one_file(addon(chosen.ip_adapter), "IP-Adapter"))
        files += [path for path in (image_encoder(chosen.ip_adapter),) if path.exists()]
    for place in (*(place for _, place in chosen.controlnets), chosen.depth, chosen.pose):
        if place is not None:
            found = sorted(addon(place).glob("*.safetensors"))
            if not found:
                raise ModelError(f"{place} holds no weights in safetensors form.", "Check its name in the spec.")
            files += found
    return files
