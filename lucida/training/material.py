"""Packed sets made ready for training: which pictures compete with which words, and how often they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.models.prompts import KIND_PROMPTS, TEMPLATES, fill
from lucida.training.augment import Views

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from lucida.models.protocols import TextEncoder
    from lucida.training.data.packed import PackedSet

#: Ways of saying a concept that are kept apart; each step takes a random mixture of them.
_VARIANTS = 6
#: Names of a concept that are used; what follows them says less.
_NAMES = 3
#: In a bank of more concepts, such as captions of single pictures, those of a batch compete among themselves.
_LARGE = 5000
#: A general word is true of at least so many concepts ...
_FEWEST = 3
#: ... and of at most this share of them, or it tells nothing apart.
_MOST = 0.6


@dataclass(slots=True)
class Material:
    """One packed set in a run.

    Attributes:
        packed: pictures and what they show.
        group: sets of one group share one bank of words, in which they compete.
        share: of each batch, beside the others' shares.
        views: how far its pictures may be changed.
        rows: int64, the pictures to train on.
        offset: of the set's concepts in its bank; the bank sets it.
        general: bool (concepts, g), which general words are true of a concept; None before ``share_general_words``.
        exclusive: whether what one of its concepts names is never what another names. However near the words of two
            classes are ("spiny lobster", "lobster"), they then compete.
        kind: what its pictures are, a key of ``lucida.models.prompts.KIND_PROMPTS``; empty where they are mixed.
    """

    packed: PackedSet
    group: str
    share: float
    views: Views
    rows: NDArray[np.int64]
    offset: int = 0
    general: NDArray[np.bool_] | None = None
    kind: str = ""
    exclusive: bool = False

    @classmethod
    def of(
        cls,
        packed: PackedSet,
        group: str,
        share: float,
        views: Views,
        *,
        without_families: Sequence[str] = (),
        kind: str = "",
        exclusive: bool = False,
    ) -> Material:
        """Take a packed set into a run, without the styles of some families, which are kept for measuring."""
        families = packed.card.families or packed.card.styles
        left_out = [number for number, family in enumerate(families) if family in without_families]
        return cls(
            packed,
            group,
            share,
            views,
            np.flatnonzero(~np.isin(packed.styles, left_out)),
            kind=kind,
            exclusive=exclusive,
        )

    @property
    def name(self) -> str:
        """The set's folder name."""
        return self.packed.folder.name

    def drawn(self, count: int, generator: torch.Generator) -> NDArray[np.int64]:
        """Random rows, ascending, which is how a memory-mapped file likes them."""
        import torch

        return np.sort(self.rows[torch.randint(len(self.rows), (count,), generator=generator).numpy()])


class Bank:
    """The words of a group of sets, as vectors.

    Attributes:
        variants: float32 (c, v, d), unit rows: each concept in several ways of saying it.
    """

    def __init__(self, sets: Sequence[Material], encoder: TextEncoder) -> None:
        import torch

        from lucida.training.objective import rivals_of

        names: list[tuple[str, ...]] = []
        for material in sets:
            material.offset = len(names)
            names += _names(material)
        self.variants = torch.from_numpy(_variants(names, encoder))
        if len(names) > _LARGE:
            self._rivals = None
            return
        related = torch.from_numpy(_namesakes(names))
        self._rivals = rivals_of(self.mean(), related)
        for material in sets:
            if material.exclusive:
                own = slice(material.offset, material.offset + len(material.packed.card.concepts))
                self._rivals[own, own] |= ~related[own, own]

    def among(
        self, targets: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What a batch is held against: all words, or in a large bank those of the batch itself.

        Args:
            targets: int64 (n,), each picture's words.
            generator: draws the mixture of ways of saying.

        Returns:
            The words, float32 (c', d); each picture's row among them, int64 (n,); which of them compete, bool (c', c');
            those that share a name do not.
        """
        import torch

        from lucida.training.objective import rivals_of

        drawn = self.drawn(generator)
        if self._rivals is not None:
            return drawn, targets, self._rivals
        used, rows = torch.unique(targets, return_inverse=True)
        return drawn[used], rows, rivals_of(self.mean()[used])

    def mean(self) -> torch.Tensor:
        """Each concept's mean direction, float32 (c, d), unit rows."""
        import torch

        return torch.nn.functional.normalize(self.variants.mean(dim=1), dim=1)

    def drawn(self, generator: torch.Generator) -> torch.Tensor:
        """Each concept in a random mixture of its ways of saying, float32 (c, d), unit rows."""
        import torch

        weights = torch.rand(self.variants.shape[1], generator=generator)
        return torch.nn.functional.normalize(torch.einsum("cvd,v->cd", self.variants, weights), dim=1)


def share_general_words(sets: Sequence[Material], encoder: TextEncoder) -> torch.Tensor | None:
    """Find the words that are true of many concepts, and note with each set which of its concepts they are true of.

    Returns:
        float32 (g, d), unit rows, one per general word; None when the sets name none.
    """
    import torch

    counts = Counter(topic for material in sets for topics in material.packed.card.topics for topic in set(topics))
    total = sum(len(material.packed.card.topics) for material in sets)
    words = sorted(word for word, count in counts.items() if _FEWEST <= count <= _MOST * total)
    if not words:
        return None
    for material in sets:
        topics = material.packed.card.topics
        material.general = np.array([[word in own for word in words] for own in map(set, topics)]) if topics else None
    said = _variants([(word,) for word in words], encoder).mean(axis=1)
    return torch.nn.functional.normalize(torch.from_numpy(said), dim=1)


def kind_words(encoder: TextEncoder) -> dict[str, torch.Tensor]:
    """Each kind's mean direction, float32 (d,), unit length: what pages and pictures are told apart by."""
    import torch

    means = {kind: encoder.encode_texts(list(said)).mean(axis=0) for kind, said in KIND_PROMPTS.items()}
    return {kind: torch.nn.functional.normalize(torch.from_numpy(mean), dim=0) for kind, mean in means.items()}


def _names(material: Material) -> list[tuple[str, ...]]:
    card = material.packed.card
    known = card.names or tuple(len(captions) for captions in card.concepts)
    return [captions[: max(count, 1)][:_NAMES] for captions, count in zip(card.concepts, known, strict=True)]


def _variants(names: Sequence[tuple[str, ...]], encoder: TextEncoder) -> NDArray[np.float32]:
    """Vectors of several ways of saying each concept, (c, v, d)."""
    said = [[fill(template, name) for template in TEMPLATES for name in own] for own in names]
    texts = [options[number % len(options)] for options in said for number in range(_VARIANTS)]
    unique, inverse = np.unique(np.array(texts), return_inverse=True)
    vectors = encoder.encode_texts([str(text) for text in unique])
    return np.ascontiguousarray(vectors[inverse].reshape(len(names), _VARIANTS, -1))


def _namesakes(names: Sequence[tuple[str, ...]]) -> NDArray[np.bool_]:
    """Pairs of concepts that share a name, bool (c, c)."""
    holders: dict[str, list[int]] = {}
    for row, own in enumerate(names):
        for name in own:
            holders.setdefault(name.casefold(), []).append(row)
    same = np.zeros((len(names), len(names)), dtype=np.bool_)
    for rows in holders.values():
        if len(rows) > 1:
            same[np.ix_(rows, rows)] = True
    return same
