"""Who plays which part in a contract: "... Cornelius Abernathy, 5 Orchard Lane - the Landlord -"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.concepts import ValueType
from lucida.query.labels import alikeness
from lucida.query.layout import Layout, Placed, lay_out
from lucida.query.terms import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lucida.index.records import PageRow
    from lucida.query.question import Question

#: What parties are introduced with: dashes, brackets or quotation marks around "the Tenant", "hereinafter ...".
_ROLE = re.compile(
    r"""[-–—(„“"]\s*(?:["“„'\u2018]\s*)?
    (?:(?:hereinafter|hereafter|nachfolgend|nachstehend|im\s+folgenden|ci-après|en\s+adelante)\s+)?
    (?:(?:called|referred\s+to\s+as|kurz|genannt|dénommée?|denominad[oa])\s+)?
    ["“„'\u2018]?(?:(?:the|der|die|das|den|le|la|les|el)\s+)?["“„'\u2018]?
    (?P<role>[^\W\d_][\w-]*(?:\s[\w-]+)??)["”“'\u2019]?(?:\s+genannt)?\s*[-–—)”“"]""",
    re.VERBOSE | re.IGNORECASE,
)
#: A party is named within so many lines above its role.
_REACH = 3


def read_parties(page: PageRow, question: Question) -> list[Candidate]:
    """Names of the party that the question asks for by its role.

    Args:
        page: any page; one that introduces no party gives nothing.
        question: taken apart; ``names``, ``rank`` and ``absent`` of the features are left to the caller.
    """
    if question.type is not ValueType.NAME or not question.wanted:
        return []
    layout = lay_out(page)
    return [_candidate(page, words) for words in _parties(layout, question)][:2]


def _parties(layout: Layout, question: Question) -> Iterator[Sequence[Placed]]:
    lines = [tuple(word for run in row for word in run.words) for row in layout.rows]
    for number, line in enumerate(lines):
        text = " ".join(word.text for word in line)
        for match in _ROLE.finditer(text):
            if not _is_asked(match["role"], question):
                continue
            before = text[: match.start()].strip()
            if before:
                yield from _last_name(line[: len(before.split())])
            else:
                yield from _first_name(lines[max(number - _REACH, 0) : number])


def _is_asked(role: str, question: Question) -> bool:
    """Whether the question's head names the role: "who is the tenant" asks for no tenant's lawyer."""
    said = [token.folded for token in tokens(role)]
    heads = [phrase for phrase in question.wanted[:4] if len(phrase) == len(said)]
    return any(all(alikeness(word, want) for word, want in zip(said, head, strict=True)) for head in heads)


def _first_name(lines: Sequence[Sequence[Placed]]) -> Iterator[Sequence[Placed]]:
    """What stands before the first comma of the nearest line that has one; an address goes on behind it."""
    for line in reversed(lines):
        comma = next((i for i, word in enumerate(line) if word.text.endswith(",")), None)
        if comma is not None and line[0].text[:1].isupper():
            yield line[: comma + 1]
            return


def _last_name(line: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    """The capitalised words right before the bracket, back to the last comma or small word."""
    start = len(line)
    while start > 0 and (line[start - 1].text[:1].isupper() or line[start - 1].text == "&"):
        start -= 1
        if start > 0 and line[start - 1].text.endswith(","):
            break
    if start < len(line):
        yield line[start:]


def _candidate(page: PageRow, words: Sequence[Placed]) -> Candidate:
    text = " ".join(word.text for word in words).strip(" ,;")
    return standing_in(words, text, page, "field", Features(match=1.0, place=0.97))
