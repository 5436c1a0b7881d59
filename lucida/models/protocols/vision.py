"""What the rest of the house may ask of a vision-language model: a conversation of texts and pictures, with tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image

    #: What a message holds, in order.
    Part: TypeAlias = str | Image

Role = Literal["system", "user", "assistant", "tool"]
#: Why a model stopped: it was done, the limit of new tokens was reached, it called a tool, or time ran out.
Ending = Literal["stop", "length", "tool", "deadline"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask for.

    Attributes:
        name: an identifier.
        description: what it does, for the model.
        parameters: JSON Schema of its arguments, an object.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to have a tool run. The arguments are a model's words: check them before use.

    Attributes:
        name: of the tool.
        arguments: as the model gave them.
        id: what the reply refers to; empty where the back end has no such thing.
    """

    name: str
    arguments: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn.

    Attributes:
        role: who speaks.
        parts: texts and RGB pictures, in order.
        calls: tools that an assistant's turn asked for.
        answers: id of the call that a tool's turn answers.
    """

    role: Role
    parts: tuple[Part, ...]
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What becomes of a picture in a model's eye, known before it is shown.

    Attributes:
        width_px, height_px: the picture's size after the model's own resize; letters that are small here are lost.
        tokens: places that it takes in the model's context.
    """

    width_px: int
    height_px: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and what it cost.

    Attributes:
        text: without the words of tool calls.
        calls: tools that it asks for.
        ending: why it stopped.
        prompt_tokens, completion_tokens: read and written; the prompt's include its pictures'. None where the back end
            does not say.
        reused_tokens: of the prompt, those that were known from an earlier call and not computed again.
        seconds: wall clock.
    """

    text: str
    calls: tuple[ToolCall, ...]
    ending: Ending
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float
    reused_tokens: int = 0


class VisionLanguageModel(Protocol):
    """Answers in words to texts and pictures.

    Attributes:
        spec: the string that names it, e.g. ``hf:HuggingFaceTB/SmolVLM2-500M-Video-Instruct``.
        calls_tools: whether tools may be offered; a router applies them itself for a model that cannot ask.
    """

    @property
    def spec(self) -> str: ...
    @property
    def calls_tools(self) -> bool: ...

    def sight(self, width_px: int, height_px: int) -> Sight | None:
        """What would become of a picture of a size; None where the back end does not say."""
        ...

    def reply(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Tool] = (),
        most_tokens: int = 256,
        deadline: float | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Go on with a conversation, always in the most likely words (greedily): the same question, the same answer.

        Args:
            messages: the conversation, oldest first.
            tools: what it may ask for.
            most_tokens: of the reply.
            deadline: ``time.monotonic()`` at which to stop with what has been said.
            on_text: hears the reply piece by piece as it comes.

        Raises:
            ModelError: the model failed, its server cannot be reached, or what it said cannot be read.
            UsageError: the conversation does not fit into its context.
        """
        ...
