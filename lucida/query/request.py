"""What is looked for: weighted texts, pictures and items, added and taken away."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.index.records import Filter
from lucida.query.terms import tokens

if TYPE_CHECKING:
    from PIL.Image import Image

#: Lets everything pass.
EVERYTHING = Filter()
#: A longer query is cut here; a screenful of text pins the meaning down.
QUERY_LENGTH = 8_000
#: More than this, and the other parts no longer count.
_HEAVIEST = 100.0
#: ``2:golden retriever``. What follows the colon is no digit and no space: "14:30 ferry" and "5: Notes" are texts.
_WEIGHED = re.compile(r"([+-]?\d+(?:\.\d+)?):(?=[^\d\s])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a query: a text, a picture, or an item of the library.

    Attributes:
        weight: how much it counts beside the others; negative is taken away.
        text: words or a sentence, or
        image: a picture, RGB or grey, upright, or
        item: an item's id.
        name: what to call it in explanations; empty takes the text.
    """

    weight: float = 1.0
    text: str = ""
    image: Image | None = None
    item: int | None = None
    name: str = ""

    @property
    def label(self) -> str:
        """How explanations call this part."""
        return self.name or (f"item {self.item}" if self.item is not None else self.text or "a picture")

    @property
    def wanted(self) -> bool:
        """Whether it is asked for, not taken away."""
        return self.weight > 0


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """What to look for.

    Attributes:
        query: words or a sentence; one more part of weight 1, or empty.
        top_k: most hits to return.
        where: narrows the search.
        parts: further texts, pictures and items.
        all_copies: list near-duplicates one by one, not as one hit with a count.
        cutoff: whether what does not match is left out; without it, the nearest come however far they are.
    """

    query: str = ""
    top_k: int = 10
    where: Filter = EVERYTHING
    parts: tuple[Part, ...] = ()
    all_copies: bool = False
    cutoff: bool = True

    @property
    def every_part(self) -> tuple[Part, ...]:
        """All parts, the query's words first."""
        return (Part(text=self.query), *self.parts) if self.query else self.parts

    @property
    def words(self) -> str:
        """The texts that are asked for, for the full text."""
        return " ".join(part.text for part in self.every_part if part.wanted and part.text)

    @property
    def unwanted_words(self) -> str:
        """The texts that are taken away."""
        return " ".join(part.text for part in self.every_part if not part.wanted and part.text)


def check(request: SearchRequest) -> None:
    """Refuse a request that cannot be meant.

    Raises:
        UsageError: nothing is asked for, a text has no words, or ``top_k`` is below 1.
    """
    parts = request.every_part
    if not parts:
        raise UsageError("The query has no words.", "Say what to look for: words, a picture (image) or an item (like).")
    if any(part.image is None and part.item is None and not tokens(part.text) for part in parts):
        raise UsageError("The query has no words.", "Say what to look for, in words.")
    if not any(part.wanted for part in parts):
        raise UsageError("The query only says what is not wanted.", "Add what to look for: words or a picture.")
    if not all(math.isfinite(part.weight) and 0 < abs(part.weight) <= _HEAVIEST for part in parts):
        raise UsageError("A part of the query has no usable weight.", f"Give weights above 0, up to {_HEAVIEST:g}.")
    if request.top_k < 1:
        raise UsageError(f"Cannot return {request.top_k} hits.", "Ask for at least one (top_k of 1 or more).")


def weighed(written: str) -> tuple[float, str]:
    """Weight and text of ``2:golden retriever``; 1 where no weight is written.

    Raises:
        UsageError: the weight is not above 0, or absurdly large.
    """
    match = _WEIGHED.fullmatch(written.strip())
    if match is None:
        return 1.0, written
    weight = float(match[1])
    if not 0 < weight <= _HEAVIEST:
        raise UsageError(
            f"{match[1]} is no weight for {match[2]!r}.",
            f"Give a number above 0, up to {_HEAVIEST:g}; what is not wanted goes to minus.",
        )
    return weight, match[2]
