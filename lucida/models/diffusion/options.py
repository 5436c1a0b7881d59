"""What a ``diffusers:`` spec says: the model, where it computes, and what is put onto it."""

from __future__ import annotations

from dataclasses import dataclass

from lucida.errors import UsageError
from lucida.models.diffusion.files import split_spec
from lucida.models.spec_options import DTYPES, meaning, split

_NAMES = (
    "dtype",
    "device",
    "controlnet",
    "ip_adapter",
    "lora",
    "depth",
    "pose",
    "vae",
    "offload",
    "attention",
    "compile",
    "batch",
    "guidance",
    "prompt",
)
_VAE = ("slicing", "tiling")
#: What a ControlNet may be for.
KINDS = ("canny", "scribble", "segmentation", "depth", "pose", "normal")


@dataclass(frozen=True, slots=True)
class Lora:
    """Low-rank weights (Hu et al., "LoRA", 2021): where they lie, and how strongly they count."""

    place: str
    weight: float


@dataclass(frozen=True, slots=True)
class Options:
    """A spec, taken apart.

    Attributes:
        model: the spec without its options, ``diffusers:ID_OR_FOLDER``.
        dtype, device: as ``devices.choose`` takes them; None is its own choice.
        controlnets: by kind, where each lies.
        ip_adapter: where it lies, or None.
        loras: all that are put onto the model.
        depth, pose: models of transformers that see depth and joints, or None.
        vae: "slicing", "tiling", both or none: less memory while pixels are made.
        offload: "model" or "sequential": weights wait in the processor's memory; None keeps them on the device.
        attention: "slicing", or a back end of diffusers such as "flash"; None is torch's own.
        compile: whether the denoiser is compiled.
        batch: pictures that are drawn at a time. More than 1 is faster on accelerators, and then a picture may differ
            in its last bits from the same drawn alone.
        guidance: "none" or "classifier", where the files do not tell it rightly; None asks the files.
        cut_prompt: whether a prompt beyond the encoder's window is cut (and the cut reported) instead of refused.
    """

    model: str
    dtype: str | None = None
    device: str | None = None
    controlnets: tuple[tuple[str, str], ...] = ()
    ip_adapter: str | None = None
    loras: tuple[Lora, ...] = ()
    depth: str | None = None
    pose: str | None = None
    vae: tuple[str, ...] = ()
    offload: str | None = None
    attention: str | None = None
    compile: bool = False
    batch: int = 1
    guidance: str | None = None
    cut_prompt: bool = False


def read(spec: str) -> Options:
    """Take a spec apart.

    Raises:
        UsageError: it has another form, or an option that is unknown, given twice or without sense.
    """
    model, given = split(spec, _NAMES, repeated=("controlnet", "lora"))
    split_spec(model)

    def plain(name: str) -> str | None:
        return given[name][0] if name in given else None

    def known(name: str, *values: str) -> str | None:
        return meaning(spec, name, given, dict(zip(values, values, strict=True)))

    return Options(
        model=model,
        dtype=meaning(spec, "dtype", given, DTYPES),
        device=plain("device"),
        controlnets=_controlnets(spec, given.get("controlnet", [])),
        ip_adapter=plain("ip_adapter"),
        loras=tuple(_lora(spec, text) for text in given.get("lora", [])),
        depth=plain("depth"),
        pose=plain("pose"),
        vae=_vae(spec, plain("vae")),
        offload=known("offload", "model", "sequential"),
        attention=plain("attention"),
        compile=known("compile", "0", "1") == "1",
        batch=_count(spec, plain("batch") or "1"),
        guidance=known("guidance", "none", "classifier"),
        cut_prompt=known("prompt", "refuse", "cut") == "cut",
    )


def _controlnets(spec: str, texts: list[str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for text in texts:
        kind, _, place = text.partition(":")
        if kind not in KINDS or not place or kind in found:
            raise UsageError(
                f"{spec!r} has no sense: controlnet is {text!r}.",
                f"Write controlnet=KIND:ID_OR_FOLDER, each kind once; kinds are: {', '.join(KINDS)}.",
            )
        found[kind] = place
    return tuple(found.items())


def _lora(spec: str, text: str) -> Lora:
    place, _, number = text.rpartition(":")
    try:
        weight = float(number) if place else 1.0
    except ValueError:
        place, weight = text, 1.0
    if not abs(weight) <= 10:  # not a number is no weight either
        raise UsageError(f"{spec!r} has no sense: a LoRA's weight is {number}.", "Write lora=FOLDER:0.8, or FOLDER.")
    return Lora(place or text, weight)


def _vae(spec: str, text: str | None) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys((text or "").split(","))) if text else ()
    if not set(parts) <= set(_VAE):
        raise UsageError(
            f"{spec!r} has no sense: vae is {text!r}.", "Write vae=slicing, vae=tiling or both: slicing,tiling."
        )
    return parts


def _count(spec: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise UsageError(f"{spec!r} has no sense: batch is {text}.", "Write a whole number from 1.")
    return int(text)
