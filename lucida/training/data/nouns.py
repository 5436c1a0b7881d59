"""English nouns and what they are kinds of: WordNet 3.0 as the Debian package ``wordnet-base`` installs it.

ImageNet's class ids are places in that file (``n02084071`` is the synset at byte 2084071), so ids name themselves.
WordNet: Miller, "WordNet: A Lexical Database for English", Communications of the ACM 38(11), 1995.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lucida.errors import DamagedSourceError, DependencyError

#: Where Debian and its descendants put it.
WORDNET = Path("/usr/share/wordnet")

#: WordNet's files of nouns for what a photograph can show, the likeliest first: animals, artifacts, food, natural
#: objects, plants, body parts, phenomena (a cloud), places, groups (a forest), people, substances.
_VISIBLE = (5, 6, 13, 17, 20, 8, 19, 15, 14, 18, 27)
#: Ancestors that nobody looks for: too general, or the words of biologists.
_ABSTRACT = frozenset(
    {"entity", "physical entity", "object", "whole", "matter", "substance", "abstraction", "causal agent", "unit",
     "living thing", "organism", "artifact", "instrumentality", "thing", "part", "piece", "group", "attribute",
     "relation", "chordate", "vertebrate", "placental", "craniate", "aquatic vertebrate", "invertebrate", "article",
     "natural object", "body part", "external body part", "process", "psychological feature", "shape", "way",
     "geological formation", "commodity", "consumer goods", "covering", "device", "instrument", "means", "system",
     "mechanism", "vascular plant", "solid", "plant part", "plant organ", "reproductive structure", "causal agency",
     "gnathostome", "teleost fish", "bony fish", "spiny-finned fish", "soft-finned fish", "percoid fish", "angiosperm",
     "spermatophyte", "dicot", "magnoliopsid", "gymnosperm", "coelenterate", "malacostracan crustacean",
     "decapod crustacean", "anapsid", "diapsid", "diapsid reptile", "odd-toed ungulate", "even-toed ungulate",
     "proboscidean", "lepidopterous insect", "orthopterous insect", "hymenopterous insect", "dictyopterous insect",
     "container", "solid food", "durables", "material", "animal material", "stuff", "self-propelled vehicle",
     "structure", "construction", "creation", "product", "conveyance", "medium", "surface", "state", "measure"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Synset:
    """One meaning.

    Attributes:
        offset: where it begins in ``data.noun``, bytes.
        file: WordNet's number of the topic it is filed under.
        names: the words for it, the commonest first.
        parents: offsets of what it is a kind or an instance of.
        gloss: its definition.
    """

    offset: int
    file: int
    names: tuple[str, ...]
    parents: tuple[int, ...]
    gloss: str

    @property
    def wnid(self) -> str:
        return f"n{self.offset:08}"


class Nouns:
    """All nouns, in memory (about 80,000 meanings, one second to read).

    Args:
        folder: where ``data.noun`` and ``index.noun`` lie.

    Raises:
        DependencyError: they do not lie there.
        DamagedSourceError: a line does not parse.
    """

    def __init__(self, folder: Path = WORDNET) -> None:
        if not (folder / "data.noun").is_file():
            raise DependencyError(f"There is no WordNet in {folder}.", "Run: apt-get install wordnet-base.")
        try:
            self._synsets = {one.offset: one for one in _synsets(folder / "data.noun")}
            self._senses = dict(_senses(folder / "index.noun"))
        except (ValueError, IndexError) as error:
            raise DamagedSourceError(f"WordNet in {folder} is damaged: {error}.", "Install it again.") from error

    def __getitem__(self, wnid: str) -> Synset:
        """The synset of an id such as ``n02084071``; KeyError where there is none."""
        return self._synsets[int(wnid.removeprefix("n"))]

    def __contains__(self, wnid: str) -> bool:
        return wnid.removeprefix("n").isdigit() and int(wnid.removeprefix("n")) in self._synsets

    def names(self, wnid: str) -> tuple[str, ...]:
        """All words for an id's meaning."""
        return self[wnid].names

    def ancestors(self, synset: Synset) -> list[Synset]:
        """What it is a kind of, nearest first, each once."""
        found: dict[int, Synset] = {}
        level = list(synset.parents)
        while level:
            parents = [self._synsets[offset] for offset in dict.fromkeys(level) if offset not in found]
            found |= {one.offset: one for one in parents}
            level = [offset for one in parents for offset in one.parents]
        return list(found.values())

    def general_words(self, synset: Synset) -> tuple[str, ...]:
        """Ordinary words that are more general, nearest first: of a collie "shepherd dog", "dog", "animal"."""
        words = [one.names[0] for one in self.ancestors(synset) if _is_ordinary(one.names[0])]
        return tuple(dict.fromkeys(word for word in words if word not in synset.names))

    def senses(self, word: str) -> list[Synset]:
        """The meanings of a word, the commonest first; plain plurals and upper case are looked through."""
        key = word.lower().strip().replace(" ", "_")
        for form in (key, key.removesuffix("s"), key.removesuffix("es"), re.sub("ies$", "y", key)):
            if form in self._senses:
                return [self._synsets[offset] for offset in self._senses[form]]
        return []

    def find(self, word: str, under: str = "") -> Synset | None:
        """The meaning of a word that a picture shows.

        Args:
            word: a noun, such as "bank".
            under: what else is known of the picture, such as "mountain": a meaning that is one, or shares the most
                kinds with one, is preferred.

        Returns:
            None where no meaning is of visible things, or none shares anything with ``under``.
        """
        senses = [one for one in self.senses(word) if one.file in _VISIBLE]
        known = [one for label in _labels(under) for one in self.senses(label) if one.file in _VISIBLE]
        if under:
            closeness = {one.offset: max((self._kinship(one, other) for other in known), default=0) for one in senses}
            most = max(closeness.values(), default=0)
            senses = [one for one in senses if most and closeness[one.offset] == most]
        # Of equals: of the likelier kind, then where the word is the meaning's own first name, then the commoner.
        plain = word.lower().strip()
        senses.sort(key=lambda one: (_VISIBLE.index(one.file), one.names[0].lower() != plain))
        return senses[0] if senses else None

    def _kinship(self, one: Synset, other: Synset) -> int:
        """How much two meanings have in common: the count of their shared kinds that say something."""
        mine, theirs = ({kin.offset: kin for kin in [self_, *self.ancestors(self_)]} for self_ in (one, other))
        if other.offset in mine or one.offset in theirs:
            return 100
        return sum(mine[offset].names[0] not in _ABSTRACT for offset in mine.keys() & theirs.keys())


def _labels(label: str) -> list[str]:
    """A label as WordNet may know it: whole, or its last or first word ("aquarium fish", "maple tree")."""
    words = label.lower().replace("_", " ").split()
    return [] if not words else list(dict.fromkeys([" ".join(words), words[-1], words[0]]))


def _is_ordinary(name: str) -> bool:
    """Short and in lower case: no Latin and no names of families."""
    return name.islower() and len(name.split(" ")) <= 2 and name not in _ABSTRACT


def _synsets(path: Path) -> Iterator[Synset]:
    """Parse ``data.noun``; its format is in the manual page wndb(5)."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.startswith(" "):  # the licence
                yield _synset(line)


def _synset(line: str) -> Synset:
    data, _, gloss = line.partition("|")
    fields = data.split()
    words = int(fields[3], 16)
    names = [name.replace("_", " ") for name in fields[4 : 4 + 2 * words : 2]]
    pointers = fields[5 + 2 * words :]
    parents = [int(pointers[at + 1]) for at in range(0, len(pointers) - 3, 4) if pointers[at] in {"@", "@i"}]
    definition = re.split(r';\s*"', gloss)[0].strip()
    return Synset(int(fields[0]), int(fields[1]), tuple(names), tuple(parents), definition)


def _senses(path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Parse ``index.noun``: each word with its meanings, the commonest first."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.startswith(" "):
                fields = line.split()
                yield fields[0], tuple(int(offset) for offset in fields[-int(fields[2]) :])


def unlike(words: Iterable[str]) -> tuple[str, ...]:
    """In order, each once, upper and lower case alike."""
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(word.lower(), word)
    return tuple(word for key, word in kept.items() if key)
