"""The tool by which a looking model has a picture drawn: it writes the prompt, and somebody else draws.

It is offered only where the caller gave somebody who draws and the question itself asks for a picture, so that nothing
on a page can bring one about. What is drawn is shown to the user and not to the model, and it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from lucida.errors import LucidaError
from lucida.models.protocols import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lucida.index.records import PageRow
    from lucida.types import Answer, Drawing

    #: Draws after a prompt, for a page that is looked at; told whether the picture is to be like the page.
    Draw: TypeAlias = Callable[[str, PageRow, bool], Drawing]

NAME = "draw_picture"
#: Longer prompts are refused, not cut; a model is told so, and may write a shorter one.
LONGEST_PROMPT = 400
#: Pictures of one question: each takes seconds to minutes.
MOST_DRAWINGS = 2
DRAW_PICTURE = Tool(
    name=NAME,
    description="Has a picture drawn for the user from a prompt that you write.",
    parameters={
        "type": "object",
        "properties": {
            "prompt": {
                "type": "string",
                "maxLength": LONGEST_PROMPT,
                "description": "what the picture shows, in English: things, layout, colours, style",
            },
            "like_page": {"type": "boolean", "description": "whether it is to look like the page"},
        },
        "required": ["prompt"],
    },
)
#: What a model is told where the tool is offered, behind its other instructions.
INSTRUCTION = (
    f"The question asks for a picture: call {NAME} once, with a prompt of your own in English that says what it shows, "
    "by what you saw and read on the page. The user sees the drawing. It proves nothing: reply about the page as above."
)
#: The answer's words where there is a picture and nothing else.
DRAWN_ALONE = "A picture was drawn as asked. It is made up, and nothing in these documents answers in words."
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Told:
    """What a call brought: words for the model, and words for the trace."""

    model: str
    trace: str


class Pencil:
    """Draws for one question, a few times at most.

    Args:
        draw: draws; None where nobody may.
        idle: why nothing can be drawn, in a few words; empty where somebody draws.

    Attributes:
        drawings: what was drawn, in order.
    """

    def __init__(self, draw: Draw | None, idle: str = "") -> None:
        self._draw, self._idle = draw, idle
        self._done: set[tuple[str, bool]] = set()
        self._tries = 0
        self.drawings: list[Drawing] = []

    @property
    def offered(self) -> bool:
        """Whether a model may still ask for a picture."""
        return self._draw is not None and self._tries < MOST_DRAWINGS

    def call(self, arguments: Mapping[str, Any], page: PageRow) -> Told:
        """Draw what a call asks for. Its arguments are a model's words: they are checked.

        Args:
            arguments: of the call.
            page: that the model looks at.
        """
        prompt = _BLANKS.sub(" ", str(arguments.get("prompt") or "")).strip()
        like = arguments.get("like_page") is True
        refused = self._refused(prompt, like)
        if refused is not None:
            return refused
        assert self._draw is not None
        self._tries += 1
        self._done.add((prompt.casefold(), like))
        try:
            drawn = self._draw(prompt, page, like)
        except LucidaError as error:
            return self.refuse("The picture could not be drawn. Do not try again.", f"failed: {error.message}")
        self.drawings.append(drawn)
        return Told("It is drawn, and the user sees it. It is no evidence.", f"drawn: {prompt[:120]!r}")

    def refuse(self, model: str, trace: str) -> Told:
        """Draw nothing, for a reason, which ``told`` gives where nothing else is drawn either."""
        self._idle = trace
        return Told(model, trace)

    def _refused(self, prompt: str, like: bool) -> Told | None:
        if not any(letter.isalpha() for letter in prompt):
            return self.refuse(
                "The prompt has no words. Say what the picture shows.", "refused: a prompt without words"
            )
        if len(prompt) > LONGEST_PROMPT:
            said = f"The prompt has {len(prompt)} characters; write one of at most {LONGEST_PROMPT}."
            return self.refuse(said, f"refused: a prompt of {len(prompt)} characters")
        if (prompt.casefold(), like) in self._done:
            return self.refuse("That is drawn already.", "refused: the same again")
        if not self.offered:
            return self.refuse("No more pictures are drawn.", f"refused: {MOST_DRAWINGS} pictures a question")
        return None

    def told(self) -> str:
        """What came of it, for the trace: how many pictures, or why there is none."""
        if self.drawings:
            return f"{len(self.drawings)} drawn"
        return f"nothing: {self._idle or 'the model asked for none on the pages that it saw'}"


def with_drawings(answer: Answer, pencil: Pencil) -> Answer:
    """An answer with what was drawn for its question; citations and confidence stay as they are."""
    if not pencil.drawings:
        return answer
    text = DRAWN_ALONE if answer.abstained else answer.text
    return replace(answer, text=text, drawings=tuple(pencil.drawings))
