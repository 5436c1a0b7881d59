"""The gates of a run, put together from what the library has: its encoder, its pictures, an evaluation split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import LucidaError, UsageError
from lucida.generate.gates.agreement import Agreement
from lucida.generate.gates.blankness import Blankness
from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.gate import Gate, Thresholds
from lucida.generate.gates.leak import Leak
from lucida.generate.gates.likeness import Pictures
from lucida.generate.gates.memorised import Memorised
from lucida.generate.gates.panel import Panel
from lucida.generate.gates.sharpness import Sharpness
from lucida.ingest.pictures.perceptual_hash import perceptual_hash
from lucida.query.classify import probabilities
from lucida.types.paths import printable

if TYPE_CHECKING:
    from lucida.index import Index
    from lucida.models.protocols import SharedEncoder, Vectors

#: Longer side at which evaluation pictures are hashed; more changes no bit that matters.
_HASHED_PX = 512


def panel(
    index: Index,
    encoder: SharedEncoder | None,
    labels: Sequence[str],
    bounds: Thresholds,
    evaluation: Sequence[Path],
) -> Panel:
    """All gates, in order.

    Args:
        index: of the library whose pictures samples must not copy.
        encoder: of texts and pictures; None leaves agreement unasked, and copies to their hashes.
        labels: of all classes, as ``parse_labels`` takes them.
        bounds: of the gates.
        evaluation: files and folders of a split that samples must not show.

    Raises:
        UsageError: labels make no sense, or the split has no pictures.
    """
    gates: list[Gate] = [Sharpness(bounds.sharpness), Blankness(bounds.blankness)]
    if encoder is not None:
        gates.append(_agreement(encoder, labels, bounds))
    gates.append(Memorised(library_pictures(index), bounds.memorised_bits, bounds.memorised_cosine))
    if evaluation:
        gates.append(Leak(evaluation_pictures(evaluation, encoder), bounds.leak_bits, bounds.leak_cosine))
    return Panel(gates, Duplicates(Pictures(), bounds.duplicate_bits, bounds.duplicate_cosine), encoder)


def _agreement(encoder: SharedEncoder, labels: Sequence[str], bounds: Thresholds) -> Agreement:
    from lucida.library.labelling import Labeller

    space = Labeller(encoder, labels).space
    return Agreement(space.names, lambda rows: probabilities(rows, space), bounds.agreement, bounds.rival)


def library_pictures(index: Index) -> Pictures:
    """All pictures of a library, by their hashes; a vector is looked up when a hash is near."""
    ids, hashes = index.picture_hashes()

    def vector_of(place: int) -> Vectors | None:
        _, rows = index.vectors([int(ids[place])], "picture")
        return rows[0] if len(rows) else None

    return Pictures([f"item {item}" for item in ids.tolist()], hashes, vector_of=vector_of)


def evaluation_pictures(paths: Sequence[Path], encoder: SharedEncoder | None) -> Pictures:
    """The pictures at and below some paths; what cannot be read is left out.

    Raises:
        UsageError: there is none.
    """
    from lucida.ingest.files.walk import READABLE_PICTURES, FoundFile, walk
    from lucida.ingest.pictures.bulk import encode_files
    from lucida.library.labelling import opened

    suffixes = frozenset(READABLE_PICTURES.split())
    found = [Path(one.path) for one in walk([path.expanduser() for path in paths]) if isinstance(one, FoundFile)]
    files = [path for path in found if path.suffix.lower() in suffixes]
    looks = {}
    for path in files:
        try:
            look = perceptual_hash(opened(path, _HASHED_PX))
        except LucidaError:
            continue
        if look is not None:
            looks[path] = look
    if not looks:
        said = ", ".join(printable(str(path)) for path in paths)
        raise UsageError(f"There are no pictures to evaluate on in {said}.", "Give --evaluation files or folders.")
    known = Pictures()
    rows = encode_files(encoder, looks) if encoder is not None else ((path, None) for path in looks)
    for path, vector in rows:
        known.add(printable(path.name), looks[path], vector if isinstance(vector, np.ndarray) else None)
    return known
