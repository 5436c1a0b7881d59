"""Where sentences end, decided between printed words."""

# ruff: noqa: RUF001 - typographic dashes, quotes and bullets are what this module is about

from __future__ import annotations

import re

_CLOSERS = "\"')]}”’»›"
_OPENERS = "\"'([{“‘«‹¿¡„‚"
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
#: Words whose full stop does not end a sentence, folded, without it.
_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof rev hon st sr jr gen col capt lt sgt gov sen rep messrs mme mlle vs etc al cf e.g i.e viz ca
    approx resp incl excl no nos nr vol vols pp p fig figs eq eqs sec secs ch chap ed eds trans app ref refs tab jan
    feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun inc ltd co corp dept univ assn bros ave
    blvd rd tel ext est min max avg temp z.b d.h u.a u.u s.o s.u bzw usw ggf evtl inkl zzgl abs art bd hrsg hr fr
    frau str abb vgl zb dh mio mrd tsd gem lfd geb gest sog ob max mind u.s u.k a.m p.m ph.d b.sc m.sc""".split()  # noqa: SIM905 - eighty quoted strings read worse
)
_INITIAL = re.compile(r"(?:[A-Z]\.)+$")
_ORDINAL = re.compile(r"\d{1,2}\.$")


def ends_sentence(word: str, following: str | None) -> bool:
    """Whether a sentence ends after ``word``.

    Args:
        word: as printed, with its punctuation.
        following: the next word, None at the end of the text.

    Abbreviations, initials (``J. Smith``), and ordinals before a month or a noun (``3. Mai``) go on; so does anything
    that is followed by a lower-case letter.
    """
    if following is None:
        return True
    bare = word.rstrip(_CLOSERS)
    if not bare.endswith(_ENDS):
        return False
    if bare[-1] in "。！？।۔؟":
        return True
    start = following.lstrip(_OPENERS)[:1]
    if start.islower():
        return False
    if bare[-1] in "!?":
        return True
    stem = bare[:-1].lstrip(_OPENERS).casefold()
    if stem in _ABBREVIATIONS or _INITIAL.match(bare.lstrip(_OPENERS)):
        return False
    return not (_ORDINAL.match(bare) and start.isalpha())
