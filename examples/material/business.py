"""Invoices, letters and receipts."""

# ruff: noqa: E501, ISC004 - prose, kept as it is read
from __future__ import annotations

from dataclasses import replace

from lucida.generate.invoices import GERMAN, Invoice, Item, Labels
from lucida.generate.letters import Letter
from lucida.generate.receipts import Receipt
from lucida.generate.sheet import SANS

INVOICE = Invoice(
    seller="Harbour & Pine Joinery",
    tagline="Furniture and fittings made to measure",
    seller_lines=[
        "Unit 7, Old Ropewalk",
        "Port Callan PC3 8QT",
        "accounts@harbourandpine.example",
        "VAT no. GB 417 2209 36",
    ],
    buyer_lines=["Quayside Books", "Ms Oluwaseun Adeyemi", "22 Lantern Street", "Port Callan PC1 4BD"],
    facts=[
        ("Invoice number", "HP-2025-0417"),
        ("Invoice date", "14 March 2025"),
        ("Due date", "13 April 2025"),
        ("Purchase order", "PO-88213"),
    ],
    items=[
        Item("Oak shelving unit, 240 x 90 cm, oiled", 6, "385.00"),
        Item("Reading bench with storage, ash", 2, "460.00"),
        Item("Counter top, solid oak, 320 x 65 cm", 1, "1140.00"),
        Item("Brass picture light, dimmable", 8, "62.50"),
        Item("Delivery and fitting, two joiners, per day", 2, "540.00"),
    ],
    tax_percent="20",
    currency="£",
    payment=[
        ("Bank", "Callan Mutual Bank"),
        ("Sort code", "40-11-87"),
        ("Account number", "62019384"),
        ("Reference", "HP-2025-0417"),
    ],
    note="Please pay within 30 days. Oak and ash come from managed woodland. Our fittings carry a guarantee of five years; "
    "keep this invoice as proof of purchase.",
    accent="#1f5f8b",
)

INVOICE_SCAN = Invoice(
    seller="Solvane Oven Service",
    tagline="Commercial bakery equipment, day and night",
    seller_lines=[
        "1180 Juniper Avenue, Suite 4",
        "Fairhollow, OR 97099",
        "+1 (555) 013-4477",
        "billing@solvane.example",
    ],
    buyer_lines=["Meridian Bakery Co.", "Attn. Rafael Quintero", "305 Mill Pond Road", "Fairhollow, OR 97098"],
    facts=[
        ("Invoice number", "SOS-30952"),
        ("Invoice date", "October 8, 2024"),
        ("Due date", "November 7, 2024"),
        ("Technician", "Priya Nair"),
    ],
    items=[
        Item("Deck oven inspection and cleaning", 3, "240.00"),
        Item("Thermostat, 30-300 °C, with probe", 2, "118.75"),
        Item("Door gasket, silicone, 1.8 m", 4, "36.50"),
        Item("Emergency call-out, Sunday", 1, "195.00"),
    ],
    tax_percent="6.5",
    currency="$",
    payment=[("Pay by", "Check or bank transfer"), ("Bank", "First Fairhollow Bank"), ("Account", "0048 7731 902")],
    note="A late fee of 1.5% per month is charged after the due date. Next inspection recommended in April 2025.",
    accent="#a3471c",
    labels=Labels(tax="Sales tax"),
)

RECHNUNG_SCAN = Invoice(
    seller="Gärtnerei Lindenhof",
    tagline="Bäume, Stauden und Gartenpflege seit 1958",
    seller_lines=["Auwaldstraße 14", "04999 Grünfelde", "Tel. 0555 731904", "Steuernummer 231/552/08817"],
    buyer_lines=["Stadtbücherei Grünfelde", "Frau Dr. Annegret Thoma", "Marktplatz 3", "04999 Grünfelde"],
    facts=[
        ("Rechnungsnummer", "2024-1186"),
        ("Rechnungsdatum", "22. November 2024"),
        ("Leistungszeitraum", "4. bis 15. November 2024"),
        ("Kundennummer", "70433"),
    ],
    items=[
        Item("Winterlinde, Stammumfang 18-20 cm", 4, "389.00"),
        Item("Pflanzung mit Dreibock und Verankerung", 4, "145.50"),
        Item("Rosenbeet anlegen, je Quadratmeter", 26, "31.20"),
        Item("Heckenschnitt, je Stunde", 9, "48.00"),
    ],
    tax_percent="19",
    currency="€ ",
    payment=[
        ("Bank", "Sparkasse Auental"),
        ("IBAN", "DE00 1234 5678 0000 4711 08"),
        ("Verwendung", "2024-1186 / 70433"),
    ],
    note="Zahlbar innerhalb von 14 Tagen ohne Abzug. Für das Anwachsen der Linden übernehmen wir eine Gewähr von zwei Jahren.",
    accent="#2f6b3c",
    labels=replace(GERMAN),
)

LETTER = Letter(
    sender="Eastmere Museum of Navigation",
    sender_lines=[
        "Keeping the instruments that found the way",
        "Signal House, 1 Breakwater Road, Eastmere EM2 6HP",
        "Telephone 01632 960 417",
        "loans@eastmere-navigation.example",
    ],
    recipient_lines=[
        "Ms Ingrid Solheim",
        "Head of Collections",
        "Nordhavn Maritime Institute",
        "Kaien 11",
        "5020 Nordhavn",
    ],
    references=[("Our reference", "EMN/L/2025/031"), ("Your letter of", "3 February 2025")],
    place_and_date="Eastmere, 18 February 2025",
    subject="Loan of the Halloran sextant for the exhibition \u201cNorth by Night\u201d",
    salutation="Dear Ms Solheim,",
    paragraphs=[
        "Thank you for your letter and for the tour of your new galleries in January. I am glad to confirm that our trustees have "
        "approved the loan of the brass sextant made by Josiah Halloran in 1787 (inventory number EMN.1934.212), together with "
        "its fitted mahogany case.",
        "The loan begins on 9 May 2025 and ends on 30 November 2025. The instrument is to be insured for £18,500, nail to nail, "
        "and travels with our conservator, Dr Tomasz Wrona, who will also install it. Please keep the showcase between 18 and "
        "20 °C at a relative humidity of 45 to 50 per cent, and the light on it below 150 lux.",
        "We ask for no loan fee. We should be grateful, however, if you covered the courier's travel and two nights in a hotel, and "
        "sent us three copies of the catalogue. The credit line should read: _Eastmere Museum of Navigation, gift of the Halloran "
        "family._",
        "If you agree, please sign both copies of the enclosed agreement and return one of them by 14 March.",
    ],
    closing="With kind regards,",
    signatory="Margaret Oyelaran",
    role="Registrar",
    enclosures="Enclosures: loan agreement (two copies), condition report, photograph",
    accent="#1d3f5e",
    seed=5,
)

LETTER_SCAN = Letter(
    sender="Hotel Aurelia",
    sender_lines=[
        "On the lake since 1911",
        "Via dei Tigli 28, 23099 Castelmora",
        "Telephone +39 0555 017 240",
        "reception@hotel-aurelia.example",
    ],
    recipient_lines=["Bellwether Chamber Choir", "Mr Kwame Boateng, tour manager", "9 Chapel Row", "Thornbury TH4 2LN"],
    references=[("Booking", "AU-6625"), ("Fax", "+44 1632 960 558")],
    place_and_date="Castelmora, 2 April 2024",
    subject="Confirmation of your stay, 14 to 17 June 2024",
    salutation="Dear Mr Boateng,",
    paragraphs=[
        "We are delighted that the choir will stay with us during the lake festival. We have reserved twelve twin rooms and three "
        "single rooms for three nights, with breakfast, from Friday 14 June to Monday 17 June 2024.",
        "The price is 118 euros per twin room and night and 84 euros per single room and night, local tax included. The total for "
        "your group is 5,004 euros. A deposit of 1,200 euros is due by 30 April; the balance is paid on arrival.",
        "You may cancel free of charge until 17 May. After that date we keep the deposit.",
        "The music room with the grand piano is yours every afternoon from 14:30 to 17:00. Your coach can park behind the "
        "boathouse. Dinner on Saturday will be served on the terrace at 20:00; please tell us about vegetarians and allergies a "
        "week ahead.",
    ],
    closing="Yours sincerely,",
    signatory="Chiara Bellandi",
    role="Reservations",
    accent="#2b2b2b",
    family=SANS,
    seed=12,
)

RECEIPT = Receipt(
    shop="CAFE MARMALADE",
    shop_lines=["48 Fountain Square", "Larkhaven LH1 3ZD", "Tel. 01632 960 733"],
    facts=[("Receipt", "0091-4482"), ("Date", "06/07/2025 10:42"), ("Table 12", "Served by Noor")],
    items=[
        ("Flat white", 2, "3.60"),
        ("Earl Grey, pot", 1, "3.20"),
        ("Shakshuka", 1, "10.50"),
        ("Mushroom toast", 1, "9.25"),
        ("Orange juice", 2, "4.10"),
        ("Almond croissant", 1, "3.85"),
    ],
    tax=("of which VAT 20%", "7.03"),
    paid=[("Card contactless", "42.20"), ("Card", "**** 7719"), ("Auth code", "K30481")],
    farewell=["Thank you for coming!", "Free wifi: breakfast-at-noon"],
    currency="£",
    seed=3,
)

RECEIPT_SCAN = Receipt(
    shop="BRIGHTWELL TOOLS",
    shop_lines=["210 Foundry Lane", "Ashmoor AS7 1PE", "VAT 338 1174 20"],
    facts=[("Till 03", "Cashier Benedict"), ("Sale", "77-120563"), ("Date", "19/10/2024 16:08")],
    items=[
        ("Claw hammer 16 oz", 1, "18.49"),
        ("Wood screws 4x40", 3, "5.25"),
        ("Masking tape 36 mm", 2, "3.99"),
        ("Spirit level 60 cm", 1, "24.95"),
        ("Exterior paint 2.5 l", 1, "41.00"),
    ],
    tax=("of which VAT 20%", "18.03"),
    paid=[("Cash", "120.00"), ("Change", "11.83")],
    farewell=["Returns within 28 days", "with this receipt"],
    currency="£",
    seed=8,
)
