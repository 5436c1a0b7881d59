"""``lucida evaluate dataset`` on the command line, without a library."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

SHADES = {"red": (200, 30, 30), "blue": (30, 30, 200)}


class Shades:
    """Sees the mean colour of a picture."""

    spec, fingerprint, dimension, text_is_minilm, calibration = "mini", "shades-1", 4, False, None

    def encode_images(self, images):
        rows = np.ones((len(images), 4), np.float32)
        rows[:, :3] = [np.asarray(image, np.float32).mean(axis=(0, 1)) / 64 for image in images]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Folders of noisy colours: drawn ones, real ones, and others to measure on."""
    random = np.random.default_rng(0)
    for place, count in (("drawn", 6), ("real", 3), ("held", 4)):
        for name, colour in SHADES.items():
            (tmp_path / place / name).mkdir(parents=True)
            for number in range(count):
                noise = random.integers(-25, 26, (24, 24, 3))
                pixels = (np.array(colour) + noise).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(tmp_path / place / name / f"{number}.png")
    monkeypatch.delenv("LUCIDA_LIBRARY")
    monkeypatch.setattr("lucida.models.registry.load_shared_encoder", lambda *_a, **_k: Shades())
    return tmp_path


def test_folders_by_class_need_no_library(lucida, folders) -> None:
    command = ("evaluate", "dataset", "drawn", "--real", "real", "--held-out", "held", "--seeds", 2)
    ran = lucida(*command, "--json", "--card", "card.md")
    assert ran.code == 0, ran.err
    assert {"arms", "likeness", "gain_over_retrieved", "held_out", "notes"} <= set(ran.json)
    assert {row["arm"]: row["accuracy"]["value"] for row in ran.json["arms"]} == {
        "real": 1.0, "synthetic": 1.0, "real+synthetic": 1.0,
    }  # fmt: skip
    assert "| real+synthetic | 18 |" in (folders / "card.md").read_text()
    told = lucida(*command)
    assert told.out.startswith("8 held-out pictures of 2 classes (chance 0.500), 2 resamples")
    assert "gain over real" in told.out


def test_what_is_missing_is_said(lucida, folders) -> None:
    ran = lucida("evaluate", "dataset", "drawn", "--real", "real")
    assert (ran.code, "no real pictures to measure on" in ran.err) == (2, True)
    assert lucida("evaluate", "dataset", "absent").code == 2
    assert lucida("evaluate", "dataset", "drawn", "--library", "nowhere").code == 2
    ran = lucida("evaluate", "dataset", "drawn", "--held-out", "held", "--card", "no/such/card.md")
    assert (ran.code, "cannot be written" in ran.err) == (2, True)
