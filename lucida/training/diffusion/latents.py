"""Pictures' latents and vectors on disk: made once, memory-mapped by every step of the denoiser's training.

A folder of ``latents.npy`` float16 (n, c, h, w), ``vectors.npy`` float16 (n, d), ``texts.npy`` float16 (m, d) and
``card.json``. Making it goes on where it was left off.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.models.protocols import SharedEncoder
    from lucida.training.diffusion.sources import Source

_CARD = "card.json"
_BATCH, _TEXTS = 128, 1024
#: Pictures between two notes of how far it is.
_NOTED = 1024


@dataclass(frozen=True)
class Latents:
    """What the denoiser learns from.

    Attributes:
        latents: float16 (n, c, h, w), as the autoencoder gives them.
        vectors: float16 (n, d), unit rows: the pictures in the shared space.
        texts: float16 (m, d), unit rows: what is said, in the shared space.
        first, count: int64 (n,): which of the texts are said of a picture.
        weights: float64 (n,), adding up to 1: how often each picture is to be shown.
        mean, std: float32 (c,): of each channel of the latents.
        seconds: that making it took.
    """

    latents: NDArray[np.float16]
    vectors: NDArray[np.float16]
    texts: NDArray[np.float16]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    weights: NDArray[np.float64]
    mean: NDArray[np.float32]
    std: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class _Chosen:
    """Rows of a source whose latents are kept, ascending, and which of them are mirrored."""

    source: Source
    rows: NDArray[np.int64]
    mirrored: NDArray[np.bool_]


def keep_latents(
    folder: Path,
    sources: Sequence[Source],
    vae: Any,
    encoder: SharedEncoder,
    *,
    side: int,
    most: int,
    seed: int,
    stamp: Mapping[str, Any],
    device: str = "cpu",
    bfloat16: bool = False,
    there: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Latents:
    """Make the folder, or what is left of it, and map it.

    Args:
        folder: where it lies.
        sources: pictures, and how often each set is to be shown.
        vae: the autoencoder, on ``device``.
        encoder: of the shared space.
        side: of the pictures, in pixels.
        most: pictures in all, about.
        seed: of what is chosen and mirrored.
        stamp: what tells this autoencoder from others; a folder of another one is made anew.
        device: where the autoencoder computes.
        bfloat16: whether its products are computed in it.
        there: whether it is another run's, where nothing is to be made.
        progress: hears of pictures done and in all.

    Raises:
        UsageError: it is another run's, and holds other latents than these or not all of them.
    """
    chosen = _choose(sources, most, seed)
    total = sum(len(one.rows) for one in chosen)
    said, places = _said(chosen)
    plan = {
        **stamp, "encoder": encoder.fingerprint, "seed": seed, "side": side,
        "said": hashlib.sha256("\n".join(said).encode()).hexdigest(),
        "sets": [[one.source.name, one.source.packed.card.recipe, len(one.rows)] for one in chosen],
    }  # fmt: skip
    card = _read(folder / _CARD, json.loads(json.dumps(plan)))
    if there and (not card["texts"] or card["done"] < total):
        raise UsageError(
            f"{folder} does not hold the latents that this run needs.",
            "Give the same sets, --pictures, --size and --seed as that run, and let its latents be finished.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter() - card["seconds"]
    if not card["texts"]:
        _write_texts(folder / "texts.npy", said, encoder)
        card = _note(folder, card | {"texts": len(said), "seconds": time.perf_counter() - began})
    while card["done"] < total:
        stop = min(card["done"] + _NOTED, total)
        _fill(folder, chosen, card["done"], stop, total, vae, encoder, side, device, bfloat16)
        card = _note(folder, card | {"done": stop, "seconds": time.perf_counter() - began})
        progress(stop, total)
    return _opened(folder, chosen, places, card["seconds"])


def _choose(sources: Sequence[Source], most: int, seed: int) -> list[_Chosen]:
    """Of each set as many pictures as its share of all says, if it has so many."""
    shares = np.array([source.ingredient.share for source in sources])
    made = []
    for number, (source, share) in enumerate(zip(sources, shares / shares.sum(), strict=True)):
        rng = np.random.default_rng((seed, number))
        many = min(max(1, round(most * share)), len(source.rows))
        rows = np.sort(rng.choice(source.rows, many, replace=False))
        flips = rng.random(many) < 0.5 if source.ingredient.views.flip else np.zeros(many, dtype=bool)
        made.append(_Chosen(source, rows, flips))
    return made


def _said(chosen: Sequence[_Chosen]) -> tuple[list[str], list[dict[int, tuple[int, int]]]]:
    """All that is said, and for each set which of it is said of a concept: the first's place, and how many."""
    said: list[str] = []
    places: list[dict[int, tuple[int, int]]] = []
    for one in chosen:
        own: dict[int, tuple[int, int]] = {}
        for concept in np.unique(one.source.packed.concepts[one.rows]).tolist():
            texts = one.source.says(concept)
            own[concept] = (len(said), len(texts))
            said += texts
        places.append(own)
    return said, places


def _write_texts(path: Path, said: Sequence[str], encoder: SharedEncoder) -> None:
    parts = [encoder.encode_texts(said[start : start + _TEXTS]) for start in range(0, len(said), _TEXTS)]
    half = path.with_suffix(".half.npy")
    np.save(half, np.concatenate(parts).astype(np.float16))
    half.replace(path)


def _fill(
    folder: Path, chosen: Sequence[_Chosen], start: int, stop: int, total: int, vae: Any, encoder: SharedEncoder,
    side: int, device: str, bfloat16: bool,
) -> None:  # fmt: skip
    """Latents and vectors of the pictures from ``start`` to ``stop``."""
    offset = 0
    for one in chosen:
        low, high = max(start - offset, 0), min(stop - offset, len(one.rows))
        for begin in range(low, high, _BATCH):
            part = slice(begin, min(begin + _BATCH, high))
            shown = one.source.whole(one.rows[part], side, one.mirrored[part])
            latents = encoded(vae, shown, device, bfloat16=bfloat16)
            for name, found in (("latents", latents), ("vectors", _vectors(encoder, shown))):
                kept = _array(folder / f"{name}.npy", (total, *found.shape[1:]))
                kept[offset + part.start : offset + part.stop] = found
                kept.flush()
        offset += len(one.rows)


def encoded(vae: Any, shown: torch.Tensor, device: str, *, bfloat16: bool = False) -> NDArray[np.float32]:
    """Latents of pictures in 0..1, float32 (n, c, h, w), as the autoencoder gives them."""
    import torch

    with torch.inference_mode(), torch.autocast(device, dtype=torch.bfloat16, enabled=bfloat16):
        latents = vae.encode(shown.to(device) * 2 - 1).latent_dist.mode()
    found: NDArray[np.float32] = latents.float().cpu().numpy()
    return found


def _vectors(encoder: SharedEncoder, shown: torch.Tensor) -> NDArray[np.float32]:
    from PIL import Image

    pixels = (shown * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return encoder.encode_images([Image.fromarray(row) for row in pixels])


def _array(path: Path, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[np.float16]]:
    """The file's array, to be written to; made if it is not there or of another shape."""
    if path.is_file():
        there: Any = np.load(path, mmap_mode="r+", allow_pickle=False)
        if there.shape == shape:
            return there  # type: ignore[no-any-return]
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)


def _opened(
    folder: Path, chosen: Sequence[_Chosen], places: Sequence[dict[int, tuple[int, int]]], seconds: float
) -> Latents:
    latents, vectors = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("latents", "vectors"))
    texts = np.load(folder / "texts.npy", mmap_mode="r")
    first, count, weights = [], [], []
    share = sum(one.source.ingredient.share for one in chosen)
    for one, own in zip(chosen, places, strict=True):
        found = np.array([own[concept] for concept in one.source.packed.concepts[one.rows].tolist()], dtype=np.int64)
        first.append(found[:, 0])
        count.append(found[:, 1])
        weights.append(np.full(len(one.rows), one.source.ingredient.share / share / len(one.rows)))
    sample = np.asarray(latents[:: max(1, len(latents) // 8192)], dtype=np.float32)
    mean, std = sample.mean(axis=(0, 2, 3)), np.maximum(sample.std(axis=(0, 2, 3)), 1e-4)
    return Latents(
        latents,
        vectors,
        texts,
        np.concatenate(first),
        np.concatenate(count),
        np.concatenate(weights),
        mean,
        std,
        seconds,
    )


def _read(path: Path, plan: Mapping[str, Any]) -> dict[str, Any]:
    """The card of a folder of this plan; a fresh one where there is none."""
    fresh = {"plan": plan, "texts": 0, "done": 0, "seconds": 0.0}
    try:
        card = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return fresh
    return card if card.get("plan") == plan else fresh


def _note(folder: Path, card: dict[str, Any]) -> dict[str, Any]:
    half = folder / (_CARD + ".half")
    half.write_text(json.dumps(card), encoding="utf-8")
    half.replace(folder / _CARD)
    return card
