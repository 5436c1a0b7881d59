# ruff: noqa: INP001 - a script, no package
"""Fit the models of ``lucida/query/relevance.json`` and measure them on what they were not fitted on.

    python scripts/fit_relevance.py --squad squad2.json --pictures photos64 --tower mini

One half of the articles and of the picture classes is fitted on, the other measured. ``--tower`` names the encoder of
pictures; without it, the models of pictures stay as they are. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lucida.models.minilm import MiniLM  # noqa: E402
from lucida.models.registry import load_shared_encoder  # noqa: E402
from lucida.query.evaluation.labelled import load  # noqa: E402
from lucida.query.nulls import null_queries, null_version  # noqa: E402
from lucida.query.relevance import Relevance, expected_luck  # noqa: E402
from lucida.query.terms import content_terms, stem, tokens  # noqa: E402

OUT = ROOT / "lucida" / "query" / "relevance.json"
#: Share of good queries that a cutoff may lose on what it is fitted on.
LOST = 0.045
#: Pictures that are embedded, of all classes alike.
PICTURES = 4_000
#: So near are two names in the text space when a library that has one may well answer for the other.
RELATED = 0.45


@dataclass
class Row:
    """One query on one library: what is known of every item, and which items are right (none where out of it)."""

    z: Any
    coverage: Any
    right: Any
    sort: str
    items: int

    @property
    def good(self) -> bool:
        return bool(len(self.right))


@dataclass
class Texts:
    """SQuAD's paragraphs and questions with keywords beside them, and the null queries."""

    paragraphs: list[str]
    article: Any
    queries: list[str] = field(default_factory=list)
    of: list[int] = field(default_factory=list)
    sort: list[str] = field(default_factory=list)


def read_squad(path: Path, rng: np.random.Generator) -> Texts:
    """Questions that their paragraph answers; one to three rare words of a paragraph; the null queries."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    pairs = [(number, part) for number, article in enumerate(articles) for part in article["paragraphs"]]
    texts = Texts([part["context"] for _, part in pairs], np.array([number for number, _ in pairs]))
    for place, (_, part) in enumerate(pairs):
        asked = [entry["question"] for entry in part["qas"] if not entry["is_impossible"]]
        for question in asked:
            _add(texts, question, place, "question")
    frequency = Counter(word for text in texts.paragraphs for word in {t.folded for t in tokens(text)})
    for place in rng.permutation(len(pairs))[:240]:
        words = {t.folded for t in tokens(texts.paragraphs[place])}
        rare = sorted(w for w in words if w.isalpha() and len(w) > 3 and frequency[w] <= 6)
        for count in (1, 2, 3):
            if len(rare) >= count:
                _add(texts, " ".join(rng.choice(rare, count, replace=False)), int(place), "keywords")
    for query in null_queries():
        _add(texts, query, -1, "null")
    return texts


def _add(texts: Texts, query: str, place: int, sort: str) -> None:
    texts.queries.append(query)
    texts.of.append(place)
    texts.sort.append(sort)


class Passages:
    """Libraries of paragraphs in memory, with the house's own arithmetic."""

    def __init__(self, texts: Texts, encoder: MiniLM, cache: Path, rng: np.random.Generator) -> None:
        self.texts, self._rng = texts, rng
        self.vectors = cached(cache / "paragraphs.npy", lambda: encoder.encode_texts(texts.paragraphs))
        self.queries = cached(cache / "queries.npy", lambda: one_by_one(encoder, texts.queries))
        nulls = self.queries[[number for number, sort in enumerate(texts.sort) if sort == "null"]]
        cosines = nulls @ self.vectors.T
        self.background = float(cosines.mean()), float(cosines.std())
        self._stems = [{stem(t.folded) for t in tokens(text)} for text in texts.paragraphs]
        self._terms = [list(dict.fromkeys(stem(t) for t in content_terms(q, "en"))) for q in texts.queries]
        self._where = np.array([texts.article[place] if place >= 0 else -1 for place in texts.of])

    def rows(self, inside: list[int], outside: list[int], nulls: int, count: int = 150) -> list[Row]:
        """Queries on a library of some articles, with as many on others; every second null query."""
        ids = np.flatnonzero(np.isin(self.texts.article, inside))
        sorts = np.array(self.texts.sort)
        chosen: list[int] = []
        for articles in (inside, outside):
            for sort, share in (("question", count), ("keywords", count // 4)):
                there = np.flatnonzero((sorts == sort) & np.isin(self._where, articles))
                chosen += list(self._rng.choice(there, min(share, len(there)), replace=False))
        chosen += list(np.flatnonzero(sorts == "null")[nulls::2])
        rows = [self._row(int(query), ids) for query in chosen]
        # Other articles' keywords that stand here too are no strangers.
        return [row for row in rows if row.good or row.sort != "keywords" or row.coverage.max() == 0]

    def asked(self, articles: list[int], count: int) -> list[tuple[Row, Any]]:
        """Questions on a library of some articles, with their vectors."""
        ids = np.flatnonzero(np.isin(self.texts.article, articles))
        there = np.flatnonzero((np.array(self.texts.sort) == "question") & np.isin(self._where, articles))
        return [(self._row(int(q), ids), self.queries[q]) for q in self._rng.choice(there, count, replace=False)]

    def stranger(self, articles: list[int], vector: Any, query: str) -> Row:
        """A query from elsewhere on a library of some articles."""
        ids = np.flatnonzero(np.isin(self.texts.article, articles))
        self._terms.append(list(dict.fromkeys(stem(t) for t in content_terms(query, "en"))))
        mean, std = self.background
        z = (self.vectors[ids] @ vector - mean) / std
        return Row(z, self._coverage(len(self._terms) - 1, ids, set()), np.array([], dtype=int), "name", len(ids))

    def _row(self, query: int, ids: Any) -> Row:
        mean, std = self.background
        place = self.texts.of[query]
        sort = self.texts.sort[query]
        z = (self.vectors[ids] @ self.queries[query] - mean) / std
        unsaid = set()
        if sort == "question" and self._rng.random() < 0.4:
            # People who look for something do not know its words: some of theirs become words that stand nowhere.
            terms = self._terms[query]
            unsaid = {term for term in terms if self._rng.random() < 0.6}
            sort = "paraphrase"
        return Row(z, self._coverage(query, ids, unsaid), np.flatnonzero(ids == place), sort, len(ids))

    def _coverage(self, query: int, ids: Any, unsaid: set[str]) -> Any:
        terms = self._terms[query]
        held = np.array([[term in self._stems[i] and term not in unsaid for term in terms] for i in ids], dtype=float)
        held = held.reshape(len(ids), len(terms))
        frequency = held.sum(axis=0)
        weights = np.log(1 + (len(ids) - frequency + 0.5) / (frequency + 0.5))
        return (held * weights).sum(axis=1) / max(weights.sum(), 1e-9)


def cached(path: Path, make: Any) -> Any:
    """An array that takes a while, from its file where there is one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.load(path)


def features(row: Row, names: tuple[str, ...]) -> Any:
    """One line of features for each item of the library. ``surplus`` is what ``z`` has beyond luck."""
    known = {"z": row.z, "surplus": row.z - expected_luck(row.items), "coverage": row.coverage}
    return np.stack([known[name] for name in names], axis=1)


def fit(rows: list[Row], names: tuple[str, ...]) -> Relevance:
    """A logistic model of "the best item is a match", refitted as what is best changes with it.

    The cutoff loses ``LOST`` of the good queries.
    """
    weights, bias = np.array([{"z": 1.0, "surplus": 1.0, "coverage": 4.0}[name] for name in names]), 0.0
    for _ in range(5):
        best = [features(row, names) for row in rows]
        best = [lines[int(np.argmax(lines @ weights))] for lines in best]
        model = LogisticRegression(C=100, max_iter=3000).fit(np.stack(best), [row.good for row in rows])
        weights, bias = model.coef_[0], float(model.intercept_[0])
    top = np.array([float((features(row, names) @ weights).max()) + bias for row in rows if row.good])
    cutoff = 1 / (1 + math.exp(-float(np.quantile(top, LOST))))
    named = dict(zip(names, (round(float(w), 4) for w in weights), strict=True))
    if "surplus" in named:
        named = named | {"z": named["surplus"], "luck": -named.pop("surplus")}
    return Relevance(bias=round(bias, 4), cutoff=round(cutoff, 4), **named)


def logits(row: Row, model: Relevance) -> Any:
    """The model's logit for every item."""
    return model.bias + model.z * row.z + model.coverage * row.coverage + model.luck * expected_luck(row.items)


def measure(rows: list[Row], model: Relevance) -> dict[str, Any]:
    """Shares of good queries that come back empty and of strangers that do, all and by sort; nDCG@10."""
    least = math.log(model.cutoff / (1 - model.cutoff))
    empty = np.array([float(logits(row, model).max()) < least for row in rows])
    good = np.array([row.good for row in rows])
    sorts = np.array([row.sort for row in rows])
    by_sort = {
        sort: {
            "lost": share(empty[good & (sorts == sort)]),
            "strangers_empty": share(empty[~good & (sorts == sort)]),
        }
        for sort in dict.fromkeys(sorts.tolist())
    }
    ndcg = float(np.mean([ndcg_at_10(logits(row, model), row.right) for row in rows if row.good]))
    return {
        "queries": len(rows),
        "lost": share(empty[good]),
        "strangers_empty": share(empty[~good]),
        "ndcg@10": round(ndcg, 4),
        "by_sort": by_sort,
    }


def share(flags: Any) -> float | None:
    """Share of the flags that are set."""
    return round(float(np.mean(flags)), 4) if len(flags) else None


def ndcg_at_10(scores: Any, right: Any) -> float:
    """Binary gains; Jarvelin & Kekalainen, "Cumulated gain-based evaluation of IR techniques", 2002."""
    order = np.argsort(-scores, kind="stable")[:10]
    discounts = 1 / np.log2(np.arange(2, 12))
    gained = float((np.isin(order, right) * discounts[: len(order)]).sum())
    return gained / float(discounts[: min(10, len(right))].sum())


def fit_passages(passages: Passages) -> tuple[dict[str, Relevance], dict[str, Any]]:
    """The models of passages, fitted on articles 0-5, measured on 6-11."""
    small = ([0], [1], [2, 3], [0, 1, 2], [3, 4, 5], [5], [0, 1, 2, 3], [2, 3, 4, 5], [0, 1, 2, 3, 4, 5])
    train = [row for part in small for row in passages.rows(part, _others(part, 0), 0)]
    test = [row for part in small for row in passages.rows([a + 6 for a in part], _others(part, 6), 1)]
    # Who searches by words alone gets what holds these very words.
    said = [row for row in train if row.sort != "paraphrase"]
    models = {"text>passage": fit(train, ("surplus", "coverage")), "words": fit(said, ("coverage",))}
    figures = {name: {"fitted_on": measure(train, m), "held_out": measure(test, m)} for name, m in models.items()}
    figures["cosine alone"] = {"held_out": measure(test, fit(train, ("z",)))}
    return models, figures


def _others(part: list[int], shift: int) -> list[int]:
    """The rest of the half; for the whole half, the other half."""
    rest = [article + shift for article in range(6) if article not in part]
    return rest or [article + 6 - shift for article in range(6)]


class Pictures:
    """Libraries of pictures in memory."""

    def __init__(self, folder: Path, spec: str, cache: Path, rng: np.random.Generator) -> None:
        self.encoder, self._rng = load_shared_encoder(spec), rng
        pictures = load(folder, split="val").first(PICTURES)
        self.labels, self.names = pictures.labels, [names[0] for names in pictures.names]
        own = cache / self.encoder.fingerprint
        self.vectors = cached(own.with_suffix(".pictures.npy"), lambda: embedded(self.encoder, pictures))
        asked = [*self.names, *(f"a photo of a {name}" for name in self.names), *null_queries()]
        self.queries = cached(own.with_suffix(".asked.npy"), lambda: one_by_one(self.encoder, asked))
        self.look()

    def look(self) -> None:
        """Measure the background: the null queries against all pictures."""
        cosines = self.queries[2 * len(self.names) :] @ self.vectors.T
        self.background = float(cosines.mean()), float(cosines.std())

    def simulate(self, noise: float = 3.5) -> None:
        """Replace the pictures' vectors by their class's text with noise of the texts' own covariance.

        For the time before there is a tower: at 3.5 it tells the 200 classes apart about as well as one should.
        """
        total = len(self.names)
        texts = self.queries - self.queries.mean(axis=0)
        around = self._rng.normal(size=(len(self.labels), len(texts))) @ texts / math.sqrt(len(texts))
        names = self.queries[:total] + self.queries[total : 2 * total]
        apart = self._rng.normal(size=texts.shape[1]) / math.sqrt(texts.shape[1])
        rows = names[self.labels] / 2 + noise * around + 0.3 * apart
        self.vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        self.look()

    def library(self, classes: Any, each: int) -> Any:
        """Rows of so many pictures of each class."""
        return np.concatenate([self._rng.permutation(np.flatnonzero(self.labels == c))[:each] for c in classes])

    def rows(self, half: Any, count: int, each: int, nulls: int) -> list[Row]:
        """Every class of the half asked for on a library of some of them, and every second null query.

        Strangers that are near kin of a class that is there are left out: nobody is wronged by a spaniel for a setter.
        """
        inside = self._rng.permutation(half)[:count]
        ids, total = self.library(inside, each), len(self.names)
        kin = self.queries @ self.queries[inside].T
        rows: list[Row] = []
        for query in (*half, *(total + half), *range(2 * total + nulls, len(self.queries), 2)):
            label = query % total if query < 2 * total else -1
            if label in inside or kin[query].max() < RELATED:
                rows.append(
                    self._row(self.queries[query], ids, label, self.background, "name" if label >= 0 else "null")
                )
        return rows

    @staticmethod
    def answerable(rows: list[Row]) -> list[Row]:
        """Without the queries whose answer is there and not among the ten nearest: no cutoff loses those."""
        return [row for row in rows if not row.good or np.isin(np.argsort(-row.z)[:10], row.right).any()]

    def _row(self, query: Any, ids: Any, label: int, background: tuple[float, float], sort: str) -> Row:
        z = (self.vectors[ids] @ query - background[0]) / background[1]
        right = np.flatnonzero(self.labels[ids] == label)
        return Row(z, np.zeros(len(ids)), right, sort, len(ids))


def one_by_one(encoder: Any, texts: list[str]) -> Any:
    """Vectors of queries, each encoded as a search does it."""
    return np.concatenate([encoder.encode_texts([text]) for text in texts])


def embedded(encoder: Any, pictures: Any) -> Any:
    """Vectors of all pictures of a set."""
    blocks = [range(at, min(at + 64, len(pictures))) for at in range(0, len(pictures), 64)]
    return np.concatenate([encoder.encode_images([pictures.read(i) for i in block]) for block in blocks])


def fit_pictures(pictures: Pictures) -> tuple[dict[str, Relevance], dict[str, Any]]:
    """The model of pictures, fitted on one half of the classes, measured on the other."""
    order = np.random.default_rng(7).permutation(len(pictures.names))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    sizes = [(5, 10), (10, 3), (10, 40), (20, 10), (40, 1), (40, 25), (80, 10), (80, 15)]
    train, test = (
        pictures.answerable([row for size in sizes for row in pictures.rows(half, *size, n)])
        for n, half in enumerate(halves)
    )
    # Pictures of a class come in clusters, so that more of them are not always more strangers: the better one is taken.
    model = max(
        (fit(train, names) for names in (("z",), ("surplus",))),
        key=lambda one: float(measure(train, one)["strangers_empty"] or 0.0),
    )
    figures = {"fitted_on": measure(train, model), "held_out": measure(test, model)}
    return {"text>picture": model}, {"text>picture": figures}


def mix(passages: Passages, pictures: Pictures, models: dict[str, Relevance]) -> dict[str, Any]:
    """nDCG@10 on libraries of passages and pictures where the right answer is sometimes one, sometimes the other.

    Held-out articles and classes. Raw cosine, cosine above the background (z), reciprocal rank fusion of the two kinds'
    lists, and the models' probability.
    """
    total = len(pictures.names)
    half = np.random.default_rng(7).permutation(total)[total // 2 :]
    kin = (pictures.queries @ pictures.queries[half[:40]].T).max(axis=1)
    scores: dict[str, list[float]] = {}
    empty: dict[str, list[bool]] = {"good queries lost": [], "strangers that find nothing": []}
    for articles in ([6, 7], [8, 9, 10], [6, 8, 11]):
        inside = half[:40]
        shown = pictures.library(inside, 10)
        for row, query in passages.asked(articles, 100):
            cosines = pictures.vectors[shown] @ query
            _mixed(scores, passages, pictures, models, row, cosines, np.array([], dtype=int))
            empty["good queries lost"].append(finds_nothing(pictures, models, row, cosines))
        for label in inside:
            for query in pictures.queries[[label, label + len(pictures.names)]]:
                row = passages.stranger(articles, query, pictures.names[label])
                right = np.flatnonzero(pictures.labels[shown] == label) + len(row.z)
                _mixed(scores, passages, pictures, models, row, pictures.vectors[shown] @ query, right)
                empty["good queries lost"].append(finds_nothing(pictures, models, row, pictures.vectors[shown] @ query))
        for query in np.flatnonzero(kin < RELATED):
            if query >= 2 * total or query % total in half[40:]:
                words = (pictures.names * 2 + list(null_queries()))[query]
                row = passages.stranger(articles, pictures.queries[query], words)
                near = pictures.vectors[shown] @ pictures.queries[query]
                empty["strangers that find nothing"].append(finds_nothing(pictures, models, row, near))
    return {name: round(float(np.mean(values)), 4) for name, values in (scores | empty).items()}


def finds_nothing(pictures: Pictures, models: dict[str, Relevance], row: Row, cosines: Any) -> bool:
    """Whether neither the best passage nor the best picture reaches its cutoff."""
    mean, std = pictures.background
    shown = Row((cosines - mean) / std, np.zeros(len(cosines)), np.array([], dtype=int), "", len(cosines))
    tops = ((row, models["text>passage"]), (shown, models["text>picture"]))
    return all(float(logits(one, m).max()) < math.log(m.cutoff / (1 - m.cutoff)) for one, m in tops)


def _mixed(
    scores: dict[str, list[float]],
    passages: Passages,
    pictures: Pictures,
    models: dict[str, Relevance],
    row: Row,
    cosines: Any,
    right: Any,
) -> None:
    """Rank one query's passages and pictures in every way and note the nDCG@10, also by kind of the answer."""
    mean, std = pictures.background
    shown = Row((cosines - mean) / std, np.zeros(len(cosines)), np.array([], dtype=int), "", len(cosines))
    own_mean, own_std = passages.background
    by_text = logits(row, models["text>passage"])
    ways = {
        "cosine": (row.z * own_std + own_mean, cosines),
        "z": (row.z, shown.z),
        "reciprocal ranks": (1 / (61 + places(by_text)), 1 / (61 + places(shown.z))),
        "probability": (by_text, logits(shown, models["text>picture"])),
    }
    answers = right if len(right) else row.right
    for name, (first, second) in ways.items():
        value = ndcg_at_10(np.concatenate([first, second]), answers)
        scores.setdefault(name, []).append(value)
        scores.setdefault(f"{name}, {'picture' if len(right) else 'passage'} wanted", []).append(value)


def places(scores: Any) -> Any:
    """Ranks from 0."""
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--squad", type=Path, required=True, help="questions and paragraphs in SQuAD 2.0's format")
    parser.add_argument("--pictures", type=Path, help="folder of photos64")
    parser.add_argument("--tower", default="mini", help="encoder of pictures")
    parser.add_argument("--simulate", action="store_true", help="pictures' vectors made up from their classes' names")
    parser.add_argument("--cache", type=Path, default=Path("build/relevance"), help="where vectors are kept")
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    encoder = MiniLM()
    passages = Passages(read_squad(asked.squad, rng), encoder, asked.cache, rng)
    models, figures = fit_passages(passages)
    document: dict[str, Any] = {
        "command": " ".join(["python scripts/fit_relevance.py", *(Path(word).name for word in sys.argv[1:])]),
        "null_queries": null_version(),
        "backgrounds": {encoder.fingerprint: {"passage": [round(value, 5) for value in passages.background]}},
        "models": {},
        "measured": figures,
    }
    if asked.pictures is not None:
        pictures = Pictures(asked.pictures, asked.tower, asked.cache, np.random.default_rng(1))
        if asked.simulate:
            pictures.simulate()
        background = [round(value, 5) for value in pictures.background]
        document["backgrounds"][pictures.encoder.fingerprint] = {"picture": background}
        found, seen = fit_pictures(pictures)
        models |= found
        figures |= seen | {"mixed ndcg@10": mix(passages, pictures, models)}
    else:
        kept = json.loads(OUT.read_text(encoding="utf-8"))
        document["backgrounds"] = kept["backgrounds"] | document["backgrounds"]
        models = {name: Relevance(**values) for name, values in kept["models"].items()} | models
        document["measured"] = kept.get("measured", {}) | figures
    document["models"] = {name: asdict(model) for name, model in models.items()}
    OUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
