"""What letters say by place rather than by label: date at the top, subject over the greeting, writer at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.concepts import CONCEPTS, ValueType
from lucida.query.layout import Layout, Placed, Run, lay_out
from lucida.query.terms import tokens
from lucida.query.typed import agreement, find_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lucida.index.records import PageRow
    from lucida.query.question import Question

#: The date of a letter stands in the upper part of its first page, behind at most a place's name.
_TOP = 0.45
_LONGEST_DATE_LINE = 6
#: Room for a signature by hand between the closing and the printed name, in word heights.
_SIGNATURE = 9.0
_GREETINGS = ("dear", "sehr", "liebe", "lieber", "cher", "chere", "madame", "monsieur", "estimado", "estimada")
_LONGEST_SUBJECT = 18
_CLOSINGS = ("sincerely", "regards", "faithfully", "truly", "grussen", "grusse", "salutations", "saludo", "atentamente")


def read_letters(page: PageRow, question: Question) -> list[Candidate]:
    """The date, the subject or the writer of a letter, when that is asked for; best first.

    Args:
        page: any page; one that is no letter gives nothing.
        question: taken apart; ``names`` and ``rank`` of the candidates' features are left to the caller.
    """
    wanted = {concept.name for concept in question.concepts}
    found: list[Candidate] = []
    if "date" in wanted and page.number == 1 and closes(page):
        found += [_candidate(page, words, 0.9) for words in _dates(lay_out(page))]
    if "subject" in wanted:
        found += [_candidate(page, words, 0.9) for words in _subjects(lay_out(page))]
    if "signatory" in wanted:
        found += [_candidate(page, run.words, 0.95) for run in _writers(lay_out(page))]
    return found[:3]


def closes(page: PageRow) -> bool:
    """Whether a page closes like a letter."""
    return any(token.folded in _CLOSINGS for word in page.words for token in tokens(word.text))


def signed(page: PageRow) -> bool:
    """Whether a name stands below the closing of a letter."""
    return closes(page) and next(_writers(lay_out(page)), None) is not None


def greets(page: PageRow) -> bool:
    """Whether a line of the page greets somebody."""
    firsts = {word.line: word for word in reversed(page.words)}.values()
    return any(token.folded in _GREETINGS for word in firsts for token in tokens(word.text)[:1])


def _dates(layout: Layout) -> Iterator[Sequence[Placed]]:
    """Words of the dates that end a short line near the top."""
    foot = max((run.y1 for row in layout.rows for run in row), default=0.0)
    for run in (run for row in layout.rows for run in row):
        spans = find_spans(run.text, ValueType.DATE)
        short = len(run.words) <= _LONGEST_DATE_LINE and run.y0 < _TOP * foot
        if short and spans and spans[-1].end == len(run.text) and " " in spans[-1].text:
            start = len(run.text[: spans[-1].start].split())
            if start == 0 or run.words[start - 1].text.endswith((",", ".", ":")):
                yield run.words[start:]


def _subjects(layout: Layout) -> Iterator[Sequence[Placed]]:
    """The line or two right over the greeting, unless they end an address or say the date."""
    runs = [run for row in layout.rows for run in row]
    for number, run in enumerate(runs):
        folded = [token.folded for token in tokens(run.text)]
        if not number or not folded or folded[0] not in _GREETINGS or not run.text.rstrip().endswith((",", "!", ":")):
            continue
        above = runs[number - 1]
        words = above.words
        before = runs[number - 2] if number > 1 else None
        same_block = before is not None and above.y0 - before.y1 < 0.6 * layout.height
        if before is not None and same_block and abs(before.x0 - above.x0) < layout.height:
            words = (*before.words, *words)
        text = " ".join(word.text for word in words)
        if 2 <= len(words) <= _LONGEST_SUBJECT and agreement(text, ValueType.DATE) < 0.9:
            yield words


def _writers(layout: Layout) -> Iterator[Run]:
    """The first name under each closing, in its column."""
    for number, row in enumerate(layout.rows):
        for run in row:
            folded = [token.folded for token in tokens(run.text)]
            if not folded or len(folded) > 5 or folded[-1] not in _CLOSINGS:
                continue
            below = (under for later in layout.rows[number + 1 :] for under in later)
            near = (under for under in below if under.y0 - run.y1 < _SIGNATURE * layout.height)
            column = (under for under in near if under.x0 - run.x0 < 3 * layout.height and _is_name(under))
            yield from list(column)[:1]


def _is_name(run: Run) -> bool:
    labels = {label.lower() for concept in CONCEPTS for label in concept.labels}
    words = run.text.split()
    return 1 < len(words) <= 4 and agreement(run.text, ValueType.NAME) == 1.0 and run.text.lower() not in labels


def _candidate(page: PageRow, words: Sequence[Placed], match: float) -> Candidate:
    text = " ".join(word.text for word in words)
    return standing_in(words, text, page, "field", Features(match=match, place=0.93))
