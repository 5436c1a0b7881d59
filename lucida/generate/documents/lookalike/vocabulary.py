"""Words that stay: those of labels, headings and everyday sentences, in the languages that papers are drawn in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lucida.generate.documents.tongues import LANGUAGES, tongue

#: Sections of a language whose words are nobody's.
_PLAIN = ("labels", "titles", "columns", "prose", "cells", "questions")
_LISTS = (
    "colours",
    "parts",
    "measures",
    "parameters",
    "terms",
    "topics",
    "roles",
    "choices",
    "countries",
    "lands",
    "jobs",
)
#: Fields whose values are names.
_NAMES = frozenset(
    ("contact", "account_holder", "bill_to", "ship_to", "cashier", "surname", "first_name", "birth_place", "town",
     "employer", "author", "manufacturer", "bank", "street")
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
#: After these stands a name, whatever word it is.
TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "herr", "frau", "hr", "fr", "monsieur", "madame", "mme",
     "mlle", "m", "señor", "señora", "sr", "sra", "don", "doña")
)  # fmt: skip
#: Words of labels and dates that are names as well, where a name follows them.
DOUBLE = frozenset(
    ("bill", "price", "will", "may", "mark", "art", "grant", "card", "page", "hill", "lane", "town", "ward", "cash",
     "banks", "march", "april", "august")
)  # fmt: skip


def folded(word: str) -> str:
    """A word as it is compared: without signs around it, in small letters."""
    return bare(word)[1].casefold()


def bare(word: str) -> tuple[str, str, str]:
    """Signs before a word, the word, signs behind it."""
    start = next((at for at, char in enumerate(word) if char.isalnum()), len(word))
    end = next((at for at in range(len(word), start, -1) if word[at - 1].isalnum()), start)
    return word[:start], word[start:end], word[end:]


@cache
def known() -> frozenset[str]:
    """Every word that stays, folded."""
    found: set[str] = set()
    text = Path(__file__).with_name("plain_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            found.update(line.casefold().split())
    for code in LANGUAGES:
        sections = tongue(code).sections
        found |= months(code)
        for name in _PLAIN:
            for variants in sections[name].values():
                found.update(_words(variants))
        for key in _LISTS:
            found.update(_words(sections["lists"][key]))
    return frozenset(found)


@cache
def months(code: str) -> frozenset[str]:
    """Names of months and their first three letters, folded."""
    names = [name.casefold() for name in tongue(code).all("style", "months")]
    return frozenset([*names, *(name[:3] for name in names)])


@cache
def labels(code: str) -> dict[str, str]:
    """The key of every printed label of a language, folded and without signs at its end."""
    return {label(variant): key for key, variants in tongue(code).sections["labels"].items() for variant in variants}


@cache
def every_label() -> frozenset[str]:
    """The labels of all languages, as ``label`` gives them."""
    return frozenset(name for code in LANGUAGES for name in labels(code))


@cache
def name_labels() -> frozenset[str]:
    """Labels behind which names stand, as ``label`` gives them."""
    found = {name for code in LANGUAGES for name, key in labels(code).items() if key in _NAMES}
    return frozenset(found | {"name", "nom", "nombre"})


def label(text: str) -> str:
    """A label as it is compared."""
    return " ".join(text.casefold().split()).rstrip(" .:?#")


def _words(variants: tuple[str, ...]) -> set[str]:
    plain = (re.sub(r"\{\w*\}|# \w+:", " ", variant) for variant in variants)
    return {word.casefold() for variant in plain for word in _WORD.findall(variant)}
