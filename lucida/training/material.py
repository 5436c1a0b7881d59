"""Packed sets made ready for training: which pictures compete with which words, and how often they come."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.training.augment import Views

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.models.protocols import TextEncoder

#: Ways of asking for a thing, so that all of them find it.
TEMPLATES = ("{}", "a {}", "a photo of a {}", "a picture of a {}")


@dataclass(slots=True)
class Material:
    """One packed set.

    Attributes:
        name: the set's folder name.
        group: sets of one group share one bank of words, in which they compete.
        share: of each batch.
        views: how its pictures may be changed.
        pixels: uint8 (n, side, side, 3), memory-mapped.
        alpha: uint8 (n, side, side) for cut-outs, else None.
        concepts: int32 (n,), row of ``captions``.
        captions: the ways of naming each concept, the first being its name.
        general: bool (concepts, g), which general words are true of a concept; None where nobody said.
    """

    name: str
    group: str
    share: float
    views: Views
    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    concepts: NDArray[np.int32]
    captions: list[list[str]]
    general: NDArray[np.bool_] | None = None
    offset: int = 0
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @classmethod
    def open(
        cls, folder: Path, group: str, share: float, views: Views, *, without_styles: tuple[str, ...] = ()
    ) -> Material:
        """Open a packed set, leaving out the styles named, which are kept for measuring."""
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        styles = np.load(folder / "styles.npy")
        left_out = [i for i, name in enumerate(meta["styles"]) if name in without_styles]
        alpha, general = folder / "alpha.npy", folder / "general.npy"
        return cls(
            folder.name,
            group,
            share,
            views,
            np.load(folder / "pixels.npy", mmap_mode="r"),
            np.load(alpha, mmap_mode="r") if alpha.exists() else None,
            np.load(folder / "concepts.npy"),
            meta["concepts"],
            np.load(general) if general.exists() else None,
            rows=np.flatnonzero(~np.isin(styles, left_out)),
        )


class Bank:
    """The words of a group of sets, as vectors.

    Attributes:
        variants: float32 (c, v, d), unit rows: each concept in several ways of saying it.
        rivals: bool (c, c), which words compete; see ``objective.rivals_of``.
    """

    def __init__(self, sets: list[Material], encoder: TextEncoder, kin: list[str] | None = None) -> None:
        import torch

        from lucida.training.objective import rivals_of

        captions: list[list[str]] = []
        for material in sets:
            material.offset = len(captions)
            captions += material.captions
        self.variants = torch.from_numpy(_variants(captions, encoder))
        related = None
        if kin is not None:
            labels = np.unique(kin, return_inverse=True)[1]
            related = torch.from_numpy(labels[:, None] == labels[None, :])
        self.rivals = rivals_of(self.mean(), related)

    def mean(self) -> torch.Tensor:
        """Each concept's mean direction, float32 (c, d), unit rows."""
        import torch

        return torch.nn.functional.normalize(self.variants.mean(dim=1), dim=1)

    def drawn(self, generator: torch.Generator) -> torch.Tensor:
        """Each concept in a random mixture of its ways of saying, float32 (c, d), unit rows."""
        import torch

        weights = torch.rand(self.variants.shape[1], generator=generator)
        return torch.nn.functional.normalize(torch.einsum("cvd,v->cd", self.variants, weights), dim=1)


def _variants(captions: list[list[str]], encoder: TextEncoder, count: int = 6) -> NDArray[np.float32]:
    texts, owners = [], []
    for row, names in enumerate(captions):
        said = [template.format(name) for template in TEMPLATES for name in names[:3]]
        for k in range(count):
            texts.append(said[k % len(said)])
            owners.append(row)
    unique, inverse = np.unique(texts, return_inverse=True)
    vectors: Any = encoder.encode_texts(list(unique))
    return np.asarray(vectors[inverse], dtype=np.float32).reshape(len(captions), count, -1)
