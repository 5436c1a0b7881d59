"""Documents that answer the same question differently: shown beside the answer, never averaged and never hidden."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.query.calibration import THRESHOLD
from lucida.query.concepts import ValueType
from lucida.query.normalise import same
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.index.records import PageRow
    from lucida.query.proving import Proved
    from lucida.query.question import Question

#: Contradicting places that are cited beside the answer's own; those beyond are counted.
MOST_CONTRADICTING = 2
#: Label and subject fit the question as well when what speaks for them lies within so much.
_NEAR = 0.02
#: Less sure by more, and it is no contradiction but a worse guess.
_BEHIND = 0.08
#: Two sentences say the same thing of the same when they differ in little more than the value.
_ALIKE = 0.8
#: Free text differs without contradicting: only values of a form are held against each other.
_FORMED = frozenset(ValueType) - {ValueType.ANY, ValueType.CHOICE, ValueType.PLACE, ValueType.ADDRESS, ValueType.WEB}


def contradicting(question: Question, proved: Sequence[Proved]) -> list[Proved]:
    """Candidates on other pages that answer as well as the best one, and otherwise; one for each other value.

    Only what was found in the same way counts: a label that fits the question as well as the answer's own, on a page
    that speaks of the question's subject as much; or a sentence that is the answer's own but for the value.

    Args:
        question: taken apart.
        proved: best first.
    """
    if not proved or question.type not in _FORMED:
        return []
    best = proved[0]
    found: list[Proved] = []
    for one in proved[1:]:
        known = [best, *found]
        if _elsewhere(one, best) and _as_good(one, best) and not any(_agree(one, other, question) for other in known):
            found.append(one)
    # A page that also says what the answer says does not speak against it, nor does what the answer's own page says.
    sure = [one for one in proved if one.sure >= THRESHOLD]
    agreeing = {_place(one) for one in sure if _agree(one, best, question)}
    own = [one for one in sure if _place(one) == _place(best)]
    return [
        one for one in found if _place(one) not in agreeing and not any(_agree(one, other, question) for other in own)
    ]


def told(against: Sequence[Proved]) -> tuple[str, ...]:
    """A sentence for the user, where something contradicts."""
    if not against:
        return ()
    named = [f"“{one.candidate.text}” ({_named(one.candidate.page)})" for one in against[:MOST_CONTRADICTING]]
    more = len(against) - len(named)
    beyond = f", and {more} more differ" if more else ""
    return (f"Other pages answer the same question otherwise: {', '.join(named)}{beyond}.",)


def _named(page: PageRow) -> str:
    return f"{printable(PurePath(page.source).name)}, page {page.number}"


def _place(one: Proved) -> tuple[int, int]:
    return one.candidate.page.source_id, one.candidate.page.number


def _elsewhere(one: Proved, best: Proved) -> bool:
    return _place(one) != _place(best) and not one.dictated


def _agree(one: Proved, other: Proved, question: Question) -> bool:
    text, others = one.candidate.text, other.candidate.text
    return same(text, others, question.type) or text in others or others in text


def _as_good(one: Proved, best: Proved) -> bool:
    """Whether label and subject fit as well as the answer's."""
    mine, its = one.candidate.features, best.candidate.features
    if one.candidate.reader != best.candidate.reader or one.sure < max(THRESHOLD, best.sure - _BEHIND):
        return False
    subject = abs(mine.names - its.names) <= _NEAR and abs(mine.absent - its.absent) <= _NEAR
    form = abs(mine.agreement - its.agreement) <= _NEAR
    if best.candidate.reader in ("sentence", "span"):
        return subject and form and _worded_alike(one, best)
    return subject and form and abs(mine.match - its.match) <= _NEAR


def _worded_alike(one: Proved, best: Proved) -> bool:
    """Whether two sentences are the same but for their values."""
    texts = [entry.candidate.quote.replace(entry.candidate.text, " ") for entry in (one, best)]
    if not all(len(text.split()) >= 3 for text in texts):
        return False
    return SequenceMatcher(None, texts[0].casefold(), texts[1].casefold(), autojunk=False).ratio() >= _ALIKE
