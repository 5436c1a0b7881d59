"""Who sends a paper and who receives it, where no label says so: the letterhead at the top, the block of an address.

A letterhead is what is set largest in the upper part of the first page and is no title of a kind of paper. An address
is a name over a line with a street's number and one with a postcode.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features
from lucida.query.concepts import CONCEPTS
from lucida.query.layout import Run, lay_out
from lucida.query.letters import closes
from lucida.query.terms import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lucida.index.records import PageRow
    from lucida.query.layout import Layout
    from lucida.query.question import Question

#: Letterheads stand in this upper share of what is printed; no address begins below the second one.
_TOP, _UPPER = 0.25, 0.55
_LONGEST = 7
#: How surely a place says who somebody is, against a label.
_HEAD, _BLOCK = 0.82, 0.8
_PERSONS = re.compile(r"\bwho (sent|wrote|sends|writes)\b|\bwer\b|\bqui\b|\bquien\b")
#: Lines of an address follow each other within so many word heights, and begin so near each other.
_LINE, _EDGE = 1.2, 1.5
#: Wide spaces within a line, in heights of its letters.
_SPACE = 1.3
_SENDERS = re.compile(
    r"\b(who|which (firm|company|shop|store))\b.*\b(sent|send|issued|wrote|sells?|sold|gave|seller|sender|vendor)\b"
    r"|\bname of the (shop|store|seller|sender|issuer|supplier)\b|\bwho is the (seller|sender|issuer)\b"
    r"|\b(wer|welche firma|welches geschaft)\b.*\b(gesendet|ausgestellt|geschrieben|verkaufer|absender)\b"
    r"|\bname des geschafts\b|\bqui a (envoye|emis|ecrit)\b|\bquien (envio|emitio|escribio)\b"
)
_RECEIVERS = re.compile(
    r"\bto whom\b.*\baddressed\b|\bwho is the (recipient|addressee|customer)\b|\bwho (is|was) billed\b|\brecipient\b"
    r"|\ban wen\b.*\b(gerichtet|adressiert)\b|\bwer ist der (empfanger|kunde)\b|\bdestinataire\b|\bdestinatario\b"
)
#: Titles of kinds of papers are set large, too.
_TITLES = frozenset(
    """invoice receipt letter statement account bill tax commercial sales report annual quarterly progress summary data
    sheet form application registration claim order note memo list price catalogue specification technical product
    page rechnung quittung beleg brief kontoauszug bericht antrag datenblatt facture recu releve rapport formulaire
    factura recibo extracto informe formulario solicitud""".split()  # noqa: SIM905 - easier to read as a paragraph
)
_STREET = re.compile(r"^\d+\w?\b.*[^\W\d_]{2}|[^\W\d_]{2}.*\b\d+\w?$")
_POSTCODE = re.compile(r"\b\d{4,5}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s?\d[A-Z]{2}\b")


def read_senders(page: PageRow, question: Question) -> list[Candidate]:
    """Names of the sender or the recipient by their place, when that is asked for; best first.

    Args:
        page: any page; only first pages have letterheads and addresses.
        question: taken apart; ``names`` and ``rank`` of the candidates' features are left to the caller.
    """
    folded = " ".join(token.folded for token in tokens(question.text))
    if page.number != 1:
        return []
    if _SENDERS.search(folded):
        if _PERSONS.search(folded) and closes(page):
            return []  # who wrote is the one who signed
        return [_candidate(page, run, _HEAD) for run in _letterheads(lay_out(page))][:1]
    if _RECEIVERS.search(folded):
        layout = lay_out(page)
        head = next((run.words for run in _letterheads(layout)), ())
        return [_candidate(page, run, _BLOCK) for run in _addressed(layout) if run.words != head][:2]
    return []


def _letterheads(layout: Layout) -> Iterator[Run]:
    """Runs near the top that may name a firm, the largest first."""
    foot = max((run.y1 for row in layout.rows for run in row), default=0.0)
    top = [run for row in layout.rows for run in _joined(row, layout.height) if run.y0 < _TOP * foot]
    fitting = [bare for run in top if (bare := _without_logo(run)) is not None and _may_name(bare)]
    yield from sorted(fitting, key=lambda run: (-round(max(w.height for w in run.words) / layout.height, 1), run.y0))


def _joined(row: tuple[Run, ...], height: float) -> list[Run]:
    """A row's runs, those put together that only the wide spaces of large letters part."""
    joined: list[Run] = []
    for run in row:
        last = joined[-1] if joined else None
        large = max(min(run.words[0].height, last.words[-1].height), height) if last else height
        if last is not None and run.x0 - last.x1 < _SPACE * large:
            joined[-1] = Run((*last.words, *run.words))
        else:
            joined.append(run)
    return joined


def _without_logo(run: Run) -> Run | None:
    """Without what an engine made of a mark before a name: a sign or a letter."""
    start = 1 if len(run.words) > 1 and len(run.words[0].text) == 1 else 0
    return run.since(start)


def _may_name(run: Run) -> bool:
    words = [token.folded for token in tokens(run.text)]
    named = any(word.text[:1].isupper() and len(word.text) > 2 for word in run.words)
    plain = not any(map(str.isdigit, run.text)) and not run.text.rstrip().endswith(":") and "@" not in run.text
    return named and plain and len(words) <= _LONGEST and not _TITLES.issuperset(words) and not _is_label(words)


def _is_label(words: list[str]) -> bool:
    said = tuple(words)
    return any(said == tuple(token.folded for token in tokens(label)) for one in CONCEPTS for label in one.labels)


def _addressed(layout: Layout) -> Iterator[Run]:
    """First lines of addresses, from the top."""
    foot = max((run.y1 for row in layout.rows for run in row), default=0.0)
    runs = [run for row in layout.rows for run in _joined(row, layout.height) if run.y0 < _UPPER * foot]
    for run in runs:
        second = _under(run, runs, layout.height)
        third = _under(second, runs, layout.height) if second is not None else None
        if second is None or third is None or not _may_name(run):
            continue
        if _STREET.search(second.text) and _POSTCODE.search(third.text):
            yield run


def _under(run: Run, runs: list[Run], height: float) -> Run | None:
    """The run right below another at the same left edge."""
    near = (
        other
        for other in runs
        if abs(other.x0 - run.x0) < _EDGE * height and other.y0 > run.y0 and other.y0 - run.y1 < _LINE * height
    )
    return min(near, key=lambda other: other.y0, default=None)


def _candidate(page: PageRow, run: Run, match: float) -> Candidate:
    indices = tuple(dict.fromkeys(word.word for word in run.words))
    quote = " ".join(page.words[index].text for index in indices)
    return Candidate(run.text.strip(" ,;·"), quote, page, "field", Features(match=match, place=0.9), indices)
