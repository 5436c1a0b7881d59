"""Glyphs and letters that stand for a box to tick."""

from __future__ import annotations

import re

_TICKED = re.compile(r"^(?:[☑☒✓✔✗✘■]|[\[(|]\s?[xX✓✔]\s?[\])|])$")
_EMPTY = re.compile(r"^(?:[☐□]|[\[(]\s?_*\s?[\])]|\[|\])$")


def is_ticked(text: str) -> bool:
    """Whether a word is a ticked box."""
    return bool(_TICKED.match(text))


def is_box(text: str) -> bool:
    """Whether a word is a box to tick, ticked or not."""
    return is_ticked(text) or bool(_EMPTY.match(text))
