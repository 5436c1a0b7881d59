from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from lucida.errors import UsageError
from lucida.query import classify as module
from lucida.query.classify import (
    NONE_OF_THESE,
    LabelSpace,
    against,
    classify,
    everyday_words,
    folder_name,
    label_space,
    parse_labels,
    probabilities,
    word_vectors,
)


def unit(rows: Any) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


@pytest.fixture
def space() -> LabelSpace:
    """Four labels and 400 other words, all in random directions of 128 dimensions."""
    rows = unit(np.random.default_rng(0).normal(size=(404, 128)))
    return LabelSpace(("cat", "dog", "car", "invoice"), rows[:4], rows[4:])


def pictures_of(rows: np.ndarray, count: int = 50, noise: float = 0.12) -> np.ndarray:
    random = np.random.default_rng(1)
    return unit(np.repeat(rows, count, axis=0) + noise * random.normal(size=(len(rows) * count, rows.shape[1])))


def test_pictures_get_their_label_and_others_none(space) -> None:
    guesses = classify(pictures_of(space.vectors), space)
    assert [guess.label for guess in guesses].count("cat") == 50
    assert all(guess.label == space.names[number // 50] for number, guess in enumerate(guesses))
    strangers = classify(pictures_of(space.others[:40], 5), space)
    assert sum(guess.label == NONE_OF_THESE for guess in strangers) >= 195


def test_one_calibration_holds_wherever_the_cosines_lie(space) -> None:
    """A common direction, as the modality gap is, moves and narrows all cosines and changes no answer."""
    pictures = np.concatenate([pictures_of(space.vectors, 20), pictures_of(space.others[:20], 4)])
    shared = np.zeros((1, 128), dtype=np.float32)
    shared[0, 0] = 2.0
    moved = LabelSpace(space.names, unit(space.vectors + shared), unit(space.others + shared))
    before = [guess.label for guess in classify(pictures, space)]
    after = [guess.label for guess in classify(unit(pictures + 0.5 * shared), moved)]
    assert np.mean([one == other for one, other in zip(before, after, strict=True)]) > 0.95


def test_probabilities_sum_to_one(space) -> None:
    rows = probabilities(pictures_of(space.vectors, 3), space)
    assert rows.shape == (12, 5)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    assert (probabilities(pictures_of(space.vectors, 3), space, none=False)[:, -1] == 0).all()


def test_without_none_every_picture_gets_a_label(space) -> None:
    guesses = classify(pictures_of(space.others[:10], 2), space, none=False)
    assert {guess.label for guess in guesses} <= set(space.names)
    assert all(guess.none == 0 for guess in guesses)


def test_a_guess_tells_of_the_best_labels(space) -> None:
    (guess,) = classify(space.vectors[:1], space, top_k=3)
    assert guess.labels[0][0] == "cat"
    assert len(guess.labels) == 3
    assert guess.labels[0][1] >= guess.labels[1][1] >= guess.labels[2][1]
    assert guess.to_json()["label"] == "cat"
    assert len(classify(space.vectors[:1], space, top_k=99)[0].labels) == 4


def test_nothing_to_label(space) -> None:
    assert classify(np.zeros((0, 128), dtype=np.float32), space) == []


def test_one_label_and_a_picture_without_a_vector(space) -> None:
    alone = LabelSpace(("cat",), space.vectors[:1], space.others)
    guesses = classify(np.concatenate([space.vectors[:2], np.zeros((1, 128), np.float32)]), alone)
    assert guesses[0].label == "cat"
    assert all(np.isfinite(guess.probability) for guess in guesses)
    assert guesses[1].label == guesses[2].label == NONE_OF_THESE


def test_words_that_mean_a_label_do_not_stand_against_it() -> None:
    labels = unit([[1, 0, 0], [0, 1, 0]])
    words = unit([[0.9, 0.1, 0], [0.2, 0.1, 1], [0, 0.8, 0.3]])
    np.testing.assert_allclose(against(labels, words), words[1:2])


class Spelling:
    """An encoder for which texts with the same letters are close."""

    spec, fingerprint, dimension = "spelling", "spelling-1", 27

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_texts(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        rows = np.full((len(texts), 27), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                row[ord(letter) - 97 if "a" <= letter <= "z" else 26] += 1
        return unit(rows)


def test_labels_are_put_into_several_prompts_with_their_synonyms(monkeypatch) -> None:
    monkeypatch.setattr(module, "everyday_words", lambda: ("zebra", "quiz"))
    encoder = Spelling()
    space = label_space(encoder, parse_labels(["umbrella|parasol", "cat"]), word_vectors(encoder))
    assert space.names == ("umbrella", "cat")
    assert {"umbrella", "a photo of an umbrella", "a photo of a parasol", "a photo of a quiz"} <= set(encoder.asked)
    assert space.vectors.shape == (2, 27)
    np.testing.assert_allclose(np.linalg.norm(space.vectors, axis=1), 1, atol=1e-5)


def test_labels_as_people_write_them() -> None:
    labels = parse_labels(["cat", " car | automobile ", "", "a red  bicycle"])
    assert [label.names for label in labels] == [("cat",), ("car", "automobile"), ("a red bicycle",)]


@pytest.mark.parametrize("texts", [[], ["", " | "], ["cat", "Cat"], ["cat", "none of these"]])
def test_labels_that_make_no_sense_are_refused(texts) -> None:
    with pytest.raises(UsageError):
        parse_labels(texts)


def test_everyday_words_are_many_and_each_comes_once() -> None:
    words = everyday_words()
    assert len(words) > 500
    assert len({word.lower() for word in words}) == len(words)
    assert all(word == word.strip() and not word.startswith("#") for word in words)


@pytest.mark.parametrize(
    ("label", "folder"),
    [("none of these", "none-of-these"), ("a/b\\c", "a-b-c"), ("..", "label"), ("Füchse", "Füchse"), ("été!", "été")],
)
def test_folders_are_named_by_labels(label: str, folder: str) -> None:
    assert folder_name(label) == folder
