"""Lessons as conversations in the model's own chat template, and which of their tokens it is to say itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lucida.models.protocols import Message, ToolCall
from lucida.query.looking.fencing import fenced
from lucida.query.looking.reading_tool import NAME, NO_TEXT, READ_TEXT, TOO_SMALL
from lucida.query.looking.wording import SYSTEM
from lucida.training.vlm.template import ASSISTANT, END, IMAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from lucida.models.protocols import Tool
    from lucida.training.vlm.lessons import Exchange, Lesson
    from lucida.types import Box

_EDGES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Written:
    """A conversation as tokens.

    Attributes:
        ids: int64 (t,).
        own: bool (t,), tokens of the model's own turns, the mark of their end included.
    """

    ids: NDArray[np.int64]
    own: NDArray[np.bool_]

    def to_the_call(self) -> Written:
        """Without what follows the model's last turn but one: of a lesson that reads, the call is its end."""
        ends = np.flatnonzero(self.own & ~np.append(self.own[1:], False))
        last = int(ends[-2]) + 1 if len(ends) > 1 else len(self.ids)
        return Written(self.ids[:last], self.own[:last])


class Writer(Protocol):
    """Fills in a chat template."""

    def write(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> tuple[str, list[Image.Image]]:
        """The prompt, up to where the model is to go on, and the pictures in it."""


class Scribe:
    """Writes lessons down.

    Args:
        writer: fills in the model's template, as it does at work.
        tokenizer: of transformers.
        places: tokens that a picture takes.
    """

    def __init__(self, writer: Writer, tokenizer: Any, places: int) -> None:
        self._writer = writer
        self._encode = tokenizer.backend_tokenizer.encode
        self._places = places
        self._opening = np.array(self._ids(ASSISTANT), dtype=np.int64)
        self._end = self._ids(END)[0]

    def write(self, lesson: Lesson, *, routed: bool) -> Written:
        """A lesson as tokens; see ``messages_of``."""
        tools = (READ_TEXT,) if routed and lesson.show is not None else ()
        text = self._writer.write(messages_of(lesson, routed=routed), tools)[0].removesuffix(ASSISTANT)
        ids = np.array(self._ids(text.replace(IMAGE, IMAGE * self._places)), dtype=np.int64)
        return Written(ids, self._own(ids))

    def _own(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        own = np.zeros(len(ids), dtype=bool)
        size = len(self._opening)
        for start in np.flatnonzero(ids == self._opening[0]):
            if np.array_equal(ids[start : start + size], self._opening):
                own[start + size : start + size + int(np.argmax(ids[start + size :] == self._end)) + 1] = True
        return own

    def _ids(self, text: str) -> list[int]:
        return list(self._encode(text, add_special_tokens=False).ids)


def messages_of(lesson: Lesson, *, routed: bool) -> list[Message]:
    """A lesson as messages, its answers among them.

    Args:
        lesson: what is taught.
        routed: as the way to an answer asks, with its instructions and the form that it wants; else as people ask.
    """
    said = [Message("system", (SYSTEM,))] if routed else []
    for number, exchange in enumerate(lesson.exchanges):
        picture = () if number or lesson.show is None else (_blank(),)
        said.append(Message("user", (*picture, asked(lesson, exchange, routed=routed))))
        if exchange.part is not None and routed:
            said.append(Message("assistant", (), (ToolCall(NAME, arguments_of(exchange.part)),)))
            said.append(Message("tool", (brought(exchange),)))
        said.append(Message("assistant", (reply_to(exchange, routed=routed),)))
    return said


def asked(lesson: Lesson, exchange: Exchange, *, routed: bool) -> str:
    """A question as it is put."""
    if not routed:
        return exchange.question
    before = f"{fenced(lesson.document)}\n" if lesson.document else ""
    return f"{before}Question: {exchange.question}" + (f"\n{TOO_SMALL}" if lesson.small_print else "")


def brought(exchange: Exchange) -> str:
    """What the tool brings."""
    return fenced(exchange.text) if exchange.text else NO_TEXT


def reply_to(exchange: Exchange, *, routed: bool) -> str:
    """What is to be said."""
    if not routed:
        return exchange.answers[0] if exchange.answers else exchange.denial or "That cannot be seen."
    if not exchange.answers:
        return "NOT FOUND"
    return f"ANSWER: {exchange.answers[0]}" + (f"\nQUOTE: {exchange.quote}" if exchange.quote else "")


def arguments_of(part: Box) -> dict[str, float]:
    """A box as the tool's arguments, to a tenth of the page."""
    return {edge: round(float(value), 1) for edge, value in zip(_EDGES, part, strict=True)}


@cache
def _blank() -> Image.Image:
    """Stands in a message for whatever picture is shown: the template asks only where one is."""
    from PIL import Image

    return Image.new("RGB", (1, 1))
