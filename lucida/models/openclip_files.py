"""Finds the weights that an ``openclip:`` spec names. Safetensors only: a pickled checkpoint can run code when read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucida.errors import ModelError, UsageError
from lucida.lazy import require
from lucida.models.hf_files import COMPANIONS

PREFIX = "openclip:"
_FOLDER = "local-dir:"
_CONFIG = "open_clip_config.json"
#: In the order in which open_clip itself prefers them.
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors")
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_FORM = "Write openclip:MODEL/TAG, e.g. openclip:ViT-B-32/laion2b_s34b_b79k, or openclip:local-dir:FOLDER."


@dataclass(frozen=True, slots=True)
class OpenClipFiles:
    """What open_clip's loader needs.

    Attributes:
        model: name for open_clip: an architecture, or ``local-dir:FOLDER``.
        weights: the safetensors file.
        config: the architecture, as in ``open_clip_config.json`` under ``model_cfg``.
        preprocess: mean, std, interpolation and resize mode of the pictures, and the tag's other traits.
    """

    model: str
    weights: Path
    config: dict[str, Any]
    preprocess: dict[str, Any] = field(default_factory=dict)

    @property
    def in_folder(self) -> bool:
        return self.model.startswith(_FOLDER)


def resolve(spec: str, *, allow_download: bool = False) -> OpenClipFiles:
    """Locate what ``spec`` names on this machine.

    Args:
        spec: ``openclip:MODEL/TAG`` or ``openclip:local-dir:FOLDER``.
        allow_download: fetch a tag's weights from the Hugging Face Hub if they are not here.

    Raises:
        UsageError: the spec has another form, or names a model or tag that open_clip does not know.
        ModelError: the weights are not on this machine, are damaged, or exist in pickled form only.
        DependencyError: open_clip is absent.
    """
    body = spec.removeprefix(PREFIX)
    if spec.startswith(PREFIX) and body.startswith(_FOLDER):
        return _from_folder(Path(body.removeprefix(_FOLDER)).expanduser().absolute())
    return _from_tag(spec, allow_download=allow_download)


def _from_folder(folder: Path) -> OpenClipFiles:
    if not folder.is_dir():
        raise ModelError(f"The model folder {folder} does not exist.", "Check the path after openclip:local-dir:.")
    try:
        table = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        config, preprocess = dict(table["model_cfg"]), dict(table.get("preprocess_cfg", {}))
        config["embed_dim"] = int(config["embed_dim"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"The model folder {folder} has no valid {_CONFIG}: {error!r}.",
            "Export the model again with open_clip's push_to_hf_hub or save_for_hf.",
        ) from error
    return OpenClipFiles(f"{_FOLDER}{folder}", weights_in(folder), config, preprocess)


def weights_in(folder: Path) -> Path:
    """The safetensors file of a folder that open_clip would take.

    Raises:
        ModelError: there is none.
    """
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    found = sorted(folder.glob("*.safetensors"))
    if found:
        return found[0]
    pickled = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLED)
    if pickled:
        raise ModelError(
            f"The weights {folder / pickled[0]} are pickled, and reading a pickle can run code.",
            f"Convert them once, where you trust them, with safetensors.torch.save_file to {WEIGHTS[0]}.",
        )
    raise ModelError(f"The model folder {folder} holds no weights.", f"Put the file {WEIGHTS[0]} into it.")


def _from_tag(spec: str, *, allow_download: bool) -> OpenClipFiles:
    from lucida.models import downloads

    model, tag = _split(spec)
    config, traits = _known(model, tag)
    weights = downloads.present(spec, allow_download=allow_download)[0]
    return OpenClipFiles(model, weights, config, traits)


def repositories(spec: str) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    """What a tag needs from the Hub: repositories, each with groups of file names.

    Raises:
        UsageError: the spec has another form, or names a model or tag that open_clip does not know.
        ModelError: the weights are published in pickled form only.
        DependencyError: open_clip is absent.
    """
    if spec.removeprefix(PREFIX).startswith(_FOLDER):
        return []
    model, tag = _split(spec)
    config, traits = _known(model, tag)
    repository, filename = os.path.split(traits.get("hf_hub", ""))
    if not repository:
        raise ModelError(
            f"The weights of {model}/{tag} are published in pickled form only, and reading a pickle can run code.",
            "Choose another tag, or convert them where you trust them and use openclip:local-dir:FOLDER.",
        )
    weights = (Path(filename).with_suffix(".safetensors").name,) if filename else WEIGHTS
    text = config.get("text_cfg", {})
    needed: dict[str, tuple[tuple[str, ...], ...]] = {repository: (weights,)}
    for key in ("hf_tokenizer_name", "hf_model_name"):
        # Tokeniser and text architecture of another repository, sometimes of the same one.
        if name := text.get(key):
            groups = needed.get(name, ())
            needed[name] = groups if COMPANIONS in groups else (*groups, COMPANIONS)
    return list(needed.items())


def _split(spec: str) -> tuple[str, str]:
    model, slash, tag = spec.removeprefix(PREFIX).rpartition("/")
    if not (spec.startswith(PREFIX) and model and slash and tag):
        raise UsageError(f"{spec!r} does not name an open_clip model.", _FORM)
    return model, tag


def _known(model: str, tag: str) -> tuple[dict[str, Any], dict[str, Any]]:
    open_clip = require("open_clip", "encode pictures")
    config = open_clip.get_model_config(model)
    if config is None:
        raise UsageError(f"open_clip knows no model {model!r}.", _FORM)
    traits = open_clip.get_pretrained_cfg(model, tag)
    if not traits:
        known = ", ".join(open_clip.list_pretrained_tags_by_model(model)) or "none"
        raise UsageError(f"open_clip knows no weights {tag!r} of {model}.", f"Known tags: {known}.")
    return config, traits
