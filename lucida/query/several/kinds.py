"""Kinds of documents that people ask for by name, and how a page shows that it is of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.layout import Layout, lay_out
from lucida.query.letters import closes, greets
from lucida.query.terms import fold, tokens

if TYPE_CHECKING:
    from lucida.index.records import PageRow

#: A heading stands in so much of the page from its top, is no longer than so many words, and is so much higher than the
#: print around it, or in capitals, or alone in its row.
_TOP, _LONGEST_HEADING, _TALL = 0.45, 6, 1.3
#: Of a page with few lines, the first ones are its top.
_FIRST_ROWS = 5
#: What speaks for a kind: its name in the file's name or title, as a heading, labels that only it has, its way to begin
#: and to end. From so much on, a page counts as one.
_NAMED, _HEADED, _MARKED, _SHAPED, ENOUGH = 2.0, 3.0, 1.25, 2.5, 2.0
#: A till's roll is at most so wide; a receipt that was scanned on a sheet has at most so many words.
_ROLL_PT, _FEW_WORDS = 260.0, 120


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of documents.

    Attributes:
        name, plural: in English, for answers.
        one, many: patterns of the nouns that questions use, folded, in four languages.
        heads: words that such a document bears as its heading, or in its file's name.
        marks: labels that it prints.
        words: further words to find it by.
        amounts: questions for what "large" and "expensive" mean of it, tried in turn; none where nothing is meant.
        number: question for what it is called by; empty where it bears no number.
    """

    name: str
    plural: str
    one: str
    many: str
    heads: tuple[str, ...]
    marks: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ("What is the total?",)
    number: str = ""


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


#: Heads of six letters and more may end a compound: "Stromrechnung", "Mietvertrag".
_COMPOUND = 6

KINDS: tuple[Kind, ...] = (
    Kind(
        "delivery note", "delivery notes", "delivery note|lieferschein|bon de livraison|albaran",
        "delivery notes|lieferscheine|bons de livraison|albaranes", _split("delivery note|lieferschein|albaran"),
        amounts=(),
    ),
    Kind(
        "purchase order", "purchase orders", "purchase order|bestellung|auftrag|bon de commande|pedido",
        "purchase orders|bestellungen|auftrage|bons de commande|pedidos", _split("purchase order|bestellung|pedido"),
        number="What is the order number?",
    ),
    Kind(
        "invoice", "invoices", r"invoice|bill|\w*(?<!be)(?<!ab)rechnung|facture|factura",
        r"invoices|bills|\w*(?<!be)(?<!ab)rechnungen|factures|facturas",
        _split("invoice|invoices|bill|rechnung|facture|factura"),
        _split(
            "invoice number|invoice no|invoice nr|invoice date|bill to|amount due|rechnungsnummer|rechnungsdatum|"
            "rechnungs nr|rechnungsbetrag|numero de facture|numero de factura"
        ),
        number="What is the invoice number?",
    ),
    Kind(
        "receipt", "receipts", "receipt|quittung|beleg|kassenbon|kassenzettel|recu|ticket de caisse|recibo",
        "receipts|quittungen|belege|kassenbons|kassenzettel|recus|tickets de caisse|recibos",
        _split("receipt|quittung|kassenbon|beleg|recu|recibo"),
        _split("cash|change|tendered|card|visa|mastercard|served by|cashier|ruckgeld|vielen dank|thank you|thanks|bar"),
        _split("total|summe"), number="What is the receipt number?",
    ),
    Kind(
        "letter", "letters", "letter|brief|lettre|carta", "letters|briefe|lettres|cartas",
        _split("letter|lettre|carta"),
        words=_split("dear|sincerely|regards|faithfully|geehrte|grussen|salutations|atentamente"), amounts=(),
    ),
    Kind(
        "contract", "contracts", r"contract|agreement|lease|\w*vertrag(?:e?s)?|contrat|contrato",
        r"contracts|agreements|leases|\w*vertrage|contrats|contratos",
        _split("contract|agreement|lease|vertrag|contrat|contrato"),
        amounts=("What is the monthly rent?", "What is the price?", "What is the fee?", "What is the total?"),
    ),
    Kind(
        "offer", "offers", r"offer|quote|quotation|estimate|\w*angebot|kostenvoranschlag|devis|oferta|presupuesto",
        r"offers|quotes|quotations|estimates|\w*angebote|kostenvoranschlage|ofertas|presupuestos",
        _split("offer|quote|quotation|estimate|angebot|kostenvoranschlag|devis|oferta|presupuesto"),
        amounts=("What is the total?", "What is the price?"),
    ),
    Kind(
        "report", "reports", "report|bericht|rapport|informe", "reports|berichte|rapports|informes",
        _split("report|bericht|rapport|informe"), amounts=(),
    ),
    Kind("minutes", "minutes", "protokoll", "minutes|protokolle", _split("minutes|protokoll"), amounts=()),
    Kind(
        "form", "forms", "form|application form|formular|antrag|formulaire|formulario",
        "forms|application forms|formulare|antrage|formulaires|formularios",
        _split("form|application|formular|antrag|formulaire|formulario|claim"), amounts=(),
    ),
    Kind(
        "statement", "statements", "statement|kontoauszug|releve|extracto", "statements|kontoauszuge|releves|extractos",
        _split("statement|kontoauszug|releve|extracto"), amounts=("What is the balance?",),
    ),
    Kind("reminder", "reminders", "reminder|mahnung|rappel", "reminders|mahnungen|rappels", _split("reminder|mahnung")),
    Kind(
        "datasheet", "datasheets", "data ?sheet|datenblatt", "data ?sheets|datenblatter",
        _split("datasheet|data sheet|datenblatt"), amounts=(),
    ),
)  # fmt: skip
#: Asked for by no kind of its own: everything is one.
DOCUMENT = Kind(
    "document", "documents", "document|file|version|dokument|datei|fassung|fichier|documento|archivo",
    "documents|files|papers|versions|dokumente|dateien|versionen|fassungen|fichiers|documentos|archivos|versiones", (),
)  # fmt: skip


def kind_of(page: PageRow, called: str) -> Kind | None:
    """The kind that a document shows itself to be, None where it does not say.

    Args:
        page: its first.
        called: its title and its file's name.
    """
    layout = lay_out(page)
    printed = " ".join(token.folded for word in page.words for token in tokens(word.text))
    scores = [(_score(kind, page, layout, printed, fold(called)), -order) for order, kind in enumerate(KINDS)]
    best, order = max(scores)
    return KINDS[-order] if best >= ENOUGH else None


def _score(kind: Kind, page: PageRow, layout: Layout, printed: str, called: str) -> float:
    score = _NAMED if any(_bears(called, head) for head in kind.heads) else 0.0
    score += _HEADED if heading(kind, layout) else 0.0
    marks = sum(f" {mark} " in f" {printed} " for mark in kind.marks)
    if kind.name == "receipt":
        # A till's words stand elsewhere, too: they tell a receipt on a strip of paper, and on a page of few words.
        strip = page.width_pt < max(_ROLL_PT, 0.62 * page.height_pt)
        few = len(page.words) <= _FEW_WORDS and " total " in f" {printed} "
        return score + (_MARKED * min(marks, 2) if strip else 0.7 * min(marks, 3) if few else 0.0)
    if kind.name == "letter":
        return score + (_SHAPED if closes(page) and greets(page) else 0.0)
    return score + _MARKED * min(marks, 2)


def heading(kind: Kind, layout: Layout) -> tuple[int, ...]:
    """Word indices of the heading that says the kind; empty where the page has none.

    Args:
        kind: any.
        layout: of the page.
    """
    foot = max((run.y1 for row in layout.rows for run in row), default=0.0)
    for number, row in enumerate(layout.rows):
        for run in row:
            words = run.text.split()
            low = number >= _FIRST_ROWS and run.y0 > _TOP * foot
            if low or len(words) > _LONGEST_HEADING or run.text.rstrip().endswith((":", ".", ",")):
                continue
            stands_out = max(word.height for word in run.words) > _TALL * layout.height or run.text.isupper()
            alone = len(words) <= 2 and len(row) == 1
            if (stands_out or alone) and any(_bears(fold(run.text), head, "") for head in kind.heads):
                return tuple(dict.fromkeys(word.word for word in run.words))
    return ()


def _bears(folded: str, head: str, plural: str = "s?") -> bool:
    """Whether a folded text has a head as a word, in the plural where that may be, or at the end of a compound."""
    before = r"[^\W\d_]*" if len(head) >= _COMPOUND and " " not in head else ""
    return re.search(rf"(?<![^\W_]){before}{re.escape(head)}{plural}(?![^\W_])", folded) is not None
