"""What the reader is trained to do: point at the first and the last token, and know when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from lucida.training.reader.examples import Batch


def span_losses(
    logits: torch.Tensor, answerable: torch.Tensor, batch: Batch, answerable_weight: float
) -> dict[str, torch.Tensor]:
    """Cross-entropy of first and last token, with [CLS] for "none" (Devlin et al., 2019), and of answerability.

    The second head sees what the first cannot say: that something looks like an answer and is none (Zhang et al.,
    "Retrospective reader", AAAI 2021).

    Args:
        logits: float32, shape (n, t, 2).
        answerable: float32, shape (n,).
        batch: its targets.
        answerable_weight: of the second.
    """
    import torch

    functional, device = torch.nn.functional, logits.device
    masked = _masked(logits, batch)
    first, last = (torch.from_numpy(places).to(device) for places in (batch.first, batch.last))
    span = functional.cross_entropy(masked[:, :, 0], first) + functional.cross_entropy(masked[:, :, 1], last)
    present = functional.binary_cross_entropy_with_logits(answerable, (first > 0).float())
    return {"span": 0.5 * span, "answerable": answerable_weight * present}


def consistency_loss(one: torch.Tensor, two: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Symmetric divergence of two passes under different dropout (Liang et al., "R-Drop", NeurIPS 2021).

    Args:
        one, two: logits of the same batch, float32, shape (n, t, 2).
        batch: tells which tokens may be pointed at.
    """
    import torch

    logs = [torch.log_softmax(_masked(logits, batch), dim=1) for logits in (one, two)]
    gap = (logs[0].exp() - logs[1].exp()) * (logs[0] - logs[1])
    readable = torch.from_numpy(batch.readable).to(one.device)[:, :, None]
    return 0.25 * gap.masked_fill(~readable, 0.0).sum(dim=1).mean()


def _masked(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    import torch

    return logits.masked_fill(~torch.from_numpy(batch.readable).to(logits.device)[:, :, None], -1e4)
