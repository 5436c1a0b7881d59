"""Finds the files of pipelines and of what is put onto them. Safetensors only, and no code but diffusers' own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucida.errors import ModelError, UsageError
from lucida.models import hf_files
from lucida.models.weights_hash import sha256_of

PREFIX = "diffusers:"
INDEX = "model_index.json"
#: Files by which a downloaded repository is recognised.
MARKS = (INDEX, "pytorch_lora_weights.safetensors", "diffusion_pytorch_model.safetensors")
_FORM = "Write diffusers:OWNER/NAME, diffusers:OWNER/NAME@REVISION or diffusers:FOLDER."
_TEXTS = (".json", ".txt", ".model", ".jinja")
_WEIGHTS = r"(model|diffusion_pytorch_model){}(-\d+-of-\d+)?\.safetensors"
_PLAIN, _HALF = re.compile(_WEIGHTS.format("")), re.compile(_WEIGHTS.format(r"\.fp16"))
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
#: Parts that have no weights of their own.
_WEIGHTLESS = re.compile(r"(Scheduler|Tokenizer|TokenizerFast|Processor|ProcessorFast|FeatureExtractor|Extractor)$")
_ENCODER = "image_encoder"
#: What config files say of who saved them; it shapes no picture.
_VOLATILE = ("_name_or_path", "_diffusers_version", "transformers_version", "torch_dtype", "dtype")


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a pipeline, or a model that is put onto one.

    Attributes:
        name: in the pipeline, e.g. ``unet``.
        library: "diffusers", "transformers", or a pipeline's own module.
        class_name: in the library.
        folder: where its files lie.
        weights: its safetensors files; none for tokenisers and schedulers.
        half: whether they are those called fp16.
        config: its configuration, empty where there is none.
    """

    name: str
    library: str
    class_name: str
    folder: Path
    weights: tuple[Path, ...]
    half: bool
    config: dict[str, Any]

    def traits(self) -> list[Any]:
        """Everything in the files that shapes a picture, for a fingerprint."""
        config = {key: value for key, value in self.config.items() if key not in _VOLATILE}
        others = () if self.weights else sorted(path for path in self.folder.glob("*") if path.suffix in _TEXTS)
        hashes = [sha256_of(path) for path in self.weights or others]
        return [self.name, self.class_name, config, hashes]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline on this machine.

    Attributes:
        folder: what diffusers is given.
        class_name: of the pipeline that it was saved as.
        parts: its components by name.
        without: names of those that it does without.
        source: where it was saved from, if that is known.
        settings: the pipeline's own settings.
    """

    folder: Path
    class_name: str
    parts: dict[str, Part]
    without: tuple[str, ...]
    source: str
    settings: dict[str, Any]

    def config(self, name: str) -> dict[str, Any]:
        """A component's configuration; empty where there is no such component."""
        return self.parts[name].config if name in self.parts else {}


def split_spec(spec: str) -> tuple[str, str | None]:
    """Repository (or folder) and revision of a spec without options.

    Raises:
        UsageError: the spec has another form.
    """
    name, _, revision = spec.removeprefix(PREFIX).partition("@")
    if not spec.startswith(PREFIX) or not name.strip():
        raise UsageError(f"{spec!r} does not name a pipeline of diffusers.", _FORM)
    return name, revision or None


def local_folder(spec: str) -> Path | None:
    """The folder that a spec names; None where it names a repository."""
    return hf_files.local_folder(hf_files.PREFIX + spec.removeprefix(PREFIX))


def choose(names: Iterable[str], repository: str) -> list[str]:
    """Which files of a repository are needed: weights first, and of several forms of the same weights one.

    Raises:
        ModelError: it lacks weights in safetensors form.
    """
    there = sorted(set(names))
    groups: dict[str, list[str]] = {}
    for name in there:
        folder, _, file = name.rpartition("/")
        groups.setdefault(folder, []).append(file)
    kept = [name for name in groups if name.count("/") == 0 and (INDEX in there or name in {"", _ENCODER})]
    weights: list[str] = []
    for folder in kept:
        if folder or INDEX not in there:
            found = _chosen(groups[folder], f"{repository}/{folder}".rstrip("/"))
            weights += [f"{folder}/{file}".lstrip("/") for file in found]
    if not weights:
        raise _no_weights(there, repository)
    texts = [f"{name}/{file}".lstrip("/") for name in kept for file in groups[name] if file.endswith(_TEXTS)]
    return [*weights, *texts]


def whole(folder: Path) -> bool:
    """Whether every component that a pipeline's folder names is in it; True of a folder that is no pipeline's."""
    try:
        return not (folder / INDEX).exists() or bool(read(folder).parts)
    except ModelError:
        return False


def find(spec: str, *, allow_download: bool = False) -> Path:
    """The folder of what a spec without options names, on this machine.

    Raises:
        UsageError: the spec has another form.
        ModelError: it is not on this machine, or was altered.
    """
    repository, _ = split_spec(spec)
    folder = local_folder(spec)
    if folder is not None:
        if not folder.exists():
            raise ModelError(f"The model folder {folder} does not exist.", "Check the path in the spec.")
        return folder
    from lucida.models import downloads

    paths = downloads.present(spec, allow_download=allow_download)
    roots = [path.parent for path in paths if path.name in {INDEX, "config.json"} or path.suffix == ".safetensors"]
    # The root is the shortest: components lie below it.
    return min(roots or [Path(repository)], key=lambda path: len(path.parts))


def read(folder: Path) -> Pipeline:
    """Read what a pipeline's folder says of itself.

    Raises:
        ModelError: it is no pipeline's, is damaged or not whole, wants code of its own, or has pickled weights alone.
    """
    index = _json(folder / INDEX)
    if index is None:
        raise ModelError(f"{folder} is no pipeline of diffusers: it has no {INDEX}.", _FORM)
    name = index.get("_class_name")
    if not isinstance(name, str):
        raise _foreign(folder, str(name))
    rows = {key: value for key, value in index.items() if isinstance(value, list) and len(value) == 2}
    parts = {
        key: _part(folder, key, str(library), str(class_name))
        for key, (library, class_name) in rows.items()
        if library is not None and class_name is not None
    }
    plain = {key: value for key, value in index.items() if key not in rows and not key.startswith("_")}
    without = tuple(key for key in rows if key not in parts)
    return Pipeline(folder, name, parts, without, str(index.get("_name_or_path", "")), plain)


def read_model(folder: Path, name: str) -> Part:
    """Read a folder that holds one model of diffusers, such as a ControlNet.

    Raises:
        ModelError: it holds none, is damaged, or has pickled weights alone.
    """
    config = _json(folder / "config.json")
    if config is None or not isinstance(config.get("_class_name"), str):
        raise ModelError(f"{folder} is no model of diffusers.", "There must be a config.json with its class in it.")
    weights = _chosen([path.name for path in folder.iterdir()], str(folder))
    if not weights:
        raise _no_weights({path.name for path in folder.iterdir()}, str(folder))
    paths = tuple(folder / file for file in weights)
    return Part(
        name, "diffusers", config["_class_name"], folder, paths, _HALF.fullmatch(weights[0]) is not None, config
    )


def one_file(place: Path, what: str) -> Path:
    """The safetensors file of a LoRA or an IP-Adapter: the path itself, or the only one in a folder.

    Raises:
        ModelError: there is none or more than one, or it is pickled.
    """
    if place.is_file() and place.suffix == ".safetensors":
        return place
    names = {path.name for path in place.iterdir()} if place.is_dir() else {place.name}
    files = sorted(name for name in names if name.endswith(".safetensors"))
    if MARKS[1] in files:
        return place / MARKS[1]
    if not files:
        raise _no_weights(names, str(place))
    if len(files) > 1:
        raise ModelError(f"{place} holds several weights: {', '.join(files[:6])}.", f"Name the {what}'s file itself.")
    return place / files[0]


def _part(folder: Path, name: str, library: str, class_name: str) -> Part:
    place = folder / name
    if (folder / f"{library}.py").exists() or (place / f"{library}.py").exists():
        raise _foreign(folder, f"{library}.{class_name}")
    if not place.is_dir():
        raise ModelError(f"The pipeline {folder} lacks its {name}.", "Get the model again.")
    names = [path.name for path in place.iterdir() if path.is_file()]
    weights: list[str] = [] if _WEIGHTLESS.search(class_name) else _chosen(names, str(place))
    if not weights and not _WEIGHTLESS.search(class_name):
        raise _no_weights(set(names), str(place))
    half = bool(weights) and _HALF.fullmatch(weights[0]) is not None
    config = _json(place / "config.json") or _json(place / "scheduler_config.json") or {}
    return Part(name, library, class_name, place, tuple(place / file for file in weights), half, config)


def _chosen(names: Iterable[str], where: str) -> list[str]:
    """The weights among a folder's files: those in full, else those called fp16, else any others; none if none."""
    files = sorted(name for name in names if name.endswith(".safetensors"))
    for form in (_PLAIN, _HALF):
        found = [name for name in files if form.fullmatch(name)]
        if found:
            shards = [name for name in found if "-of-" in name]
            return [name for name in found if name not in shards] or shards
    pickled = sorted(name for name in names if name.endswith(_PICKLED) and name != "training_args.bin")
    if pickled and not files:
        raise _no_weights(set(pickled), where)
    return files


def _json(path: Path) -> dict[str, Any] | None:
    """A file of JSON; None where it is not there."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path} is damaged: {error}.", "Get the model again.") from error


def _foreign(folder: Path, what: str) -> ModelError:
    return ModelError(
        f"The pipeline {folder} wants code of its own ({what}), which is never run.",
        "Choose a pipeline that diffusers itself knows.",
    )


def _no_weights(names: Iterable[str], where: str) -> ModelError:
    pickled = sorted(name for name in names if name.endswith(_PICKLED))
    if pickled:
        return ModelError(
            f"The weights {pickled[0]} of {where} are pickled, and reading a pickle can run code.",
            "Choose a model in safetensors form, or save it so once, where you trust it.",
        )
    return ModelError(f"{where} holds no weights in safetensors form.", "Check its name, or get the model again.")
