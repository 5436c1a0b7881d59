"""The words that questions over several documents are made of, folded, in English, German, French and Spanish."""

from __future__ import annotations

import re

from lucida.query.terms import stop_words


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Words that carry no meaning of their own, in the four languages.
SMALL = stop_words("en") | stop_words("de") | stop_words("fr") | stop_words("es")
#: What stands between a value and the documents that it is on.
OF = r"(?:of|on|in|from|for|von|auf|aus|bei|de|des|der|en|sur|du)"
#: Superlatives: pattern, what they are of ("much", "when"), whether they mean the most.
SUPERLATIVES: tuple[tuple[str, str, bool], ...] = (
    (r"largest|biggest|highest|greatest|dearest|priciest|costliest|maximum|most (?:expensive|costly)", "much", True),
    (r"(?:smallest|lowest|cheapest|least expensive|minimum|least costly)", "much", False),
    (r"(?:latest|newest|most recent|youngest)", "when", True),
    (r"(?:oldest|earliest)", "when", False),
    (r"(?:hochsten?[rs]?|grossten?[rs]?|teuersten?[rs]?|meisten)", "much", True),
    (r"(?:niedrigsten?[rs]?|kleinsten?[rs]?|billigsten?[rs]?|gunstigsten?[rs]?)", "much", False),
    (r"(?:neue?sten?[rs]?|jungsten?[rs]?|letzten?[rs]?|spatesten?[rs]?)", "when", True),
    (r"(?:altesten?[rs]?|fruhesten?[rs]?)", "when", False),
    (r"plus (?:chere?s?|elevee?s?|haute?s?|grande?s?)", "much", True),
    (r"mas (?:car[oa]s?|alt[oa]s?|grandes?|elevad[oa]s?)", "much", True),
    (r"mayor", "much", True),
    (r"(?:moins|menos) (?:chere?s?|car[oa]s?)", "much", False),
    (r"plus (?:petite?s?|basse?s?)|mas (?:barat[oa]s?|baj[oa]s?)", "much", False),
    (r"menor", "much", False),
    (r"plus recente?s?|mas recientes?|dernier(?:e)?|ultim[oa]", "when", True),
    (r"plus anciene?n?e?s?|mas antigu[oa]s?", "when", False),
)  # fmt: skip
#: Comparatives, likewise.
COMPARATIVES: tuple[tuple[str, str, bool], ...] = (
    (r"more expensive|dearer|pricier|costlier|higher|larger|bigger|greater", "much", True),
    (r"less expensive|cheaper|lower|smaller", "much", False),
    (r"newer|more recent|later|younger", "when", True),
    (r"older|earlier", "when", False),
    (r"hoher(?:e[rs]?)?|grosser(?:e[rs]?)?|teurer(?:e[rs]?)?", "much", True),
    (r"niedriger(?:e[rs]?)?|kleiner(?:e[rs]?)?|billiger(?:e[rs]?)?|gunstiger(?:e[rs]?)?", "much", False),
    (r"neuer(?:e[rs]?)?|junger(?:e[rs]?)?|spater(?:e[rs]?)?", "when", True),
    (r"alter(?:e[rs]?)?|fruher(?:e[rs]?)?", "when", False),
    (r"plus (?:chere?s?|elevee?s?|haute?s?|grande?s?)", "much", True),
    (r"mas (?:car[oa]s?|alt[oa]s?|grandes?|elevad[oa]s?)", "much", True),
    (r"moins (?:chere?s?|elevee?s?)|plus (?:petite?s?|basse?s?)|mas (?:barat[oa]s?|baj[oa]s?)", "much", False),
    (r"menos car[oa]s?", "much", False),
    (r"plus recente?s?|mas recientes?", "when", True),
    (r"plus anciene?n?e?s?|mas antigu[oa]s?", "when", False),
    (r"more", "much", True),
    (r"less", "much", False),
)  # fmt: skip
THAN = r"than|als|que"
#: Small words that may stand between a superlative and its noun: "the largest of all the invoices".
OF_ALL = word_set("of all the my our von allen aller den der de les las los meine meiner")

HOW_MANY = r"^\W*(?:how many|wie ?viele|combien de|cuant[oa]s|(?:what is )?the number of)\b"
TOGETHER = (
    r"\b(?:together|altogether|in total|in all|combined|add(?:ed)? up|sum|come to|overall|zusammen|insgesamt|in summe|"
    r"summe|en tout|au total|ensemble|somme|en total|juntos|juntas|suma)\b"
)
TOTAL_OF_ALL = r"\b(?:total|amount|gesamtbetrag)\b.*\b(?:of|for|on|aller|von)\s+(?:all|both|my|our|these|those)\b"
AVERAGE = r"\b(?:average|mean|on average|durchschnitt\w*|im schnitt|moyenne|en moyenne|promedio|media)\b"
LISTING = r"^\W*(?:please )?(?:list|enumerate|liste|auflistung|nenne|zahle|enumere|lista|enumera)\b"
SHOWING = (
    r"^\W*(?:please )?(?:show|give|name|tell|what|which|who|zeige?|welche[rsn]?|quel(?:le)?s?|cuales|donne|muestra)\b"
)
EACH = r"\b(?:each|every|all|jede[rsmn]?|allen?r?|chaque|tou(?:te)?s (?:les|mes)|cada|tod[oa]s (?:l[oa]s|mis))\b"
CHANGES = (
    r"\b(?:chang(?:e|ed|es)|differs?|different|differences?|compare|amended|geandert|andert|unterschiede?|"
    r"unterscheide[nt]|vergleiche?|change(?:e|ment|ments)?|differences?|diferencias?|cambi(?:o|os|ado|aron))\b"
)
TWO = (
    r"\b(?:versions?|versionen|fassung(?:en)?|versiones|two|both|between|zwei|beiden?|zwischen|deux|entre|dos|"
    r"old and new|and the)\b"
)
PAID = r"\b(?:paid|settled|bezahlte?n?|beglichene?n?|payee?s?|pagad[oa]s?)\b"
UNPAID = (
    r"\b(?:unpaid|outstanding|open|not (?:yet )?(?:been )?paid|unsettled|unbezahlte?n?|offene?n?|nicht bezahlt|"
    r"impayee?s?|non payee?s?|sin pagar|impagad[oa]s?|pendientes?)\b"
)
DUE = r"\b(?:due|payable|fallige?n?|echeant(?:es)?|vencen?)\b"
#: An amount and what it bounds; the words around it are taken out.
LIMIT = (
    r"\b(?:(?P<above>over|above|exceeding|more than|higher than|larger than|greater than|at least|uber|mehr als|"
    r"plus de|mas de)"
    r"|under|below|less than|lower than|smaller than|cheaper than|at most|unter|weniger als|moins de|menos de)"
    r" (?P<amount>\W{0,3}(?:[a-z]{3} ?)?\d[\d.,']*\d?(?: ?(?:eur|euros?|gbp|pounds|usd|dollars|chf|\u20ac|\u00a3|\$))?)"
)
NUMERALS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "deux": 2, "trois": 3, "quatre": 4,
    "cinq": 5, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "both": 2, "beiden": 2, "beide": 2,
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janner janvier enero", "february februar fevrier febrero", "march marz mars marzo",
            "april avril abril", "may mai mayo", "june juni juin junio", "july juli juillet julio",
            "august aout agosto", "september septembre septiembre", "october oktober octobre octubre",
            "november novembre noviembre", "december dezember decembre diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

_FILLING = word_set(
    """version versions versionen fassung fassungen versiones zwischen beiden beide old new alte neue alten neuen which
    what who whom whose when where how much many show list name give find tell get open me us my our mine there here
    any all each every both one ones only still yet ever so far library folder collection files file documents
    document come comes came send sent issue issued write wrote written date dated receive received have has had got
    is are was were be been do does did will would please in of on from for by to with about at than and or between
    among across over mention mentions mentioning mentioned contain contains containing say says speak speaks that
    this these those it its printed print prints stated state states shown exist exists altogether together total
    totals sum sums add added adds up price prices worth value values cost costs amount amounts amounted made make
    makes run welche welcher welches zeige nenne liste habe haben gibt gab geschickt schreiben geschrieben vorhanden
    alle aller allen jede jeder jedes jedem bibliothek ordner kosten kostet kosteten betrag betrage hoch gross sind
    wurden zusammen insgesamt erwahnen erwahnt quelles quels quelle quel toutes tous chaque montre montant montants
    combien coutent cuantas cuantos cuales todas todos cada muestra lista hay cuestan importe est sont son es"""
)
#: Words of a question that say nothing of which documents are meant.
FILLING = _FILLING | SMALL
#: What may stand before a document's kind without asking anything of it: "what is the latest letter".
BARE_LEAD = re.compile(
    r"^\W*(?:(?:please\s+)?(?:what|which|show|find|give|get|open|name|tell|welche[rsnm]?|zeige?|wie|was|nenne|quel(?:le)?s?|"
    r"montre|cual|que|muestra)\s*)?(?:me\s+|us\s+|one\s+|mir\s+|moi\s+|lautet\s+)?(?:(?:is|are|was|were|ist|sind|war|est|es|s)\s+)?"
    r"(?:(?:the|my|our|of|der|die|das|den|la|le|les|el|los|las|mein|meine)\s*)*$"
)
