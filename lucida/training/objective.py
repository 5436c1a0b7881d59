"""What the tower is trained for: a picture's vector lies at its words and away from others'.

Sources: locked-text contrastive training, Zhai et al., "LiT: Zero-Shot Transfer with Locked-image text Tuning" (2022);
classification into text prototypes, Yang et al., "Unified Contrastive Learning in Image-Text-Label Space" (2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

#: Words as near to a picture's own as this are no rivals of them: a "sofa" is not wrong for a "studio couch".
RIVAL_COSINE = 0.7


def prototype_loss(
    vectors: torch.Tensor,
    bank: torch.Tensor,
    targets: torch.Tensor,
    rivals: torch.Tensor,
    scale: torch.Tensor,
) -> torch.Tensor:
    """Cross-entropy of each picture over the bank's words.

    Args:
        vectors: float (n, d), unit rows: the pictures.
        bank: float (c, d), unit rows: the words.
        targets: int64 (n,), index of each picture's words.
        rivals: bool (c, c), whether column's words compete with row's.
        scale: inverse temperature.
    """
    import torch

    allowed = rivals[targets]
    logits = (scale * vectors @ bank.T).masked_fill(~allowed, float("-inf"))
    log_shares = torch.log_softmax(logits, dim=1)
    # No label smoothing: it would draw pictures towards being equally far from all other words, and words are not.
    return -log_shares.gather(1, targets[:, None]).mean()


def retrieval_loss(
    vectors: torch.Tensor, words: torch.Tensor, belongs: torch.Tensor, scale: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of each word over the batch's pictures: what a search by that word should bring first.

    Args:
        vectors: float (n, d), unit rows: the pictures.
        words: float (g, d), unit rows, general words such as "a bird".
        belongs: bool (n, g), whether the word is true of the picture.
        scale: inverse temperature.

    Returns:
        Mean over the words that are true of some pictures of the batch and false of others; 0 without any.
    """
    import torch

    counts = belongs.sum(dim=0)
    usable = (counts > 0) & (counts < len(vectors))
    if not bool(usable.any()):
        return vectors.sum() * 0.0
    log_shares = torch.log_softmax(scale * vectors @ words[usable].T, dim=0)
    truth = belongs[:, usable].float()
    shares: torch.Tensor = (log_shares * truth).sum(dim=0) / truth.sum(dim=0)
    return -shares.mean()


def rivals_of(bank: torch.Tensor, related: torch.Tensor | None = None) -> torch.Tensor:
    """Which words compete: bool (c, c), true on the diagonal.

    Args:
        bank: float (c, d), unit rows.
        related: bool (c, c), pairs known to name one thing or a kind of it.
    """
    import torch

    compete: torch.Tensor = (bank @ bank.T) < RIVAL_COSINE
    if related is not None:
        compete &= ~related
    return compete | torch.eye(len(bank), dtype=torch.bool)
