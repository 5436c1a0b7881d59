"""What papers of a language print and what people ask of them: one file for each language, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

LANGUAGES = ("en", "de", "fr", "es")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language's printed words, questions and names.

    Attributes:
        code: "en", "de", "fr" or "es".
        sections: variants by section and key: ``labels``, ``questions``, ``lists`` and so on.
    """

    code: str
    sections: Mapping[str, Mapping[str, tuple[str, ...]]]

    def all(self, section: str, key: str) -> tuple[str, ...]:
        """Every variant."""
        return self.sections[section][key]

    def has(self, section: str, key: str) -> bool:
        return key in self.sections[section]

    def pick(self, section: str, key: str, rng: np.random.Generator) -> str:
        """One of the variants."""
        options = self.sections[section][key]
        return options[int(rng.integers(len(options)))]


@cache
def tongue(code: str) -> Tongue:
    """The language of a code.

    Raises:
        UsageError: papers are not drawn in it.
    """
    if code not in LANGUAGES:
        raise UsageError(f"Papers are not drawn in {code!r}.", f"Choose of: {', '.join(LANGUAGES)}.")
    sections: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in Path(__file__).with_name(f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, variants = line.partition(" = ")
            section[key] = tuple(variants.split("|"))
    return Tongue(code, sections)
