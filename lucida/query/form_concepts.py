"""What forms, statements and datasheets call things, for ``concepts``: name, form of the value, labels, cues."""

from __future__ import annotations

#: Rows of ``Concept``'s fields; labels and cues as phrases with bars between them.
FORM_CONCEPTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "surname", "name",
        "surname|last name|family name|Nachname|Familienname|Zuname|nom de famille|apellido|apellidos", "",
    ),
    (
        "first name", "name",
        ("first name|first names|given name|given names|forename|forenames|Vorname|Vornamen|Rufname|prénom|prénoms"
        "|nombre de pila"), "",
    ),
    (
        "place of birth", "place",
        "place of birth|birthplace|born in|Geburtsort|geboren in|lieu de naissance|né à|lugar de nacimiento",
        "where was born|wo geboren",
    ),
    (
        "nationality", "any",
        "nationality|citizenship|Staatsangehörigkeit|Nationalität|nationalité|nacionalidad|ciudadanía", "",
    ),
    (
        "street", "any",
        "street|street and number|address|Straße|Straße und Hausnummer|rue|adresse|calle|domicilio",
        "in which street|which street does live",
    ),
    ("postcode", "identifier", "postcode|postal code|zip code|zip|PLZ|Postleitzahl|code postal|código postal", ""),
    (
        "town", "place",
        "town|city|place of residence|residence|Ort|Wohnort|Stadt|ville|commune|localidad|ciudad|población",
        "in which town does live|in which city does live",
    ),
    (
        "occupation", "any",
        "occupation|profession|job title|job|Beruf|Tätigkeit|Berufsbezeichnung|métier|ocupación|profesión",
        "do for a living|what work does",
    ),
    (
        "employer", "name",
        "employer|company|name of employer|employed by|Arbeitgeber|Firma|employeur|empleador|empresa",
        "who employs|for which company does work|for whom does work",
    ),
    (
        "insurance number", "identifier",
        ("insurance number|insurance no|policy number|policy no|membership number|membership no|Versicherungsnummer"
        "|Versicherungs-Nr|Mitgliedsnummer|numéro d'assuré|número de póliza"), "",
    ),
    (
        "vehicle", "identifier",
        ("vehicle registration|number plate|licence plate|license plate|registration|registration number|Kennzeichen"
        "|amtliches Kennzeichen|immatriculation|matrícula"), "registration of the vehicle",
    ),
    (
        "start date", "date",
        ("start date|valid from|beginning on|begins on|effective from|effective date|Beginn|gültig ab|date de début"
        "|valable à partir du|fecha de inicio|válido desde"),
        "from when|when does start|when does begin|when did begin|ab wann",
    ),
    (
        "end date", "date",
        "end date|valid until|expires|expiry date|expiration date|gültig bis|date de fin|fecha de fin|válido hasta",
        "until when|when does end|when does expire|bis wann gültig",
    ),
    (
        "amount requested", "money",
        ("amount requested|amount claimed|sum applied for|claim amount|beantragter Betrag|montant demandé"
        "|importe solicitado"), "amount is requested|much is asked|much is claimed|much is requested",
    ),
    ("form number", "identifier", "form number|form no|form|Formular-Nr|Formularnummer|formulaire n°|formulario n.º",
     "number of the form|which form is"),
    (
        "place and date", "any",
        "place and date|signed at|place, date|Ort und Datum|Ort, Datum|lieu et date|fait à|lugar y fecha",
        "where and when was signed|where was signed",
    ),
    (
        "statement number", "identifier",
        "statement number|statement no|sheet|Auszug Nr|Auszugsnummer|Kontoauszug Nr|relevé n°|extracto n.º",
        "number of the statement",
    ),
    (
        "period", "any",
        "period|statement period|reporting period|from - to|Zeitraum|Berichtszeitraum|période|período|periodo",
        "which period|period is covered|period covered",
    ),
    (
        "opening balance", "money",
        ("opening balance|balance brought forward|previous balance|old balance|alter Saldo|Anfangssaldo|Saldovortrag"
        "|ancien solde|solde initial|saldo inicial|saldo anterior"), "",
    ),
    (
        "closing balance", "money",
        ("closing balance|new balance|balance carried forward|ending balance|neuer Saldo|Endsaldo|nouveau solde"
        "|solde final|saldo final|nuevo saldo"), "",
    ),
    (
        "part number", "identifier",
        ("part number|part no|model|model no|model number|type|order code|article number|Artikelnummer|Modell|Typ"
        "|Teilenummer|modèle|modelo|número de pieza"), "which model",
    ),
    (
        "manufacturer", "name",
        "manufacturer|made by|maker|Hersteller|hergestellt von|fabricant|fabriqué par|fabricante",
        "who makes|who made|who manufactures",
    ),
    ("revision", "any", "revision|rev|issue|Ausgabe|révision|revisión", ""),
    ("version", "any", "version|document version|Fassung|versión", ""),
    ("warranty", "any", "warranty|guarantee|warranty period|Garantie|Gewährleistung|garantía", "how long is warranty"),
    (
        "origin", "place",
        ("country of origin|made in|origin|Herkunft|Ursprungsland|hergestellt in|pays d'origine|fabriqué en"
        "|país de origen"), "where is made|where was made",
    ),
    ("weight", "measure", "weight|net weight|mass|Gewicht|Masse|poids|peso", "how much does weigh"),
    (
        "author", "name",
        "author|prepared by|written by|Verfasser|Autor|erstellt von|auteur|rédigé par|elaborado por",
        "who prepared|who wrote the report",
    ),
    (
        "department", "any",
        "department|division|unit|Abteilung|Bereich|service|département|departamento", "which department",
    ),
    (
        "contact", "name",
        ("contact|contact person|your contact|person in charge|handled by|Ansprechpartner|Ihr Ansprechpartner"
        "|Sachbearbeiter|interlocuteur|contacto|persona de contacto"), "who is in charge|who is responsible",
    ),
    ("bank", "name", "bank|name of bank|bank name|Kreditinstitut|banque|banco", "which bank"),
    (
        "account holder", "name",
        "account holder|account name|holder|beneficiary|Kontoinhaber|titulaire|titular", "whose account",
    ),
    ("till", "any", "till|register|terminal|Kasse|caisse|caja", "which till"),
    ("time", "time", "time|Uhrzeit|heure|hora", "at what time|what time"),
    (
        "recipient", "name",
        ("recipient|addressee|to|attention|attn|Empfänger|An|destinataire|à l'attention de|destinatario"
        "|a la atención de"), "to whom is addressed|letter addressed",
    ),
)  # fmt: skip
