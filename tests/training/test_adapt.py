"""One's own pairs, from a folder to a trained tower."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.training.adapt import prepare
from lucida.training.pairs import Pair

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "white": (240, 240, 240)}


def picture(colour: str, seed: int) -> bytes:
    noise = np.random.default_rng(seed).integers(-9, 9, (40, 60, 3))
    buffer = io.BytesIO()
    Image.fromarray(np.clip(np.array(COLOURS[colour]) + noise, 0, 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def pairs(count: int = 40, wrong: int = 0) -> list[Pair]:
    names = list(COLOURS)
    return [
        Pair(f"{row}.png", lambda row=row: picture(names[row % 4], row), (names[(row + (row < wrong)) % 4],))  # type: ignore[misc]
        for row in range(count)
    ]


def test_fitting_pairs_are_packed_and_pass(tmp_path: Path, words: object) -> None:
    done: list[int] = []
    prepared = prepare(pairs(), tmp_path / "pairs", words, lambda at, _all: done.append(at))  # type: ignore[arg-type]
    assert prepared.debt.reasons == []
    assert len(prepared.packed) == 40
    assert done[-1] == 40


def test_wrong_captions_are_refused(tmp_path: Path, words: object) -> None:
    debt = prepare(pairs(wrong=30), tmp_path / "pairs", words).debt  # type: ignore[arg-type]
    assert debt.reasons
    assert {suspect.name for suspect in debt.suspects} <= {f"{row}.png" for row in range(30)}


def test_a_broken_picture_is_left_out_and_named_also_the_second_time(tmp_path: Path, words: object) -> None:
    given = [*pairs(), Pair("cut.png", lambda: picture("red", 1)[:60], ("red",)), Pair("mute.png", lambda: b"", ())]
    for _ in range(2):
        prepared = prepare(given, tmp_path / "pairs", words)  # type: ignore[arg-type]
        assert {name for name, _ in prepared.debt.broken} == {"cut.png", "mute.png"}
        assert len(prepared.packed) == 40


def test_no_pairs_is_an_error(tmp_path: Path, words: object) -> None:
    with pytest.raises(UsageError, match="no pairs"):
        prepare([], tmp_path / "pairs", words)  # type: ignore[arg-type]
