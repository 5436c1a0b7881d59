"""What forms, invoices, receipts and letters call the things that people ask for, in four languages.

A concept joins the labels that are printed beside a value with the words that a question uses for it: nobody asks for
the "Rechnungsbetrag" of an English receipt, but "How much did it cost?" wants what stands beside "Total".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lucida.query.form_concepts import FORM_CONCEPTS


class ValueType(StrEnum):
    """What a value must look like to answer."""

    ANY = "any"
    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    MEASURE = "measure"  # a number with its unit, be it of money, of physics or per cent
    DURATION = "duration"
    DATE = "date"
    TIME = "time"
    IDENTIFIER = "identifier"
    NAME = "name"
    PLACE = "place"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that documents label.

    Attributes:
        name: for the trace.
        type: what its value looks like.
        labels: phrases printed as labels, the commonest first; words that a question uses for it are among them.
        cues: further phrases of questions that want it.
    """

    name: str
    type: ValueType
    labels: tuple[str, ...]
    cues: tuple[str, ...] = ()


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


def _concept(name: str, kind: ValueType, labels: str, cues: str = "") -> Concept:
    return Concept(name, kind, _phrases(labels), _phrases(cues) if cues else ())


#: The more particular come first: "due date" before "date", "net total" before "total".
CONCEPTS: tuple[Concept, ...] = (
    _concept(
        "invoice number",
        ValueType.IDENTIFIER,
        "invoice number|invoice no|invoice id|inv no|bill number|Rechnungsnummer|Rechnungs-Nr|Rechnung Nr"
        "|Rechnungsnr|numéro de facture|facture n°|número de factura|factura nº",
        "number of the invoice|number on the invoice|Nummer der Rechnung",
    ),
    _concept(
        "receipt number",
        ValueType.IDENTIFIER,
        "receipt number|receipt no|receipt|transaction number|transaction id|Belegnummer|Bon-Nr|Beleg-Nr|Beleg",
        "number of the receipt|number on the receipt|Nummer des Belegs",
    ),
    _concept(
        "order number",
        ValueType.IDENTIFIER,
        "order number|order no|order id|purchase order|po number|p.o. number|po no|Bestellnummer|Bestell-Nr"
        "|Auftragsnummer|Auftrags-Nr|numéro de commande|número de pedido",
    ),
    _concept(
        "customer number",
        ValueType.IDENTIFIER,
        "customer number|customer no|customer id|client number|client id|Kundennummer|Kunden-Nr"
        "|numéro client|número de cliente",
    ),
    _concept("IBAN", ValueType.IDENTIFIER, "IBAN"),
    _concept("account number", ValueType.IDENTIFIER, "account number|account no|account|Kontonummer|Konto|compte"),
    _concept("BIC", ValueType.IDENTIFIER, "BIC|SWIFT|swift code|BIC/SWIFT"),
    _concept(
        "VAT number",
        ValueType.IDENTIFIER,
        "VAT number|VAT no|VAT id|VAT reg no|VAT registration|VAT registration number|tax id"
        "|tax number|USt-IdNr|Umsatzsteuer-ID|Steuernummer|UID"
        "|numéro de TVA|NIF",
    ),
    _concept(
        "due date",
        ValueType.DATE,
        "due date|payment due|due|due by|pay by|payable by|date due|Fälligkeit|Fälligkeitsdatum|fällig am"
        "|fällig|zahlbar bis"
        "|Zahlungsziel|date d'échéance|échéance|fecha de vencimiento|vencimiento",
        "when must it be paid|when is payment|payment deadline|pay until|wann muss|bis wann",
    ),
    _concept(
        "delivery date",
        ValueType.DATE,
        "delivery date|date of delivery|delivered on|ship date|shipping date|Lieferdatum|Liefertermin|Leistungsdatum"
        "|date de livraison|fecha de entrega",
        "when was it delivered|delivered|shipped|geliefert",
    ),
    _concept(
        "date of birth",
        ValueType.DATE,
        "date of birth|birth date|born|DOB|Geburtsdatum|geboren am|date de naissance|fecha de nacimiento",
        "when was born|birthday",
    ),
    _concept(
        "date",
        ValueType.DATE,
        "date|date issued|issue date|issued|issued on|invoice date|date of issue|dated|receipt date|order date|Datum"
        "|Rechnungsdatum|Ausstellungsdatum|Belegdatum|ausgestellt am|date de facturation|date d'émission|fecha"
        "|fecha de emisión",
        "when issued|when dated|when written|when was made|when bought|when purchased|when sold|when was paid"
        "|when printed|date of purchase|day of purchase|wann gekauft|wann bezahlt|quand acheté|cuándo comprado"
        "|ausgestellt",
    ),
    _concept(
        "subtotal",
        ValueType.MONEY,
        "subtotal|sub total|sub-total|net amount|net total|net|total before tax|total excl vat|Zwischensumme"
        "|Nettobetrag"
        "|Summe netto|Netto|sous-total|total HT|base imponible",
        "before tax|without tax|without VAT|excluding VAT|ohne Mehrwertsteuer",
    ),
    _concept(
        "tax",
        ValueType.MONEY,
        "VAT|tax|sales tax|VAT amount|GST|MwSt|USt|Mehrwertsteuer|Umsatzsteuer|TVA|IVA|taxe",
        "how much tax|how much VAT",
    ),
    _concept(
        "total",
        ValueType.MONEY,
        "total|grand total|total due|amount due|total amount|invoice total|balance due|balance|total to pay"
        "|amount payable|total incl VAT|total including VAT|total incl tax|total with tax"
        "|amount|sum|Gesamtbetrag|Gesamtsumme|Rechnungsbetrag|Gesamt|Endbetrag|Summe|zu zahlen"
        "|zu zahlender Betrag|Betrag"
        "|total TTC|montant total|montant dû|net à payer|importe total|total a pagar",
        "how much did cost|what did cost|how much does cost|how much do owe|how much was paid|amount to pay"
        "|to be paid|total cost"
        "|pay altogether|wie viel kostet|wie hoch ist der betrag|was kostet|was hat gekostet|combien coûte"
        "|cuánto cuesta",
    ),
    _concept("change", ValueType.MONEY, "change|change due|cash back|Rückgeld|monnaie rendue|cambio"),
    _concept(
        "cash",
        ValueType.MONEY,
        "cash|paid|tendered|cash tendered|amount paid|paid by card|card|bar|gegeben|Bargeld|bezahlt",
    ),
    _concept(
        "customer",
        ValueType.NAME,
        "customer|customer name|bill to|billed to|client|sold to|invoice to|buyer|Kunde|Rechnungsempfänger"
        "|Rechnung an|Auftraggeber|Empfänger|client|facturé à|cliente",
        "who was billed|who is billed|who bought|addressed to|who must pay",
    ),
    _concept(
        "consignee",
        ValueType.NAME,
        "ship to|deliver to|delivery address|consignee|Lieferadresse|Lieferanschrift|livré à|enviar a",
        "shipped to|delivered to|who receives the goods",
    ),
    _concept(
        "seller",
        ValueType.NAME,
        "seller|vendor|supplier|sold by|issued by|from|merchant|Verkäufer|Lieferant|Rechnungssteller"
        "|fournisseur|vendeur|vendedor",
        "who issued|who sold|who sent|who supplied",
    ),
    _concept(
        "signatory",
        ValueType.NAME,
        "signed by|signature|signed|yours sincerely|sincerely|kind regards|regards|yours faithfully|Unterschrift"
        "|unterzeichnet|mit freundlichen Grüßen|signé",
        "who signed|who wrote|wer hat unterschrieben|wer hat geschrieben",
    ),
    _concept(
        "name",
        ValueType.NAME,
        "name|full name|applicant|applicant name|name of applicant|patient name|Name|Antragsteller|nom|nombre",
        "who applied|who filled|who is the applicant",
    ),
    _concept(
        "address",
        ValueType.ADDRESS,
        "address|street address|postal address|home address|Adresse|Anschrift|adresse|dirección",
        "where does live",
    ),
    _concept(
        "phone",
        ValueType.PHONE,
        "phone|telephone|tel|phone number|telephone no|mobile|cell|Telefon|Telefonnummer|Tel|téléphone|teléfono",
        "number can one call|number to call|which number to ring|unter welcher Nummer",
    ),
    _concept("fax", ValueType.PHONE, "fax|fax number|fax no|facsimile|Telefax|télécopie"),
    _concept("email", ValueType.EMAIL, "email|e-mail|email address|mail|E-Mail-Adresse|courriel|correo electrónico"),
    _concept("web", ValueType.WEB, "website|web|internet|homepage|url|www|Webseite|site web|sitio web"),
    _concept(
        "cashier",
        ValueType.NAME,
        "cashier|served by|your server|server|clerk|Kassierer|Bediener|es bediente sie|caissier",
        "who served|who was the cashier",
    ),
    _concept(
        "payment method",
        ValueType.ANY,
        "payment method|method of payment|paid by|payment|Zahlungsart|Zahlungsweise|mode de paiement",
        "how was it paid|how paid",
    ),
    _concept("quantity", ValueType.NUMBER, "quantity|qty|pieces|units|Menge|Anzahl|Stück|quantité|cantidad"),
    _concept(
        "unit price",
        ValueType.MONEY,
        "unit price|price|price each|rate|Einzelpreis|Stückpreis|Preis|prix unitaire|precio",
        "what does one cost|what does a cost|what does an cost|how much does one cost|how much does a cost|cost each"
        "|price of one|price of a|was kostet ein|was kostet eine|combien coûte un|cuánto cuesta un",
    ),
    _concept("rent", ValueType.MONEY, "rent|monthly rent|Miete|Monatsmiete|Kaltmiete|Grundmiete|loyer|alquiler"),
    _concept("fee", ValueType.MONEY, "fee|fees|Gebühr|Entgelt|frais|tarifa"),
    _concept("discount", ValueType.ANY, "discount|rebate|Rabatt|Skonto|Nachlass|remise|descuento"),
    _concept(
        "your reference",
        ValueType.IDENTIFIER,
        "your reference|your ref|Ihr Zeichen|votre référence|su referencia",
    ),
    _concept(
        "our reference",
        ValueType.IDENTIFIER,
        "our reference|our ref|unser Zeichen|notre référence|nuestra referencia",
    ),
    _concept(
        "reference",
        ValueType.IDENTIFIER,
        "reference|reference number|ref|our ref|your ref|Referenz|Aktenzeichen|unser Zeichen|référence|referencia",
    ),
    _concept(
        "subject",
        ValueType.ANY,
        "subject|re|regarding|Betreff|objet|asunto",
        "what is about|what was about|letter about|worum geht|was ist der betreff",
    ),
    _concept(
        "attendance",
        ValueType.NAME,
        "present|attendees|participants|in attendance|members present|Anwesend|Anwesende|Teilnehmer|présents"
        "|asistentes",
        "who attended|who was present|who were present|who took part|who was there|wer war anwesend|wer waren anwesend"
        "|wer nahm teil",
    ),
    _concept("apologies", ValueType.NAME, "apologies|absent|excused|Entschuldigt|excusés", "who was absent|wer fehlte"),
    *(_concept(name, ValueType(kind), labels, cues) for name, kind, labels, cues in FORM_CONCEPTS),
)
