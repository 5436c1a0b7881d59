"""What changed between two versions of a document: their words aligned, each change with both of its places.

The alignment is the longest matching blocks of Ratcliff and Obershelp ("Pattern Matching: The Gestalt Approach", 1988),
as Python's ``difflib`` has it. Words are compared without case and punctuation, so that a text that was only set anew
is the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from lucida.query.terms import tokens
from lucida.query.verification import evidence_of
from lucida.types import Citation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lucida.index.records import PageRow
    from lucida.query.several.documents import Unit

#: Two documents share so much of their words when one is a version of the other (multiset Jaccard).
ALIKE = 0.4
#: Words of each document that are aligned; the cost grows with their product.
_MOST_WORDS = 6_000
#: Fewer equal words between two changes do not part them.
_BRIDGE = 2
#: Words of a change that are shown, and words before it that say where it is.
_LONGEST, _LEAD = 24, 4
_AGE = re.compile(r"(?:^|[^a-z])v(?:er(?:sion)?)?[ ._-]?(\d+(?:\.\d+)?)(?![a-z])")
_OLD, _NEW = (
    re.compile(r"\b(?:draft|old|original|entwurf|alt|ancien)\b"),
    re.compile(r"\b(?:final|new|revised|amended|signed|neu|nouveau)\b"),
)


class _Word(NamedTuple):
    """A word of a document: how it is compared, how it is printed, its page and its place there."""

    key: str
    text: str
    page: PageRow
    place: int


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        where: the words before it, or the label it stands beside.
        before, after: as printed; empty where something was added or left out.
        citations: of the place before and the place after, those that there are.
    """

    where: str
    before: str
    after: str
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """As in “rent: £1,285 → £1,340”."""
        if not self.before:
            return f"added: “{self.after}”"
        if not self.after:
            return f"left out: “{self.before}”"
        return f"{self.where}: {self.before} → {self.after}" if self.where else f"{self.before} → {self.after}"


def closest_pair(units: Sequence[Unit]) -> tuple[Unit, Unit] | None:
    """The two documents that share most of their words, in the order of their versions; None where no two are alike."""
    bags = [Counter(word.key for word in _words(unit)) for unit in units]
    pairs = [
        (_overlap(bags[one], bags[two]), units[one], units[two]) for one, two in combinations(range(len(units)), 2)
    ]
    if not pairs:
        return None
    alike, one, two = max(pairs, key=lambda pair: pair[0])
    return ordered(one, two) if alike >= ALIKE else None


def _overlap(one: Counter[str], two: Counter[str]) -> float:
    return (one & two).total() / max((one | two).total(), 1)


def ordered(one: Unit, two: Unit) -> tuple[Unit, Unit]:
    """The earlier version first: by its name's number, by "draft" and "final", by its own date, by its name."""
    return (two, one) if _age(two) < _age(one) else (one, two)


def _age(unit: Unit) -> tuple[float, int, str, str]:
    name = re.sub(r"[_.]", " ", f"{unit.row.title} {unit.row.path.rpartition('/')[2]}".lower())
    numbered = _AGE.search(f"{unit.row.title} {unit.row.path.rpartition('/')[2]}".lower())
    stage = 0 if _OLD.search(name) else 2 if _NEW.search(name) else 1
    made = unit.row.created.isoformat() if unit.row.created is not None else ""
    return float(numbered[1]) if numbered else 0.0, stage, made, unit.name


def changes(before: Unit, after: Unit) -> list[Change]:
    """What the second document says differently from the first, in its order.

    Args:
        before: the earlier version.
        after: the later one.
    """
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [word.key for word in old], [word.key for word in new], autojunk=False)
    found = (_change(old, new, *span) for span in _hunks(matcher.get_opcodes()))
    return [change for change in found if change is not None]


def _words(unit: Unit) -> list[_Word]:
    words = []
    for page in unit.pages:
        for index, word in enumerate(page.words):
            if key := "".join(token.folded for token in tokens(word.text)):
                words.append(_Word(key, word.text, page, index))
            if len(words) >= _MOST_WORDS:
                return words
    return words


def _hunks(opcodes: Sequence[tuple[str, int, int, int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Spans that differ; those with only a word or two between them are one."""
    held: tuple[int, int, int, int] | None = None
    for tag, a, b, c, d in opcodes:
        if tag == "equal":
            if held is not None and b - a >= _BRIDGE:
                yield held
                held = None
            continue
        held = (a, b, c, d) if held is None else (held[0], b, held[2], d)
    if held is not None:
        yield held


def _change(old: Sequence[_Word], new: Sequence[_Word], a: int, b: int, c: int, d: int) -> Change | None:
    before, after = old[a:b], new[c:d]
    if [word.key for word in before] == [word.key for word in after] or (
        _is_page_count(before) and _is_page_count(after)
    ):
        return None
    citations = tuple(cited for words in (before, after) if (cited := _citation(words)) is not None)
    return Change(_lead(new, c) if c else _lead(old, a), _shown(before), _shown(after), citations)


def _is_page_count(words: Sequence[_Word]) -> bool:
    """Page numbers and the words around them: what setting a text anew changes."""
    return all(word.key.isdigit() and len(word.key) < 3 and _at_edge(word) for word in words)


def _at_edge(word: _Word) -> bool:
    middle = word.page.words[word.place].box.center[1]
    return middle > 0.93 or middle < 0.05


def _lead(words: Sequence[_Word], start: int) -> str:
    """The few words before a change, back to where their line's sentence or label begins."""
    lead: list[str] = []
    line = words[start - 1].page.words[words[start - 1].place].line if start else -1
    for word in reversed(words[max(start - _LEAD, 0) : start]):
        if word.text.endswith((".", ";", "!", "?")) or (lead and word.page.words[word.place].line != line):
            break
        lead.insert(0, word.text)
    return " ".join(lead).rstrip(" :,")


def _shown(words: Sequence[_Word]) -> str:
    shown = " ".join(word.text for word in words[:_LONGEST]).rstrip(" ,;")
    return f"{shown} …" if len(words) > _LONGEST else shown


def _citation(words: Sequence[_Word]) -> Citation | None:
    """The place of a change: its words on the first page that it touches."""
    if not words:
        return None
    page = words[0].page
    indices = [word.place for word in words[:_LONGEST] if word.page.id == page.id]
    evidence = evidence_of(indices, page.words)
    quote = " ".join(page.words[index].text for index in indices)
    return Citation(page.source, page.number, evidence.box, quote) if evidence is not None else None
