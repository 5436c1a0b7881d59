"""Turns spec strings into back ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.models.profiles import spec_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import (
        Generator,
        ImageEncoder,
        OcrEngine,
        SharedEncoder,
        TextEncoder,
        VisionLanguageModel,
    )

_SHARED = "mini, openclip:MODEL/TAG, openclip:local-dir:FOLDER, hf:ID_OR_FOLDER"
_ENCODERS = f"minilm, {_SHARED}"
_DRAWERS = "mini, diffusers:ID_OR_FOLDER"
_SPEAKERS = "mini, hf:ID_OR_FOLDER, openai:MODEL@BASE_URL"


def load_text_encoder(spec: str) -> TextEncoder:
    """The text encoder that ``spec`` names.

    Raises:
        UsageError: no such encoder.
        ModelError: its weights are absent, altered or unsafe.
        DependencyError: a package that it needs is absent.
    """
    if spec == "minilm":
        from lucida.models.minilm import MiniLM

        return MiniLM()
    if spec.startswith(("openclip:", "hf:")) or spec_of(spec) != spec or spec == "mini":
        return load_shared_encoder(spec)
    raise UsageError(f"There is no text encoder {spec!r}.", f"Known are: {_ENCODERS}.")


def load_image_encoder(spec: str) -> ImageEncoder:
    """The image encoder that ``spec`` names; raises like ``load_shared_encoder``."""
    if spec == "minilm":
        raise UsageError("There is no image encoder 'minilm': it reads texts alone.", f"Known are: {_SHARED}.")
    return load_shared_encoder(spec)


def load_shared_encoder(spec: str, *, allow_download: bool = False) -> SharedEncoder:
    """The encoder of texts and pictures that ``spec`` names.

    Args:
        spec: "mini", ``openclip:MODEL/TAG``, ``openclip:local-dir:FOLDER``, ``hf:ID_OR_FOLDER``, or the name of a
            profile, which stands for one of them.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: no such encoder.
        ModelError: its weights are absent, altered or unsafe.
        DependencyError: a package that it needs is absent.
    """
    spec = spec_of(spec)
    if spec == "mini":
        from lucida.models.mini import Mini

        return Mini()
    if spec.startswith("openclip:"):
        return _openclip(spec, allow_download=allow_download)
    if spec.startswith("hf:"):
        from lucida.models.hf import HfEncoder

        return HfEncoder(spec, allow_download=allow_download)
    raise UsageError(f"There is no encoder of texts and pictures {spec!r}.", f"Known are: {_SHARED}.")


def _openclip(spec: str, *, allow_download: bool) -> SharedEncoder:
    """open_clip's loader, or ``mini``'s where the folder holds an image tower in MiniLM's space."""
    from lucida.models import minilm_inside
    from lucida.models.openclip_files import resolve

    files = resolve(spec, allow_download=allow_download)
    tower = files.config.get("vision_cfg", {}).get("timm_model_name")
    if files.in_folder and tower and minilm_inside.is_text_tower(files):
        from lucida.models.mini import Mini

        return Mini(files.weights.parent, spec=spec)
    from lucida.models.openclip import OpenClip

    return OpenClip(spec)


def load_vlm(spec: str, *, allow_download: bool = False) -> VisionLanguageModel:
    """The vision-language model that ``spec`` names. Its weights load at the first question.

    Args:
        spec: ``mini``, ``hf:ID_OR_FOLDER``, options behind a question mark, or ``openai:MODEL@BASE_URL``.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: no such model.
        ModelError: its weights are absent, altered or unsafe, or it was not made to be talked to.
        DependencyError: a package that it needs is absent.
    """
    if spec == "mini":
        from lucida.models.mini.talker import load

        return load()
    if spec.startswith("hf:"):
        from lucida.models.vlm.hf import HfVlm

        return HfVlm(spec, allow_download=allow_download)
    if spec.startswith("openai:"):
        from lucida.models.vlm.openai import OpenAiModel

        return OpenAiModel(spec)
    raise UsageError(f"There is no vision-language model {spec!r}.", f"Known are: {_SPEAKERS}.")


def load_generator(spec: str, *, allow_download: bool = False) -> Generator:
    """The generator of pictures that ``spec`` names. Its weights load at the first drawing.

    Args:
        spec: ``mini`` or ``diffusers:ID_OR_FOLDER``, options behind a question mark.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: no such generator.
        ModelError: its weights are absent, altered or unsafe.
        DependencyError: a package that it needs is absent.
    """
    if spec.partition("?")[0] == "mini":
        from lucida.models.mini.drawer import load as load_drawer

        return load_drawer(spec)
    if spec.startswith("diffusers:"):
        from lucida.models.diffusion.generator import DiffusersGenerator

        return DiffusersGenerator(spec, allow_download=allow_download)
    raise UsageError(f"There is no generator of pictures {spec!r}.", f"Known are: {_DRAWERS}.")


def load_ocr(spec: str, languages: Sequence[str]) -> OcrEngine | None:
    """The OCR engine that ``spec`` names, None for "none". Nothing is started; engines cross process borders.

    Args:
        spec: "tesseract", "rapidocr", "auto" (Tesseract, and RapidOCR where it was unsure) or "none".
        languages: Tesseract's names of languages, most likely first; RapidOCR reads all its scripts at once.

    Raises:
        UsageError: no such engine, or a language that cannot be one.
        DependencyError: the package is absent. Whether the program is, shows at the first page.
    """
    if spec == "none":
        return None
    if spec == "tesseract":
        from lucida.models.tesseract import Tesseract

        return Tesseract(languages)
    if spec == "rapidocr":
        from lucida.models.rapidocr_engine import RapidOcr, require_installed

        require_installed()
        return RapidOcr()
    if spec == "auto":
        from lucida.models.careful_ocr import CarefulOcr
        from lucida.models.rapidocr_engine import RapidOcr, require_installed
        from lucida.models.tesseract import Tesseract

        require_installed()
        return CarefulOcr(Tesseract(languages), RapidOcr())
    raise UsageError(f"There is no OCR engine {spec!r}.", "Known are: tesseract, rapidocr, auto, none.")
