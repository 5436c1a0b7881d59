"""Measures of a shared space, over vectors alone: a training loop can call them after each epoch.

Zero-shot classification: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
(2021), section 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.prompts import TEMPLATES, prompts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lucida.models.protocols import TextEncoder, Vectors

#: Rows scored at a time; with 10,000 columns a block is 20 MB.
_BLOCK = 512


def class_vectors(
    encoder: TextEncoder, names: Sequence[Sequence[str]], templates: Sequence[str] = TEMPLATES
) -> Vectors:
    """One unit vector per class: the mean over all its names in all templates.

    Args:
        encoder: of texts.
        names: what each class is called, one sequence a class, none of them empty.
        templates: with ``{}`` for the name; see ``lucida.models.prompts``.

    Returns:
        float32, shape (classes, dimension).
    """
    said = [prompts(row, templates) for row in names]
    flat = list(dict.fromkeys(prompt for row in said for prompt in row))
    place = {prompt: number for number, prompt in enumerate(flat)}
    vectors = encoder.encode_texts(flat)
    means = np.stack([vectors[[place[prompt] for prompt in row]].mean(axis=0) for row in said])
    unit: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
    return unit


def ranks(images: Vectors, classes: Vectors, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many classes lie nearer to each picture than its own: 0 where zero-shot classification is right.

    A class as near as its own counts as nearer, so that a space in which all is equal scores nothing.

    Args:
        images: float32 (n, dimension), unit rows.
        classes: float32 (c, dimension), unit rows.
        labels: (n,), each picture's class.

    Returns:
        int64 (n,). ``(ranks < k).mean()`` is top-k accuracy.
    """
    found = np.empty(len(images), dtype=np.int64)
    for block in _blocks(len(images)):
        scores = images[block] @ classes.T
        own = np.take_along_axis(scores, labels[block, None], axis=1)
        found[block] = (scores >= own).sum(axis=1) - 1
    return found


def retrieval_ranks(
    queries: Vectors, images: Vectors, wanted: NDArray[np.integer], shown: NDArray[np.integer]
) -> NDArray[np.int64]:
    """How many pictures of other things lie nearer to each query than its nearest right one; ties count as nearer.

    Args:
        queries: float32 (q, dimension), unit rows.
        images: float32 (n, dimension), unit rows.
        wanted: (q,), the concept that each query asks for.
        shown: (n,), the concept that each picture shows.

    Returns:
        int64 (q,); n for a query that no picture answers. ``(ranks < k).mean()`` is the share of queries with a right
        picture among the first k: recall@k where each concept has one picture.
    """
    found = np.empty(len(queries), dtype=np.int64)
    for block in _blocks(len(queries)):
        scores = queries[block] @ images.T
        right = wanted[block, None] == shown[None, :]
        best = np.where(right, scores, -np.inf).max(axis=1, initial=-np.inf, keepdims=True)
        found[block] = ((scores >= best) & ~right).sum(axis=1)
        found[block][~right.any(axis=1)] = len(images)
    return found


def precision_at(
    words: Vectors, images: Vectors, labels: NDArray[np.int64], covers: Sequence[frozenset[int]], k: int = 10
) -> NDArray[np.float64]:
    """Share of each word's first k pictures whose class the word covers.

    Args:
        words: float32 (w, dimension), unit rows, the queries.
        images: float32 (n, dimension), unit rows.
        labels: (n,), each picture's class.
        covers: for each word the classes that it is true of.
        k: depth; a set of fewer pictures is taken whole.

    Returns:
        float64 (w,), 0..1.
    """
    k = min(k, len(images))
    found = np.zeros(len(words))
    for row, (word, classes) in enumerate(zip(words, covers, strict=True)):
        first = np.argsort(-(images @ word), kind="stable")[:k]
        found[row] = np.isin(labels[first], list(classes)).mean() if k else 0.0
    return found


def neighbour_hits(images: Vectors, labels: NDArray[np.int64], k: int = 1) -> NDArray[np.bool_]:
    """Whether each picture's class is the commonest among its k nearest other pictures (leave one out).

    Equal counts go to the class whose nearest picture is nearest.

    Args:
        images: float32 (n, dimension), unit rows.
        labels: (n,), each picture's class.
        k: neighbours asked.

    Returns:
        bool (n,).
    """
    k = min(k, len(images) - 1)
    hits = np.zeros(len(images), dtype=bool)
    for block in _blocks(len(images) if k > 0 else 0):
        scores = images[block] @ images.T
        rows = np.arange(len(scores))
        scores[rows, rows + block.start] = -np.inf
        nearest = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(scores, nearest, axis=1), axis=1, kind="stable")
        votes = labels[np.take_along_axis(nearest, order, axis=1)]
        same = (votes[:, :, None] == votes[:, None, :]).sum(axis=2)  # argmax takes the first of equals: the nearest
        hits[block] = votes[rows, same.argmax(axis=1)] == labels[block]
    return hits


def kind_hits(images: Vectors, prompts_by_kind: Mapping[str, Vectors], kinds: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each picture lies nearer to the mean prompt of its own kind than to every other's.

    Args:
        images: float32 (n, dimension), unit rows.
        prompts_by_kind: for each kind the vectors of its prompts, float32 (p, dimension).
        kinds: each picture's kind.
    """
    names = list(prompts_by_kind)
    means = np.stack([vectors.mean(axis=0) for vectors in prompts_by_kind.values()])
    centres = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
    own = np.array([names.index(kind) for kind in kinds], dtype=np.int64)
    return np.equal(ranks(images, centres, own), 0)


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))
