"""Builds, writes and reads the embedded generator's models, in the form of a diffusers folder.

``model_index.json`` names the parts as diffusers' pipelines do; ``vae``, ``unet`` and ``scheduler`` are diffusers' own
classes and load there too. The pipeline and the transformer are ours, and are found by their names in a table, never by
running what lies in the folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.cache import replacing
from lucida.models.diffusion.files import INDEX, read
from lucida.models.diffusion.latent.plane import Plane
from lucida.models.diffusion.latent.transformer import NAME as TRANSFORMER
from lucida.models.diffusion.latent.transformer import transformer_class
from lucida.models.diffusion.quiet import quiet
from lucida.models.hf_weights import careful

if TYPE_CHECKING:
    from lucida.models.diffusion.files import Pipeline

#: The pipeline's class in ``model_index.json``.
PIPELINE = "SpacePipeline"
#: The part that holds the means of the space; files of that name have no weights.
_PLANE, _PLANE_CLASS = "condition_processor", "SpaceProcessor"
_OURS = "lucida"
_WEIGHTS = "diffusion_pytorch_model.safetensors"
_PURPOSE = "draw pictures"
_ADVICE = "Get or train the model again: lucida train diffusion."


@dataclass(frozen=True)
class Parts:
    """A generator's models and what belongs to them.

    Attributes:
        vae: diffusers' ``AutoencoderKL``.
        denoiser: ``UNet2DConditionModel`` or ``SpaceTransformer``; called with latents, times and ``class_labels``.
        scheduler: settings of the scheduler that it was trained with, its class among them.
        plane: makes conditions of vectors.
        settings: plain JSON: ``encoder``, the fingerprint of the encoder whose space it was trained in; ``steps`` and
            ``guidance_scale``, what is usual.
    """

    vae: Any
    denoiser: Any
    scheduler: Mapping[str, Any]
    plane: Plane
    settings: Mapping[str, Any]


class Forge:
    """Makes and keeps models; what training is given, which knows of no back ends."""

    def vae(self, config: Mapping[str, Any]) -> Any:
        """A new ``AutoencoderKL``; torch's seed rules its weights."""
        return require("diffusers", _PURPOSE).AutoencoderKL(**config)

    def denoiser(self, kind: str, config: Mapping[str, Any]) -> Any:
        """A new denoiser: "unet" or "transformer"."""
        return denoiser_class(kind)(**config)

    def predict(self, denoiser: Any, latents: Any, times: Any, conditions: Any) -> Any:
        """What a denoiser says of latents; see ``predict``."""
        return predict(denoiser, latents, times, conditions)

    def plane(self, means: Any) -> Plane:
        """What makes conditions of vectors of the space."""
        return Plane(means)

    def parts(
        self, vae: Any, denoiser: Any, scheduler: Mapping[str, Any], plane: Plane, settings: Mapping[str, Any]
    ) -> Parts:
        """Models that belong together."""
        return Parts(vae, denoiser, scheduler, plane, settings)

    def write(self, folder: Path, parts: Parts, card: Mapping[str, Any]) -> None:
        """Write a folder that ``mini`` loads: weights in float16.

        Args:
            folder: made if need be; files of these names are replaced.
            parts: what to write.
            card: JSON; what it was trained on.

        Raises:
            ModelError: the folder cannot be written.
        """
        kind = kind_of(parts.denoiser)
        for name, model in (("vae", parts.vae), (kind, parts.denoiser)):
            _write_model(folder / name, model)
        _write_json(folder / "scheduler" / "scheduler_config.json", parts.scheduler)
        _write_json(folder / _PLANE / "config.json", {"_class_name": _PLANE_CLASS, "means": parts.plane.to_json()})
        _write_json(folder / "training.json", card)
        library = _OURS if kind == "transformer" else "diffusers"
        index = {
            "_class_name": PIPELINE,
            "vae": ["diffusers", type(parts.vae).__name__],
            kind: [library, type(parts.denoiser).__name__],
            "scheduler": ["diffusers", parts.scheduler["_class_name"]],
            _PLANE: [_OURS, _PLANE_CLASS],
            **parts.settings,
        }
        # Last: a folder that has it is whole.
        _write_json(folder / INDEX, index)

    def load(self, folder: Path) -> Parts:
        """Read a folder that ``write`` wrote; models in float32, on the processor.

        Raises:
            ModelError: it is no such folder, is damaged, or lacks tensors.
        """
        return load(files_in(folder))


def files_in(folder: Path) -> Pipeline:
    """What a generator's folder says of itself.

    Raises:
        ModelError: it is none, or is damaged.
    """
    files = read(folder)
    if files.class_name != PIPELINE or not {"vae", _PLANE} <= set(files.parts) or len(_denoisers(files)) != 1:
        raise ModelError(f"{folder} holds no generator that draws points of the shared space.", _ADVICE)
    return files


def load(files: Pipeline) -> Parts:
    """The models, in float32; see ``Forge.load``."""
    (kind,) = _denoisers(files)
    with careful(files, "generator"), quiet():
        vae = _loaded(require("diffusers", _PURPOSE).AutoencoderKL, files, "vae")
        denoiser = _loaded(denoiser_class(kind), files, kind)
    return Parts(vae, denoiser, files.config("scheduler"), plane_of(files), files.settings)


def plane_of(files: Pipeline) -> Plane:
    """What makes conditions of vectors.

    Raises:
        ModelError: the folder's means are no numbers.
    """
    try:
        return Plane.from_json(files.config(_PLANE).get("means"))
    except (ValueError, TypeError) as error:
        raise ModelError(f"The means of the space in {files.folder} are damaged: {error}.", _ADVICE) from error


def denoiser_class(kind: str) -> Any:
    """The class of a denoiser, "unet" or "transformer"."""
    return transformer_class() if kind == "transformer" else require("diffusers", _PURPOSE).UNet2DConditionModel


def kind_of(denoiser: Any) -> str:
    """What a denoiser is called in a pipeline's folder: "unet" or "transformer"."""
    return "transformer" if type(denoiser).__name__ == TRANSFORMER else "unet"


def predict(denoiser: Any, latents: Any, times: Any, conditions: Any) -> Any:
    """What a denoiser of either kind says of latents (n, c, h, w) at times (n,) under conditions (n, d)."""
    if kind_of(denoiser) == "transformer":
        return denoiser(latents, times, conditions)
    return denoiser(latents, times, None, class_labels=conditions, return_dict=False)[0]


def _denoisers(files: Pipeline) -> list[str]:
    return [name for name in ("unet", "transformer") if name in files.parts]


def _loaded(cls: Any, files: Pipeline, name: str) -> Any:
    model, report = cls.from_pretrained(
        str(files.parts[name].folder), use_safetensors=True, local_files_only=True, output_loading_info=True,
        dtype=require("torch", _PURPOSE).float32, low_cpu_mem_usage=False,
    )  # fmt: skip
    if report["missing_keys"]:
        raise ModelError(f"The {name} in {files.folder} lacks {len(report['missing_keys'])} tensors.", _ADVICE)
    return model.eval()


def _write_model(folder: Path, model: Any) -> None:
    config = {key: value for key, value in model.config.items() if key != "_name_or_path"}
    _write_json(folder / "config.json", {"_class_name": type(model).__name__, **config})
    halves = {
        name: (tensor.detach().half() if tensor.is_floating_point() else tensor.detach()).cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    with replacing(folder / _WEIGHTS) as part:
        require("safetensors.torch", "write weights").save_file(halves, part, metadata={"format": "pt"})
        part.chmod(0o644)


def _write_json(path: Path, table: Mapping[str, Any]) -> None:
    with replacing(path) as part:
        part.write_text(json.dumps(dict(table), indent=2, default=list) + "\n", encoding="utf-8")
        part.chmod(0o644)
