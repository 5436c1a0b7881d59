"""Loads pipelines, and what is put onto them, through diffusers: from the disk, strictly, in safetensors form only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError, UsageError
from lucida.lazy import require
from lucida.models.diffusion.files import PREFIX, Part, Pipeline, find, one_file, read_model
from lucida.models.diffusion.quiet import quiet
from lucida.models.hf_weights import TRUSTED, careful
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from lucida.models.devices import Placement
    from lucida.models.diffusion.options import Options

_PURPOSE = "draw pictures"


def load_pipeline(files: Pipeline, placement: Placement, options: Options) -> Any:
    """The pipeline as it was saved, with LoRAs and IP-Adapter on it, where it computes.

    Raises:
        ModelError: weights are damaged, lack tensors, or do not fit each other.
        UsageError: an option has no sense here.
        DependencyError: a package is absent: peft for LoRAs, accelerate for offloading.
    """
    diffusers = require("diffusers", _PURPOSE)
    with careful(files, "pipeline"), quiet():
        parts: dict[str, Any] = dict.fromkeys(files.without)
        parts |= {name: _loaded(part, placement) for name, part in files.parts.items() if part.weights}
        cls = getattr(diffusers, files.class_name)
        pipe = cls.from_pretrained(str(files.folder), local_files_only=True, **parts)
        pipe.set_progress_bar_config(disable=True)
        _put_loras(pipe, options)
        _put_adapter(pipe, options)
        if options.offload is None:
            pipe.to(placement.device)
    _tune(pipe, options)
    return pipe


def load_controlnet(place: str, placement: Placement, *, waits: bool) -> Any:
    """A ControlNet (Zhang et al., 2023); ``waits`` leaves it in the processor's memory.

    Raises:
        ModelError: it is not on this machine, is damaged, or is no ControlNet.
    """
    part = read_model(addon(place), "controlnet")
    if "ControlNet" not in part.class_name:
        raise ModelError(f"{place} is a {part.class_name}, no ControlNet.", "Check the folder in the spec.")
    with careful(part, "ControlNet"), quiet():
        model = _loaded(part, placement)
    return model if waits else model.to(placement.device)


def addon(place: str) -> Path:
    """The folder or file of what is put onto a pipeline: a path, or a repository that was downloaded.

    Raises:
        ModelError: it is not on this machine.
    """
    path = Path(place).expanduser()
    return path.absolute() if path.exists() else find(PREFIX + place)


def denoiser(pipe: Any) -> Any:
    """The network that is called at every step."""
    return pipe.unet if hasattr(pipe, "unet") else pipe.transformer


def _loaded(part: Part, placement: Placement) -> Any:
    """A component with all its weights: what is missing would be filled with random numbers."""
    module = part.library if part.library in {"diffusers", "transformers"} else f"diffusers.pipelines.{part.library}"
    cls = getattr(require(module, _PURPOSE), part.class_name, None)
    if cls is None:
        raise ModelError(
            f"The {part.name} in {part.folder} is a {part.class_name}, which {module} here does not know.",
            f"Update {module.partition('.')[0]}, or choose another model.",
        )
    variant = {"variant": "fp16"} if part.half else {}
    trusted = {"local_files_only": True} if part.library == "diffusers" else TRUSTED
    model, report = cls.from_pretrained(
        str(part.folder),
        use_safetensors=True,
        dtype=placement.torch_dtype(),
        output_loading_info=True,
        **variant,
        **trusted,
    )
    if report["missing_keys"]:
        raise ModelError(
            f"The weights in {part.folder} lack {len(report['missing_keys'])} tensors of a {part.class_name}.",
            "Check that weights and configuration belong together, or get the model again.",
        )
    return model.eval()


def _put_loras(pipe: Any, options: Options) -> None:
    if not options.loras:
        return
    names = [f"lora{number}" for number in range(len(options.loras))]
    for name, lora in zip(names, options.loras, strict=True):
        file = one_file(addon(lora.place), "LoRA")
        with _fitting(file, "LoRA"), quiet():
            pipe.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True)
        if name not in {kept for kinds in pipe.get_list_adapters().values() for kept in kinds}:
            raise ModelError(
                f"The LoRA {file} changes nothing of this model.", "It was made for another kind of model."
            )
    pipe.set_adapters(names, [lora.weight for lora in options.loras])


def _put_adapter(pipe: Any, options: Options) -> None:
    if options.ip_adapter is None:
        return
    file = one_file(addon(options.ip_adapter), "IP-Adapter")
    with _fitting(file, "IP-Adapter"), quiet():
        pipe.load_ip_adapter(
            str(file.parent),
            subfolder="",
            weight_name=file.name,
            image_encoder_folder="image_encoder",
            local_files_only=True,
        )


@contextmanager
def _fitting(file: Path, what: str) -> Iterator[None]:
    """What does not fit a model fails in many ways."""
    try:
        yield
    except (ValueError, RuntimeError, LookupError, OSError, AttributeError, TypeError) as error:
        raise ModelError(
            f"The {what} {file} does not go onto this model: {first_line(error)}.",
            f"Check that the {what} was made for this kind of model, and that its file is whole.",
        ) from error


def _tune(pipe: Any, options: Options) -> None:
    """Options that change how it computes, not what."""
    vae = getattr(pipe, "vae", None)
    for way in options.vae:
        if not hasattr(vae, f"enable_{way}"):
            raise UsageError(f"The decoder of this model knows no {way}.", f"Leave {way} out of the spec.")
        getattr(vae, f"enable_{way}")()
    if options.attention == "slicing":
        pipe.enable_attention_slicing()
    elif options.attention is not None:
        try:
            denoiser(pipe).set_attention_backend(options.attention)
        except (ValueError, RuntimeError, ImportError, AttributeError) as error:
            raise UsageError(
                f"The attention {options.attention!r} cannot be used here: {first_line(error)}.",
                "Leave it out of the spec, or write attention=slicing or attention=native.",
            ) from error
    if options.compile:
        denoiser(pipe).compile()


def offload(pipe: Any, options: Options, placement: Placement) -> None:
    """Let weights wait in the processor's memory until they are called."""
    with quiet():
        start = pipe.enable_model_cpu_offload if options.offload == "model" else pipe.enable_sequential_cpu_offload
        start(device=placement.device)


def check(files: Pipeline, placement: Placement, options: Options) -> None:
    """Refuse options that have no sense here, before any weights are read.

    Raises:
        UsageError: there is no accelerator to keep free, or no U-Net for an IP-Adapter.
        ModelError: an IP-Adapter lacks its image encoder.
        DependencyError: peft or accelerate is absent, and an option needs it.
    """
    if options.loras:
        require("peft", "put a LoRA onto a model")
    if options.offload is not None:
        if placement.device == "cpu":
            raise UsageError(
                "Weights cannot be offloaded from the processor to itself.", "Leave offload out of the spec."
            )
        require("accelerate", "offload weights")
    if options.ip_adapter is None:
        return
    if "unet" not in files.parts:
        raise UsageError("An IP-Adapter is put onto models with a U-Net.", "Leave ip_adapter out of the spec.")
    encoder = image_encoder(options.ip_adapter)
    if "image_encoder" not in files.parts and not encoder.exists():
        raise ModelError(
            f"The IP-Adapter {options.ip_adapter} has no image encoder beside it.",
            f"Put config.json and model.safetensors of its encoder into {encoder.parent}.",
        )


def image_encoder(adapter: str) -> Path:
    """Where the weights of an IP-Adapter's image encoder lie, or would lie."""
    return one_file(addon(adapter), "IP-Adapter").parent / "image_encoder" / "model.safetensors"
