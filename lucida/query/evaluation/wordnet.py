"""General words for classes that are named by WordNet ids: what a dog, a tabby and a pig have in common is "animal".

Source of the words: Fellbaum, "WordNet: An Electronic Lexical Database" (1998), version 3.0, whose byte offsets are
the numbers in ids such as ``n02084071``. Debian ships its files in the package wordnet-base.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import DependencyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path("/usr/share/wordnet")
_ID = re.compile(r"n(\d{8})")


@dataclass(frozen=True, slots=True)
class Synset:
    """One meaning.

    Attributes:
        words: its names, the usual one first.
        parents: offsets of what it is a kind or an instance of.
        uses: how often the first name was met in this meaning in the texts that WordNet's makers tagged.
    """

    words: tuple[str, ...]
    parents: tuple[int, ...]
    uses: int


@dataclass(frozen=True, slots=True)
class GeneralWord:
    """A word and the numbers of the classes that it is true of; ``uses`` as in ``Synset``."""

    word: str
    classes: frozenset[int]
    uses: int = 0


def read_nouns(folder: Path = FOLDER) -> dict[int, Synset]:
    """All noun synsets by offset.

    Raises:
        DependencyError: the files are not there.
    """
    try:
        lines = (folder / "data.noun").read_text(encoding="utf-8").splitlines()
        uses = _uses(folder / "cntlist.rev")
    except OSError as error:
        raise DependencyError(
            f"WordNet's files are not in {folder}.", "Install them with: apt install wordnet-base, or give --words."
        ) from error
    return dict(_synset(line, uses) for line in lines if not line.startswith("  "))


def is_synset_id(name: str) -> bool:
    """Whether a class id is a WordNet noun id, as in ImageNet: ``n`` and eight digits."""
    return _ID.fullmatch(name) is not None


def general_words(
    ids: Sequence[str], nouns: Mapping[int, Synset], *, least: int = 5, most_share: float = 0.5
) -> list[GeneralWord]:
    """The words above the classes: those that cover several and not nearly all.

    A word with several meanings above the classes covers what any of them covers.

    Args:
        ids: of the classes, ``n`` and eight digits; others are passed over.
        nouns: what ``read_nouns`` gave.
        least: classes that a word must cover.
        most_share: share of the classes that it may cover; "entity" asks for nothing.

    Returns:
        Words that cover most first, then by the alphabet.
    """
    covered: dict[str, set[int]] = defaultdict(set)
    uses: dict[str, int] = defaultdict(int)
    for number, name in enumerate(ids):
        found = _ID.fullmatch(name)
        for offset in _ancestors(int(found.group(1)), nouns) if found else ():
            word = nouns[offset].words[0]
            covered[word].add(number)
            uses[word] = max(uses[word], nouns[offset].uses)
    rows = [GeneralWord(word, frozenset(classes), uses[word]) for word, classes in covered.items()]
    kept = [row for row in rows if least <= len(row.classes) <= most_share * len(ids)]
    return sorted(kept, key=lambda row: (-len(row.classes), row.word))


def _ancestors(offset: int, nouns: Mapping[int, Synset]) -> set[int]:
    seen: set[int] = set()
    open_ones = [offset]
    while open_ones:
        found = nouns.get(open_ones.pop())
        new = [parent for parent in (found.parents if found else ()) if parent not in seen and parent in nouns]
        seen.update(new)
        open_ones += new
    return seen


def _synset(line: str, uses: Mapping[str, int]) -> tuple[int, Synset]:
    """One line of data.noun: offset, file, type, count of words (hex), words with ids, count of pointers, pointers."""
    fields = line.split(" | ", maxsplit=1)[0].split()
    count = int(fields[3], 16)
    lemmas = [(fields[4 + 2 * at], int(fields[5 + 2 * at], 16)) for at in range(count)]
    start = 5 + 2 * count
    pointers = [fields[at : at + 4] for at in range(start, start + 4 * int(fields[start - 1]), 4)]
    parents = tuple(int(target) for symbol, target, part, _ in pointers if symbol in {"@", "@i"} and part == "n")
    lemma, sense = lemmas[0]
    key = f"{lemma.lower()}%1:{int(fields[1]):02d}:{sense:02d}::"
    words = tuple(word.replace("_", " ") for word, _ in lemmas)
    return int(fields[0]), Synset(words, parents, uses.get(key, 0))


def _uses(path: Path) -> dict[str, int]:
    """Counts by sense key; lines are ``key sense count``."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) == 3}
