"""How well a vision-language model looks: questions by kind, asked as the way to an answer asks them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucida.models.protocols import Message
from lucida.query.evaluation.answers import exact_match
from lucida.query.evaluation.intervals import Estimate, estimate
from lucida.query.looking.reading_tool import NO_TEXT, READ_TEXT
from lucida.query.looking.wording import SYSTEM, taken_apart

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import Reply, VisionLanguageModel

#: Rounds of tool calls before it has to answer, and tokens of a reply.
_MOST_ROUNDS, _MOST_TOKENS = 2, 64


@dataclass(frozen=True, slots=True)
class VlmQuestion:
    """A question of a picture or a text.

    Attributes:
        kind: what it tests, and on what; figures are given per kind.
        question: as it is put, with everything that stands around it.
        accepted: right answers; empty where the honest answer is that there is none.
        picture: RGB; None where the question brings a text of its own.
        must_read: whether the answer stands in letters that only the tool can read.
        brings: what the tool brings.
    """

    kind: str
    question: str
    accepted: tuple[str, ...]
    picture: Image | None = None
    must_read: bool = False
    brings: str = NO_TEXT


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: whether the answer was right, whether the tool was called, the words, the time."""

    question: VlmQuestion
    right: bool
    called: bool
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class KindReport:
    """Of one kind: the share of right answers, and what saying always the same would reach."""

    kind: str
    accuracy: Estimate
    commonest: float


@dataclass(frozen=True, slots=True)
class VlmReport:
    """What was measured.

    Attributes:
        kinds: by name.
        calls: of questions of pictures, where the tool was called if and only if it had to be.
        missed: of questions that have to be read, those where it was not called.
        seconds: per question, on the mean.
    """

    kinds: tuple[KindReport, ...]
    calls: Estimate
    missed: Estimate
    seconds: float

    def to_json(self) -> dict[str, Any]:
        kinds = {row.kind: {**row.accuracy.to_json(), "commonest": round(row.commonest, 4)} for row in self.kinds}
        return {
            "kinds": kinds,
            "tool_called_when_needed_only": self.calls.to_json(),
            "tool_missed": self.missed.to_json(),
            "seconds": round(self.seconds, 4),
        }

    def to_markdown(self) -> str:
        """A table for a model card."""
        lines = [
            "| question | right | 95 % interval | questions | always the same answer |",
            "|---|---:|---|---:|---:|",
        ]
        for row in self.kinds:
            at = row.accuracy
            lines.append(
                f"| {row.kind} | {at.value:.3f} | {at.low:.3f} to {at.high:.3f} | {at.count} | {row.commonest:.3f} |"
            )
        at = self.calls
        lines.append(
            f"| tool called when needed only | {at.value:.3f} | {at.low:.3f} to {at.high:.3f} | {at.count} | |"
        )
        return "\n".join(lines) + "\n"


def ask_all(
    model: VisionLanguageModel,
    questions: Sequence[VlmQuestion],
    progress: Callable[[int, int], None] | None = None,
) -> list[Asked]:
    """Ask one after the other.

    Args:
        model: to be measured.
        questions: in any order.
        progress: hears how many are done, and of how many.
    """
    asked = []
    for number, question in enumerate(questions):
        asked.append(ask(model, question))
        if progress is not None:
            progress(number + 1, len(questions))
    return asked


def ask(model: VisionLanguageModel, question: VlmQuestion) -> Asked:
    """Ask one question; a model that calls no tools is given the text in the question instead."""
    began = time.monotonic()
    tools = (READ_TEXT,) if model.calls_tools and question.picture is not None else ()
    given = f"{question.brings}\n" if question.must_read and not tools else ""
    shown = () if question.picture is None else (question.picture,)
    messages = [Message("system", (SYSTEM,)), Message("user", (*shown, given + question.question))]
    called = False
    for number in range(_MOST_ROUNDS + 1):
        reply = model.reply(messages, tools=tools, most_tokens=_MOST_TOKENS)
        if not reply.calls or number == _MOST_ROUNDS:
            break
        called = True
        messages += _answered(reply, question.brings)
    right = not reply.calls and _is_right(reply.text, question.accepted)
    return Asked(question, right, called, reply.text, time.monotonic() - began)


def summarise(asked: Sequence[Asked], *, seed: int = 0) -> VlmReport:
    """Figures per kind, with percentile bootstrap intervals over questions.

    Args:
        asked: what came of the questions.
        seed: of the resampling.
    """
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        kinds[one.question.kind].append(one)
    rows = tuple(
        KindReport(kind, estimate([one.right for one in found], seed=seed), _commonest(found))
        for kind, found in sorted(kinds.items())
    )
    pictured = [one for one in asked if one.question.picture is not None]
    read = [one for one in pictured if one.question.must_read]
    return VlmReport(
        rows,
        estimate([one.called == one.question.must_read for one in pictured], seed=seed),
        estimate([not one.called for one in read], seed=seed),
        sum(one.seconds for one in asked) / max(len(asked), 1),
    )


def _answered(reply: Reply, brings: str) -> list[Message]:
    results = [Message("tool", (brings,), answers=call.id) for call in reply.calls]
    return [Message("assistant", (reply.text,) if reply.text else (), reply.calls), *results]


def _is_right(text: str, accepted: Sequence[str]) -> bool:
    said = taken_apart(text)
    if said is None or not accepted:
        return said is None and not accepted
    return any(exact_match(said.answer, one) == 1.0 for one in accepted)


def _commonest(asked: Sequence[Asked]) -> float:
    """The share of the answer that is right most often."""
    counts = Counter(one.question.accepted[:1] for one in asked)
    return max(counts.values()) / len(asked)
