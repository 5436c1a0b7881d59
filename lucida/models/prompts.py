"""Words around a class name: the prompts that zero-shot classification and its measurement share.

One name alone is a noisy point of the space; the mean over several prompts is a steadier one (prompt ensembling,
Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021, section 3.1.4).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: ``{}`` stands for the name; the article before it bends to it ("an umbrella", "the moon").
TEMPLATES = ("{}", "a {}", "a photo of a {}", "a picture of a {}", "a close-up photo of a {}")
#: What stands for pictures and for pages where only that much is asked.
KIND_PROMPTS = {
    "picture": (
        *("a photograph", "a picture of something", "a drawing", "a photo of an animal", "a photo of a person"),
        *("a photo of a thing", "a photo of food", "a photo of a building", "a photo of a vehicle"),
        *("a photo of a plant", "a photo of a landscape", "a photo of clothes"),
    ),
    "page": (
        *("a page of a document", "a page of text", "a scanned document", "a printed form", "an invoice", "a letter"),
        *("a table of numbers", "a newspaper page", "a handwritten page", "a slide of a talk", "a screenshot"),
        *("a blank page", "a receipt"),
    ),
}
#: What any picture is: a class that scores no better than these says nothing.
BACKGROUND = ("a photo", "a picture", "an image of something", "an object", "a background", "a blurry photo")

_ARTICLE = re.compile(r"\ban? \{\}")
_DETERMINED = re.compile(r"^(?:an?|the|some|two|three|several|many|my|your|our|\d+) ", re.IGNORECASE)
#: Written with a vowel and spoken with a consonant, or the other way round.
_SPOKEN_CONSONANT = re.compile(r"^(?:uni[^nm]|us[ae]|euro|ewe|one\b|once\b|u[- ])", re.IGNORECASE)
_SPOKEN_VOWEL = re.compile(r"^(?:hour|honest|heir|honou?r|x-)", re.IGNORECASE)


def fill(template: str, name: str) -> str:
    """Put a name into a template: ``fill("a photo of a {}", "umbrella")`` is "a photo of an umbrella".

    A name that brings its own determiner keeps it: "a photo of the moon", "a photo of two cats".
    """
    name = " ".join(name.replace("_", " ").split())
    if _DETERMINED.match(name):
        return _ARTICLE.sub("{}", template).replace("{}", name)
    return _ARTICLE.sub(f"{_article(name)} {{}}", template).replace("{}", name)


def prompts(names: Iterable[str], templates: Sequence[str] = TEMPLATES) -> list[str]:
    """Every distinct prompt for something that goes by these names, in order."""
    return list(dict.fromkeys(fill(template, name) for name in names for template in templates))


def _article(name: str) -> str:
    vowel = name[:1].lower() in set("aeiou") and not _SPOKEN_CONSONANT.match(name)
    return "an" if vowel or _SPOKEN_VOWEL.match(name) else "a"
