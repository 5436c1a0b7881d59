"""Labels as names of folders and files, on any system."""

from __future__ import annotations

import re
from collections.abc import Sequence


def folders(labels: Sequence[str]) -> dict[str, str]:
    """A folder's name for each label; two labels that would have the same get numbers."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        plain = re.sub(r"[^\w.+-]+", "-", label).strip("-.")[:80] or "label"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.lower())
        found[label] = name
    return found
