"""Null queries: the background that a score must stand out from.

What a query that matches nothing scores depends on the encoder and on the kind of item. In models such as CLIP, texts
and pictures even lie in two cones, so that any passage is nearer to any query than every picture (Liang et al., "Mind
the gap", NeurIPS 2022). Against a fixed list of short queries over wide subjects, the mean and the spread of that
background are measured once per encoder and kind; a score is then told in spreads above the mean, which takes the gap
away as subtracting the means of both kinds does (Li et al., "Closing the modality gap for mixed modality search",
2025), and makes one cutoff possible.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lucida.models.protocols import TextEncoder, Vectors

_FILE = Path(__file__).with_name("null_queries.txt")


@cache
def null_queries() -> tuple[str, ...]:
    """The fixed list, in order."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


@cache
def null_version() -> str:
    """Changes with any line: the first 12 hex digits of the SHA-256 over the queries."""
    return hashlib.sha256("\n".join(null_queries()).encode()).hexdigest()[:12]


def null_vectors(encoder: TextEncoder, folder: Path | None = None) -> Vectors:
    """The null queries as this encoder sees them, float32 (queries, dimension).

    Args:
        encoder: of the queries.
        folder: where they are kept once made; None makes them anew.
    """
    if folder is None:
        return encoder.encode_texts(null_queries())
    path = folder / f"{encoder.fingerprint}-{null_version()}.npy"
    with contextlib.suppress(OSError, ValueError):
        kept: Vectors = np.load(path, allow_pickle=False)
        if kept.shape == (len(null_queries()), encoder.dimension):
            return kept
    vectors = encoder.encode_texts(null_queries())
    # Where nothing can be kept, they are made anew next time.
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)
        part.replace(path)
    return vectors


def background(queries: Vectors, items: Vectors) -> tuple[float, float]:
    """Mean and standard deviation of the cosines between null queries and items.

    Args:
        queries: unit rows, float32 (q, dimension).
        items: unit rows, float32 (n, dimension), n at least 1.
    """
    cosines = queries @ items.T
    return float(cosines.mean()), float(cosines.std())
