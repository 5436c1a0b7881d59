"""Finds the files that an ``hf:`` spec names. Safetensors only: a pickled checkpoint can run code when read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError, UsageError
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "hf:"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
#: What a processor and a tokeniser may consist of. Example code is of no use here.
COMPANIONS = (
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "spiece.model",
    "sentencepiece.model",
    "tokenizer.model",
)
#: What a model that converses has besides; an encoder's vectors do not depend on it.
CONVERSATION = (
    "chat_template.jinja",
    "chat_template.json",
    "generation_config.json",
    "video_preprocessor_config.json",
)
#: One of each is needed: transformers would make up an empty tokeniser, and guess at the preprocessing.
_TOKENISERS = ("tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.model", "tokenizer.model")
_PREPROCESSING = ("preprocessor_config.json", "processor_config.json")
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")
_FORM = "Write hf:OWNER/NAME, hf:OWNER/NAME@REVISION or hf:FOLDER, e.g. hf:google/siglip2-base-patch16-256."
#: Keys of config.json that change with whoever saved it and shape no vector.
_VOLATILE = ("_name_or_path", "transformers_version", "torch_dtype", "dtype", "architectures", "_attn_implementation")


@dataclass(frozen=True, slots=True)
class HfFiles:
    """A checkpoint on this machine.

    Attributes:
        folder: what transformers is given.
        weights: the safetensors files, more than one where they are sharded.
        companions: configuration, preprocessing, tokeniser and conversation files that are there.
        config: ``config.json``, parsed.
    """

    folder: Path
    weights: tuple[Path, ...]
    companions: tuple[Path, ...]
    config: dict[str, Any]

    @property
    def model_type(self) -> str:
        """The architecture as transformers names it."""
        return str(self.config.get("model_type", ""))

    def traits(self) -> list[Any]:
        """Everything in the files that shapes a vector, for a fingerprint."""
        config = {key: value for key, value in self.config.items() if key not in _VOLATILE}
        shaping = [path for path in self.companions if path.name not in ("config.json", *CONVERSATION)]
        others = {path.name: sha256_of(path) for path in shaping}
        return [[sha256_of(path) for path in self.weights], config, others]


def split_spec(spec: str) -> tuple[str, str | None]:
    """Repository (or folder) and revision of a spec.

    Raises:
        UsageError: the spec has another form.
    """
    body = spec.removeprefix(PREFIX)
    name, _, revision = body.partition("@")
    if not spec.startswith(PREFIX) or not name.strip():
        raise UsageError(f"{spec!r} does not name a model of transformers.", _FORM)
    return name, revision or None


def local_folder(spec: str) -> Path | None:
    """The folder that a spec names; None where it names a repository.

    What looks like a path is one, and so is what exists.
    """
    body = spec.removeprefix(PREFIX)
    path = Path(body).expanduser()
    looks_so = body.startswith(("/", ".", "~")) or "\\" in body or body.count("/") > 1
    return path.absolute() if looks_so or path.is_dir() else None


def choose(names: Iterable[str], repository: str) -> list[str]:
    """Which files of a repository or folder are needed: weights first.

    Raises:
        ModelError: it lacks weights in safetensors form, a configuration, a tokeniser or image preprocessing.
    """
    there = set(names)
    if WEIGHTS in there:
        weights = [WEIGHTS]
    elif INDEX in there:
        shards = sorted(name for name in there if name.startswith("model-") and name.endswith(".safetensors"))
        weights = [*shards, INDEX]
    else:
        raise _no_weights(there, repository)
    if "config.json" not in there:
        raise ModelError(f"{repository} has no config.json, so it is no model of transformers.", _FORM)
    for needed, what in ((_TOKENISERS, "tokeniser"), (_PREPROCESSING, "image preprocessing")):
        if there.isdisjoint(needed):
            raise ModelError(f"{repository} has no {what}.", f"There must be a file {needed[0]} in it.")
    return [*weights, *(name for name in (*COMPANIONS, *CONVERSATION) if name in there)]


def in_folder(folder: Path) -> HfFiles:
    """Read a folder.

    Raises:
        ModelError: it does not exist, holds no weights in safetensors form, or its configuration is damaged.
    """
    if not folder.is_dir():
        raise ModelError(f"The model folder {folder} does not exist.", "Check the path after hf:.")
    names = choose((path.name for path in folder.iterdir() if path.is_file()), str(folder))
    paths = [folder / name for name in names]
    try:
        config = dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{folder / 'config.json'} is damaged: {error}.", "Get the model again.") from error
    weights = tuple(path for path in paths if path.suffix == ".safetensors")
    return HfFiles(folder, weights, tuple(path for path in paths if path not in weights), config)


def resolve(spec: str, *, allow_download: bool = False) -> HfFiles:
    """Locate what ``spec`` names on this machine.

    Args:
        spec: ``hf:OWNER/NAME``, ``hf:OWNER/NAME@REVISION`` or ``hf:FOLDER``.
        allow_download: fetch what is not here from the Hugging Face Hub.

    Raises:
        UsageError: the spec has another form.
        ModelError: the files are not on this machine, were altered, or exist in pickled form only.
    """
    split_spec(spec)
    folder = local_folder(spec)
    if folder is None:
        from lucida.models import downloads

        folder = downloads.present(spec, allow_download=allow_download)[0].parent
    return in_folder(folder)


def _no_weights(names: set[str], repository: str) -> ModelError:
    pickled = sorted(name for name in names if name.endswith(_PICKLED))
    if pickled:
        return ModelError(
            f"The weights {pickled[0]} of {repository} are pickled, and reading a pickle can run code.",
            f"Choose a model with {WEIGHTS}, or convert them once, where you trust them, with save_pretrained.",
        )
    return ModelError(f"{repository} holds no weights.", f"There must be a file {WEIGHTS} in it.")
