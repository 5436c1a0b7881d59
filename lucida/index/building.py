"""Building a compact index from segments, in bounded memory: trained on a sample, filled block by block.

Two things are taken over from the largest compact segment that goes in. The ranges of the codes, unless they are too
narrow by now: so what was rounded once is not rounded anew. The centres, if the new index has as many lists: then that
segment's lists are copied as they are, and neither training nor finding the nearest centre costs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.index.inverted import Inverted
from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.choice import Scale
    from lucida.index.segments import Segment
    from lucida.models.protocols import Vectors

#: Called between blocks; raises to give up.
Pulse = Callable[[], None]

_BLOCK = 8192
_ITERATIONS = 8
#: Codes reach this much further on both sides than the sample's values do.
_MARGIN = 0.05
#: Share of the values that codes may cut off before new ranges are taken.
_CLIPPED = 1e-4
_SEED = 1234
#: Cosine of a trial query with the vector it is about: like a question's with its passage, and a vaguer one's.
_CLOSENESS = (0.7, 0.45)


@dataclass(frozen=True, slots=True)
class Share:
    """What lives in a segment that goes into the new one: rows int64 (n,), ascending."""

    segment: Segment
    rows: NDArray[np.int64]


def shares(segments: Sequence[Segment], dead: NDArray[np.int64]) -> list[Share]:
    """All that is not dead."""
    return [Share(segment, np.flatnonzero(~np.isin(segment.ids, dead))) for segment in segments]


def build(parts: Sequence[Share], scale: Scale, pulse: Pulse) -> Any:
    """A FAISS index that holds the parts, to be written.

    Memory: its codes, a sample of ``scale.points_per_list`` vectors a list, and one block.
    """
    faiss = require("faiss", "store vectors")
    count = sum(len(part.rows) for part in parts)
    sample = _sample(parts, scale.points_per_list * scale.lists(count))
    donor = _donor(parts)
    if donor is not None and not _holds(faiss, donor, sample):
        donor = None
    index = _trained(faiss, sample, scale.lists(count), donor, pulse)
    trials = _trials(sample, scale.trials)
    del sample
    for part in parts:
        inner = part.segment.inner
        if isinstance(inner, Inverted) and donor is inner and index.nlist == inner.index.nlist:
            _copy_lists(faiss, index, inner, part.rows, pulse)
        else:
            _add(index, part, pulse)
    index.nprobe = calibrated(index, trials, scale.recall, pulse)
    return index


def _donor(parts: Sequence[Share]) -> Inverted | None:
    compact = [part for part in parts if isinstance(part.segment.inner, Inverted)]
    largest = max(compact, key=lambda part: len(part.rows), default=None)
    return largest.segment.inner if largest and isinstance(largest.segment.inner, Inverted) else None


def _sample(parts: Sequence[Share], wanted: int) -> Vectors:
    """At most ``wanted`` vectors, of each segment in proportion: float32 (n, dimension)."""
    total = sum(len(part.rows) for part in parts)
    rng = np.random.default_rng(_SEED)
    taken = []
    for part in parts:
        some = min(-(-len(part.rows) * wanted // total), len(part.rows))
        rows = np.sort(rng.choice(part.rows, some, replace=False))
        taken += [part.segment.vectors(rows[start : start + _BLOCK]) for start in range(0, some, _BLOCK)]
    return np.concatenate(taken)


def _trained(faiss: Any, sample: Vectors, lists: int, donor: Inverted | None, pulse: Pulse) -> Any:
    dimension = sample.shape[1]
    quantizer = faiss.IndexFlatIP(dimension)
    if donor is not None and donor.index.nlist == lists:
        quantizer.add(donor.index.quantizer.reconstruct_n(0, lists))
    else:
        _cluster(faiss, sample, lists, quantizer, pulse)
    eight, product = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, eight, product, False)
    index.sq.rangestat_arg = _MARGIN
    index.train(sample)
    if donor is not None:
        faiss.copy_array_to_vector(_ranges(faiss, donor), index.sq.trained)
    return index


def _ranges(faiss: Any, compact: Inverted) -> NDArray[np.float32]:
    """The least value of each dimension, and how far its values reach: float32 (2 x dimension,)."""
    ranges: NDArray[np.float32] = faiss.vector_to_array(compact.index.sq.trained)
    return ranges


def _holds(faiss: Any, compact: Inverted, sample: Vectors) -> bool:
    """Whether the ranges of a compact segment's codes are wide enough for other vectors too."""
    least, reach = _ranges(faiss, compact).reshape(2, -1)
    outside = (sample < least) | (sample > least + reach)
    return float(outside.mean()) <= _CLIPPED


def _cluster(faiss: Any, sample: Vectors, lists: int, quantizer: Any, pulse: Pulse) -> None:
    """Spherical k-means; round by round, so that it can be given up."""
    centres = np.empty(0, dtype=np.float32)
    for _ in range(_ITERATIONS):
        pulse()
        clustering = faiss.Clustering(sample.shape[1], lists)
        clustering.niter, clustering.spherical, clustering.seed = 1, True, _SEED
        clustering.min_points_per_centroid, clustering.max_points_per_centroid = 1, len(sample)
        if len(centres):
            faiss.copy_array_to_vector(centres, clustering.centroids)
        quantizer.reset()
        clustering.train(sample, on_gpu(faiss, quantizer))
        centres = faiss.vector_to_array(clustering.centroids)
    quantizer.reset()
    quantizer.add(centres.reshape(lists, -1))


def on_gpu(faiss: Any, index: Any) -> Any:
    """The same index on the GPU where this FAISS has one, else the index itself.

    Training is where a GPU pays; a single query is answered sooner than it could be sent there.
    """
    if not hasattr(faiss, "StandardGpuResources") or not faiss.get_num_gpus():
        return index
    return faiss.index_cpu_to_all_gpus(index)


def _add(index: Any, part: Share, pulse: Pulse) -> None:
    ids = part.segment.ids
    for start in range(0, len(part.rows), _BLOCK):
        pulse()
        rows = part.rows[start : start + _BLOCK]
        index.add_with_ids(part.segment.vectors(rows), ids[rows])


def _copy_lists(faiss: Any, index: Any, donor: Inverted, rows: NDArray[np.int64], pulse: Pulse) -> None:
    live = np.zeros(donor.index.ntotal, dtype=np.bool_)
    live[rows] = True
    start = 0
    for number, size in enumerate(donor.sizes.tolist()):
        pulse()
        keep = live[start : start + size]
        start += size
        if keep.any():
            ids = np.ascontiguousarray(donor.list_ids(number)[keep])
            codes = np.ascontiguousarray(donor.list_codes(number)[keep])
            index.invlists.add_entries(number, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(codes))
    index.ntotal += len(rows)


def _trials(sample: Vectors, count: int) -> Vectors:
    """Queries like those that people ask: each about one vector, drawn towards another, and blurred."""
    rng = np.random.default_rng(_SEED + 1)
    near, away = (sample[rng.integers(0, len(sample), count)] for _ in range(2))
    noise = rng.standard_normal(near.shape, dtype=np.float32) / np.float32(np.sqrt(near.shape[1]))
    aside = away + noise
    aside -= (aside * near).sum(axis=1, keepdims=True) * near
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), np.float32(1e-9))
    closeness = np.resize(np.array(_CLOSENESS, dtype=np.float32), count)[:, None]
    queries: Vectors = closeness * near + np.sqrt(1 - closeness**2) * aside
    return queries


def calibrated(index: Any, queries: Vectors, recall: float, pulse: Pulse, depth: int = 10) -> int:
    """The fewest lists, in steps of a quarter, with which trials find the share ``recall`` of a full scan's best."""
    best = np.concatenate(list(_found(index, queries, depth, index.nlist, pulse)))
    probes = 1
    while probes < index.nlist:
        found = np.concatenate(list(_found(index, queries, depth, probes, pulse)))
        hits = sum(len(np.intersect1d(one[one >= 0], other)) for one, other in zip(best, found, strict=True))
        if hits >= recall * max((best >= 0).sum(), 1):
            break
        probes = max(probes + 1, round(probes * 1.25))
    return min(probes, int(index.nlist))


def _found(index: Any, queries: Vectors, depth: int, probes: int, pulse: Pulse) -> Iterator[NDArray[np.int64]]:
    parameters = require("faiss", "search vectors").SearchParametersIVF(nprobe=probes)
    for start in range(0, len(queries), 16):
        pulse()
        yield index.search(queries[start : start + 16], depth, params=parameters)[1]
