"""Each gate passes what it should and says why it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from lucida.errors import UsageError
from lucida.generate.gates.agreement import Agreement
from lucida.generate.gates.blankness import Blankness, variation
from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.gate import Candidate, Finding, Thresholds
from lucida.generate.gates.leak import Leak
from lucida.generate.gates.likeness import Pictures, differing
from lucida.generate.gates.memorised import Memorised
from lucida.generate.gates.panel import Panel
from lucida.generate.gates.sharpness import Sharpness, laplacian_variance
from lucida.ingest.pictures.perceptual_hash import perceptual_hash


def drawing(seed: int, side: int = 96) -> Image.Image:
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (side, side), tuple(random.integers(0, 255, 3).tolist()))
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = random.integers(0, side - 20, 2).tolist()
        pen.rectangle((x, y, x + 20, y + 15), fill=tuple(random.integers(0, 255, 3).tolist()))
    return image


def unit(*values: float) -> np.ndarray:
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)


class Eye:
    """Sees mean colours."""

    spec, fingerprint, dimension = "eye", "eye", 3

    def __init__(self) -> None:
        self.calls = 0

    def encode_images(self, images):
        self.calls += 1
        means = [np.asarray(image, dtype=np.float32).mean(axis=(0, 1)) + 1 for image in images]
        return np.stack([unit(*mean) for mean in means])


def test_sharp_pictures_pass_and_blurred_ones_do_not():
    sharp = drawing(1)
    blurred = sharp.filter(ImageFilter.GaussianBlur(8))
    one, other = Sharpness(20.0).judge([Candidate(sharp, "x"), Candidate(blurred, "x")])
    assert one.passed
    assert not other.passed
    assert "at least 20" in other.says
    assert laplacian_variance(Image.new("RGB", (2, 2))) == 0.0
    assert laplacian_variance(drawing(1).resize((1200, 1200), Image.Resampling.NEAREST)) > 20


def test_blank_pictures_do_not_pass():
    plain = Image.new("RGB", (300, 200), (200, 10, 10))
    found = Blankness(6.0).judge([Candidate(plain, "x"), Candidate(drawing(2), "x")])
    assert [finding.passed for finding in found] == [False, True]
    noise = Image.fromarray(np.random.default_rng(0).integers(118, 138, (640, 640, 3), dtype=np.uint8))
    assert variation(noise) < 6.0 < variation(drawing(2))


@pytest.mark.parametrize(
    ("row", "gate", "passed"),
    [
        ((0.8, 0.1, 0.1), "agreement", True),
        ((0.2, 0.1, 0.7), "agreement", False),
        ((0.4, 0.5, 0.1), "rival", False),
    ],
)
def test_the_own_label_must_win(row, gate, passed):
    gates = Agreement(("cat", "dog"), lambda rows: np.tile(np.array(row, np.float32), (len(rows), 1)), 0.35, 0.3)
    (finding,) = gates.judge([Candidate(drawing(1), "cat", None, unit(1, 0))])
    assert (finding.gate, finding.passed) == (gate, passed)
    if gate == "rival":
        assert "dog" in finding.says


def test_a_single_label_has_no_rival_and_without_an_encoder_nobody_is_asked():
    gate = Agreement(("cat",), lambda rows: np.tile(np.array((0.9, 0.1), np.float32), (len(rows), 1)), 0.35, 0.3)
    found = gate.judge([Candidate(drawing(1), "cat", None, unit(1, 0)), Candidate(drawing(2), "cat")])
    assert [finding.passed for finding in found] == [True, True]
    assert "not asked" in found[1].says


def test_copies_need_both_hash_and_vector():
    picture = drawing(3)
    look = perceptual_hash(picture)
    known = Pictures(["a.png"], [look], np.stack([unit(1, 0)]))
    same, elsewhere = Candidate(picture, "x", look, unit(1, 0.01)), Candidate(picture, "x", look, unit(0, 1))
    assert known.closest(same, 6, 0.95).name == "a.png"
    assert known.closest(elsewhere, 6, 0.95) is None
    assert known.closest(Candidate(picture, "x", look ^ 0xFFFF, unit(1, 0)), 6, 0.95) is None
    assert known.closest(Candidate(picture, "x", look, None), 6, 0.95).cosine is None
    assert known.closest(Candidate(picture, "x", None, unit(1, 0)), 6, 0.95) is None


def test_known_pictures_grow():
    known = Pictures()
    for number in range(200):
        known.add(str(number), number * 0x0101010101, unit(1, number) if number % 2 else None)
    assert len(known) == 200
    match = known.closest(Candidate(drawing(1), "x", 151 * 0x0101010101, unit(1, 151)), 0, 0.99)
    assert (match.name, match.bits) == ("151", 0)
    assert differing(np.array([0, 255], np.uint64), 1).tolist() == [1, 7]


@pytest.mark.parametrize("gate", [Memorised, Leak])
def test_copies_of_sources_and_of_evaluation_pictures_are_named(gate):
    picture = drawing(4)
    look = perceptual_hash(picture)
    judge = gate(Pictures(["held-out.png"], [look], np.stack([unit(1, 0)])), 8, 0.9)
    copy, other = judge.judge([Candidate(picture, "x", look, unit(1, 0)), Candidate(drawing(5), "x", ~look % 2**64)])
    assert not copy.passed
    assert "held-out.png" in copy.says
    assert other.passed


def test_the_panel_encodes_a_batch_once_and_sees_duplicates_within_it():
    eye = Eye()
    panel = Panel([Sharpness(20.0), Blankness(6.0)], Duplicates(Pictures(), 6, 0.95), eye)
    images = [drawing(6), drawing(6), drawing(7), Image.new("RGB", (64, 64))]
    judged = panel.judge(images, "x", ["one", "two", "three", "four"])
    assert eye.calls == 1
    assert [row.accepted for row in judged] == [True, False, True, False]
    assert [reason.gate for reason in judged[1].reasons] == ["duplicate"]
    assert "one" in judged[1].reasons[0].says
    assert [reason.gate for reason in judged[3].reasons] == ["sharpness", "blankness"]
    assert panel.seconds > 0
    again = panel.judge([drawing(7)], "x", ["five"])
    assert "three" in again[0].reasons[0].says


def test_bounds_can_be_set_by_name():
    bounds = Thresholds().changed(["agreement=0.5", "leak-bits=4"])
    assert (bounds.agreement, bounds.leak_bits, bounds.rival) == (0.5, 4.0, Thresholds().rival)
    for wrong in ("agreement", "agreement=high", "beauty=1"):
        with pytest.raises(UsageError):
            Thresholds().changed([wrong])


def test_bounds_on_the_page_are_those_of_the_code():
    text = (Path(__file__).parents[3] / "docs" / "datasets.md").read_text(encoding="utf-8")
    for name, bound in Thresholds().to_json().items():
        assert f"`{name}={bound:g}`" in text


def test_reasons_survive_a_journal():
    finding = Finding("sharpness", False, 3.0, 20.0, "sharpness 3 (at least 20)")
    assert Finding.from_json(finding.to_json()) == finding
