"""Filled forms."""

# ruff: noqa: E501 - prose, kept as it is read
from __future__ import annotations

from lucida.generate.forms import Box, Choice, Form, Section

FORM = Form(
    issuer="Borough of Larkhaven \u00b7 Streets and Parking",
    title="Application for a resident's parking permit",
    code="RP-12",
    instructions="Complete in block letters or by typewriter. Attach a copy of the vehicle registration and proof of address not "
    "older than three months. The fee is paid when the permit is collected.",
    sections=[
        Section("Applicant", [
            [Box("Surname", "LINDQVIST"), Box("First name", "MARA ELISE"), Box("Date of birth", "27.09.1988", 0.7)],
            [Box("Address", "FLAT 3, 61 WEAVERS HILL", 1.6), Box("Postcode", "LH2 7RW", 0.6)],
            [Box("Telephone", "01632 960 285"), Box("E-mail", "m.lindqvist@post.example", 1.5)],
            Choice("Living at this address", ["less than a year", "one to five years", "longer"], ["one to five years"]),
        ]),
        Section("Vehicle", [
            [Box("Registration number", "LK19 VBO"), Box("Make and model", "TERRANO CITY 1.2", 1.3), Box("Colour", "DARK GREEN", 0.8)],
            Choice("Drive", ["petrol", "diesel", "hybrid", "electric"], ["hybrid"]),
            Choice("Registered keeper", ["applicant", "employer", "other"], ["applicant"]),
        ]),
        Section("Permit", [
            [Box("Zone", "C4", 0.5), Box("Start date", "01.06.2025", 0.8), Box("Duration", "12 MONTHS", 0.8), Box("Fee", "£96.00", 0.7)],
            Choice("Reduced fee", ["none", "pensioner", "blue badge"], ["none"]),
            Choice("Please send", ["paper permit", "digital permit"], ["digital permit"]),
        ]),
        Section("Payment", [
            [Box("Account holder", "MARA E. LINDQVIST", 1.3), Box("Bank", "CALLAN MUTUAL BANK", 1.2), Box("Account number", "70442915")],
            Choice("Paid by", ["cash", "card", "direct debit"], ["direct debit"]),
        ]),
        Section("Visitors", [
            [Box("Visitor vouchers wanted", "2 BOOKS OF 10", 1.0), Box("Price per book", "£14.00", 0.8), Box("Known medical needs", "NONE", 1.1)],
        ]),
    ],
    declaration="I declare that the above is true and complete. I understand that the permit does not reserve a space, that it lapses "
    "when I move out of the zone, and that a false statement may lead to a penalty of up to £500.",
    signed=("12.05.2025", "Mara Lindqvist"),
    office=[("Received", "13.05.2025"), ("Permit number", "C4-20771"), ("Checked by", "D. ACHEBE"), ("Fee paid", "YES")],
    pen="typewriter",
    accent="#31456b",
    seed=21,
)  # fmt: skip

FORM_SCAN = Form(
    issuer="Skylark Regional Airways \u00b7 Baggage Services",
    title="Claim for damaged baggage",
    code="BG-7",
    instructions="Please write clearly and hand this form in within seven days of your flight, together with your boarding pass and "
    "the baggage tag.",
    sections=[
        Section("Passenger", [
            [Box("Name", "Teodor Vasilescu", 1.4), Box("Booking code", "QX7M2P", 0.7)],
            [Box("Address", "Strada Salcamului 40, Valea Mare", 1.6), Box("Telephone", "0555 201 664", 0.9)],
        ]),
        Section("Flight", [
            [Box("Flight number", "SK 418", 0.7), Box("Date", "23 August 2024", 0.9), Box("From", "Port Callan"), Box("To", "Nordhavn")],
            [Box("Baggage tag number", "0417 558 203"), Box("Weight", "19.5 kg", 0.6), Box("Pieces", "2", 0.4)],
        ]),
        Section("Damage", [
            [Box("Kind of bag", "Hard-shell suitcase, blue", 1.3), Box("Bought in", "2022", 0.5), Box("Price paid", "179 euros", 0.7)],
            [Box("What is damaged", "Two wheels broken off, cracked lid")],
            [Box("Damaged contents", "Glass lamp, wrapped", 1.3), Box("Amount claimed", "245 euros", 0.7)],
            Choice("Reported at the airport", ["yes", "no"], ["yes"]),
            Choice("Insured elsewhere", ["yes", "no"], ["no"]),
        ]),
        Section("Payment", [
            [Box("Account holder", "T. Vasilescu", 1.1), Box("Account number", "RO00 4471 0093 2258", 1.4)],
            Choice("You would like", ["a repair", "a new bag", "money"], ["money"]),
        ]),
    ],
    declaration="I confirm that these statements are true. The airline may inspect the bag and the contents before it pays.",
    signed=("26 August 2024", "Teodor Vasilescu"),
    office=[("Claim number", "BG-2024-3390"), ("Received", "28 AUG 2024"), ("Handled by", "J. Kowalczyk")],
    pen="hand",
    accent="#5b2a6e",
    seed=33,
)  # fmt: skip
