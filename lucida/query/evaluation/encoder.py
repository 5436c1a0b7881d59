"""What a model card says of a shared encoder, measured: zero-shot accuracy, words to pictures, pictures to pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.models.prompts import KIND_PROMPTS, TEMPLATES
from lucida.query.evaluation.intervals import estimate
from lucida.query.evaluation.report import EncoderReport, Measure
from lucida.query.evaluation.zero_shot import (
    class_vectors,
    kind_hits,
    neighbour_hits,
    precision_at,
    ranks,
    retrieval_ranks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from lucida.models.protocols import SharedEncoder, Vectors
    from lucida.query.evaluation.labelled import PictureSet
    from lucida.query.evaluation.wordnet import GeneralWord

_BATCH = 64
#: A general word that WordNet's makers met so often in their texts is one that people say.
EVERYDAY_USES = 5
#: As a person types it: without a template.
_BARE = ("{}",)

#: Called with pictures done, pictures in all, and pictures per second.
Observer = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to measure.

    Attributes:
        templates: prompts for class names.
        neighbours: how many the nearest-neighbour vote asks.
        seed: of the intervals.
        observer: told of each batch of pictures.
    """

    templates: tuple[str, ...] = TEMPLATES
    neighbours: int = 10
    seed: int = 0
    observer: Observer = field(default=lambda done, total, rate: None)


def encode_pictures(encoder: SharedEncoder, pictures: PictureSet, observer: Observer) -> Vectors:
    """Vectors of a whole set, float32 (n, dimension), decoded a batch ahead of the encoder's needs at most."""
    started, parts = time.monotonic(), []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(pictures), _BATCH):
            rows = range(start, min(start + _BATCH, len(pictures)))
            parts.append(encoder.encode_images(list(pool.map(pictures.read, rows))))
            observer(rows.stop, len(pictures), rows.stop / max(time.monotonic() - started, 1e-9))
    return np.concatenate(parts) if parts else np.zeros((0, encoder.dimension), dtype=np.float32)


def measure_labelled(
    encoder: SharedEncoder, pictures: PictureSet, words: Sequence[GeneralWord], settings: Settings
) -> tuple[EncoderReport, Vectors]:
    """Measure on pictures with classes: zero-shot accuracy, general words, nearest neighbours.

    Returns:
        The report, and the pictures' vectors for whoever needs them again.
    """
    started = time.monotonic()
    vectors = encode_pictures(encoder, pictures, settings.observer)
    seconds = time.monotonic() - started
    found = ranks(vectors, class_vectors(encoder, pictures.names, settings.templates), pictures.labels)
    count = len(pictures.names)
    rows = [
        _Row(f"zero_shot_top{k}", pictures.name, f"zero-shot top-{k} of {count} classes", found < k, k / count)
        for k in (1, 5)
        if k <= count
    ]
    rows.append(_neighbours(vectors, pictures, settings))
    table: list[dict[str, Any]] = []
    if words:
        table, general = _general_words(encoder, vectors, pictures, words)
        rows += general
    report = EncoderReport(
        encoder.spec, encoder.fingerprint, encoder.dimension, _seeded(rows, settings), tuple(table),
        tuple(_by_class(pictures, found)), len(pictures), seconds,
    )  # fmt: skip
    return report, vectors


def measure_captioned(encoder: SharedEncoder, pictures: PictureSet, settings: Settings) -> EncoderReport:
    """Measure on pictures with captions: each concept's first caption, and all its names and keywords, as queries."""
    started = time.monotonic()
    vectors = encode_pictures(encoder, pictures, settings.observer)
    seconds = time.monotonic() - started
    wanted = np.unique(pictures.labels)
    rows: list[_Row] = []
    for key, what, names in (
        ("text_to_image", "its name", [pictures.names[concept][:1] for concept in wanted]),
        ("keywords_to_image", "its names and keywords", [pictures.names[concept] for concept in wanted]),
    ):
        found = retrieval_ranks(class_vectors(encoder, names, _BARE), vectors, wanted, pictures.labels)
        about = f"a picture found by {what} among {len(pictures):,}, in the first"
        rows += [
            _Row(f"{key}_recall@{k}", pictures.name, f"{about} {k}", found < k, min(1.0, k / len(pictures)))
            for k in (1, 5, 10)
        ]
    return EncoderReport(
        encoder.spec, encoder.fingerprint, encoder.dimension, _seeded(rows, settings), (), (), len(pictures), seconds
    )


def measure_kinds(
    encoder: SharedEncoder, pages: PictureSet, picture_vectors: Vectors, settings: Settings
) -> EncoderReport:
    """Measure whether pages of documents and pictures are told apart by the prompts of ``KIND_PROMPTS``.

    Args:
        encoder: of both.
        pages: pages of documents, charts and the like, whatever their classes.
        picture_vectors: (n, dimension), of photographs or drawings.
        settings: the seed and the observer are used.
    """
    started = time.monotonic()
    page_vectors = encode_pictures(encoder, pages, settings.observer)
    seconds = time.monotonic() - started
    prompts = {kind: encoder.encode_texts(list(said)) for kind, said in KIND_PROMPTS.items()}
    kinds = ["page"] * len(page_vectors) + ["picture"] * len(picture_vectors)
    hits = kind_hits(np.concatenate([page_vectors, picture_vectors]), prompts, kinds)
    of_pages, of_pictures = hits[: len(page_vectors)], hits[len(page_vectors) :]
    rows = [
        _Row("kind_accuracy_pages", pages.name, "a page known as a page", of_pages, 0.5),
        _Row("kind_accuracy_pictures", pages.name, "a picture known as a picture", of_pictures, 0.5),
    ]
    # The mean of both, so that the larger set does not decide.
    balanced = [*(0.5 * len(hits) / len(of_pages) * of_pages), *(0.5 * len(hits) / len(of_pictures) * of_pictures)]
    rows.append(_Row("kind_accuracy", pages.name, "picture or page, mean of both kinds", balanced, 0.5))
    return EncoderReport(
        encoder.spec, encoder.fingerprint, encoder.dimension, _seeded(rows, settings), (), (), len(pages), seconds
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure's name and its values, one per picture or query, before the interval is drawn."""

    key: str
    data: str
    what: str
    values: ArrayLike
    chance: float


def _seeded(rows: Sequence[_Row], settings: Settings) -> tuple[Measure, ...]:
    return tuple(
        Measure(row.key, row.data, row.what, estimate(row.values, seed=settings.seed), row.chance) for row in rows
    )


def _neighbours(vectors: Vectors, pictures: PictureSet, settings: Settings) -> _Row:
    hits = neighbour_hits(vectors, pictures.labels, settings.neighbours)
    commonest = np.bincount(pictures.labels).max(initial=0) / max(len(pictures), 1)
    what = f"class of a picture by vote of its {settings.neighbours} nearest others"
    return _Row(f"image_to_image_{settings.neighbours}nn", pictures.name, what, hits, float(commonest))


def _general_words(
    encoder: SharedEncoder, vectors: Vectors, pictures: PictureSet, words: Sequence[GeneralWord]
) -> tuple[list[dict[str, Any]], list[_Row]]:
    queries = class_vectors(encoder, [(word.word,) for word in words], _BARE)
    found = precision_at(queries, vectors, pictures.labels, [word.classes for word in words])
    share = [float(np.isin(pictures.labels, list(word.classes)).mean()) for word in words]
    table = [
        {"word": word.word, "classes": len(word.classes), "uses": word.uses, "precision@10": round(float(figure), 3)}
        for word, figure in zip(words, found, strict=True)
    ]
    everyday = np.array([word.uses >= EVERYDAY_USES for word in words])
    rows = [_Row("general_precision@10", pictures.name, f"{len(words)} general words, first 10", found, _mean(share))]
    if everyday.any():
        what = f"{everyday.sum()} of them in everyday use, first 10"
        chance = _mean([one for one, kept in zip(share, everyday, strict=True) if kept])
        rows.append(_Row("everyday_precision@10", pictures.name, what, found[everyday], chance))
    return table, rows


def _by_class(pictures: PictureSet, found: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    rows = []
    for number, (name, called) in enumerate(zip(pictures.ids, pictures.names, strict=True)):
        own = found[pictures.labels == number]
        if len(own):
            row = {"class": name, "name": called[0], "pictures": len(own), "top1": round(float((own < 1).mean()), 3)}
            rows.append(row)
    return sorted(rows, key=lambda row: (row["top1"], row["class"]))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
