"""Does a dataset help? Finds what to train on and what to measure on, encodes it, and lets nothing leak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import UsageError
from lucida.generate.gates.gate import Candidate, Thresholds
from lucida.generate.gates.likeness import Pictures
from lucida.ingest.pictures.perceptual_hash import perceptual_hash, pixel_digest
from lucida.query.evaluation.datasets import REAL, RETRIEVED, SYNTHETIC, Examples, benefit
from lucida.query.evaluation.datasets_reading import Dataset, read_dataset
from lucida.query.evaluation.encoder import encode_pictures
from lucida.query.evaluation.labelled import PictureSet

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.index import Index
    from lucida.models.protocols import SharedEncoder, Vectors
    from lucida.query.evaluation.datasets_report import BenefitReport

#: Gives real pictures for labels, the surest first, at most so many of each.
Retrieve = Callable[[Sequence[str], int], Dataset]
#: Hears (done, in all, what).
Told = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class BenefitRequest:
    """What is to be judged.

    Attributes:
        dataset: a run of ``lucida generate dataset``, one of its formats, or folders of generated pictures by class.
        real: real pictures to train on, by class; None for the dataset's own real examples.
        held_out: real pictures to measure on; None for the test split of ``real``, else that of the dataset.
        seeds: resamples of the training pictures.
        seed: of the first.
        drop_copies: leave held-out pictures out that are copies of training pictures, in place of refusing.
    """

    dataset: Path
    real: Path | None = None
    held_out: Path | None = None
    seeds: int = 5
    seed: int = 0
    drop_copies: bool = False


def judge(
    request: BenefitRequest,
    encoder: SharedEncoder,
    retrieve: Retrieve | None = None,
    told: Told = lambda _done, _total, _what: None,
) -> BenefitReport:
    """Measure whether a dataset helps.

    Args:
        request: what is to be judged.
        encoder: its vectors stay as they are; probes learn from them.
        retrieve: real pictures that a library holds, for the plain base line; None where there is no library.
        told: hears how it goes.

    Raises:
        UsageError: there is nothing generated, nothing real to measure on, no two classes, or held-out pictures are
            copies of training pictures.
        DamagedSourceError: a file does not parse.
    """
    chosen = _chosen(request)
    classes, notes = _classes(chosen)
    seen = {name: _seen(encoder, part, classes, name, told) for name, part in chosen.sets.items()}
    held = _seen(encoder, chosen.held_out, classes, "held out", told)
    if retrieve is not None:
        most = int(max(np.bincount(np.concatenate([seen[SYNTHETIC].labels, seen[REAL].labels]))))
        found = _seen(encoder, retrieve([names[0] for names in classes], most), classes, RETRIEVED, told)
        kept = ~(_copied(found, held) | _copied(found, seen[REAL]))
        seen[RETRIEVED] = _as_many(found.part(kept), seen[SYNTHETIC])
        notes.append(f"{len(seen[RETRIEVED].labels):,} real pictures were retrieved from the library.")
        if not kept.all():
            notes.append(f"{(~kept).sum():,} others were left out as copies of held-out or real pictures.")
    leaked = np.logical_or.reduce([_copied(held, part) for part in seen.values()])
    held = _without(held, leaked, request, notes)
    sets = {name: Examples(part.vectors, part.labels) for name, part in seen.items()}
    report = benefit(
        sets,
        Examples(held.vectors, held.labels),
        tuple(names[0] for names in classes),
        seeds=request.seeds,
        seed=request.seed,
        told=lambda done, total: told(done, total, "probes"),
    )
    return report.told((encoder.spec, encoder.fingerprint), tuple(notes))


def library_retrieve(index: Index, encoder: SharedEncoder, shelf: Callable[[int], Image]) -> Retrieve:
    """Retrieval as ``generate dataset`` finds its real examples: pictures that classify so, the surest first.

    Args:
        index: for reading.
        encoder: that the index belongs to.
        shelf: gives an item's pixels.
    """
    from lucida.library.retrieving import Retrieval, Topic

    def retrieve(labels: Sequence[str], most: int) -> Dataset:
        retrieval = Retrieval(index, encoder, lambda _query, _top_k: [], None, 1, Thresholds().agreement)
        found = retrieval.find([Topic(label) for label in labels], most)
        rows = [
            (number, parent.id)
            for number, entry in enumerate(found)
            for parent in entry.real
            if Path(parent.source).exists()
        ]
        numbers = np.array([number for number, _ in rows], dtype=np.int64)
        names = tuple((label,) for label in labels)
        pictures = PictureSet("library", tuple(labels), names, numbers, lambda i: shelf(rows[i][1]))
        return Dataset(pictures, ("",) * len(rows), np.zeros(len(rows), dtype=bool))

    return retrieve


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """What is trained on, by set, and what is measured on."""

    sets: dict[str, Dataset]
    held_out: Dataset


def _chosen(request: BenefitRequest) -> _Chosen:
    dataset = read_dataset(request.dataset, generated=True)
    real = None if request.real is None else _real_part(read_dataset(request.real, generated=False))
    held, real, dataset = _held_out(request, real, dataset)
    synthetic, own = dataset.part(dataset.generated), dataset.part(~dataset.generated)
    if not len(synthetic):
        raise UsageError(f"{request.dataset} has no generated pictures.", "Name a dataset that has some.")
    sets = {SYNTHETIC: synthetic, REAL: own if real is None else real}
    if real is not None and len(own):
        sets[RETRIEVED] = own
    return _Chosen(sets, held)


def _held_out(
    request: BenefitRequest, real: Dataset | None, dataset: Dataset
) -> tuple[Dataset, Dataset | None, Dataset]:
    """What to measure on, and both other sets without it."""
    if request.held_out is not None:
        given = _real_part(read_dataset(request.held_out, generated=False))
        split = given.evaluation_split
        return (given if split is None else given.part(given.in_split(split))), real, dataset
    if real is not None and real.evaluation_split is not None:
        kept = real.in_split(real.evaluation_split)
        return real.part(kept), real.part(~kept), dataset
    kept = dataset.in_split(dataset.evaluation_split)
    if not (kept & ~dataset.generated).any():
        raise UsageError(
            f"There are no real pictures to measure on: {request.dataset} has none in its test split.",
            "Give some with --held-out: a folder of pictures per class, parquet, or a dataset.",
        )
    return dataset.part(kept & ~dataset.generated), real, dataset.part(~kept)


def _real_part(dataset: Dataset) -> Dataset:
    return dataset.part(~dataset.generated)


def _classes(chosen: _Chosen) -> tuple[list[tuple[str, ...]], list[str]]:
    """Classes of the generated pictures that the held-out ones show too, and what to say of the others."""
    synthetic, held = chosen.sets[SYNTHETIC], chosen.held_out
    known = [synthetic.pictures.names[number] for number in np.unique(synthetic.pictures.labels)]
    shown = held.numbered(known)
    classes = [names for number, names in enumerate(known) if (shown == number).any()]
    if len(classes) < 2:
        had = ", ".join(names[0] for names in known[:6])
        raise UsageError(
            f"The held-out pictures show {len(classes)} of the generated classes ({had}): nothing can be told apart.",
            "Name their classes as the dataset does, or write synonyms into a classes.tsv beside them.",
        )
    notes = []
    if len(classes) < len(known):
        absent = ", ".join(names[0] for names in known if names not in classes)
        notes.append(f"Not measured, for no held-out picture shows them: {absent}.")
    if (unknown := int((held.numbered(classes) < 0).sum())) > 0:
        notes.append(f"{unknown:,} held-out pictures show other classes and were left out.")
    return classes, notes


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Pictures after the encoder: vectors, classes, and what tells copies."""

    vectors: Vectors
    labels: NDArray[np.int64]
    digests: list[bytes]
    looks: list[int | None]

    def part(self, kept: NDArray[np.bool_]) -> _Seen:
        rows = np.flatnonzero(kept).tolist()
        return _Seen(
            self.vectors[rows],
            self.labels[rows],
            [self.digests[row] for row in rows],
            [self.looks[row] for row in rows],
        )


def _seen(encoder: SharedEncoder, dataset: Dataset, classes: Sequence[tuple[str, ...]], what: str, told: Told) -> _Seen:
    """Encode the pictures of the classes, and look at each while it is open."""
    numbers = dataset.numbered(classes)
    kept = numbers >= 0
    pictures = dataset.part(kept).pictures
    digests: list[bytes] = [b""] * len(pictures)
    looks: list[int | None] = [None] * len(pictures)
    seen = _Seen(np.zeros((0, encoder.dimension), np.float32), numbers[kept], digests, looks)

    def read(number: int) -> Image:
        image = pictures.read(number)
        seen.digests[number], seen.looks[number] = pixel_digest(image), perceptual_hash(image)
        return image

    watched = replace(pictures, read=read)
    vectors = encode_pictures(encoder, watched, lambda done, total, _rate: told(done, total, what))
    return replace(seen, vectors=vectors)


def _copied(pictures: _Seen, others: _Seen) -> NDArray[np.bool_]:
    """Which pictures are copies of one of the others: the same pixels, or as the gate against leaks judges them."""
    from PIL import Image as Pillow

    bounds, nothing = Thresholds(), Pillow.new("RGB", (1, 1))
    rows = [row for row, look in enumerate(others.looks) if look is not None]
    known = Pictures([str(row) for row in rows], [others.looks[row] or 0 for row in rows], others.vectors[rows])
    exact = set(others.digests)
    found = [
        digest in exact
        or known.closest(Candidate(nothing, "", look, vector), bounds.leak_bits, bounds.leak_cosine) is not None
        for digest, look, vector in zip(pictures.digests, pictures.looks, pictures.vectors, strict=True)
    ]
    return np.array(found, dtype=bool)


def _without(held: _Seen, leaked: NDArray[np.bool_], request: BenefitRequest, notes: list[str]) -> _Seen:
    """The held-out pictures, none of which may be a copy of a training picture."""
    if not leaked.any():
        return held
    told = f"{int(leaked.sum()):,} of {len(leaked):,} held-out pictures are copies of training pictures"
    if not request.drop_copies:
        raise UsageError(
            f"{told}: a probe would be measured on what it learned.",
            "Leave them out with --drop-copies, or give other pictures with --held-out.",
        )
    if len(np.unique(held.labels[~leaked])) < 2:
        raise UsageError(f"{told}, and fewer than two classes are left.", "Give other pictures with --held-out.")
    notes.append(f"{told} and were left out.")
    return held.part(~leaked)


def _as_many(found: _Seen, wanted: _Seen) -> _Seen:
    """Of each class as many as the other set has, the first ones."""
    kept = np.zeros(len(found.labels), dtype=bool)
    for label, count in zip(*np.unique(wanted.labels, return_counts=True), strict=True):
        kept[np.flatnonzero(found.labels == label)[:count]] = True
    return found.part(kept)
