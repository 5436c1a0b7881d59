"""Words of the same and of the opposite meaning, from WordNet where its files are.

Source of the words: Fellbaum, "WordNet: An Electronic Lexical Database" (1998), version 3.0.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.query.evaluation.wordnet import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = ("noun", "verb", "adj", "adv")
#: A word with more meanings than this says too little for a synonym to be safe.
_MOST_MEANINGS = 4
#: Opposites that matter whatever the dictionary has.
_OPPOSITES = (
    "first last|before after|more less|most least|increase decrease|increased decreased|largest smallest|"
    "highest lowest|oldest youngest|north south|"
    "east west|northern southern|eastern western|begin end|began ended|won lost|win lose|"
    "allow forbid|allowed forbidden|accept reject|accepted rejected|above below|early late|minimum maximum|buy sell|"
    "bought sold|arrive leave|arrived left|open closed|opened closed|inside outside|support oppose|supported opposed|"
    "included excluded|agreed refused|gained lost|rose fell|public private|old new|victory defeat|success failure"
)


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Words in small letters with others that may stand for them, and with their opposites."""

    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    opposites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_thesaurus(folder: Path = FOLDER) -> Thesaurus:
    """WordNet's single words; where its files are not, only the commonest opposites."""
    opposites: dict[str, list[str]] = defaultdict(list)
    for one, two in (pair.split() for pair in _OPPOSITES.split("|")):
        opposites[one].append(two)
        opposites[two].append(one)
    synonyms: dict[str, tuple[str, ...]] = {}
    for part in _PARTS:
        if (folder / f"data.{part}").is_file() and (folder / f"index.{part}").is_file():
            _read(folder, part, synonyms, opposites)
    kept = {word: tuple(dict.fromkeys(others)) for word, others in opposites.items() if others}
    return Thesaurus(synonyms, kept)


def _read(folder: Path, part: str, synonyms: dict[str, tuple[str, ...]], opposites: dict[str, list[str]]) -> None:
    words, against = _synsets(folder / f"data.{part}")
    for line in (folder / f"index.{part}").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split()
        lemma, meanings = fields[0], int(fields[2])
        if not _plain(lemma):
            continue
        first = fields[-meanings]
        # Sorted by how often they are met: the first meaning is the likely one.
        if meanings <= _MOST_MEANINGS and lemma not in synonyms:
            others = tuple(word for word in words[first] if word != lemma and _plain(word))
            if others:
                synonyms[lemma] = others
        against_it = [words[target][place] for place, target in against.get((lemma, first), ())]
        opposites[lemma] += [word for word in against_it if _plain(word)]


def _synsets(path: Path) -> tuple[dict[str, list[str]], dict[tuple[str, str], list[tuple[int, str]]]]:
    """Words by offset, and the antonyms of a word of a synset: its place in the other one, and that one's offset."""
    words: dict[str, list[str]] = {}
    against: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split(" | ", maxsplit=1)[0].split()
        count = int(fields[3], 16)
        words[fields[0]] = [fields[4 + 2 * at].partition("(")[0].lower() for at in range(count)]
        start = 5 + 2 * count
        for at in range(start, start + 4 * int(fields[start - 1]), 4):
            symbol, target, _, places = fields[at : at + 4]
            ours, theirs = (int(digits, 16) for digits in (places[:2], places[2:]))
            if symbol == "!" and ours and theirs:
                against[words[fields[0]][ours - 1], fields[0]].append((theirs - 1, target))
    return words, against


def _plain(word: str) -> bool:
    return word.isalpha() and len(word) > 2
