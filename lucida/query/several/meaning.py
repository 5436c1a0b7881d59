"""Which value of a kind of documents a question means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.question import understand

if TYPE_CHECKING:
    from lucida.query.several.asked import Asked
    from lucida.query.several.kinds import Kind

_MEANT = (
    ValueType.MONEY, ValueType.NUMBER, ValueType.MEASURE, ValueType.PERCENT, ValueType.DURATION, ValueType.DATE,
    ValueType.IDENTIFIER, ValueType.NAME,
)  # fmt: skip


def amounts(asked: Asked, kind: Kind) -> tuple[str, ...]:
    """Questions for the amount that is meant: the one that is named, else what the kind is known for."""
    named = [concept for concept in understand(asked.folded).concepts if concept.type is ValueType.MONEY]
    own = [concept.name for concept in named if concept.name in {"tax", "subtotal", "rent", "fee", "discount"}]
    return (f"What is the {own[0]}?",) if own else kind.amounts


def known(field: str) -> bool:
    """Whether documents are known to have the field: only then does silence of most of them say something."""
    question = understand(field)
    return bool(question.concepts) and question.type in _MEANT
