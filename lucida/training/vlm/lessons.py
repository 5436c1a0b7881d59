"""What the embedded vision-language model is taught: a picture or a text, and questions with their answers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lucida.training.augment import Views
    from lucida.types import Box

Option = TypeVar("Option")
#: Kinds of questions whose answers say what is seen.
OPEN = frozenset(("name", "scene", "colour", "count", "place", "page", "chart", "medium"))
#: One in so many classes, pages, pairs of words or values is kept for measuring.
_KEPT = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture.

    Attributes:
        pixels: uint8 (h, w, 3); cut-outs lie on white.
        alpha: uint8 (h, w), opacity; None where all is opaque.
        views: how far it may be changed without making an answer untrue.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    views: Views


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer.

    Attributes:
        kind: of question, as the measurements name it.
        answers: what is right, the one to say first; empty where the answer cannot be seen or read.
        denial: what to say then, in a sentence of one's own.
        quote: the words that prove an answer that was read.
        part: where to read before answering; None where looking is enough.
        text: what is read there.
    """

    kind: str
    question: str
    answers: tuple[str, ...]
    denial: str = ""
    quote: str = ""
    part: Box | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One conversation.

    Attributes:
        exchanges: in order; what is read stands in the last one.
        show: gives the picture; None where there is none.
        document: a text to answer from, in the picture's place.
        small_print: whether the picture is a page whose letters are too small to be read off it.
    """

    exchanges: tuple[Exchange, ...]
    show: Callable[[], Shown] | None = None
    document: str = ""
    small_print: bool = False


class Source(Protocol):
    """An endless supply of lessons of one sort; the same generator state gives the same one."""

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """A lesson, of what is learned from, or of what is kept for measuring."""


def pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    """One of several, all as likely."""
    return options[int(rng.integers(len(options)))]


def worded(rng: np.random.Generator, forms: Sequence[str], **names: str) -> str:
    """One of several forms of a question with its gaps filled in, the first letter large."""
    text = pick(rng, forms).format(**names)
    return text[0].upper() + text[1:]


def is_kept(name: str) -> bool:
    """Whether something of this name is kept for measuring: the same in every run."""
    return zlib.crc32(name.encode()) % _KEPT == 0
