"""What to say of items that have no vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.cli.output import plural
from lucida.config import DEFAULT_ENCODER, TEXT_ENCODER

if TYPE_CHECKING:
    from lucida.index import Statistics


def embedding_advice(numbers: Statistics, encoder: str) -> tuple[str, str] | None:
    """What lacks, as a clause, and what to do about it, as a sentence; None where all is embedded.

    Args:
        numbers: of the library.
        encoder: that its settings name.
    """
    if numbers.pending is not None:
        spec = numbers.pending.spec
        return f"a switch to {spec} was not finished", f"Finish it with: lucida models switch {spec}."
    pictures, passages = numbers.lacking.get("picture", 0), numbers.lacking.get("passage", 0)
    if pictures and encoder == TEXT_ENCODER:
        return (
            f"{plural(pictures, 'picture')} cannot be found by what they show",
            f"Embed them with: lucida models switch {DEFAULT_ENCODER}.",
        )
    lacking = [plural(count, what) for count, what in ((passages, "passage"), (pictures, "picture")) if count]
    if lacking:
        return (
            f"without vectors yet: {' and '.join(lacking)}",
            "Embed what can be embedded with: lucida verify --repair.",
        )
    return None
