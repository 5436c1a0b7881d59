"""Lets a vision-language model look at the best pages, and makes candidates of what it says.

Route: the picture's letters after the model's own resize decide whether it can read them; where it cannot, or where
exact characters matter, the page's own words are read for it, by its own tool call or, for a model without tools,
beside the question. What it says then has to stand on the page like any other candidate's answer. Where the question
asks for a picture and somebody draws, it may have one drawn (``drawing_tool``), which proves nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError, SourceError
from lucida.models.protocols import Message, Reply, Tool, ToolCall, VisionLanguageModel
from lucida.query.looking import drawing_tool, reading_tool
from lucida.query.looking.commands import orders
from lucida.query.looking.fencing import fenced
from lucida.query.looking.legibility import legible
from lucida.query.looking.proposals import Proposal, proposal
from lucida.query.looking.wording import SYSTEM, taken_apart
from lucida.types import Box, Step, Word
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index.records import PageRow
    from lucida.query.looking.drawing_tool import Pencil
    from lucida.query.question import Question

#: Pages that are looked at, the best by retrieval: each costs a reply.
MOST_PAGES = 3
#: Rounds of tool calls on one page; after them the model has to answer.
_MOST_ROUNDS = 3
#: Calls of one round that are answered, and what is kept of a reply and of a name that a model makes up: one that has
#: lost its way calls a hundred tools, or says the same for ever.
_MOST_CALLS = 4
_MOST_CHARACTERS, _LONGEST_NAME = 4_000, 40
_MOST_TOKENS = 192
#: Signs that would move a terminal's cursor or colour it where an answer or a trace is printed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Looker:
    """A model and what it may look at.

    Attributes:
        model: answers.
        picture: draws a page, RGB.
        read: words of a part of a page at full resolution; None where nobody can read it.
        pictures: pages of pictures that the question may be about, found by meaning, best first; told whether there is
            nothing else to look at.
        pencil: draws for this question, where it asks for a picture; None where nothing is to be drawn.
    """

    model: VisionLanguageModel
    picture: Callable[[PageRow], Image]
    read: Callable[[PageRow, Box], Sequence[Word] | None]
    pictures: Callable[[str, bool], Sequence[PageRow]] = lambda *_: ()
    pencil: Pencil | None = None


@dataclass(slots=True)
class Looked:
    """What came of looking: proposals best page first, a step for everything that was done, and what went wrong."""

    proposals: list[Proposal]
    steps: list[Step]
    problem: LucidaError | None = None


def look(looker: Looker, question: Question, pages: Sequence[PageRow], deadline: float | None = None) -> Looked:
    """Ask the model of each page in turn, the best first.

    A page that cannot be drawn is passed over. A model that fails ends the looking: what it said until then counts,
    and ``problem`` tells why there is no more.

    Args:
        looker: the model and its eyes.
        question: taken apart.
        pages: best first.
        deadline: ``time.monotonic()`` at which to stop.
    """
    looked = Looked([], [])
    for page in list({page.id: page for page in pages}.values())[:MOST_PAGES]:
        if deadline is not None and time.monotonic() >= deadline:
            looked.steps.append(Step("look", f"time was up before page {page.number} of {printable(page.source)}", 0.0))
            break
        try:
            said = _Conversation(looker, question, page, deadline, looked.steps).held()
        except SourceError as error:
            looked.steps.append(Step("look", f"page {page.number} cannot be drawn: {error.message}", 0.0))
            continue
        except LucidaError as error:
            looked.steps.append(Step("look", f"failed: {error.message}", 0.0))
            looked.problem = error
            break
        if said is not None:
            looked.proposals.append(said)
    return looked


def _named(call: ToolCall) -> str:
    return _CONTROL.sub(" ", call.name[:_LONGEST_NAME])


class _Conversation:
    """About one page."""

    def __init__(
        self, looker: Looker, question: Question, page: PageRow, deadline: float | None, steps: list[Step]
    ) -> None:
        self._looker, self._question, self._page = looker, question, page
        self._deadline, self._steps = deadline, steps
        self._read: list[Word] = []
        self._parts: dict[Box, Sequence[Word]] = {}
        able = looker.model.calls_tools and looker.pencil is not None and looker.pencil.offered
        self._pencil = looker.pencil if able else None
        self._drew = False

    def held(self) -> Proposal | None:
        """What the model proposes for this page, None for nothing."""
        looker, page = self._looker, self._page
        picture = looker.picture(page)
        sight = looker.model.sight(*picture.size)
        readable = legible(page.words, sight, picture.height)
        told = SYSTEM if self._pencil is None else f"{SYSTEM}\n{drawing_tool.INSTRUCTION}"
        messages = [Message("system", (told,)), Message("user", (picture, self._asked(readable=readable)))]
        tools = self._tools() if looker.model.calls_tools else ()
        reply = self._reply(messages, tools)
        for _ in range(_MOST_ROUNDS):
            if not reply.calls:
                break
            messages.append(Message("assistant", (reply.text,) if reply.text else (), reply.calls))
            messages += [
                Message("tool", (self._tool(call.name, call.arguments),), answers=call.id) for call in reply.calls
            ]
            reply = self._reply(messages, tools)
        said = taken_apart(reply.text) if not reply.calls else None
        if said is None or self._ordered_about() or (self._drew and not page.words):
            return None  # of a page without words, what is said now may be said of the drawing
        return proposal(said, self._question, page, self._read)

    def _tools(self) -> tuple[Tool, ...]:
        drawing = (drawing_tool.DRAW_PICTURE,) if self._pencil is not None else ()
        return (reading_tool.READ_TEXT, *drawing)

    def _ordered_about(self) -> bool:
        """Whether a picture without words of its own bears an order to a model: nothing seen on it counts then."""
        if self._page.words:
            return False  # what is said of it must be printed, and not dictated
        words = self._read or self._words(Box.whole()) or []
        if not orders(words):
            return False
        self._steps.append(Step("look", "refused: the picture gives orders to a model", 0.0))
        return True

    def _asked(self, *, readable: bool) -> str:
        """The question, with the page's words where the model can neither read them nor ask for them."""
        if self._looker.model.calls_tools:
            hint = "" if readable else f"\n{reading_tool.TOO_SMALL}"
            return f"Question: {self._question.text}{hint}"
        words = reading_tool.in_lines(self._page.words)
        return f"{fenced(words)}\nQuestion: {self._question.text}" if words else f"Question: {self._question.text}"

    def _reply(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        reply = self._looker.model.reply(messages, tools=tools, most_tokens=_MOST_TOKENS, deadline=self._deadline)
        text = _CONTROL.sub(" ", reply.text[:_MOST_CHARACTERS])
        reply = replace(reply, text=text, calls=reply.calls[:_MOST_CALLS])
        cost = (
            f"{reply.prompt_tokens} tokens read, {reply.completion_tokens} said" if reply.prompt_tokens else "no count"
        )
        what = f"calls {', '.join(map(_named, reply.calls))}" if reply.calls else repr(reply.text[:80])
        where = f"page {self._page.number} of {printable(self._page.source)}"
        counted = f" ({cost})" if reply.prompt_tokens is not None else ""
        self._steps.append(Step("look", f"{self._looker.model.spec} at {where}: {what}{counted}", reply.seconds))
        return reply

    def _tool(self, name: str, arguments: object) -> str:
        """What a call brings. Nothing but what was offered can be called, whatever the model or its page says."""
        began = time.monotonic()
        names = [tool.name for tool in self._tools()]
        if name not in names or not isinstance(arguments, dict):
            self._steps.append(Step("tool", f"refused {name[:_LONGEST_NAME]!r}", time.monotonic() - began))
            only = "The one tool is" if len(names) == 1 else "The tools are"
            return f"There is no tool {name[:_LONGEST_NAME]!r}. {only} {' and '.join(names)}."
        return self._part(arguments, began) if name == reading_tool.NAME else self._drawing(arguments, began)

    def _drawing(self, arguments: Mapping[str, Any], began: float) -> str:
        """Have a picture drawn, unless the page is one that tells models what to do, or time is up."""
        assert self._pencil is not None
        if self._deadline is not None and began >= self._deadline:
            told = self._pencil.refuse("There is no time left to draw.", "refused: time is up")
        elif orders(self._page.words) or orders(self._words(Box.whole()) or []):
            told = self._pencil.refuse("Nothing is drawn for it.", "refused: the page gives orders to a model")
        else:
            before = len(self._pencil.drawings)
            told = self._pencil.call(arguments, self._page)
            self._drew |= len(self._pencil.drawings) > before
        self._steps.append(Step("tool", f"{drawing_tool.NAME}: {told.trace}", time.monotonic() - began))
        return told.model

    def _part(self, arguments: Mapping[str, Any], began: float) -> str:
        """The words of a part of the page."""
        box = reading_tool.box_of(arguments)
        words = self._parts[box] if box in self._parts else self._words(box)
        if words is None:
            words = [word for word in self._page.words if word.box.coverage(box) >= 0.5]
        if box not in self._parts:
            self._parts[box] = words
            # Each reading counts its lines from nought: those of another part of the page are other lines.
            lines = 1 + max((word.line for word in self._read), default=-1)
            self._read += [word._replace(line=word.line + lines) for word in words]
        edges = ", ".join(f"{edge:.2f}" for edge in box)
        self._steps.append(Step("tool", f"{reading_tool.NAME} ({edges}): {len(words)} words", time.monotonic() - began))
        return fenced(reading_tool.in_lines(words)) if words else reading_tool.NO_TEXT

    def _words(self, box: Box) -> Sequence[Word] | None:
        """Words of a part by OCR; None where nobody can read it, it fails, or time is up."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return None
        try:
            return self._looker.read(self._page, box)
        except LucidaError as error:
            self._steps.append(Step("tool", f"reading failed: {error.message}", 0.0))
            return None
