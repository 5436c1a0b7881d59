"""Lists what models there are and which are here. Loads none, and imports no heavy package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError
from lucida.models.profiles import PROFILES, Profile

if TYPE_CHECKING:
    from lucida.models.records import Record

_BOTH, _LOOKS, _DRAWS = "text and image encoder", "vision-language model", "generator of pictures"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of ``lucida models``.

    Attributes:
        spec: what to write in settings.
        profile: a shorter name for it, empty if it has none.
        role: "text encoder", "text and image encoder", "vision-language model", "generator of pictures" or "OCR".
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
    profile: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def describe_models() -> list[ModelRow]:
    """What there is and what is installed. Loads no model and imports no heavy package."""
    encoders = [_mini_row(), _minilm_row(), *map(_profile_row, PROFILES[1:]), *_downloaded_rows()]
    others = [_looking_row(), _server_row(), _drawing_row(), _tesseract_row(), _rapidocr_row()]
    return [*encoders, _openclip_row(), _hf_row(), *others]


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


def _mini_row() -> ModelRow:
    from lucida.models.mini import files

    where, size, advice = "", 0, ""
    try:
        found = files.read(files.find())
        size, where = _size([found.weights]), str(found.folder)
    except LucidaError as error:
        advice = error.advice
    text = "The embedded encoder: pictures in the space of minilm, so that one list holds both."
    return ModelRow("mini", _BOTH, text, not advice, "Apache-2.0; data for research", size, where, advice, "mini")


def _profile_row(profile: Profile) -> ModelRow:
    from lucida.models import downloads

    text = f"{profile.why} {profile.dimension} dimensions."
    here = _hub_here() and downloads.installed(profile.encoder)
    where, size = _recorded(profile.encoder) if here else ("", 0)
    advice = (
        "" if here else f"Download it ({profile.download_bytes / 1e9:.1f} GB) with: lucida models get {profile.name}."
    )
    return ModelRow(profile.encoder, _BOTH, text, here, profile.licence, size, where, advice, profile.name)


def _downloaded_rows() -> list[ModelRow]:
    """What was downloaded besides the profiles."""
    from lucida.models import downloads, records

    known = {profile.encoder for profile in PROFILES}
    rows = []
    for record in records.every():
        if record.spec not in known and downloads.installed(record.spec):
            where, size = _recorded(record.spec)
            text = f"Downloaded from {record.source}."
            rows.append(ModelRow(record.spec, _role(record), text, True, "see its page", size, where))
    return rows


def _role(record: Record) -> str:
    if record.spec.startswith("diffusers:"):
        return _DRAWS
    # Whoever is talked to has a template for it.
    return _LOOKS if any(file.name.startswith("chat_template") for file in record.files) else _BOTH


def _recorded(spec: str) -> tuple[str, int]:
    from lucida.models import hub, records

    record = records.recorded(spec)
    if record is None:
        return str(hub.cache()), 0
    first = record.files[0]
    path = hub.cached(first.repository, first.name, first.revision)
    return str(path.parent) if path else "", record.size


def _hub_here() -> bool:
    return bool(_package_folder("huggingface_hub"))


def _hf_row() -> ModelRow:
    where = _package_folder("transformers")
    text = "CLIP, SigLIP, SigLIP 2 and their like in the form of transformers, with weights in safetensors form."
    advice = "" if where else "Install it with: pip install transformers."
    return ModelRow("hf:ID_OR_FOLDER", _BOTH, text, bool(where), "depends on the weights", 0, where, advice)


def _looking_row() -> ModelRow:
    where = _package_folder("transformers")
    text = "SmolVLM, Qwen-VL, LLaVA, Gemma 3, InternVL and their like: look at pictures and answer in words."
    advice = "" if where else "Install it with: pip install transformers."
    return ModelRow("hf:ID_OR_FOLDER?OPTIONS", _LOOKS, text, bool(where), "depends on the weights", 0, where, advice)


def _drawing_row() -> ModelRow:
    where = _package_folder("diffusers")
    text = "Stable Diffusion, SDXL, SD3, Flux, PixArt, LCM and their like: draw pictures from words and pictures."
    advice = "" if where else "Install it with: pip install diffusers."
    return ModelRow("diffusers:ID_OR_FOLDER", _DRAWS, text, bool(where), "depends on the weights", 0, where, advice)


def _server_row() -> ModelRow:
    text = "The same on a server: vLLM, Ollama, llama.cpp and whatever speaks OpenAI's interface."
    where = _package_folder("httpx2")
    advice = "" if where else "Install it with: pip install httpx2."
    return ModelRow("openai:MODEL@ADDRESS", _LOOKS, text, bool(where), "depends on the model", 0, where, advice)


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
