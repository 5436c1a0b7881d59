from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import lucida.query.relevance as home
from lucida.query.nulls import background, null_queries, null_vectors, null_version
from lucida.query.relevance import LIKENESS, TEXT_PASSAGE, TEXT_PICTURE, WORDS, expected_luck, fitted

FILE = json.loads(Path(home.__file__).with_name("relevance.json").read_text(encoding="utf-8"))


def test_the_null_queries_are_those_that_were_fitted_with() -> None:
    assert FILE["null_queries"] == null_version()
    assert len(null_queries()) == len(set(null_queries())) >= 400


def test_the_file_says_how_it_was_made_and_what_it_reaches() -> None:
    assert FILE["command"].startswith("python scripts/fit_relevance.py")
    held_out = FILE["measured"]["text>passage"]["held_out"]
    assert held_out["strangers_empty"] >= 0.9
    assert held_out["lost"] <= 0.05


@pytest.mark.parametrize("name", [TEXT_PASSAGE, TEXT_PICTURE])
def test_more_evidence_is_never_less_likely(name: str) -> None:
    model = fitted().models[name]
    rising = [model.probability(z, 0.3, 100) for z in np.linspace(-3, 20, 40)]
    assert rising == sorted(rising)
    assert model.probability(5, 0.8, 100) >= model.probability(5, 0.2, 100)
    assert model.probability(5, 0.3, 1_000_000) <= model.probability(5, 0.3, 100)
    assert 0 < model.cutoff < 1


def test_words_alone_need_a_share_of_the_query() -> None:
    model = fitted().models[WORDS]
    assert model.probability(0, 0.1, 1) < model.cutoff < model.probability(0, 0.6, 1)


def test_likeness_is_even_where_luck_ends() -> None:
    assert LIKENESS.probability(expected_luck(500), 0, 500) == pytest.approx(0.5)


def test_luck_is_about_what_the_best_of_many_strangers_has() -> None:
    draws = np.random.default_rng(0).normal(size=(200, 1000)).max(axis=1)
    assert expected_luck(1000) == pytest.approx(float(draws.mean()), rel=0.2)
    assert expected_luck(1) == expected_luck(0) == 0


def test_absurd_evidence_overflows_nothing() -> None:
    model = fitted().models[TEXT_PASSAGE]
    assert model.probability(1e9, 1, 1) == pytest.approx(1.0)
    assert math.isfinite(model.probability(-1e9, 0, 10**9))


def test_null_vectors_are_made_once(encoder, tmp_path) -> None:
    first = null_vectors(encoder, tmp_path / "kept")
    assert first.shape == (len(null_queries()), encoder.dimension)
    encoder.encode_texts = None
    assert np.array_equal(null_vectors(encoder, tmp_path / "kept"), first)


def test_a_damaged_cache_is_made_anew(encoder, tmp_path) -> None:
    null_vectors(encoder, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(b"no array")
    assert null_vectors(encoder, tmp_path / "kept").shape == (len(null_queries()), encoder.dimension)


def test_null_vectors_need_no_place_to_keep_them(encoder, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert null_vectors(encoder).shape == null_vectors(encoder, tmp_path / "file" / "below").shape


def test_the_background_is_that_of_all_pairs() -> None:
    mean, std = background(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32))
    assert (mean, std) == (0.5, 0.5)
