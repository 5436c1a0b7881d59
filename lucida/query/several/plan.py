"""What a question over several documents wants done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lucida.query.several.kinds import Kind
    from lucida.query.several.values import Value


class Operation(StrEnum):
    """How the documents' values become one answer."""

    EXTREME = "extreme"
    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    LIST = "list"
    COMPARE = "compare"
    CHANGES = "changes"


class Limit(NamedTuple):
    """An amount, and whether what is meant lies above it ("over £5,000")."""

    above: bool
    value: Value


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which documents are meant.

    Attributes:
        words: folded; a document must speak of each of them.
        months: (year, month) of which its date must be one; either may be None for any.
        due: the months are those of the due date.
        limit: what its amount must be above or below.
        paid: only those that say they were paid, or only those that do not; None for either.
        text: the words as asked, for the trace and for messages.
    """

    words: tuple[str, ...] = ()
    months: tuple[tuple[int | None, int | None], ...] = ()
    paid: bool | None = None
    due: bool = False
    limit: Limit | None = None
    text: str = ""

    @property
    def empty(self) -> bool:
        """Whether it lets everything pass."""
        return not (self.words or self.months or self.limit or self.paid is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A question over several documents, taken apart.

    Attributes:
        operation: what is done with the parts.
        kind: of the documents.
        fields: questions that each document is asked, tried in turn until enough documents answer one; none where
            the documents themselves are the answer.
        highest: of an extreme or a comparison, whether the most is wanted, or the least.
        among: which documents take part.
        sides: of a comparison, which document stands on each side; None takes the two there are.
        then: a question to the document that was found; empty for none.
        expected: how many documents the question speaks of, where it does.
        sure: the field is one that such documents are known to have, so that silence is better than another reading.
        how_much: a comparison asks for the difference rather than yes or no.
        which: a comparison asks which of the two it is.
        other: kind of the document on a comparison's second side, where it is another.
    """

    operation: Operation
    kind: Kind
    fields: tuple[str, ...] = ()
    highest: bool = True
    among: Restriction = Restriction()
    sides: tuple[Restriction, Restriction] | None = None
    then: str = ""
    expected: int | None = None
    sure: bool = True
    how_much: bool = False
    which: bool = False
    other: Kind | None = None

    def described(self) -> str:
        """One line for the trace."""
        kinds = self.kind.plural if self.other is None else f"{self.kind.plural} and {self.other.plural}"
        parts = [self.operation.value, kinds]
        parts += [f"by {' or '.join(map(repr, self.fields))}"] if self.fields else []
        parts += [f"speaking of {self.among.text!r}"] if not self.among.empty else []
        named = [side.text for side in self.sides or () if side.text]
        parts += [" and ".join(map(repr, named))] if named else []
        parts += [f"then {self.then!r}"] if self.then else []
        return ", ".join(parts)
