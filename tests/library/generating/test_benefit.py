"""Whether a dataset helps, from runs and folders, with a library's own pictures as the base line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lucida.errors import ModelError, UsageError
from lucida.generate.gates.gate import Thresholds
from lucida.library.benefit import BenefitRequest, judge


@pytest.fixture
def held_out(tmp_path, picture) -> Path:
    """Pictures of both classes that are in no library, and one of a class that nobody generated."""
    for colour in ("red", "blue", "green"):
        (tmp_path / "held" / colour).mkdir(parents=True)
        for seed in range(100, 104 if colour != "green" else 101):
            picture(colour, seed).save(tmp_path / "held" / colour / f"{seed}.png")
    return tmp_path / "held"


@pytest.fixture
def no_copies(monkeypatch):
    """Such pictures are too plain for the encoder and hashes of these tests to tell them apart."""
    bounds = replace(Thresholds(), leak_bits=0, leak_cosine=1.1)
    monkeypatch.setattr("lucida.library.benefit.Thresholds", lambda: bounds)


def test_a_run_is_held_against_what_the_library_retrieves(make, stocked, held_out, no_copies):
    run = make().folder
    heard = []
    report = stocked.evaluate_dataset(
        BenefitRequest(run, held_out=held_out, seeds=2), told=lambda *row: heard.append(row)
    )
    assert report.classes == ("blue", "red")
    assert (report.sizes["real"], report.sizes["synthetic"]) == (5, 7)
    assert "retrieved" not in report.sizes  # all that the library has is in the dataset already
    assert report.held_out == 8
    assert {arm.name: arm.accuracy.value for arm in report.arms} == dict.fromkeys(
        ("real", "synthetic", "real+synthetic"), 1.0
    )
    assert report.encoder == ("mini", "colours-1")
    assert any("1 held-out pictures show other classes" in note for note in report.notes)
    assert any("5 others were left out as copies" in note for note in report.notes)
    assert heard[-1] == (6, 6, "probes")


def test_real_pictures_of_ones_own_make_the_datasets_examples_the_base_line(
    make, stocked, held_out, tmp_path, picture, no_copies
):
    run = make().folder
    for colour in ("red", "blue"):
        (tmp_path / "own" / colour).mkdir(parents=True)
        picture(colour, 55).save(tmp_path / "own" / colour / "a.png")
    report = judge(BenefitRequest(run, tmp_path / "own", held_out, seeds=1), stocked.shared_encoder())
    assert report.sizes == {"synthetic": 7, "real": 2, "retrieved": 5}
    assert report.over_retrieved is not None


def test_copies_of_held_out_pictures_stop_it_or_are_left_out(make, stocked, held_out, tmp_path, no_copies):
    run = make().folder
    drawn = next((run / "imagefolder").rglob("red/drawn-*.png"))
    shutil.copy(drawn, held_out / "red" / "copied.png")
    request = BenefitRequest(run, held_out=held_out, seeds=1)
    with pytest.raises(UsageError, match="1 of 9 held-out pictures are copies of training pictures") as caught:
        stocked.evaluate_dataset(request)
    assert "--drop-copies" in caught.value.advice
    report = stocked.evaluate_dataset(BenefitRequest(run, held_out=held_out, seeds=1, drop_copies=True))
    assert report.held_out == 8
    assert any("1 of 9 held-out pictures are copies" in note for note in report.notes)


def test_near_copies_count_as_copies(make, stocked, held_out, tmp_path):
    run = make().folder
    from PIL import Image

    for place in (held_out / "red", held_out / "blue"):
        drawn = next((run / "imagefolder").rglob(f"{place.name}/drawn-*.png"))
        Image.open(drawn).convert("RGB").resize((90, 90)).save(place / "smaller.jpg", quality=80)
    with pytest.raises(UsageError, match="held-out pictures are copies"):
        stocked.evaluate_dataset(BenefitRequest(run, held_out=held_out, seeds=1))


def test_what_cannot_be_measured_is_refused(make, stocked, held_out, tmp_path, monkeypatch, no_copies):
    run = make().folder
    with pytest.raises(UsageError, match="no generated pictures"):
        stocked.evaluate_dataset(BenefitRequest(_only_real(run, tmp_path), held_out=held_out))
    shutil.rmtree(held_out / "blue")
    with pytest.raises(UsageError, match="show 1 of the generated classes"):
        stocked.evaluate_dataset(BenefitRequest(run, held_out=held_out))
    for split in ("validation", "test"):
        shutil.rmtree(run / "imagefolder" / split, ignore_errors=True)
    with pytest.raises(UsageError, match="no real pictures to measure on"):
        stocked.evaluate_dataset(BenefitRequest(run))
    monkeypatch.setattr(type(stocked), "shared_encoder", lambda _self: None)
    with pytest.raises(ModelError, match="no encoder of pictures"):
        stocked.evaluate_dataset(BenefitRequest(run))


def _only_real(run: Path, home: Path) -> Path:
    """The dataset without what was drawn."""
    target = home / "bare"
    shutil.copytree(run / "imagefolder", target)
    for listed in target.rglob("metadata.jsonl"):
        kept = [line for line in listed.read_text().splitlines() if '"generated": false' in line]
        listed.write_text("\n".join(kept))
    return target
