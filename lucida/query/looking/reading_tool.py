"""The one tool that a looking model may call: reading a part of the page at full resolution by OCR."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lucida.models.protocols import Tool
from lucida.types import Box, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    #: Words of a part of the page that is looked at; None where nobody can read it.
    ReadPart = Callable[[Box], Sequence[Word] | None]

NAME = "read_text"
#: The page's own edges, which stand in for what a call leaves out.
_EDGES = {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
READ_TEXT = Tool(
    name=NAME,
    description="Reads the printed text of a part of the page exactly: for numbers, names, codes and small print.",
    parameters={
        "type": "object",
        "properties": {
            side: {"type": "number", "minimum": 0, "maximum": 1, "description": f"{side} edge, as a share of the page"}
            for side in _EDGES
        },
        "required": list(_EDGES),
    },
)
#: What a model is told of a page whose letters are too small for its eye, and of a part where nothing is written.
TOO_SMALL = f"The print is too small to be read off the picture: call {NAME}."
NO_TEXT = "There is no text in that part of the page."
#: What a model is shown of a part; a page of small print has about so many characters.
_MOST_CHARACTERS = 6_000


def box_of(arguments: Mapping[str, Any]) -> Box:
    """The part that a call names: what is missing or makes no sense stands for the page's own edge.

    A model's numbers are not to be trusted: shares, per cent and thousandths are told apart by their size, edges that
    are the wrong way round are turned, and an empty part becomes the whole page.
    """
    given = {name: number for name in _EDGES if (number := _number(arguments.get(name))) is not None}
    largest = max(given.values(), default=1.0)
    scale = 1.0 if largest <= 1.0 else 100.0 if largest <= 100.0 else 1000.0
    shares = [min(max(given[name] / scale, 0.0), 1.0) if name in given else edge for name, edge in _EDGES.items()]
    x0, x1 = sorted(shares[0::2])
    y0, y1 = sorted(shares[1::2])
    return Box(x0, y0, x1, y1) if x1 - x0 > 0.005 and y1 - y0 > 0.002 else Box.whole()


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def in_lines(words: Sequence[Word]) -> str:
    """Words as lines of text, as they stand on the page."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(parts) for parts in lines.values())[:_MOST_CHARACTERS]
