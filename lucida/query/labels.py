"""Finding a label on a page: the printed words that name what a question wants, misread letters forgiven."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lucida.query.boxes import is_box
from lucida.query.concepts import CONCEPTS
from lucida.query.terms import stem, stop_words, tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lucida.query.layout import Layout, Run

#: A label is rarely longer; the wanted words must lie within so many.
_LONGEST = 10
#: Share of equal letters (normalised Levenshtein) from which two words count as one, misread.
_ALIKE = 0.75
#: Labels that cover the wanted phrase worse than this are not considered.
_WEAKEST = 0.55
#: A synonym counts less than the question's own words, so that of two pages the one in its language answers.
_SYNONYM = 0.88
#: Parts of the question's own phrase count nearly as much as all of it.
_PART = 0.96
#: Words that many labels end in: alone they name nothing.
GENERIC = frozenset({"number", "no", "nr", "code", "id", "date", "name", "amount", "type", "nummer", "datum"})
_GENERIC_ONLY = 0.7
_NUMBER_SIGNS = {"nr": "number", "no": "number", "n": "number", "num": "number", "nummer": "number", "tel": "telephone"}


@dataclass(frozen=True, slots=True)
class Label:
    """A label found on a page.

    Attributes:
        row, run: where in the layout.
        start, end: word offsets within the run (end exclusive).
        score: 0..1, how well it says what is wanted.
        closed: it ends in a colon, so that a value must follow.
    """

    row: int
    run: int
    start: int
    end: int
    score: float
    closed: bool


@dataclass(frozen=True, slots=True)
class _Sought:
    """A wanted phrase, the IDF of words, and all words of the question."""

    phrase: tuple[str, ...]
    weights: dict[str, float]
    asked: Collection[str]

    def weight(self, word: str) -> float:
        """IDF of a word; the mean where it is not known."""
        mean = sum(self.weights.values()) / len(self.weights) if self.weights else 1.0
        return self.weights.get(word, mean)


@lru_cache(maxsize=65_536)
def alikeness(printed: str, wanted: str) -> float:
    """How surely two folded words are the same one, 0..1; below a threshold 0.

    Equal stems give 1. Otherwise the normalised Levenshtein distance decides, for words of four letters and more:
    OCR confuses letters, and a confusion in a short word makes another word.
    """
    if printed == wanted or stem(printed) == stem(wanted):
        return 1.0
    printed, wanted = _NUMBER_SIGNS.get(printed, printed), _NUMBER_SIGNS.get(wanted, wanted)
    if printed == wanted:
        return 0.95
    if min(len(printed), len(wanted)) < 4:
        return 0.0
    from rapidfuzz.distance import Levenshtein

    alike = Levenshtein.normalized_similarity(printed, wanted)
    return alike if alike >= _ALIKE else 0.0


def find_labels(
    layout: Layout,
    wanted: Sequence[Sequence[str]],
    weights: dict[str, float],
    asked: Collection[str] = (),
    *,
    own: int = 1,
) -> list[Label]:
    """Labels on a page that say one of the wanted phrases, best first; equal ones in reading order.

    Args:
        layout: the page.
        wanted: phrases as folded words, the question's own first; they count a little more than synonyms.
        weights: IDF of words; a word that is not in it weighs as the mean.
        asked: all folded words of the question; a label goes on over them ("written *by*"), whatever they weigh.
        own: so many of the phrases are the question's own.
    """
    best: dict[tuple[int, int, int], Label] = {}
    small = stop_words("en") | stop_words("de")
    whole = {word for word in wanted[0] if word not in small} if wanted else set()
    for row, runs in enumerate(layout.rows):
        for number, run in enumerate(runs):
            for order, phrase in enumerate(wanted):
                label = _best_in_run(run, _Sought(tuple(phrase), weights, asked))
                if label is None:
                    continue
                start, end, score, closed = label
                full = order == 0 or (order < own and whole.issubset(phrase))
                score *= 1.0 if full else _PART if order < own else _SYNONYM
                known = best.get((row, number, start))
                if known is None or score > known.score:
                    best[row, number, start] = Label(row, number, start, end, score, closed)
    return sorted(best.values(), key=lambda found: (-found.score, found.row, found.run, found.start))


def looks_like_label(run: Run, printed: Sequence[str] = ()) -> bool:
    """Whether a run names something rather than being a value: it ends in a colon, or is a label that forms use."""
    if run.words[-1].text.endswith(":"):
        return True
    words = tuple(token.folded for token in tokens(run.text))
    return words in _known_labels() or (bool(printed) and words == tuple(printed))


@lru_cache(maxsize=1)
def _known_labels() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(t.folded for t in tokens(label)) for concept in CONCEPTS for label in concept.labels)


def _best_in_run(run: Run, sought: _Sought) -> tuple[int, int, float, bool] | None:
    """The window of words (start, end, score, closed) that says the phrase best, or None."""
    heads = [_match(word.text, sought.phrase) for word in run.words]
    if not any(heads):
        return None
    best: tuple[int, int, float, bool] | None = None
    for start, head in enumerate(heads):
        if not head:
            continue
        held: dict[str, float] = {}
        for end in range(start, min(start + _LONGEST, len(heads))):
            for wanted, alike in heads[end].items():
                held[wanted] = max(held.get(wanted, 0.0), alike)
            if not heads[end]:
                continue
            found = _judged(run, start, end + 1, held, sought)
            if best is None or found[2] > best[2] + 1e-9:
                best = found
            if run.words[end].text.endswith(":"):
                break
    return best if best is not None and best[2] >= _WEAKEST else None


def _match(printed: str, phrase: Sequence[str]) -> dict[str, float]:
    """Which of the phrase's words a printed word says, and how surely."""
    if printed in {"#", "№", "Nº", "N°"}:
        printed = "number"
    words = [token.folded for token in tokens(printed)]
    found = {want: max((alikeness(word, want) for word in words), default=0.0) for want in phrase}
    return {want: alike for want, alike in found.items() if alike}


def _judged(run: Run, start: int, end: int, held: dict[str, float], sought: _Sought) -> tuple[int, int, float, bool]:
    """Widen a window to the whole label and score it: F1 of phrase covered and label explained."""
    end, closed = _label_end(run, end, sought.asked)
    start = _label_start(run, start)
    phrase = sought.phrase
    total = sum(sought.weight(word) for word in phrase) or 1.0
    recall = sum(sought.weight(word) * alike for word, alike in held.items()) / total
    stops = stop_words("en") | stop_words("de")
    printed = [t.folded for word in run.words[start:end] for t in tokens(word.text)]
    printed = [word for word in printed if word not in stops or word in phrase] or printed
    explained = sum(max((alikeness(word, want) for want in phrase), default=0.0) for word in printed)
    precision = min(explained / max(len(printed), 1), 1.0)
    score = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    if len(phrase) > 1 and GENERIC.issuperset(held) and not GENERIC.issuperset(phrase):
        score *= _GENERIC_ONLY
    return start, end, score, closed


def _label_end(run: Run, end: int, asked: Collection[str]) -> tuple[int, bool]:
    """Up to a colon that follows within four words which could belong to the label; else where the match ends."""
    for place in range(end - 1, min(end + 4, len(run.words))):
        text = run.words[place].text
        if text.endswith(":"):
            return place + 1, True
        if place >= end and any(char.isdigit() for char in text):
            break
    while end < len(run.words) and _goes_on(run.words[end].text, asked):
        end += 1
    return end, False


def _goes_on(text: str, asked: Collection[str]) -> bool:
    found = tokens(text)
    if not found:
        return text not in "-–—$€£" and not is_box(text)
    return all(token.folded in asked for token in found)


def _label_start(run: Run, start: int) -> int:
    """Back to the run's start or behind the last colon, comma or numeral: what stands before belongs to the label."""
    while start > 0:
        before = run.words[start - 1].text
        if before.endswith((":", ",", ";", ".")) or any(char.isdigit() for char in before) or not tokens(before):
            break
        start -= 1
    return start
