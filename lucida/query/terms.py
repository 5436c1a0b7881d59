"""Words of a query or a text: found, folded, stemmed, and told from stop-words, alike for matching and for marking."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, Protocol

#: Snowball's names of the languages that we tell apart by their stop-words.
_SNOWBALL = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}

_STOP_WORDS = {
    "en": """a about above after again against all also am an and any are as at be because been before being below
        between both but by can could did do does doing down during each few for from further give had has have having
        he her here hers him his how i if in into is it its itself just ll list me more most my no nor not of off on
        once only or other our out over own please re s same say says she should show so some stated such t tell than
        that the their them then there these they this those through to too under until up us ve very was we were
        what what's when where which while who whom whose why will with would you your""",
    "de": """aber als am an auch auf aus bei bin bis bist da damit dann das dass dein dem den der des dessen die dies
        diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es euer fuer für hat
        hatte haben hier ich ihr ihre im in ist ja kann kein keine mein mit nach nicht noch nun nur ob oder ohne sehr
        sein seine sich sie sind so über um und uns unter vom von vor war waren was weil welche welchem welchen welcher
        welches wem wen wenn wer werden wessen wie wieviel viel viele wir wird wo wann warum wurde wurden zu zum zur
        steht lautet hoch gross lange""",
    "fr": """à au aux avec ce ces cette dans de des du elle en est et était été être eu fut ici il ils je l la le les
        leur lui mais me mes mon ne nos notre nous on ou où par pas pour qu quand que quel quelle quelles quels qui
        quoi sa sans se ses si son sont sur ta te tes tu un une vos votre vous combien comment pourquoi d""",
    "es": """a al cómo con cuál cuáles cuando cuándo cuánto cuánta cuántos de del desde donde dónde el ella en entre era
        es esa ese eso esta este esto está están fue ha hay la las le lo los más me mi muy no nos o para pero por qué
        que quien quién se ser si sin sobre son su sus un una y ya""",
}

_WORD = re.compile(r"[^\W_]+")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's own name


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        text: as printed.
        start, end: character offsets into the text.
        folded: lower case, without diacritics.
    """

    text: str
    start: int
    end: int
    folded: str


def fold(text: str) -> str:
    """Lower case (Unicode case folding), compatibility forms resolved (ligatures, full width), diacritics removed."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> list[Token]:
    """The runs of letters and digits of a text, with their places."""
    return [Token(m.group(), m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)]


@lru_cache(maxsize=8)
def _stemmer(language: str) -> _Stemmer:
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer(_SNOWBALL[language])
    return stemmer


@lru_cache(maxsize=65_536)
def stem(word: str, language: str = "en") -> str:
    """The stem of one word, folded (Snowball: Porter, 2001).

    Words of a language that Snowball is not asked for here are stemmed as English, which leaves most of them alone.
    """
    return fold(_stemmer(language if language in _SNOWBALL else "en").stemWord(fold(word)))


@lru_cache(maxsize=8)
def stop_words(language: str) -> frozenset[str]:
    """Folded stop-words of a language ("en", "de", "fr", "es"); empty for any other."""
    return frozenset(fold(word) for word in re.findall(r"[\w']+", _STOP_WORDS.get(language, "")))


def language_of(text: str) -> str:
    """The language whose stop-words the text uses most; English when none is seen or two tie."""
    words = [token.folded for token in tokens(text[:4000])]
    counts = {language: sum(word in stop_words(language) for word in words) for language in _STOP_WORDS}
    return max(counts, key=lambda language: (counts[language], language == "en"))


def content_terms(text: str, language: str = "", *, limit: int = 64) -> list[str]:
    """Distinct folded words that carry meaning, in order of appearance.

    A text of nothing but stop-words ("to be or not to be") keeps them all, since they are what was asked for.

    Args:
        text: a query or a question, of any length.
        language: "en", "de", "fr" or "es"; empty to tell it from the text.
        limit: at most so many terms; a long text beyond that adds cost, not meaning.
    """
    stops = stop_words(language or language_of(text))
    folded = [token.folded for token in tokens(text)]
    kept = [word for word in folded if word not in stops]
    return list(dict.fromkeys(kept or folded))[:limit]
