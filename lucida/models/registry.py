"""Turns spec strings into back ends, and lists what there is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lucida.models.protocols import ImageEncoder, OcrEngine, SharedEncoder, TextEncoder

_SHARED = "mini, openclip:MODEL/TAG, openclip:local-dir:FOLDER, hf:ID_OR_FOLDER"
_ENCODERS = "minilm, openclip:MODEL/TAG, openclip:local-dir:FOLDER"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of ``lucida models``.

    Attributes:
        spec: what to write in settings.
        role: "text encoder", "text and image encoder" or "OCR".
        description: what it is, one sentence.
        installed: whether it can be used now.
        licence: SPDX name of the weights' or program's licence.
        size_bytes: on disk, 0 if not installed or not known.
        where: path, empty if not installed.
        advice: what to do to get it, empty if installed.
    """

    spec: str
    role: str
    description: str
    installed: bool
    licence: str
    size_bytes: int
    where: str
    advice: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


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
    if spec.startswith("openclip:"):
        from lucida.models.openclip import OpenClip

        return OpenClip(spec)
    raise UsageError(f"There is no text encoder {spec!r}.", f"Known are: {_ENCODERS}.")


def load_image_encoder(spec: str) -> ImageEncoder:
    """The image encoder that ``spec`` names; raises like ``load_text_encoder``."""
    if spec.startswith("openclip:"):
        from lucida.models.openclip import OpenClip

        return OpenClip(spec)
    raise UsageError(
        f"There is no image encoder {spec!r}.", "Known are: openclip:MODEL/TAG, openclip:local-dir:FOLDER."
    )


def load_shared_encoder(spec: str, *, allow_download: bool = False) -> SharedEncoder:
    """The encoder of texts and pictures that ``spec`` names.

    Args:
        spec: "mini", ``openclip:MODEL/TAG``, ``openclip:local-dir:FOLDER`` or ``hf:ID_OR_FOLDER``.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: no such encoder.
        ModelError: its weights are absent, altered or unsafe.
        DependencyError: a package that it needs is absent.
    """
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


def load_ocr(spec: str, languages: Sequence[str]) -> OcrEngine | None:
    """The OCR engine that ``spec`` names, None for "none". Nothing is started; engines cross process borders.

    Args:
        spec: "tesseract", "rapidocr" or "none".
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
    raise UsageError(f"There is no OCR engine {spec!r}.", "Known are: tesseract, rapidocr, none.")


def describe_models() -> list[ModelRow]:
    """What there is and what is installed. Loads no model and imports no heavy package."""
    return [_minilm_row(), _openclip_row(), _tesseract_row(), _rapidocr_row()]


def _minilm_row() -> ModelRow:
    from lucida.models import minilm_files

    where, size, advice = "", 0, ""
    try:
        files = minilm_files.find()
        size, where = _size([files.weights, files.tokenizer]), str(files.weights.parent)
        minilm_files.verify(files)
    except LucidaError as error:
        advice = error.advice
    text = "all-MiniLM-L6-v2: English sentences in 384 dimensions, windows of 256 tokens."
    return ModelRow("minilm", "text encoder", text, not advice, "Apache-2.0", size, where, advice)


def _openclip_row() -> ModelRow:
    where = _package_folder("open_clip")
    text = "Any CLIP-like model that open_clip loads, with weights in safetensors form."
    advice = "" if where else "Install it with: pip install open-clip-torch."
    return ModelRow(
        "openclip:MODEL/TAG", "text and image encoder", text, bool(where), "depends on the weights", 0, where, advice
    )


def _tesseract_row() -> ModelRow:
    from lucida.models.tesseract import installed_languages, program

    where, advice, text = program() or "", "", "Tesseract: printed text in the languages that are installed."
    try:
        languages = [name for name in installed_languages() if name != "osd"]
        text = f"Tesseract: printed text; languages here: {', '.join(languages) or 'none'}."
    except LucidaError as error:
        advice = error.advice
    return ModelRow("tesseract", "OCR", text, not advice, "Apache-2.0", 0, where, advice)


def _rapidocr_row() -> ModelRow:
    where = _package_folder("rapidocr")
    size = _size(Path(where, "models").glob("*.onnx")) if where else 0
    advice = "" if where else "Install it with: pip install 'camera-lucida[rapidocr]'."
    text = "RapidOCR (PP-OCR networks): slower, stronger on poor scans, Latin and Chinese script."
    return ModelRow("rapidocr", "OCR", text, bool(where), "Apache-2.0", size, where, advice)


def _package_folder(module: str) -> str:
    spec = find_spec(module)
    return str(Path(spec.origin).parent) if spec and spec.origin else ""


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
