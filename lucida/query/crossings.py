"""Reading a table by sight: the figure that stands in a named row, under a named head or at the row's end.

Needs no table that was made out beforehand: scans lose rules, and columns of figures stand close together. A row is
what names what is asked about; a head is a piece of a line above that names the rest; the answer is the piece of the
row that is aligned with it, on the left, on the right or in the middle, and with no other head better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.concepts import ValueType
from lucida.query.labels import GENERIC, alikeness
from lucida.query.layout import Run, lay_out
from lucida.query.tables import is_meant, words_of
from lucida.query.typed import agreement, find_spans

if TYPE_CHECKING:
    from lucida.index.records import PageRow
    from lucida.query.layout import Placed
    from lucida.query.question import Question

#: A gap wider than this many word heights parts a row; figures are parted by any gap.
_GAP = 0.5
#: Groups of thousands stand no further apart than this.
_THOUSANDS = 0.45
#: Heads stand at most so many lines above their row.
_REACH = 45
#: What is at a row's end, under no head, is a guess.
_AT_END = 0.85
_MOST = 4
#: Tills' strips are narrower than this, for their height; A4 is 0.71.
_STRIP = 0.63
#: "2 of 2" numbers pages and is no figure.
_COUNTING = frozenset({"of", "von", "sur", "de"})
#: A term weighs so much as evidence where it says what is asked about.
_ABOUT = 0.9
_FIGURE = re.compile(r"^[^\w]*[-+\u2212–]?[^\w]?\d[\d.,:'’/%-]*[^\w]*$|^[€$£]\s?-?\d")
_TWO_YEARS = re.compile(r"\W{0,2}((?:19|20)\d\d)\W{1,4}((?:19|20)\d\d)\W{0,2}")
_GROUP = re.compile(r"^\d{3}([.,]\d+)?$")
_MONEY_SIGN = re.compile(r"^(?:[€$£¥]|EUR|USD|GBP|CHF)$")
_CENTS = re.compile(r"\d[.,]\d\d\b")
_GLUED = re.compile(r"\d+|[^\W\d_]+")
_BALANCES = frozenset({"balance", "saldo", "solde"})
#: What tables call otherwise, and words that say nothing of rows and heads.
_SAME = {
    "highest": "maximum", "greatest": "maximum", "largest": "maximum", "lowest": "minimum", "smallest": "minimum",
    "least": "minimum", "most": "maximum",
}  # fmt: skip
#: What people call what stands under these heads.
_CALLED = {
    "stock": frozenset({"available", "lager", "verfugbar"}), "weigh": frozenset({"weight", "kg", "mass", "gewicht"}),
    "delivery": frozenset({"lead"}), "price": frozenset({"cost"}), "cost": frozenset({"price"}),
    "quantity": frozenset({"qty", "units", "pieces"}), "article": frozenset({"code", "item"}),
    "item": frozenset({"code", "article"}), "code": frozenset({"article"}), "number": frozenset({"code"}),
}  # fmt: skip
#: Forms of answers that are no figures.
_WORDED = frozenset({ValueType.NAME, ValueType.PLACE})
_SHORTEST_DATE = 6
#: Letters that are read for digits, folded.
_MISREAD = str.maketrans("soilbzq", "5011829")
#: Litres, and the figure that scanners make of them.
_LITRE, _AS_ONE = "l", "1"
#: What asks for the price of one.
_EACH, _PRICE = (
    re.compile(r"\b(?:is|are|for|of|does) (?:one|a single|each)\b|\b(?:each|apiece)\W*$", re.IGNORECASE),
    "price",
)
_IDLE = frozenset({"one", "single", "take", "takes", "booked", "all", "high", "how"})
_SIGNED = re.compile(r"^[-+\u2212–]\s?\d")


def is_figure(piece: Run) -> bool:
    """Whether a piece is a number, alone or with its sign or unit."""
    named = any(word.text.isalpha() and (len(word.text) > 3 or word.text in _COUNTING) for word in piece.words)
    return not named and len(piece.words) <= 3 and any(_FIGURE.match(word.text) for word in piece.words)


def pieces_of(row: Sequence[Run], height: float) -> list[Run]:
    """A row's pieces from left to right: names, and single figures with their signs.

    Args:
        row: runs of one line of a layout.
        height: median height of its words, in the layout's unit.
    """
    words = sorted((part for run in row for word in run.words for part in _years(word)), key=lambda word: word.x0)
    parts: list[list[Placed]] = [[words[0]]]
    for before, word in pairwise(words):
        if _parted(before, word, height):
            parts.append([])
        parts[-1].append(word)
    return [Run(tuple(part)) for part in parts]


def _years(word: Placed) -> list[Placed]:
    """A word, or the years apart that an engine read as one: heads of columns stand close together."""
    found = _TWO_YEARS.fullmatch(word.text)
    if found is None:
        return [word]
    wide = (word.x1 - word.x0) / len(word.text)
    places = [(word.x0 + wide * found.start(group), word.x0 + wide * found.end(group)) for group in (1, 2)]
    return [word._replace(text=found[group], x0=x0, x1=x1) for group, (x0, x1) in enumerate(places, 1)]


def _parted(before: Placed, word: Placed, height: float) -> bool:
    gap = (word.x0 - before.x1) / max(height, 1e-6)
    if _MONEY_SIGN.match(before.text) or _MONEY_SIGN.match(word.text):
        return gap > 2 * _GAP or bool(_MONEY_SIGN.match(word.text) and not _FIGURE.match(before.text))
    figures = bool(_FIGURE.match(before.text)), bool(_FIGURE.match(word.text))
    if all(figures):
        return not (_GROUP.match(word.text) and before.text.strip("-+").isdigit() and gap < _THOUSANDS)
    return gap > _GAP


def read_crossings(page: PageRow, question: Question, weights: dict[str, float]) -> list[Candidate]:
    """Figures and names that the question addresses by row and head, best first.

    Args:
        page: any page; words need places, not regions.
        question: taken apart.
        weights: IDF of the question's terms.

    Returns:
        A few candidates; ``names`` and ``rank`` of their features are left to the caller.
    """
    terms, about = _asked(question, weights)
    if not about:
        return []
    layout = lay_out(page)
    rows = [pieces_of(row, layout.height) for row in layout.rows]
    if page.width_pt < _STRIP * page.height_pt or _LITRE in terms:
        rows = [_sizes_joined(row) for row in rows]
    found = [
        _candidate(page, piece, match, question.type)
        for number, row in enumerate(rows)
        if len(row) > 1
        for piece, match in _of_row(rows, number, question, terms, about)
    ]
    return sorted(found, key=lambda c: -(c.features.match * (0.3 + 0.7 * c.features.agreement)))[:_MOST]


def _sizes_joined(row: list[Run]) -> list[Run]:
    """A till's row: what stands before its sum is the name, "5 l" too, which is often read as two figures."""
    sums = [at for at, piece in enumerate(row) if _CENTS.search(piece.text)]
    if len(row) < 3 or not sums or sums[-1] < 2 or is_figure(row[0]):
        return row
    return [Run(tuple(word for piece in row[: sums[-1]] for word in piece.words)), *row[sums[-1] :]]


def _asked(question: Question, weights: dict[str, float]) -> tuple[dict[str, float], set[str]]:
    """The question's terms with their weights, and those that row and head must say.

    Letters that stand for units are often misread. Where only a number would be left to say what is asked about, the
    words of labels and dealings ("orders received in 2020") are it.
    """
    matter = {_SAME.get(term, term): much for term, much in question.matter.items() if term not in _IDLE}
    terms = {term: weights.get(term, 1.0) * much for term, much in matter.items()}
    about = {term for term, much in matter.items() if much >= _ABOUT}
    if not any(term.isalpha() for term in about):
        about |= {term for term in matter if term.isalpha()}
    if question.type is ValueType.MONEY and _EACH.search(question.text):
        terms.setdefault(_PRICE, weights.get(_PRICE, 1.0))
    return terms, {term for term in about if len(term) > 1 or not term.isalpha()}


def _of_row(
    rows: Sequence[Sequence[Run]], number: int, question: Question, terms: dict[str, float], about: set[str]
) -> Iterator[tuple[Run, float]]:
    """A row's pieces that may answer, each with the share of the question that it, its row and its head say."""
    row = rows[number]
    held = _held(terms, _names(row))
    if not any(held[term] for term in about - GENERIC):
        return  # "account number" is no row of numbers
    if any(is_figure(piece) for piece in row) and not all(held[term] for term in about):
        held = _with_next(held, rows[number + 1] if number + 1 < len(rows) else (), terms)
    for above, head in _heads(rows, number, question, terms, held):
        piece = _under(head, above, row)
        if piece is None or not _may_be(piece, question.type):
            continue
        says = _held(terms, _said_by(head))
        covered = {term: max(held[term], says[term]) for term in terms}
        if all(covered[term] for term in about):
            yield piece, _share(covered, terms) * _exactness(row, head, question)
    if question.type is ValueType.MONEY and all(held[term] for term in about):
        end = _at_end(row, rows[max(number - _REACH, 0) : number])
        if end is not None:
            yield end, _AT_END * _share(held, terms) * _exactness(row, None, question)


def _may_be(piece: Run, kind: ValueType) -> bool:
    """Whether a piece can be of the form that is asked for."""
    if kind is ValueType.DATE:
        least = max(_SHORTEST_DATE, 0.6 * len(piece.text))
        return any(span.end - span.start >= least for span in find_spans(piece.text, kind))
    if kind is ValueType.IDENTIFIER:
        return all(any(map(str.isdigit, word.text)) for word in piece.words)
    return is_figure(piece) or (kind in _WORDED and not piece.text.endswith(":"))


def _said_by(head: Run) -> set[str]:
    """Words of a head, and what else people call it."""
    words = _parts(words_of(head.text))
    return words | {name for name, others in _CALLED.items() if words & others}


def _names(row: Sequence[Run]) -> set[str]:
    """Words of a row up to its last piece that is no figure: sizes are part of names."""
    last = max((at for at, piece in enumerate(row) if not is_figure(piece)), default=0)
    return _parts({word for piece in row[: last + 1] for word in words_of(piece.text)})


def _parts(words: set[str]) -> set[str]:
    """Words, with numbers and units apart that were printed or read without a space: "12mm"."""
    return words | {part for word in words for part in _GLUED.findall(word)}


def _with_next(held: dict[str, float], line: Sequence[Run], terms: dict[str, float]) -> dict[str, float]:
    """With what the next line says, where it has no figures and so goes on with the row's name."""
    if not line or len(line) > 2 or any(is_figure(piece) for piece in line):
        return held
    more = _held(terms, _names(line))
    return {term: max(held[term], 0.9 * more[term]) for term in terms}


def _heads(
    rows: Sequence[Sequence[Run]], number: int, question: Question, terms: dict[str, float], held: dict[str, float]
) -> Iterator[tuple[Sequence[Run], Run]]:
    """Runs of lines above that name what the row does not, with their line; those of the nearest such line."""
    lacking = [term for term in terms if not held[term]]
    for above in reversed(rows[max(number - _REACH, 0) : number]):
        if len(above) < 2 or any(_CENTS.search(piece.text) for piece in above):
            continue
        named = []
        for piece in above:
            words = _said_by(piece)
            said = sum(terms[term] for term, held_here in _held(lacking, words).items() if held_here)
            meant = is_meant(frozenset(words_of(piece.text)), question)
            if said or meant:
                named.append((said + 0.5 * meant, piece))
        if named:
            best = max(score for score, _ in named)
            yield from ((above, piece) for score, piece in named if score == best)
            return


def _under(head: Run, line: Sequence[Run], row: Sequence[Run]) -> Run | None:
    """The piece of a row that stands under a head and under no other head of its line better."""
    if not row:
        return None
    piece = min(row, key=lambda one: _apart(head, one))
    return piece if min(line, key=lambda one: _apart(one, piece)) is head else None


def _apart(head: Run, piece: Run) -> float:
    """How far a piece is from being aligned with a head: at the left, at the right or in the middle."""
    middle = abs(head.x0 + head.x1 - piece.x0 - piece.x1) / 2
    beside = max(head.x0 - piece.x1, piece.x0 - head.x1, 0.0)
    return min(abs(head.x0 - piece.x0), abs(head.x1 - piece.x1), middle) + 2 * beside


def _at_end(row: Sequence[Run], above: Sequence[Sequence[Run]]) -> Run | None:
    """The sum at a row's end, or that before it where the last column is a balance; a sum with a sign in any case."""
    sums = [piece for piece in row if is_figure(piece) and find_spans(piece.text, ValueType.MONEY)]
    sums = sums or [piece for piece in row[1:] if is_figure(piece) and _CENTS.search(piece.text)]
    signed = [piece for piece in sums if _SIGNED.match(piece.text)]
    if signed or len(sums) < 2:
        return signed[0] if signed else sums[0] if sums else None
    over = (piece for line in above for piece in line if _apart(piece, sums[-1]) < sums[-1].x1 - sums[-1].x0)
    return sums[-2] if any(words_of(piece.text) & _BALANCES for piece in over) else sums[-1]


def _held(terms: dict[str, float] | list[str], printed: set[str]) -> dict[str, float]:
    """How surely each term stands among printed words; numbers must be the same, but for what is often misread."""
    plain = {word.translate(_MISREAD) for word in printed if len(word) < 4}
    litres = [f"{term}{_AS_ONE}" for term in terms if term.isdigit()] if _LITRE in terms else []
    found = {}
    for term in terms:
        if any(map(str.isdigit, term)):
            misread = not term.isdigit() and term.translate(_MISREAD) in plain
            spent = term == _AS_ONE and _LITRE in terms and _LITRE not in printed  # it stands for the unit
            as_one = _LITRE in terms and f"{term}{_AS_ONE}" in printed
            found[term] = float((term in printed and not spent) or misread or as_one)
        elif term == _LITRE and (_AS_ONE in printed or any(size in printed for size in litres)):
            found[term] = 1.0
        else:
            found[term] = max((alikeness(word, term) for word in printed), default=0.0)
    return found


def _share(covered: dict[str, float], terms: dict[str, float]) -> float:
    return sum(terms[term] * held for term, held in covered.items()) / (sum(terms.values()) or 1.0)


def _exactness(row: Sequence[Run], head: Run | None, question: Question) -> float:
    """Rows and heads that say more than was asked are less meant."""
    said = {
        word for piece in (*row[:3], *([head] if head else [])) if not is_figure(piece) for word in words_of(piece.text)
    }
    # Figures need not be asked for: those that were had to be there.
    said = {word for word in said if not word.isdigit()}
    alien = sum(all(alikeness(word, asked) == 0.0 for asked in question.words) for word in said)
    return 1.0 - 0.25 * alien / max(len(said), 1)


def _candidate(page: PageRow, piece: Run, match: float, kind: ValueType) -> Candidate:
    text = piece.text.strip(" .·_:;,|")
    features = Features(match=min(match, 1.0), agreement=agreement(text, kind))
    return standing_in(piece.words, text, page, "table", features)
