from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.errors import ModelError
from lucida.models import calibration, choosing, minilm_files
from lucida.models.choosing import Measurement, pick

if TYPE_CHECKING:
    from pathlib import Path


class Fake:
    """Gives fixed random vectors, turned by ``noise``."""

    def __init__(self, name: str, noise: float = 0.0) -> None:
        self.name, self.noise, self.calls = name, noise, 0

    def run(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        self.calls += 1
        rows = [np.random.default_rng(row.sum()).normal(size=64) for row in ids]
        noise = np.random.default_rng(1).normal(size=(len(ids), 64)) * self.noise
        vectors = np.array(rows) + noise
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path))
    return tmp_path


def row(name: str, rate: float, cosine: float = 1.0, overlap: float = 1.0) -> Measurement:
    return Measurement(name, rate, cosine, overlap)


def test_the_fastest_faithful_one_wins() -> None:
    rows = [
        row("exact", 10),
        row("a", 20, 0.995, 0.95),
        row("b", 30, 0.999, 0.9),
        row("c", 90, 0.95),
        row("d", 80, 1, 0.5),
    ]
    assert pick(rows, "exact") == "b"


def test_a_small_gain_is_not_worth_it() -> None:
    assert pick([row("exact", 10), row("a", 11, 0.995)], "exact") == "exact"
    assert pick([row("exact", 10), row("rough", 21, 0.991), row("close", 20, 0.999)], "exact") == "close"
    assert pick([row("exact", 10), row("rough", 30, 0.991), row("close", 20, 0.999)], "exact") == "rough"


def test_a_stricter_gate_keeps_rougher_ones_out() -> None:
    rows = [row("exact", 10), row("rough", 30, 0.999, 0.97), row("close", 20, 0.999, 0.995)]
    assert pick(rows, "exact") == "rough"
    assert pick(rows, "exact", 0.99) == "close"


def test_measuring_tells_true_from_false() -> None:
    exact, close, wrong = Fake("exact"), Fake("close", 0.01), Fake("wrong", 2.0)
    rows = choosing.measure(exact, {"close": lambda: close, "wrong": lambda: wrong}, calibration.encode_probe)
    assert [entry.runtime for entry in rows] == ["exact", "close", "wrong"]
    assert [entry.faithful() for entry in rows] == [True, True, False]
    assert all(entry.per_second > 0 for entry in rows)


def test_a_runtime_that_does_not_load_is_left_out() -> None:
    def broken() -> Fake:
        raise ModelError("It is broken.", "Mend it.")

    assert len(choosing.measure(Fake("exact"), {"broken": broken}, calibration.encode_probe)) == 1


def test_the_choice_is_remembered(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make() -> Fake:
        made.append("other")
        return Fake("other")

    monkeypatch.setattr(calibration, "_candidates", lambda *_: {"other": make})
    monkeypatch.setattr(choosing, "pick", lambda *_: "other")
    exact = Fake("exact")
    assert calibration.choose(minilm_files.find(), exact).name == "other"
    measured = exact.calls
    assert calibration.choose(minilm_files.find(), exact).name == "other"
    assert exact.calls == measured
    (memo,) = own_cache.glob("runtime-*.json")
    table = json.loads(memo.read_text())
    assert table["runtime"] == "other"
    assert {entry["runtime"] for entry in table["measured"]} == {"exact", "other"}


@pytest.mark.parametrize("content", ["", "[]", '{"runtime": "of another version"}'])
def test_a_spoilt_memory_is_measured_again(own_cache: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(calibration, "_candidates", lambda *_: {})
    exact = Fake("exact")
    calibration.choose(minilm_files.find(), exact)
    (memo,) = own_cache.glob("runtime-*.json")
    memo.write_text(content)
    before = exact.calls
    assert calibration.choose(minilm_files.find(), exact) is exact
    assert exact.calls > before


def test_overlap_of_equal_and_unrelated_vectors() -> None:
    random = np.random.default_rng(0)
    a, b = (random.normal(size=(200, 64)).astype(np.float32) for _ in range(2))
    assert choosing.neighbour_overlap(a, a) == 1.0
    assert choosing.neighbour_overlap(a, b) < 0.3


@pytest.mark.slow
def test_every_true_candidate_is_faithful() -> None:
    from lucida.models.minilm_export import exported
    from lucida.models.processor import processor
    from lucida.models.runtime import OnnxRuntime

    files = minilm_files.find()
    exact = OnnxRuntime(exported(files), name="onnx-fp32")
    rows = choosing.measure(exact, calibration._candidates(files, processor()), calibration.encode_probe)
    assert len(rows) >= 2
    assert all(entry.faithful() for entry in rows)


@pytest.mark.parametrize(("remembered", "windows"), [(None, 512), ("torch-bf16", 128), ("onnx-int8", 16)])
def test_how_soon_it_pays_to_change_over(monkeypatch: pytest.MonkeyPatch, remembered: str | None, windows: int) -> None:
    monkeypatch.setattr(choosing, "remembered", lambda memo: remembered)
    assert calibration.windows_before() == windows
