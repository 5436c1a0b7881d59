"""Lessons on drawn papers, of which every word's place is known: what kind they are, where to read what is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import SourceError, UsageError
from lucida.generate.documents.run import KIND, MANIFEST, TRUTH
from lucida.generate.documents.telling import Known, answer_text
from lucida.query.looking.reading_tool import in_lines
from lucida.training.data.sheets import NAMES
from lucida.training.vlm.lessons import Exchange, Lesson, Shown, is_kept, pick
from lucida.training.vlm.pages import kind_of_page, read
from lucida.training.vlm.texts import LONGEST_QUOTE, LONGEST_TEXT, Read
from lucida.types import Box, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.generate.documents.truth import Asked, PageTruth
    from lucida.training.augment import Views

#: Names of kinds of drawn papers that sheets do not have.
_NAMES = {
    "statement": ("an account statement", "a bank statement", "a statement"),
    "office": ("an office form", "a form", "a filled-in form"),
}
#: Of lessons, those that ask what is printed, and of the others those that ask for the kind of page before it.
_READ, _KIND = 0.8, 0.4
#: Where one may read, the largest part first: what is read has to be short enough.
_PARTS = (
    Box.whole(),
    *(Box(0.0, top, 1.0, top + 0.5) for top in (0.0, 0.5, 0.2, 0.3)),
    *(Box(0.0, tenth / 10, 1.0, (tenth + 3) / 10) for tenth in range(8)),
)
#: A word is read in a part that holds so much of it.
_INSIDE = 0.5
_TRIES = 8


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: its paper's truth file, its number in it from nought."""

    truth: Path
    number: int


class PaperLessons:
    """A ``Source`` of questions on papers that ``lucida generate documents`` drew. One paper in ten is kept.

    Args:
        folders: of such runs.
        views: how far pictures may be changed.
        side: of the pictures, in pixels; larger than the eye sees is of no use.

    Raises:
        UsageError: a folder is of no such run, or there are too few papers to keep one for measuring.
    """

    def __init__(self, folders: Sequence[Path], views: Views, side: int = 256) -> None:
        self._views, self._side = views, side
        self._pages: dict[bool, list[_Page]] = {False: [], True: []}
        for folder in folders:
            for name, count in _papers(folder):
                pages = [_Page(folder / TRUTH / f"{name}.json", number) for number in range(count)]
                self._pages[is_kept(name)] += pages
        if not all(self._pages.values()):
            raise UsageError("There are too few drawn papers.", "Draw a hundred or more, of which one in ten is kept.")

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        page = pick(rng, self._pages[held_out])
        paper = _known(page.truth)
        names = NAMES.get(paper.kind, _NAMES.get(paper.kind, ()))
        found = self._reading(paper.pages[page.number], rng) if rng.random() < _READ else None
        exchanges = []
        if names and (found is None or rng.random() < _KIND):
            exchanges.append(kind_of_page(names, rng))
        if found is not None:
            exchanges.append(read(found))
        if not exchanges:
            exchanges.append(Exchange("medium", "What kind of picture is this?", ("page",)))
        picture = page.truth.parent.parent / paper.pictures[page.number]
        return Lesson(tuple(exchanges), self._shown(picture), small_print=True)

    def _reading(self, page: PageTruth, rng: np.random.Generator) -> Read | None:
        """A question on what is printed, with the part where it stands; None where none suits."""
        for _ in range(_TRIES if page.questions else 0):
            found = reading(page, pick(rng, page.questions), rng)
            if found is not None:
                return found
        return None

    def _shown(self, picture: Path) -> Callable[[], Shown]:
        return lambda: Shown(_pixels(picture, self._side), None, self._views)


def reading(page: PageTruth, asked: Asked, rng: np.random.Generator) -> Read | None:
    """A question on a page as one that a part of it answers; None where no part does.

    Args:
        page: what is known of it.
        asked: its question.
        rng: chooses among the parts of the largest size that will do.

    Returns:
        With the text that reading the part brings. An answer of several lines, or one that no short text holds, is
        not taught; for what the page does not say, any part of a short text will do.
    """
    words = [Word(word.text, page.box([place]), 1.0, word.line) for place, word in enumerate(page.words)]
    if asked.kind == "tick" or len({words[place].line for place in asked.words}) > 1:
        return None  # which box is ticked is not among the words
    answer = answer_text(page, asked.words) if asked.words else ""
    line = [word.text for word in words if asked.words and word.line == words[asked.words[0]].line]
    quote = " ".join(line) if len(" ".join(line)) <= LONGEST_QUOTE else answer
    fitting: list[Read] = []
    for part in _PARTS:
        if fitting and part.height < fitting[0].part.height - 1e-6:
            break
        inside = [word for word in words if word.box.coverage(part) >= _INSIDE]
        text = in_lines(inside)
        if inside and len(text) <= LONGEST_TEXT and (quote in text if answer else True):
            fitting.append(Read(asked.question, text, answer, quote, part))
    return pick(rng, fitting) if fitting else None


def _papers(folder: Path) -> list[tuple[str, int]]:
    """Names and numbers of pages of a run's papers.

    Raises:
        UsageError: there is no such run, or it has not ended.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        found = (
            [(str(row["name"]), int(row["pages"])) for row in manifest["papers"]] if manifest["kind"] == KIND else []
        )
    except (OSError, ValueError, KeyError, TypeError):
        found = []
    if not found:
        advice = f"Draw some with: lucida generate documents --dpi 60 --count 1000 --out {folder}"
        raise UsageError(f"There are no drawn papers in {folder}.", advice)
    return found


@lru_cache(maxsize=512)
def _known(path: Path) -> Known:
    """What is known of a paper.

    Raises:
        SourceError: the file is gone or holds something else.
    """
    try:
        return Known.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not what is known of a paper: {error}.", "Draw the papers again.") from error


def _pixels(path: Path, side: int) -> NDArray[np.uint8]:
    """A page's picture made square as the model's own processor makes it: stretched.

    Raises:
        SourceError: the file is gone or is no picture.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            small = image.convert("RGB").resize((side, side), Image.Resampling.BOX)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error}.", "Draw the papers again.") from error
    return np.asarray(small)
