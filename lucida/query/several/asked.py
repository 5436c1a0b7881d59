"""A question by its words, so that what is found in the folded text can be cut out of the text as asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lucida.query.concepts import ValueType
from lucida.query.several.kinds import DOCUMENT, KINDS, Kind
from lucida.query.several.plan import Limit, Restriction
from lucida.query.several.values import value_of
from lucida.query.several.vocabulary import DUE, FILLING, LIMIT, MONTHS, NUMERALS, PAID, UNPAID, word_set
from lucida.query.terms import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_YEAR = re.compile(r"(?:19|20)\d\d")
_FILE = re.compile(r"[^\s/]+\.[a-z]{2,4}$", re.IGNORECASE)
#: What follows such a word says which documents are meant, in whatever words.
_POINTING = word_set(
    """from by to for of in about with mention mentions mentioning mentioned contain contains containing dated von vom
    zu für fur an aus mit über uber erwähnen erwahnen de du des pour avec del para con"""
)


class KindFound(NamedTuple):
    """A kind's noun in a question: its words' range, whether it is in the plural, what a compound says before it."""

    kind: Kind
    start: int
    end: int
    many: bool
    before: str


@dataclass(frozen=True)
class Asked:
    """A question as words.

    Attributes:
        words: as asked.
    """

    words: tuple[str, ...]

    @cached_property
    def folded(self) -> str:
        """The folded words, parted by single spaces."""
        return " ".join(map(fold, self.words))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts, cursor = [], 0
        for word in self.words:
            starts.append(cursor)
            cursor += len(fold(word)) + 1
        return tuple(starts)

    def range_of(self, start: int, end: int) -> tuple[int, int]:
        """The range of words that a span of the folded text touches."""
        first = max(index for index, place in enumerate(self._starts) if place <= start)
        last = max(index for index, place in enumerate(self._starts) if place < max(end, start + 1))
        return first, last + 1

    def text(self, start: int, end: int) -> str:
        """Words ``start`` to ``end`` as asked."""
        return " ".join(self.words[start:end])

    @cached_property
    def kinds(self) -> tuple[KindFound, ...]:
        """The nouns for kinds of documents, in order; a particular one hides "document" and "version" beside it."""
        found: dict[int, KindFound] = {}
        for kind in (*KINDS, DOCUMENT):
            for many, pattern in ((True, kind.many), (False, kind.one)):
                for match in re.finditer(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", self.folded):
                    start, end = self.range_of(*match.span())
                    named = any(_FILE.fullmatch(word.strip("?!,;:")) for word in self.words[start:end])
                    if not named and all(start >= other.end or end <= other.start for other in found.values()):
                        found[start] = KindFound(kind, start, end, many, _before(match.group(), kind))
        ordered = tuple(found[start] for start in sorted(found))
        particular = tuple(one for one in ordered if one.kind is not DOCUMENT)
        return particular or ordered

    def expected(self, noun: KindFound) -> int | None:
        """How many documents are spoken of: "the three receipts"."""
        before = [fold(word).strip(",.") for word in self.words[max(noun.start - 3, 0) : noun.start]]
        return next((NUMERALS[word] for word in before if word in NUMERALS), None)

    def restriction(self, *spans: tuple[int, int], noun: KindFound | None = None) -> Restriction:
        """Which documents the words of some spans mean."""
        nouns = {index for one in self.kinds for index in range(one.start, one.end)}
        chosen = [self.words[index] for start, end in spans for index in range(start, end) if index not in nouns]
        limit, chosen = _limit(chosen)
        text = " ".join(map(fold, chosen))
        due = re.search(DUE, text) is not None and any(word in MONTHS or _YEAR.fullmatch(word) for word in text.split())
        unpaid = re.search(UNPAID, text) is not None
        paid = not unpaid and re.search(PAID, text) is not None
        patterns = (UNPAID, PAID, DUE) if due else (UNPAID, PAID)
        status = {word for pattern in patterns for found in re.findall(pattern, text) for word in found.split()}
        meant = tuple(dict.fromkeys(_meant(chosen, status)))
        if noun is not None and len(noun.before) >= 4:
            meant = (*meant, noun.before)
        words = tuple(word for word in meant if word not in MONTHS and not _YEAR.fullmatch(word))
        said = [*meant, *(["unpaid"] if unpaid else ["paid"] if paid else [])]
        said += [f"{'over' if limit.above else 'under'} {limit.value.printed}"] if limit is not None else []
        settled = False if unpaid else True if paid else None
        return Restriction(words, _months(meant), settled, due, limit, " ".join(said))

    def asks_no_more(self, start: int, end: int) -> bool:
        """Whether the words only say which documents are meant: names, months, and what a preposition leads to."""
        pointed = False
        for word in self.words[start:end]:
            folded = fold(word).strip(".,?!;:\"'")
            pointed = pointed or folded in _POINTING
            parts = [token.folded for token in tokens(word)]
            known = all(part in FILLING or part in MONTHS or part in NUMERALS or len(part) == 1 for part in parts)
            status = (
                re.fullmatch(
                    rf"(?:{PAID}|{UNPAID}|{DUE})|above|under|below|more|less|higher|lower|least|most|not|yet|been|nicht",
                    folded,
                )
                is not None
            )
            if not (known or pointed or status or word[:1].isupper() or any(map(str.isdigit, word))):
                return False
        return True


def _before(noun: str, kind: Kind) -> str:
    """What a compound says before its head: "strom" of "stromrechnung"."""
    for head in kind.heads:
        place = noun.find(head)
        if place > 0 and len(head) > 5 and " " not in head:
            return noun[:place].rstrip("s") if noun[:place].endswith("ss") else noun[:place]
    return ""


def _limit(words: Sequence[str]) -> tuple[Limit | None, list[str]]:
    """The bound that words name ("over £5,000"), and the words without it."""
    text = " ".join(map(fold, words))
    match = re.search(LIMIT, text)
    value = value_of(match["amount"].strip(" ?!.,"), ValueType.MONEY) if match is not None else None
    if match is None or value is None:
        return None, list(words)
    before, inside = len(text[: match.start()].split()), len(match.group().split())
    printed = " ".join(words[before : before + inside][-len(match["amount"].split()) :]).strip("?!.,")
    limit = Limit(match["above"] is not None, replace(value, printed=printed))
    return limit, [*words[:before], *words[before + inside :]]


def _meant(words: Sequence[str], status: set[str]) -> Iterator[str]:
    for word in words:
        bare = word.strip("?!,;:\"'()“”„")
        if _FILE.fullmatch(bare):
            yield fold(bare)
            continue
        for token in tokens(bare):
            filling = token.folded in FILLING or token.folded in NUMERALS or token.folded in status
            if not filling and (len(token.folded) > 1 or token.folded.isdigit()):
                yield token.folded


def _months(words: Sequence[str]) -> tuple[tuple[int | None, int | None], ...]:
    months = [MONTHS[word] for word in words if word in MONTHS]
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    if not months:
        return tuple((year, None) for year in years)
    return tuple((year, month) for month in months for year in (years or (None,)))
