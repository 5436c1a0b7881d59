"""Lessons on drawn papers: true, readable where they say, kept apart; and none of them where none were given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import SourceError, UsageError
from lucida.generate.documents.request import PaperRequest
from lucida.library.paging import draw_papers
from lucida.training.augment import Views
from lucida.training.vlm.conversation import messages_of
from lucida.training.vlm.feed import Share
from lucida.training.vlm.held_out import held_out_questions
from lucida.training.vlm.lessons import Lesson
from lucida.training.vlm.papers import PaperLessons
from lucida.training.vlm.recipe import sources
from lucida.training.vlm.texts import LONGEST_TEXT


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers") / "drawn"
    draw_papers(PaperRequest(seed=3, count=16, kinds=("receipt", "form", "statement", "letter"), dpi=36), folder)
    return folder


@pytest.fixture(scope="module")
def lessons(papers: Path) -> dict[bool, list[Lesson]]:
    source, rng = PaperLessons([papers], Views(), side=32), np.random.default_rng(1)
    return {held: [source.draw(rng, held_out=held) for _ in range(120)] for held in (False, True)}


def test_what_is_asked_is_what_the_part_brings(lessons: dict[bool, list[Lesson]]) -> None:
    reads = [lesson.exchanges[-1] for lesson in lessons[False] if lesson.exchanges[-1].part is not None]
    assert len(reads) > 60
    for one in reads:
        assert 0 < len(one.text) <= LONGEST_TEXT
        assert one.kind == ("reading" if one.answers else "nothing to read")
        for answer in one.answers:
            assert answer in one.quote
            assert one.quote in one.text
        assert one.part is not None
        assert [round(edge, 1) for edge in one.part] == pytest.approx(list(one.part))
    assert len({one.part for one in reads}) > 2
    assert {one.kind for one in reads} == {"reading", "nothing to read"}


def test_kinds_are_those_that_were_drawn(lessons: dict[bool, list[Lesson]], papers: Path) -> None:
    asked = [one for lesson in lessons[False] for one in lesson.exchanges if one.kind == "page"]
    assert {one.answers[0] for one in asked} == {"a receipt", "a form", "an account statement", "a letter"}
    shown = lessons[False][0].show
    assert shown is not None
    assert shown().pixels.shape == (32, 32, 3)
    told = [message.role for message in messages_of(lessons[False][0], routed=True)]
    assert told[-1] == "assistant"


def test_papers_that_are_kept_are_not_learned_from(lessons: dict[bool, list[Lesson]], papers: Path) -> None:
    said = {held: {one.text for lesson in lessons[held] for one in lesson.exchanges if one.text} for held in lessons}
    assert said[True]
    assert not said[True] & said[False]
    questions = held_out_questions({"papers": Share(PaperLessons([papers], Views()), 1, 1)}, 2)
    assert {one.kind for one in questions} >= {"reading, papers", "page, papers"}


def test_without_papers_nothing_changes_and_with_them_they_come_last(sets: Path, papers: Path) -> None:
    plain, more = sources([sets]), sources([sets], papers=[papers])
    assert list(more) == [*plain, "papers"]
    assert all((plain[name].begin, plain[name].end) == (more[name].begin, more[name].end) for name in plain)


def test_folders_without_papers_and_papers_that_went_are_said(papers: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no drawn papers"):
        PaperLessons([tmp_path], Views())
    shutil.copytree(papers, tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps({**manifest, "papers": manifest["papers"][:1]}))
    with pytest.raises(UsageError, match="too few"):
        PaperLessons([tmp_path / "copy"], Views())
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    source = PaperLessons([tmp_path / "copy"], Views())
    shutil.rmtree(tmp_path / "copy" / "truth")
    with pytest.raises(SourceError, match="Draw the papers again"):
        source.draw(np.random.default_rng(1))
