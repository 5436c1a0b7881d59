"""What is taught is true, balanced, and kept apart from what is measured."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import UsageError
from lucida.training.augment import Views
from lucida.training.vlm.charts import ChartLessons
from lucida.training.vlm.feed import Share
from lucida.training.vlm.held_out import held_out_questions
from lucida.training.vlm.lessons import Lesson
from lucida.training.vlm.recipe import sources
from lucida.training.vlm.texts import Readings, part_for
from lucida.types import Box

NAMES = ("photos64", "pictograms", "scenes", "sheets", "texts", "charts")


def drawn(shares: dict[str, Share], name: str, count: int = 300, *, held_out: bool = False) -> list[Lesson]:
    rng = np.random.default_rng(4)
    return [shares[name].source.draw(rng, held_out=held_out) for _ in range(count)]


def told(lessons: list[Lesson]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.question, one.answers) for lesson in lessons for one in lesson.exchanges]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_state_gives_the_same_lessons(shares: dict[str, Share], name: str) -> None:
    assert told(drawn(shares, name, 40)) == told(drawn(shares, name, 40))


@pytest.mark.parametrize("name", NAMES)
def test_questions_and_answers_are_whole(shares: dict[str, Share], name: str) -> None:
    for lesson in drawn(shares, name):
        assert (lesson.show is None) == bool(lesson.document)
        assert lesson.exchanges
        for one in lesson.exchanges:
            assert one.question[0].isupper()
            assert "{" not in one.question
            assert "img_0815" not in one.question
            assert all(one.answers)
            assert one.answers or one.denial or lesson.document or one.part is not None


@pytest.mark.parametrize("name", ["photos64", "pictograms", "scenes", "sheets"])
def test_yes_is_as_likely_as_no(shares: dict[str, Share], name: str) -> None:
    lessons = drawn(shares, name, 1500)
    counts = Counter(one.answers[0] for lesson in lessons for one in lesson.exchanges if one.kind == "yes or no")
    assert 0.3 < counts["yes"] / counts.total() < 0.62


def test_names_are_those_of_what_is_shown(shares: dict[str, Share]) -> None:
    colours = {"rose": (220, 30, 60), "grass": (30, 180, 40), "sea": (40, 60, 220), "snow": (240, 240, 240)}
    for lesson in drawn(shares, "photos64"):
        assert lesson.show is not None
        pixel = tuple(int(part) for part in lesson.show().pixels[0, 0])
        for one in lesson.exchanges:
            if one.kind == "name":
                assert colours[one.answers[0]] == pixel
            named = [name for name in colours if name in one.question]
            if one.kind == "yes or no" and named:
                assert one.answers == (("yes",) if colours[named[0]] == pixel else ("no",))
            if one.kind == "absent":
                assert colours[named[0]] != pixel


def test_what_is_measured_is_not_learned_from(shares: dict[str, Share]) -> None:
    for name in ("photos64", "pictograms"):
        rows = shares[name].source._rows  # type: ignore[attr-defined]
        assert not set(rows[False]) & set(rows[True])
    pairs = {
        held: {(group.colour, group.noun.removesuffix("s").removesuffix("e")) for group in groups if group.colour}
        for held in (False, True)
        for groups in [_groups(shares, held_out=held)]
    }
    kept = pairs[True] - pairs[False]
    assert kept
    assert not any(pair in pairs[False] for pair in kept)
    values = []
    for held in (False, True):
        lessons = drawn(shares, "texts", held_out=held)
        values.append({one.answers for lesson in lessons for one in lesson.exchanges if one.answers})
    assert not values[0] & values[1]


def _groups(shares: dict[str, Share], *, held_out: bool) -> list:
    source = shares["scenes"].source
    rows = source._rows[held_out]  # type: ignore[attr-defined]
    concepts = source._packed.concepts[rows]  # type: ignore[attr-defined]
    return [group for concept in concepts for group in source._facts[int(concept)].groups]  # type: ignore[attr-defined]


def test_what_is_read_is_printed_and_proved() -> None:
    readings, rng = Readings(), np.random.default_rng(1)
    found = [readings.draw(rng) for _ in range(300)]
    answered = [one for one in found if one.answer]
    assert 0.5 < len(answered) / len(found) < 0.85
    for one in answered:
        assert one.answer in one.text
        assert one.answer in one.quote
        assert " ".join(one.quote.split()) in " ".join(one.text.split())


def test_business_paper_is_read_where_it_has_things() -> None:
    assert part_for("What is the total?") == part_for("Who signed?") == Box(0, 0.5, 1, 1)
    assert part_for("Who sent the letter?") == Box(0, 0, 1, 0.5)
    assert part_for("How long does it last?") == Box.whole()


def test_the_tallest_bar_is_the_tallest() -> None:
    source, rng = ChartLessons(Views(), side=96), np.random.default_rng(0)
    for _ in range(4):
        lesson = source.draw(rng)
        assert lesson.show is not None
        pixels = lesson.show().pixels.astype(int)
        assert pixels.shape == (96, 96, 3)
        blue = (np.abs(pixels - (0, 0x72, 0xB2)).sum(axis=2) < 30).sum(axis=0)  # the first colour of the palette
        inside = np.flatnonzero(blue > 4)
        bars = np.split(blue[inside], np.flatnonzero(np.diff(inside) > 1) + 1)
        heights = [int(np.median(bar)) for bar in bars if len(bar) > 2]
        place = ("first", "second", "third", "fourth", "fifth", "sixth").index(lesson.exchanges[0].answers[1])
        tall = "tallest" in lesson.exchanges[0].question
        assert place == (np.argmax(heights) if tall else np.argmin(heights))


def test_held_out_questions_are_of_every_kind(shares: dict[str, Share]) -> None:
    questions = held_out_questions(shares, 2)
    counts = Counter(question.kind for question in questions)
    assert max(counts.values()) == 2
    wanted = {"name, photos64", "count, scenes", "colour, scenes", "place, scenes", "page, sheets", "reading, sheets",
              "text, texts", "chart, charts", "yes or no, scenes", "absent, pictograms"}  # fmt: skip
    assert wanted <= set(counts)
    for one in questions:
        assert (one.picture is None) == one.kind.startswith("text,")
        assert one.must_read == one.kind.startswith(("reading", "nothing to read"))


def test_without_sets_there_is_advice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lucida train data"):
        sources([tmp_path])
