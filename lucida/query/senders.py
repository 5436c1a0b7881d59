"""Who sends a paper and who receives it, where no label says so: the letterhead at the top, the block of an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.layout import Run, lay_out
from lucida.query.letterheads import addressed, letterheads, sender_address
from lucida.query.letters import signed
from lucida.query.terms import tokens

if TYPE_CHECKING:
    from lucida.index.records import PageRow
    from lucida.query.question import Question

#: How surely a place says who somebody is, or where, against a label.
_HEAD, _BLOCK, _PLACE = 0.82, 0.8, 0.82
_PERSONS = re.compile(r"\bwho (wrote|writes)\b|\bwer\b|\bqui\b|\bquien\b")
#: Words for those who give papers out.
_FIRM = (
    r"(?:company|firm|shop|store|seller|vendor|sender|issuer|supplier|merchant|restaurant|cafe|business|supermarket|hotel|"
    r"geschaft|firma|laden|verkaufer|absender|magasin|vendeur|tienda|vendedor|empresa|entreprise)"
)
_SENDERS = re.compile(
    rf"\b(who|(which|what) {_FIRM})\b.*\b(sent|send|issued|wrote|sells?|sold|gave|seller|sender|vendor)\b"
    rf"|\bname of the {_FIRM}\b|\b{_FIRM} s name\b|\b(what|who) is the {_FIRM}\b|\b{_FIRM} name\b"
    r"|\b(where|(from|at|in) (which|what) (shop|store|supermarket|restaurant)) .*\b(bought|sold|purchased|paid)\b"
    r"|\b(wer|welche firma|welches geschaft)\b.*\b(gesendet|ausgestellt|geschrieben|verkaufer|absender)\b"
    r"|\bname (des geschafts|der firma)\b|\bqui a (envoye|emis|ecrit)\b|\bquien (envio|emitio|escribio)\b"
)
_PREMISES = re.compile(
    rf"\b{_FIRM}( s)? (address|adresse|anschrift)\b|\b(address|adresse|anschrift|direccion) (of|on|der|des|du|de|del)\b"
    rf".*\b{_FIRM}\b|\bwhere (is|was) the {_FIRM}\b|\bwo (ist|liegt) (das|die|der) {_FIRM}\b"
)
_ADDRESS = frozenset({"address", "addresses", "adresse", "anschrift", "direccion", "domicilio"})
_ANY_ADDRESS = re.compile(r"^(what is the |what s the )?(address|adresse|anschrift|direccion)$")
_RECEIVERS = re.compile(
    r"\bto whom\b.*\baddressed\b|\bwho is the (recipient|addressee|customer)\b|\bwho (is|was) billed\b|\brecipient\b"
    r"|\ban wen\b.*\b(gerichtet|adressiert)\b|\bwer ist der (empfanger|kunde)\b|\bdestinataire\b|\bdestinatario\b"
)


def read_senders(page: PageRow, question: Question) -> list[Candidate]:
    """Names of the sender or the recipient, or the sender's address, by their place, when that is asked for.

    Args:
        page: any page; only first pages have letterheads and addresses.
        question: taken apart; ``names`` and ``rank`` of the candidates' features are left to the caller.
    """
    folded = " ".join(token.folded for token in tokens(question.text))
    if page.number != 1:
        return []
    if _PREMISES.search(folded) or (_ANY_ADDRESS.search(folded) and not _names_addresses(page)):
        layout = lay_out(page)
        found = sender_address(layout, next(letterheads(layout), None))
        return [] if found is None else [_candidate(page, found, _PLACE)]
    if _SENDERS.search(folded):
        if _PERSONS.search(folded) and signed(page):
            return []  # who wrote is the one who signed
        return [_candidate(page, run, _HEAD) for run in letterheads(lay_out(page))][:1]
    if _RECEIVERS.search(folded):
        layout = lay_out(page)
        head = next((run.words for run in letterheads(layout)), ())
        return [_candidate(page, run, _BLOCK) for run in addressed(layout) if run.words != head][:2]
    return []


def _names_addresses(page: PageRow) -> bool:
    """Whether the page has a label for an address, which is then what is asked for."""
    return any(token.folded in _ADDRESS for word in page.words for token in tokens(word.text))


def _candidate(page: PageRow, run: Run, match: float) -> Candidate:
    return standing_in(run.words, run.text.strip(" ,;·-—"), page, "field", Features(match=match, place=0.9))
