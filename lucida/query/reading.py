"""Putting the readers to work on the pages that retrieval brought up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features
from lucida.query.crossings import read_crossings
from lucida.query.fields import read_fields
from lucida.query.labels import alikeness
from lucida.query.letters import read_letters
from lucida.query.parties import read_parties
from lucida.query.passages import retrieve_passages
from lucida.query.receipts import read_days, read_paid, settled
from lucida.query.senders import read_senders
from lucida.query.sentences import Scored, score_sentences
from lucida.query.spans import beside, form, short_answer
from lucida.query.spans_read import Pointed, point
from lucida.query.tables import read_tables
from lucida.query.terms import tokens
from lucida.query.verification import locate
from lucida.query.words import inverse_document_frequencies
from lucida.types import ItemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.index import Index
    from lucida.index.records import Filter, ItemRow, PageRow
    from lucida.models.protocols import Reader, TextEncoder
    from lucida.query.question import Question

#: Pages that are read closely, the best by retrieval.
MOST_PAGES = 8
#: Pages have some dozens of items: of more than so many it is not worth asking how few pages they are.
_FEW_ITEMS = 400
_MOST_SENTENCES = 6
#: Passages that a reader of running text reads, the best by retrieval: it costs tens of milliseconds each.
_MOST_READ = 8
#: A passage ends on the page where its last words stand.
_TAIL_WORDS = 4
#: A sentence counts where a reader, if there is one, points into it with this probability.
_POINTED = 0.05
#: Passages that the question's own words bring up, when its concepts' labels widen the search: they come behind so many
#: of the wide search.
_OWN, _AHEAD = 3, 2
#: What a numeral or a name that a page does not know takes from its candidates.
#: A word counts at most so many times as much for being rare.
_RAREST = 1.5
_FOREIGN_NUMERAL, _FOREIGN_NAME = 0.7, 0.35


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval brought up: passages best first, and the pages they stand on, best first."""

    passages: tuple[ItemRow, ...]
    pages: tuple[PageRow, ...]


def gather(index: Index, encoder: TextEncoder | None, question: Question, where: Filter, top_k: int) -> Retrieved:
    """Retrieve passages for a question and look up their pages.

    The full text is asked for the labels of what is wanted too, so that "How much did it cost?" reaches a
    "Gesamtbetrag".
    """
    found = retrieve_passages(index, encoder, question.text, terms=question.expansion, top_k=top_k, where=where)
    if question.concepts:
        # The many words for a total must not drown the one that says of what.
        own = retrieve_passages(index, None, question.text, terms=question.terms, top_k=_OWN, where=where)
        merged = (*found[:_AHEAD], *own, *found[_AHEAD:])
        found = list({entry.item.id: entry for entry in merged}.values())
    passages = tuple(entry.item for entry in found if entry.item.kind == ItemKind.PASSAGE)
    return Retrieved(passages, tuple(_all_of_few(index, _pages(index, passages), where)))


def _all_of_few(index: Index, pages: list[PageRow], where: Filter) -> list[PageRow]:
    """Where few pages are asked about, all of them, those that retrieval did not bring up behind the others.

    A receipt does not say "shop": what is read by its place need not share a word with its question.
    """
    among = index.select(where)
    if among is None or len(among) > _FEW_ITEMS:
        return pages
    places = sorted({(row.source_id, row.page) for row in index.items(among.tolist())})
    if len(places) > MOST_PAGES:
        return pages
    known = {(page.source_id, page.number) for page in pages}
    left = (index.page(*place) for place in places if place not in known)
    return [*pages, *(page for page in left if page is not None)]


def _pages(index: Index, passages: Sequence[ItemRow]) -> list[PageRow]:
    """The passages' pages, and behind them the next ones of passages that run over their page's end."""
    places = list(dict.fromkeys((item.source_id, item.page) for item in passages))[:MOST_PAGES]
    pages = {place: page for place in places if (page := index.page(*place)) is not None}
    for item in passages:
        page = pages.get((item.source_id, item.page))
        following = (item.source_id, item.page + 1)
        if page is None or following in pages or _ends_on(item, page):
            continue
        if (over := index.page(*following)) is not None:
            pages[following] = over
    return list(pages.values())


def _ends_on(item: ItemRow, page: PageRow) -> bool:
    tail = " ".join(item.text.split()[-_TAIL_WORDS:])
    return locate(tail, page.words) is not None


def read(
    index: Index, encoder: TextEncoder | None, question: Question, found: Retrieved, reader: Reader | None = None
) -> list[Candidate]:
    """All readers' candidates over what was retrieved, in no order.

    Args:
        index: an open library index.
        encoder: of texts; None judges sentences by words alone.
        question: taken apart.
        found: what retrieval brought up.
        reader: of running text, in English; it says what in a sentence answers. None leaves it to sentences.
    """
    weights = inverse_document_frequencies(index, question.terms)
    candidates: list[Candidate] = []
    for rank, page in enumerate(found.pages):
        words = _page_words(index, page)
        names, absent = spoken_of(question, words, weights), missing(question, words)
        own = [
            *read_fields(page, question, weights),
            *read_tables(page, question, weights),
            *read_letters(page, question),
            *read_parties(page, question),
        ]
        paid = read_paid(page, question)
        own = [*settled(own, paid), *paid]
        # Who sends and receives, and when, is said by its place: the page need not speak of it.
        unsaid = [*read_senders(page, question), *read_days(page, question)]
        candidates += [_with(one, names=1.0, rank=_falling(rank), absent=absent) for one in unsaid]
        candidates += [_with(candidate, names=names, rank=_falling(rank), absent=absent) for candidate in own]
        # Row and head say all that is asked about, misread or not: nothing of it is absent.
        crossed = read_crossings(page, question, weights)
        candidates += [
            _with(one, names=max(names, one.features.match), rank=_falling(rank), absent=0.0) for one in crossed
        ]
    sentences = _from_sentences(index, encoder, question, found, weights)
    if reader is None or question.language != "en":
        return candidates + sentences
    spans = _from_spans(index, reader, question, found)
    return candidates + spans + [kept for one in sentences if (kept := _pointed_at(one, spans)) is not None]


def _pointed_at(sentence: Candidate, spans: Sequence[Candidate]) -> Candidate | None:
    """A sentence that a reader points into; where it would answer as a whole, what is pointed to answers instead."""
    inside = [one for one in spans if one.page == sentence.page and one.text in sentence.quote]
    best = max(inside, key=lambda one: one.features.match, default=None)
    if best is None or best.features.match < _POINTED:
        return None
    return replace(sentence, text=best.text) if sentence.text == sentence.quote else sentence


def _from_spans(index: Index, reader: Reader, question: Question, found: Retrieved) -> list[Candidate]:
    pages = {(page.source_id, page.number): page for page in found.pages}
    passages = [item for item in found.passages if (item.source_id, item.page) in pages][:_MOST_READ]
    candidates = []
    for entry in point(reader, question, [item.text for item in passages]):
        item = passages[entry.passage]
        own = pages[item.source_id, item.page]
        page, quote = standing(entry.quote, entry.text, own, pages.get((own.source_id, own.number + 1)))
        words = _words(" ".join((*item.section, _called(index, item.source_id, item.source), item.text)))
        absent = missing(question, words | _words(" ".join(word.text for word in page.words)))
        candidates.append(_span(entry, item, page, quote, names=named(question, words), absent=absent))
    return candidates


def _span(entry: Pointed, item: ItemRow, page: PageRow, quote: str, *, names: float, absent: float) -> Candidate:
    features = Features(
        match=entry.probability,
        agreement=entry.agreement,
        names=names,
        place=entry.lead,
        rank=_falling(entry.passage),
        absent=absent,
    )
    # Where a sentence runs over its page's end, what is quoted of it may lack the answer: then the answer is its quote.
    proof = quote if entry.text in quote else entry.text
    return Candidate(entry.text, proof, page, "span", features, near=item.box if page.number == item.page else None)


def _from_sentences(
    index: Index, encoder: TextEncoder | None, question: Question, found: Retrieved, weights: dict[str, float]
) -> list[Candidate]:
    pages = {(page.source_id, page.number): page for page in found.pages}
    passages = [item for item in found.passages if (item.source_id, item.page) in pages]
    texts = [(item.text, (*item.section, _called(index, item.source_id, item.source))) for item in passages]
    scored = score_sentences(question, texts, weights, encoder)[:_MOST_SENTENCES]
    candidates = []
    for entry in scored:
        item = passages[entry.passage]
        words = _words(" ".join((*texts[entry.passage][1], item.text)))
        own = pages[item.source_id, item.page]
        page, quote = standing(
            entry.text, short_answer(question, entry.text), own, pages.get((own.source_id, own.number + 1))
        )
        candidate = _sentence(question, entry, item, page, quote, named(question, words))
        absent = missing(question, words | _words(" ".join(word.text for word in page.words)))
        features = replace(candidate.features, absent=absent)
        candidates.append(replace(candidate, features=features))
    return candidates


def standing(sentence: str, short: str | None, page: PageRow, following: PageRow | None) -> tuple[PageRow, str]:
    """The page on which a passage's sentence stands, and what of it stands there.

    A passage may run over its page's end. Of a sentence that does so itself, the part with the short answer is quoted,
    or the longer part where there is none.
    """
    if following is None or locate(sentence, page.words) is not None:
        return page, sentence
    if locate(sentence, following.words) is not None:
        return following, sentence
    words = sentence.split()
    for cut in range(len(words) - 1, 0, -1):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        if locate(head, page.words) is None or locate(tail, following.words) is None:
            continue
        first = short in head if short is not None else len(head) >= len(tail)
        return (page, head) if first else (following, tail)
    return page, sentence


def _sentence(question: Question, entry: Scored, item: ItemRow, page: PageRow, quote: str, names: float) -> Candidate:
    short = short_answer(question, entry.text)
    features = Features(
        match=entry.coverage,
        agreement=form(question, entry.text, short),
        similarity=entry.similarity,
        names=names,
        place=beside(question, entry.text, short),
        rank=_falling(entry.passage),
    )
    near = item.box if page.number == item.page else None
    return Candidate(short or quote, quote, page, "sentence", features, near=near)


def _with(candidate: Candidate, *, names: float, rank: float, absent: float) -> Candidate:
    return replace(candidate, features=replace(candidate.features, names=names, rank=rank, absent=absent))


def _falling(rank: int) -> float:
    return 1.0 / (1.0 + 0.25 * rank)


def spoken_of(question: Question, words: frozenset[str], rarity: dict[str, float]) -> float:
    """How much of what the question speaks of stands among words, 0..1: a value of another thing is no answer.

    Names, numerals and words of the matter count fully. Words of a label ("cost") or a kind of document ("receipt")
    count little, since documents use others for them. Rare words count more than common ones.
    """
    usual = sum(rarity.values()) / len(rarity) if rarity else 1.0
    lacking = total = 0.0
    for term, matters in question.matter.items():
        weight = min(rarity.get(term, usual) / (usual or 1.0), _RAREST) if matters == 1.0 else matters
        total += weight
        lacking += 0.0 if _said(term, words) else weight
    return 1.0 - lacking / max(total, 1.0)


def named(question: Question, words: frozenset[str]) -> float:
    """Share of the question's names and numerals that stand among words, 1 when it has none.

    A sentence is held to these alone: how much else it says of the question is its coverage already.
    """
    held = [all(_said(token.folded, words) for token in tokens(name)) for name in question.names]
    return sum(held) / len(held) if held else 1.0


def missing(question: Question, words: frozenset[str]) -> float:
    """How surely words speak of something else, 0..1: a year, a number or a name of the question is not among them.

    Small numbers are often spelled out, and names are varied; a longer numeral ("2017", "KM-4172") is either there or
    it is not. Years may be printed by their last two digits ("2023/24").
    """
    worst = 0.0
    for token in (token for name in question.names for token in tokens(name)):
        if _said(token.folded, words):
            continue
        digits = token.folded.isdecimal()
        if digits and len(token.folded) == 4 and {str(int(token.folded) - 1), token.folded[2:]} <= words:
            continue
        numeral = any(char.isdigit() for char in token.folded) and not (digits and len(token.folded) < 3)
        worst = max(worst, _FOREIGN_NUMERAL if numeral else _FOREIGN_NAME)
    return worst


def _said(word: str, words: frozenset[str]) -> bool:
    if word in words or any(char.isdigit() for char in word):
        return word in words
    return any(alikeness(other, word) >= 0.85 for other in words)


def _page_words(index: Index, page: PageRow) -> frozenset[str]:
    printed = " ".join(word.text for word in page.words)
    return _words(f"{printed} {_called(index, page.source_id, page.source)}")


def _called(index: Index, source_id: int, path: str) -> str:
    """What a source is called: its title and its file's name."""
    source = index.source(source_id)
    return f"{source.title if source else ''} {PurePath(path).stem}"


def _words(text: str) -> frozenset[str]:
    return frozenset(token.folded for token in tokens(text))


def describe(candidates: Sequence[Candidate]) -> str:
    """How many candidates each reader gave, for the trace."""
    spans = any(candidate.reader == "span" for candidate in candidates)
    readers = ("field", "table", "span" if spans else "sentence")
    counts = {reader: sum(c.reader == reader for c in candidates) for reader in readers}
    return ", ".join(f"{count} from {reader}s" for reader, count in counts.items())
