"""Datasets as they are read, and whether they help as probes see it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, UsageError
from lucida.generate.formats.entry import Collection, Entry
from lucida.generate.formats.writing import write_formats
from lucida.query.evaluation.datasets import REAL, RETRIEVED, SYNTHETIC, Examples, benefit
from lucida.query.evaluation.datasets_reading import read_dataset

SHADES = {"red": (200, 10, 10), "sea/side": (10, 10, 200)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with three formats: two splits of a drawn picture, an augmented one and a real one."""
    home = tmp_path_factory.mktemp("run")
    entries = []
    for number in range(6):
        label = ("red", "sea/side")[number % 2]
        Image.new("RGB", (12, 10), SHADES[label]).save(home / f"{number}.png")
        split = "test" if number > 2 else "train"
        facts = {"generated": number % 3 == 0, **({"augmented": True} if number % 3 == 1 else {})}
        entries.append(Entry(home / f"{number}.png", f"{number}.png", label, split, 12, 10, facts=facts))
    write_formats(home, ["imagefolder", "webdataset", "parquet"], Collection(tuple(SHADES), tuple(entries)))
    (home / "manifest.json").write_text("{}")
    return home


@pytest.mark.parametrize("form", ["", "imagefolder", "webdataset", "parquet"])
def test_every_form_tells_labels_splits_and_origins(written: Path, form: str) -> None:
    found = read_dataset(written / form, generated=False)
    rows = sorted(zip(found.splits, found.pictures.labels.tolist(), found.generated.tolist(), strict=True))
    assert found.pictures.ids == ("red", "sea/side")
    assert rows == [
        ("test", 0, True), ("test", 1, False), ("test", 1, True),
        ("train", 0, False), ("train", 0, True), ("train", 1, True),
    ]  # fmt: skip
    for number, label in enumerate(found.pictures.labels.tolist()):
        assert found.pictures.read(number).getpixel((3, 3)) == SHADES[found.pictures.ids[label]]
    assert found.evaluation_split == "test"
    part = found.part(found.in_split("train") & found.generated)
    assert (len(part), part.splits) == (2, ("train", "train"))


def test_plain_folders_with_and_without_splits(tmp_path: Path) -> None:
    for place in ("flat/red_thing", "cut/train/red_thing", "cut/val/blue"):
        (tmp_path / place).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / place / "a.png")
    flat, cut = (read_dataset(tmp_path / name, generated=True) for name in ("flat", "cut"))
    assert (flat.splits, flat.generated.tolist(), flat.evaluation_split) == (("",), [True], None)
    assert (cut.splits, cut.evaluation_split) == (("train", "val"), "val")
    assert cut.numbered([("blue",), ("crimson", "Red-Thing")]).tolist() == [1, 0]
    assert cut.numbered([("green",)]).tolist() == [-1, -1]


def test_what_is_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_dataset(tmp_path / "absent", generated=True)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="none of the forms"):
        read_dataset(tmp_path, generated=True)
    (tmp_path / "imagefolder" / "train").mkdir(parents=True)
    (tmp_path / "imagefolder" / "train" / "metadata.jsonl").write_text(json.dumps({"label": "x"}))
    with pytest.raises(DamagedSourceError, match=r"metadata\.jsonl:1"):
        read_dataset(tmp_path, generated=True)


def points(count: int, seed: int, noise: float, wrong: float = 0.0) -> Examples:
    """Vectors around three directions; some bear a wrong label."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    rows = np.eye(3, 16)[labels] + noise * random.normal(size=(count, 16))
    mistaken = random.random(count) < wrong
    labels = np.where(mistaken, (labels + 1) % 3, labels)
    return Examples((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels)


NAMES = ("a", "b", "c")


def test_good_examples_help_and_wrong_ones_harm_with_intervals_that_say_so() -> None:
    real, held = points(12, 0, 0.35), points(240, 1, 0.35)
    good = benefit({REAL: real, SYNTHETIC: points(120, 2, 0.35)}, held, NAMES, seeds=3)
    gain = {arm.name: arm.gain for arm in good.arms}["real+synthetic"]
    assert gain is not None
    assert gain.low > 0.01
    bad = benefit({REAL: points(120, 3, 0.35), SYNTHETIC: points(120, 2, 0.35, wrong=0.9)}, held, NAMES, seeds=3)
    harm = {arm.name: arm.gain for arm in bad.arms}["real+synthetic"]
    assert harm is not None
    assert harm.high < 0


def test_what_adds_nothing_is_not_taken_for_progress() -> None:
    sets = {name: points(90, seed, 0.35) for seed, name in enumerate((REAL, SYNTHETIC, RETRIEVED))}
    report = benefit(sets, points(240, 7, 0.35), NAMES, seeds=3)
    assert [arm.name for arm in report.arms] == ["real", "synthetic", "real+synthetic", "retrieved", "real+retrieved"]
    assert report.arms[0].gain is None
    assert report.over_retrieved is not None
    assert report.over_retrieved.low < 0 < report.over_retrieved.high
    alone = benefit({REAL: sets[REAL]}, points(240, 7, 0.35), NAMES, seeds=3)
    assert alone.to_json()["arms"][0] == report.to_json()["arms"][0]


def test_likeness_compares_sets_of_one_size() -> None:
    sets = {REAL: points(90, 0, 0.3), SYNTHETIC: points(300, 1, 0.02)}
    real, drawn = benefit(sets, points(200, 2, 0.3), NAMES, seeds=1).likeness
    assert real.pictures == drawn.pictures == 90
    assert drawn.distance < real.distance
    assert drawn.vendi < real.vendi
    assert drawn.coverage < real.coverage
    assert drawn.kid > real.kid


def test_the_report_as_table_and_json() -> None:
    report = benefit({SYNTHETIC: points(2, 0, 0.1)}, points(9, 1, 0.1), NAMES, seeds=1)
    report = report.told(("mini", "f1"), ("A note.",))
    text = report.to_markdown("lucida evaluate dataset x")
    assert "| synthetic | 2 |" in text
    assert "- A note." in text
    document = json.loads(json.dumps(report.to_json()))
    assert document["arms"][0]["gain"] is None
    assert document["gain_over_retrieved"] is None
    with pytest.raises(ValueError, match="train on"):
        benefit({}, points(9, 1, 0.1), NAMES)
