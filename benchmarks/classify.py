"""Zero-shot labels with "none of these": half of the classes are offered, pictures of the others should get none.

python -m benchmarks.classify --data photos64 [--encoder mini] [--pictures 4000]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.measuring import show
from lucida.models.registry import load_shared_encoder
from lucida.query import classify
from lucida.query.classify import Label, LabelSpace, label_space, probabilities, word_vectors
from lucida.query.evaluation.encoder import encode_pictures
from lucida.query.evaluation.labelled import load

#: Sharpness and weight are tried on random halves with these seeds and reported on the others.
_TUNING, _REPORTED = range(100, 106), range(6)


def outcomes(
    vectors: np.ndarray, labels: np.ndarray, spaces: list[tuple[np.ndarray, LabelSpace]], *, none: bool = True
) -> dict[str, float]:
    """Means over the spaces: of pictures whose class is offered, and of those whose class is not."""
    rows = []
    for offered, space in spaces:
        inside, found = np.isin(labels, offered), probabilities(vectors, space, none=none)
        empty = found[:, -1] > 0.5
        best = offered[found[:, :-1].argmax(axis=1)]
        right = (best == labels) & ~empty
        told = ~empty
        rows.append(
            {
                "right label": right[inside].mean(),
                "wrongly none": empty[inside].mean(),
                "none where none fits": empty[~inside].mean() if (~inside).any() else np.nan,
                "right where a label is told": right[told].mean() if told.any() else np.nan,
                "AUROC": _auroc(1 - found[inside, -1], 1 - found[~inside, -1]) if (~inside).any() and none else np.nan,
            }
        )
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def _auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    scores = np.concatenate([inside, outside])
    ranks = scores.argsort(kind="stable").argsort(kind="stable")
    low = len(inside) * (len(inside) - 1) / 2
    return float((ranks[: len(inside)].sum() - low) / (len(inside) * len(outside)))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled photographs, as lucida evaluate reads them")
    parser.add_argument("--encoder", default="mini")
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--tune", action="store_true", help="try other constants")
    given = parser.parse_args(arguments)
    pictures = load(given.data).first(given.pictures)
    encoder = load_shared_encoder(given.encoder)
    vectors = encode_pictures(encoder, pictures, lambda *_: None)
    words = word_vectors(encoder)
    points = label_space(encoder, [Label(names[0], tuple(names[1:])) for names in pictures.names], words).vectors

    def spaces(count: int, seeds: range) -> list[tuple[np.ndarray, LabelSpace]]:
        total = len(pictures.ids)
        chosen = [np.random.default_rng(seed).choice(total, count, replace=False) for seed in seeds]
        names = [tuple(pictures.names[at][0] for at in offered) for offered in chosen]
        return [
            (offered, LabelSpace(own, points[offered], classify.against(points[offered], words)))
            for offered, own in zip(chosen, names, strict=True)
        ]

    if given.tune:
        _tune(vectors, pictures.labels, {count: spaces(count, _TUNING) for count in (100, 20, 5)})
    rows = []
    for count in (len(pictures.ids) // 2, 20, 5):
        found = outcomes(vectors, pictures.labels, spaces(count, _REPORTED))
        forced = outcomes(vectors, pictures.labels, spaces(count, _REPORTED), none=False)
        rows.append((count, *found.values(), forced["right label"]))
    headings = ("labels", *found, "right label, --no-none")
    show(f"{len(pictures):,} pictures of {len(pictures.ids)} classes, encoder {given.encoder}", headings, rows)


def _tune(vectors: np.ndarray, labels: np.ndarray, spaces: dict[int, list[tuple[np.ndarray, LabelSpace]]]) -> None:
    rows = []
    for sharpness in (1.5, 2.0, 2.5, 3.0, 4.0):
        for weight in (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0):
            classify.SHARPNESS, classify.WEIGHT_OF_OTHERS = sharpness, weight
            found = [outcomes(vectors, labels, own) for own in spaces.values()]
            balance = [(1 - row["wrongly none"] + row["none where none fits"]) / 2 for row in found]
            rows.append((sharpness, weight, *balance, float(np.mean([row["AUROC"] for row in found]))))
    best = max(rows, key=lambda row: sum(row[2:5]))
    classify.SHARPNESS, classify.WEIGHT_OF_OTHERS = best[:2]
    headings = ("sharpness", "weight", *(f"balanced accuracy, {count} labels" for count in spaces), "AUROC")
    show("Constants tried, the best first", headings, sorted(rows, key=lambda row: -sum(row[2:5]))[:12])


if __name__ == "__main__":
    main()
