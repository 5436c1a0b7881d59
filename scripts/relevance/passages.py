"""Libraries of paragraphs, with questions, keywords and strangers to ask them, and the models of passages."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lucida.models.minilm import MiniLM
from lucida.query.nulls import null_queries
from lucida.query.relevance import Relevance
from lucida.query.terms import content_terms, stem, tokens
from relevance.fitting import fit, measure
from relevance.rows import Row, cached, one_by_one


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
