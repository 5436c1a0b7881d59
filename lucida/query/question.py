"""What a question asks for: its meaningful words, the label it names, the form its answer must have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lucida.query.concepts import CONCEPTS, Concept, ValueType
from lucida.query.terms import content_terms, fold, language_of, stem, stop_words, tokens


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Words for kinds of documents and their parts: they say where to look, and are no part of a label.
_PLACES_TO_LOOK = _word_set(
    """invoice receipt bill form letter document page report contract article paper table section datasheet sheet scan
    text file statement order field box line rechnung quittung beleg formular brief dokument seite bericht vertrag
    artikel tabelle feld zeile facture formulaire lettre rapport factura recibo formulario carta informe"""
)
#: Words that carry the question and not its subject, beyond stop-words.
_ASKING = _word_set(
    """give find name called call value stated listed written shown printed mentioned according filled entered recorded
    indicated specified read gives contain contains genannt angegeben eingetragen steht heisst lautet many much long
    kind type checked ticked marked selected crossed angekreuzt markiert cochee marcado large high big hoch gross
    option options opcion one described named covered refer refers write gave"""
)

#: What people do with goods and money, and who does it: documents show it by their kind and seldom say it.
_DEALINGS = _word_set(
    """charge charged pay paid buy bought order ordered sell sold spend spent bill billed receive received cost costs
    purchased live lives seller vendor buyer supplier applicant claimant bestellt gekauft bezahlt verkauft kostet
    berechnet wohnt verkaufer kaufer antragsteller vendeur acheteur vendedor comprador solicitante"""
)

#: "Which company": the noun says what form the answer has, and need not be printed beside it.
_NAMED_THINGS = (
    "company|firm|person|organi[sz]ation|supplier|vendor|manufacturer|author|member|bank|institution|university|firma|"
    "unternehmen|entreprise|empresa"
)
_TYPE_NOUN = re.compile(
    rf"\b(?:what|which|welche[rsnm]?|welches)\s+({_NAMED_THINGS}|day|date|year|month|time|percentage|person|jahr|tag)\b",
    re.IGNORECASE,
)
#: Tried in order; the first that is found in the folded question names the type.
_TYPE_CUES: tuple[tuple[ValueType, str], ...] = (
    (ValueType.MONEY, r"^(what|which) (amount|sum)\b|^what (does|did) .*\bcharged?\b|^what was paid\b"),
    (ValueType.EMAIL, r"\be-? ?mails?\b|\bcourriel\b"),
    (ValueType.PHONE, r"\b(tele)?phone\b|\btel\b|\bfax\b|\btelefon(nummer)?\b"),
    (ValueType.WEB, r"\bweb ?(site|page)\b|\burl\b|\bhomepage\b"),
    (ValueType.PERCENT, r"\bpercent(age)?\b|\bper cent\b|\bprozent\b|\bpourcentage\b|\bwhat share\b"),
    (ValueType.NUMBER, r"\bhow many\b|\bwie ?viele\b|\bcuant[oa]s\b|\bcombien de\b"),
    (ValueType.DURATION, r"\bhow long\b|\bwie lange?\b|\bduration\b|\bdauer\b"),
    (ValueType.DURATION, r"\bhow much (notice|time)\b|\bcombien de temps\b|\bcuanto tiempo\b"),
    (ValueType.MEASURE, r"\bhow (tall|high|deep|heavy|far|old|wide|fast|large|big|hot|cold|warm|strong|thick)\b"),
    (ValueType.MEASURE, r"\bhow much (did|does|do|has|have) .*\b(weigh|rise|fall|grow|drop|increase|decrease)"),
    (ValueType.MEASURE, r"\bwie (hoch|gross|schwer|weit|tief|breit|schnell|alt|dick|warm|kalt)\b"),
    (ValueType.MEASURE, r"\b(voltage|current|temperature|weight|length|width|height|speed|power|frequency|humidity)\b"),
    (ValueType.MEASURE, r"\b(pressure|resolution|accuracy|capacity|mass|spannung|temperatur|gewicht|hohe|breite)\b"),
    (ValueType.MONEY, r"\bhow (much|expensive)\b|\bcosts?\b|\bprice\b|\bamount\b|\bowe\b|\bcombien\b|\bcuanto\b"),
    (ValueType.MONEY, r"\bwie ?viel\b|\bkostet\b|\bbetrag\b|\bpreis\b"),
    (ValueType.ANY, r"\bwhere and when\b|\bwhen and where\b|\bwo und wann\b|\bwann und wo\b"),
    (ValueType.TIME, r"\bwhat time\b|\bum wie ?viel uhr\b|\bat which time\b"),
    (ValueType.DATE, r"\bwhen\b|\b(what|which) (day|date|year|month|century|decade)\b"),
    (ValueType.DATE, r"\bwann\b|\bdatum\b|\bquand\b|\bcuando\b|\bdate\b|\bfecha\b"),
    (ValueType.NAME, r"\bwho(m|se)?\b|\bwer\b|\bwem\b|\bwen\b|\bqui\b|\bquien\b"),
    (ValueType.NAME, rf"\b(what|which|welche[rsnm]?) ({_NAMED_THINGS})\b"),
    (ValueType.ADDRESS, r"\baddress\b|\badresse\b|\banschrift\b|\bdireccion\b"),
    (ValueType.PLACE, r"\bwhere\b|\bwo\b|\bdonde\b|\b(what|which) (city|country|town|state|place|region|continent)\b"),
    (ValueType.IDENTIFIER, r"\b(number|no|nr|code|id|reference|serial)\b|nummer\b|\bnumero\b|\biban\b"),
)
#: Forms that a concept knows better than the question's wording does ("VAT number" is an identifier anyhow).
_WEAK_CUES = frozenset({ValueType.IDENTIFIER, ValueType.ADDRESS, ValueType.MEASURE, ValueType.PLACE})
_YES_NO = re.compile(r"^\s*(is|are|was|were|did|does|do|has|have|had|can|ist|sind|war|hat|est|es)\b", re.IGNORECASE)
_CHECKED = re.compile(
    r"\b(checked|ticked|marked|selected|crossed|angekreuzt|markiert|coch[ée]e?|marcad[oa])\b", re.IGNORECASE
)
#: "What is the", "Wie lautet die": what stands before the thing that is asked for.
_LEAD = re.compile(
    r"^\W*(?:(?:what|which|who|whose|when|where|was|welche[rsnm]?|wie|wer|wann|wo|quel(?:le)?s?|cu[aá]l)(?:['’]s)?\s+)?"
    r"(?:(?:is|are|was|were|ist|sind|lautet|est|es|stands?|steht)\s+)?(?:(?:the|an?|der|die|das|la|le|les|el|los)\s+)?",
    re.IGNORECASE,
)
#: "... on this receipt?": where to look, which is no part of a label.
_TAIL = re.compile(
    r"\s+(?:on|in|of|from|for|auf|in|aus|der|des|dieser|im|sur|dans|de|en|del)\s+"
    r"(?:(?:the|this|that|an?|my|our|der|dem|den|des|dieser|diesem|einer|eines|la|le|cette|ce|el|esta|este)\s+)*(?:"
    + "|".join(sorted(_PLACES_TO_LOOK))
    + r")\W*$",
    re.IGNORECASE,
)
#: What follows says of what or where the head of a phrase is.
_OF = re.compile(
    r"\s(?:of|on|for|in|at|from|to|with|per|when|by|von|der|des|vom|auf|im|am|beim|für|du|del?)\s", re.IGNORECASE
)
#: "Which zone is ...": the noun is the label.
_ASKED_NOUN = re.compile(
    r"^\W*(?:what|which|welche[rsnm]?|quel(?:le)?s?|qu[eé]|cu[aá]l)\s+((?:[\w-]+\s+){1,2}?)"
    r"(?:is|are|was|were|did|does|do|has|have|had|should|must|may|can|will|ist|sind|hat|war|soll|est|es)\b",
    re.IGNORECASE,
)
#: Words in quotation marks are those that are printed.
_QUOTED = re.compile('["\u201c\u201e\u00ab]\\s?([^"\u201c\u201d\u201e\u00ab\u00bb]{2,80}?)\\s?["\u201d\u201c\u00bb]')
_NUMERAL = re.compile(r"\d")
#: What is asked for in so many words is likely to be printed in just these.
_SHORT_LABEL = 3


@dataclass(frozen=True)
class Question:
    """A question, taken apart.

    Attributes:
        text: as asked, white space folded.
        language: "en", "de", "fr" or "es".
        terms: distinct folded words that carry meaning.
        type: form of the answer.
        concepts: labelled things it may want, most particular first.
        names: proper names and numerals in it, as asked: evidence must speak of them.
        checked: it asks for the state of a box to tick.
    """

    text: str
    language: str
    terms: tuple[str, ...]
    type: ValueType
    concepts: tuple[Concept, ...]
    names: tuple[str, ...]
    checked: bool

    @cached_property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """Label phrases as tuples of folded words, the question's own first, then those of its concepts."""
        named = [tuple(t.folded for t in tokens(label)) for concept in self.concepts for label in concept.labels]
        return tuple(dict.fromkeys(phrase for phrase in (*self.own, *named) if phrase))

    @cached_property
    def own(self) -> tuple[tuple[str, ...], ...]:
        """The question's own phrases for the label, the fullest first."""
        return tuple(dict.fromkeys(phrase for phrase in _own_labels(self) if phrase))

    @cached_property
    def words(self) -> frozenset[str]:
        """All folded words of the question."""
        return frozenset(token.folded for token in tokens(self.text))

    @cached_property
    def expansion(self) -> tuple[str, ...]:
        """Terms for the full text: the question's, and the words of its concepts' labels."""
        stops = stop_words("en") | stop_words(self.language)
        more = (word for phrase in self.wanted for word in phrase if len(word) > 2 and word not in stops)
        return tuple(dict.fromkeys((*self.terms, *more)))

    @cached_property
    def subject(self) -> tuple[str, ...]:
        """Terms without those that only carry the question: what evidence must cover."""
        asking = {stem(word) for word in _ASKING} | {stem(fold(noun)) for noun in _TYPE_NOUN.findall(self.text)}
        return tuple(term for term in self.terms if stem(term) not in asking) or self.terms

    @cached_property
    def matter(self) -> dict[str, float]:
        """Terms that evidence, its page or its source must speak of, with their weights."""
        cued = {stem(t.folded) for concept in self.concepts for phrase in concept.cues for t in tokens(phrase)}
        printed = {stem(t.folded) for concept in self.concepts for phrase in concept.labels for t in tokens(phrase)}
        printed |= {stem(word) for word in _PLACES_TO_LOOK | _DEALINGS}
        return {t: 0.25 if stem(t) in printed else 0.1 if stem(t) in cued else 1.0 for t in self.subject}


def understand(text: str) -> Question:
    """Take a question apart by its words; no model is asked.

    Args:
        text: one question in English, German, French or Spanish, of any length.
    """
    text = " ".join(text.split())
    language = language_of(text)
    concepts = _concepts(text)
    kind = _type_of(text, concepts)
    return Question(
        text=text,
        language=language,
        terms=tuple(content_terms(text, language)),
        type=kind,
        concepts=tuple(concept for concept in concepts if _compatible(concept.type, kind)),
        names=_names(text, language),
        checked=bool(_CHECKED.search(text)),
    )


def _concepts(text: str) -> list[Concept]:
    """Concepts whose label or cue stands in the question; a longer phrase hides those inside it."""
    words = [stem(token.folded) for token in tokens(text)]
    papers = {stem(word) for word in _PLACES_TO_LOOK}
    found: list[tuple[int, Concept, frozenset[int]]] = []
    for concept in CONCEPTS:
        for phrase in (*concept.labels, *concept.cues):
            places = _in_order([stem(t.folded) for t in tokens(phrase)], words, gapped=phrase in concept.cues)
            # "Receipt 4711" gives a number; "on the receipt" only says where to look.
            if places and not papers.issuperset(words[place] for place in places):
                found.append((len(places), concept, frozenset(places)))
    found.sort(key=lambda entry: -entry[0])
    kept: list[tuple[Concept, frozenset[int]]] = []
    for _, concept, taken in found:
        if all(not taken <= held or taken == held for _, held in kept):
            kept.append((concept, taken))
    return list(dict.fromkeys(concept for concept, _ in kept))[:4]


def _in_order(phrase: list[str], words: list[str], *, gapped: bool) -> list[int]:
    """Positions of the phrase's words in ``words``: in a row, or in order with others between; empty if absent."""
    for start in (i for i, word in enumerate(words) if phrase and word == phrase[0]):
        places = [start]
        for wanted in phrase[1:]:
            reach = words[places[-1] + 1 :] if gapped else words[places[-1] + 1 : places[-1] + 2]
            if wanted not in reach:
                break
            places.append(places[-1] + 1 + reach.index(wanted))
        if len(places) == len(phrase):
            return places
    return []


def _type_of(text: str, concepts: list[Concept]) -> ValueType:
    """The form of the answer: what the question's wording says, unless a concept knows better."""
    folded = fold(text)
    if _CHECKED.search(text) and _YES_NO.match(text):
        return ValueType.CHOICE
    cued = next((kind for kind, pattern in _TYPE_CUES if re.search(pattern, folded)), None)
    known = next((concept.type for concept in concepts if cued is None or _compatible(concept.type, cued)), None)
    if cued is None or (cued in _WEAK_CUES and concepts and concepts[0].type not in (ValueType.ANY, ValueType.NAME)):
        return (concepts[0].type if concepts else known) or ValueType.ANY
    return cued


def _compatible(offered: ValueType, wanted: ValueType) -> bool:
    """Whether a concept's value can be the answer's type at all: "who" is never answered by a number."""
    texts = {ValueType.ANY, ValueType.NAME, ValueType.ADDRESS, ValueType.PLACE}
    if wanted is ValueType.ANY or offered is wanted or (offered in texts and wanted in texts):
        return True
    measured = {ValueType.MONEY, ValueType.NUMBER, ValueType.PERCENT, ValueType.DURATION}
    return wanted is ValueType.MEASURE and offered in measured


def _own_labels(question: Question) -> list[tuple[str, ...]]:
    """The question's own words for the label, the fullest first.

    What it quotes; word for word where it is short ("material no.", "to"); as asked, without small words; without
    proper names, which say whose value is meant; the head of the phrase alone ("the *registration number* of the
    vehicle on the form"), also with what it is of in front, as labels are worded ("vehicle registration number"); and
    without the words for dealings, which lists of goods do not print.
    """
    asking = {stem(word) for word in _ASKING} - {stem("name"), stem("type"), stem("value"), stem("called")}
    held = {fold(part) for name in question.names for part in name.split()}
    dealings = {stem(word) for word in _DEALINGS} | {"price", "amount"}
    text = _LEAD.sub("", _TAIL.sub("", question.text))
    words = _meaningful(text, question, asking) or list(question.terms)
    without = tuple(word for word in words if word not in held)
    goods = tuple(word for word in without if stem(word) not in dealings)
    parts = [_meaningful(part, question, asking | held) for part in _OF.split(text)[:2]]
    heads = [tuple(parts[0]), tuple(parts[1] + parts[0])] if len(parts) > 1 and parts[1] else []
    if noun := _ASKED_NOUN.match(question.text):
        heads.append(tuple(_meaningful(noun[1], question, asking)))
    heads = [head for head in heads if not _PLACES_TO_LOOK.issuperset(head)]
    quoted = [tuple(token.folded for token in tokens(part)) for part in _QUOTED.findall(question.text)]
    verbatim = tuple(token.folded for token in tokens(text))
    short = len(verbatim) <= _SHORT_LABEL and text != question.text
    return [*quoted, verbatim if short else tuple(words), tuple(words), without, *heads, goods]


def _meaningful(text: str, question: Question, asking: set[str]) -> list[str]:
    if not tokens(text):
        return []
    words = content_terms(text, question.language)
    return [word for word in words if stem(word) not in asking and word not in asking] or words


def _names(text: str, language: str) -> tuple[str, ...]:
    """Runs of capitalised words past the first one, and numerals.

    German writes every noun large, and titles write every word large: there, capitals tell nothing.
    """
    found = tokens(text)
    numerals = [token.text for token in found if _NUMERAL.search(token.text)]
    stops = stop_words(language)
    body = [token for token in found[1:] if token.folded not in stops]
    high = [token for token in body if token.text[0].isupper()]
    if language == "de" or len(high) == len(body) > 1:
        return tuple(numerals)
    names: list[str] = []
    for before, token in pairwise(found):
        if not token.text[0].isupper() or token.folded in stops or _NUMERAL.search(token.text):
            continue
        if names and names[-1].endswith(before.text):
            names[-1] = f"{names[-1]} {token.text}"
        else:
            names.append(token.text)
    return tuple(dict.fromkeys((*names, *numerals)))
