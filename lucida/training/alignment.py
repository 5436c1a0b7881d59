"""Does what is said of the pictures fit them? Alignment debt is data debt: it is found before training, not after.

Judged under the encoder at hand, in rank and not in raw cosine: where many other captions fit a picture better than its
own does, the pair is suspect. The idea: Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset
Labels" (2021).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: A pair is suspect when so large a share of the other captions fits its picture better.
SUSPECT_RANK = 0.5
#: Data are refused when the captions of a larger share of the pairs seem to be no better than chance ...
MOST_UNFIT = 0.25
#: ... or when the mean rank of own captions is not so many standard errors better than chance, which is 0.5.
_ERRORS_FROM_CHANCE = 3.0
#: Shares of pictures that are broken, or stand there twice under different captions, which are still borne.
MOST_BROKEN, MOST_CONFLICTING = 0.05, 0.02
#: The commonest class may have so many times the pictures of the rarest.
MOST_IMBALANCE = 50.0
#: A block of the comparison of all with all has so many rows.
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Suspect:
    """A pair whose caption does not fit: ``rank`` is the share of other captions that fit the picture better."""

    name: str
    caption: str
    rank: float
    better: str


@dataclass(slots=True)
class Debt:
    """What is wrong with a set of pairs.

    Attributes:
        pairs: how many were looked at.
        broken: (name, reason) of pictures that cannot be read and pairs without a caption.
        duplicates: groups of names with the same pixels and the same caption.
        conflicts: groups of names with the same pixels under different captions.
        suspects: pairs whose caption does not fit, the worst first.
        mean_rank: mean share of other captions that fit better than the own; 0.5 is chance.
        unfit: estimated share of pairs whose caption is no better than chance. Their ranks are uniform, so those in the
            worse half are half of them: Storey, "A direct approach to false discovery rates" (2002).
        shift: by how many rows the captions seem to have slipped; 0 for none.
        classes: pictures per caption where captions repeat, else empty.
        reasons: why the data are refused; empty when they are fit.
        remarks: what is worth knowing and no reason to refuse.
    """

    pairs: int
    broken: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[list[str]] = field(default_factory=list)
    conflicts: list[list[str]] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    mean_rank: float = 0.0
    unfit: float = 0.0
    shift: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def assess(
    names: Sequence[str],
    captions: Sequence[str],
    hashes: Sequence[str],
    picture_vectors: NDArray[np.float32],
    caption_vectors: NDArray[np.float32],
    broken: Sequence[tuple[str, str]] = (),
) -> Debt:
    """Judge pairs.

    Args:
        names, captions, hashes: of each readable pair: where it stands, what is said, digest of the pixels.
        picture_vectors, caption_vectors: float32 (n, d), unit rows, parallel to them.
        broken: (name, reason) of what could not be read.
    """
    debt = Debt(len(names) + len(broken), list(broken))
    debt.duplicates, debt.conflicts = _same_pixels(names, captions, hashes)
    debt.classes = _classes(captions)
    if len(set(captions)) > 1:
        ranks, better = own_ranks(captions, picture_vectors, caption_vectors)
        order = np.argsort(-ranks, kind="stable")
        debt.suspects = [
            Suspect(names[i], captions[i], round(float(ranks[i]), 4), captions[better[i]])
            for i in order
            if ranks[i] >= SUSPECT_RANK
        ]
        debt.mean_rank = float(ranks.mean())
        debt.unfit = min(float((ranks >= SUSPECT_RANK).mean()) / (1 - SUSPECT_RANK), 1.0)
        debt.shift = slipped(captions, picture_vectors, caption_vectors)
        _judge_fit(debt, ranks)
    _judge_rest(debt)
    return debt


def own_ranks(
    captions: Sequence[str], pictures: NDArray[np.float32], said: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each picture the share of other captions that fit it better than its own, and the row of the best of them.

    A caption's mean over all pictures is taken off first: some captions are near to everything.
    """
    texts, inverse = np.unique(np.asarray(captions, dtype=object).astype(str), return_inverse=True)
    first = np.array([np.flatnonzero(inverse == row)[0] for row in range(len(texts))])
    distinct = said[first]
    centre = pictures.mean(axis=0) @ distinct.T
    ranks, better = np.empty(len(pictures)), np.empty(len(pictures), dtype=np.int64)
    for start in range(0, len(pictures), _BLOCK):
        scores = pictures[start : start + _BLOCK] @ distinct.T - centre
        rows = np.arange(len(scores))
        own = scores[rows, inverse[start : start + _BLOCK]].copy()
        scores[rows, inverse[start : start + _BLOCK]] = -np.inf
        ranks[start : start + _BLOCK] = (scores > own[:, None]).sum(axis=1) / max(len(texts) - 1, 1)
        better[start : start + _BLOCK] = first[scores.argmax(axis=1)]
    return ranks, better


def slipped(captions: Sequence[str], pictures: NDArray[np.float32], said: NDArray[np.float32]) -> int:
    """By how many rows captions fit better than where they stand; 0 unless clearly so.

    A row too many at the head of a caption file moves every caption by one, and nothing else shows it.
    """
    count = len(captions)
    if count < 20:
        return 0
    centred = said - said.mean(axis=0)

    def fit(shift: int) -> NDArray[np.float32]:
        rows = np.arange(max(0, -shift), min(count, count - shift))
        return np.asarray((pictures[rows] * centred[rows + shift]).sum(axis=1), dtype=np.float32)

    here = fit(0)
    best = max((-2, -1, 1, 2), key=lambda shift: float(fit(shift).mean()))
    there = fit(best)
    error = float(np.hypot(here.std(), there.std())) / np.sqrt(count)
    return best if there.mean() - here.mean() > 4 * error else 0


def _same_pixels(
    names: Sequence[str], captions: Sequence[str], hashes: Sequence[str]
) -> tuple[list[list[str]], list[list[str]]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for row, digest in enumerate(hashes):
        groups[digest].append(row)
    repeated = [rows for rows in groups.values() if len(rows) > 1]
    same = [[names[i] for i in rows] for rows in repeated if len({captions[i] for i in rows}) == 1]
    differing = [[names[i] for i in rows] for rows in repeated if len({captions[i] for i in rows}) > 1]
    return same, differing


def _classes(captions: Sequence[str]) -> dict[str, int]:
    counts = Counter(captions)
    return dict(counts.most_common()) if len(counts) <= len(captions) / 2 else {}


def _judge_fit(debt: Debt, ranks: NDArray[np.float64]) -> None:
    error = float(ranks.std()) / np.sqrt(len(ranks)) or 1e-9
    if debt.shift:
        debt.reasons.append(
            f"The captions fit the pictures better when moved by {debt.shift:+d} rows: the list seems to have slipped."
        )
    elif (0.5 - debt.mean_rank) / error < _ERRORS_FROM_CHANCE:
        debt.reasons.append(
            "The captions fit the pictures no better than shuffled ones would, under the encoder at hand "
            f"({debt.mean_rank:.0%} of other captions fit better than the own; chance is 50%)."
        )
    elif debt.unfit > MOST_UNFIT:
        debt.reasons.append(
            f"The captions of about {debt.unfit:.0%} of the pairs fit no better than chance "
            f"(bearable: {MOST_UNFIT:.0%})."
        )
    if debt.suspects and not debt.reasons:
        debt.remarks.append(f"{len(debt.suspects)} captions do not fit their picture; look at them.")


def _judge_rest(debt: Debt) -> None:
    conflicting = sum(map(len, debt.conflicts))
    if not debt.pairs - len(debt.broken):
        debt.reasons.append("Not one pair can be read.")
    elif len(debt.broken) > MOST_BROKEN * debt.pairs:
        debt.reasons.append(f"{len(debt.broken)} of {debt.pairs} pairs cannot be read.")
    elif debt.broken:
        debt.remarks.append(f"{len(debt.broken)} pairs cannot be read and are left out.")
    if conflicting > MOST_CONFLICTING * debt.pairs:
        debt.reasons.append(f"{conflicting} pictures stand there more than once under different captions.")
    elif conflicting:
        debt.remarks.append(f"{conflicting} pictures stand there more than once under different captions.")
    if debt.duplicates:
        debt.remarks.append(f"{sum(map(len, debt.duplicates))} pictures are copies of one another.")
    if debt.classes:
        most, least = max(debt.classes.values()), min(debt.classes.values())
        if most > MOST_IMBALANCE * least:
            rarest = min(debt.classes, key=lambda name: debt.classes[name])
            debt.reasons.append(
                f"The classes are out of balance: {most} pictures of {next(iter(debt.classes))!r}, "
                f"{least} of {rarest!r}."
            )
