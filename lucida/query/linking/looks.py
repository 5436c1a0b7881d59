"""How a run of words looks: like something that names, or like something that is filled in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lucida.query.concepts import CONCEPTS
from lucida.query.terms import stop_words, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.query.layout import Layout, Placed, Run

#: Numbers that ``look`` gives.
SIZE = 7
#: Words that labels of papers have, beside those of ``concepts``; folded.
_NAMING = frozenset(
    """
    action address agency amount approved area attention attn author balance batch brand budget by cc charge city client
    code comments company completed conclusions confirmation contact contract copies cost customer date day days
    delivery department description director distribution district division due effective employer estimated
    expenses expires fax fee file final firm for form from group hours identification initial instructions invoice item
    items job laboratory length location lot mailed manager manufacturer market material measure method model name net
    no note notes number objective office order organization originator pages percent period phone place plant position
    present price priority product program project proposed purpose quantity reason received recipient recommendation
    ref reference region remarks report reported request requested required results room sample section sender serial
    shipped signature site size start state status study style subject submitted summary supervisor supplier tax
    telephone territory test title to topic total type unit value vendor volume weight
    abteilung aktenzeichen an anschrift antrag anzahl art auftrag beginn bemerkungen betrag betreff bezeichnung datum
    eingang empfanger ende erstellt firma gewicht kosten kunde leiter lieferant menge name nr nummer ort preis projekt
    prufer seite standort stand telefon titel von zeichen zweck
    adresse client code cout date de demande destinataire dossier essai expediteur fournisseur lieu montant nom nombre
    numero objet observations par poids prix projet quantite service titre ville
    cantidad cliente codigo coste de departamento destinatario direccion empresa expediente fecha importe lugar nombre
    numero observaciones pedido peso precio proveedor proyecto referencia remitente solicitado telefono titulo
    """.split()  # noqa: SIM905 - a paragraph of words is easier to read
)


@cache
def _vocabulary() -> frozenset[str]:
    known = {token.folded for concept in CONCEPTS for label in concept.labels for token in tokens(label)}
    return frozenset(known - stop_words("en") - stop_words("de")) | _NAMING


def look(run: Run | None) -> list[float]:
    """Seven numbers within 0..1 that say how a run looks; zeros where there is none.

    They are: that there is one, that it ends in a colon, shares of capitals, of digits, of words that labels have and
    of words with a capital first, and its length.
    """
    return [1.0, *look_of(run.words)] if run is not None else [0.0] * SIZE


def look_of(words: Sequence[Placed]) -> list[float]:
    """The same of some words, without the first number."""
    text = " ".join(word.text for word in words)
    folded = [token.folded for token in tokens(text)]
    known = _vocabulary()
    letters = sum(map(str.isalpha, text))
    size = max(len(text.replace(" ", "")), 1)
    return [
        float(text.endswith(":")),
        sum(map(str.isupper, text)) / max(letters, 1),
        sum(map(str.isdigit, text)) / size,
        sum(word in known for word in folded) / max(len(folded), 1),
        sum(word.text[:1].isupper() for word in words) / len(words),
        min(len(words), 10) / 10,
    ]


def page_look(layout: Layout) -> list[float]:
    """Shares of a page's runs that end in a colon and that are all capitals."""
    runs = [run for row in layout.rows for run in row]
    closed = sum(run.words[-1].text.endswith(":") for run in runs)
    capitals = sum(run.text.isupper() for run in runs)
    return [closed / max(len(runs), 1), capitals / max(len(runs), 1)]
