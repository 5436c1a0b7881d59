from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.query.evaluation.card import card_fragment
from lucida.query.evaluation.encoder import (
    Settings,
    encode_pictures,
    measure_captioned,
    measure_kinds,
    measure_labelled,
)
from lucida.query.evaluation.labelled import PictureSet
from lucida.query.evaluation.wordnet import GeneralWord

RGB = [(220, 20, 20), (20, 220, 20), (20, 20, 220)]


def pictures(labels: list[int], shown: list[int] | None = None, *, captioned: bool = False) -> PictureSet:
    """Pictures in colours; ``shown`` is what they look like where that is not what they are said to be."""
    seen = shown or labels

    def read(number: int) -> Image.Image:
        return Image.new("RGB", (6, 6), RGB[seen[number]])

    names = (("red", "ruby red"), ("green",), ("blue",))
    return PictureSet("colours", ("r", "g", "b"), names, np.array(labels, dtype=np.int64), read, captioned)


def value_of(report, key: str) -> float:
    return next(row.estimate.value for row in report.measures if row.key == key)


def test_a_perfect_encoder(colours) -> None:
    words = [GeneralWord("red or green", frozenset({0, 1}), 9), GeneralWord("blue", frozenset({2}))]
    report, vectors = measure_labelled(colours, pictures([0, 1, 2] * 20), words, Settings())
    assert vectors.shape == (60, 8)
    assert value_of(report, "zero_shot_top1") == 1.0
    assert value_of(report, "image_to_image_10nn") == 1.0
    assert value_of(report, "general_precision@10") == 1.0
    assert [row["word"] for row in report.words] == ["red or green", "blue"]
    assert report.pictures == 60


def test_wrong_labels_cost_what_they_must(colours) -> None:
    report, _ = measure_labelled(colours, pictures([0] * 8 + [1] * 2, [0] * 8 + [2] * 2), [], Settings())
    assert value_of(report, "zero_shot_top1") == pytest.approx(0.8)
    assert report.classes[0] == {"class": "g", "name": "green", "pictures": 2, "top1": 0.0}
    assert {row.key for row in report.measures} == {"zero_shot_top1", "image_to_image_10nn"}
    chance = {row.key: row.chance for row in report.measures}
    assert chance == {"zero_shot_top1": pytest.approx(1 / 3), "image_to_image_10nn": pytest.approx(0.8)}


def test_captions_find_their_pictures(colours) -> None:
    report = measure_captioned(colours, pictures([0, 1, 2], [1, 1, 2], captioned=True), Settings())
    assert value_of(report, "text_to_image_recall@1") == pytest.approx(
        1 / 3
    )  # two pictures look alike: a tie is a miss
    assert value_of(report, "text_to_image_recall@5") == 1.0
    assert value_of(report, "keywords_to_image_recall@5") == 1.0


def test_kinds_weigh_alike_whatever_their_number(colours) -> None:
    vectors = colours.encode_texts(["a photograph", "a photo of something", "a picture", "a drawing of something"])
    pages = pictures([0, 1])
    report = measure_kinds(colours, pages, vectors, Settings())
    pages_right, pictures_right = value_of(report, "kind_accuracy_pages"), value_of(report, "kind_accuracy_pictures")
    assert value_of(report, "kind_accuracy") == pytest.approx((pages_right + pictures_right) / 2)


def test_progress_is_told_and_batches_keep_their_order(colours) -> None:
    told: list[tuple[int, int, float]] = []
    labels = [n % 3 for n in range(150)]
    vectors = encode_pictures(colours, pictures(labels), lambda *row: told.append(row))
    assert [row[:2] for row in told] == [(64, 150), (128, 150), (150, 150)]
    assert all(row[2] > 0 for row in told)
    assert vectors[:, :3].argmax(axis=1).tolist() == labels
    assert encode_pictures(colours, pictures([]), lambda *_: None).shape == (0, 8)


def test_reports_add_up_and_can_be_made_again(colours) -> None:
    first, _ = measure_labelled(colours, pictures([0, 1, 2], [0, 1, 1]), [], Settings(seed=4))
    again, _ = measure_labelled(colours, pictures([0, 1, 2], [0, 1, 1]), [], Settings(seed=4))
    assert first.measures == again.measures
    both = first.plus(measure_captioned(colours, pictures([0, 1, 2], captioned=True), Settings()))
    assert both.pictures == 6
    assert len(both.measures) == len(first.measures) + 6
    assert both.to_json()["measures"][0]["measure"] == "zero_shot_top1"


def test_the_card_shows_every_figure_and_no_folder(colours, tmp_path: Path) -> None:
    colours.spec = f"openclip:local-dir:{tmp_path / 'model'}"
    words = [GeneralWord("a|b", frozenset({0}))]
    report, _ = measure_labelled(colours, pictures([0, 1, 2]), words, Settings())
    text = card_fragment(report, "lucida evaluate encoder")
    assert str(tmp_path) not in text
    assert "`openclip:local-dir:model`" in text
    assert text.count("\n| ") == len(report.measures) + 1
    assert "a\\|b" in text
    assert "$ lucida evaluate encoder" in text
