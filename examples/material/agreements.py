"""A lease, a German tenancy agreement, and minutes of two meetings."""

# ruff: noqa: E501, ISC004 - prose, kept as it is read
from __future__ import annotations

from lucida.generate.blocks import Grid, Heading, Items
from lucida.generate.contracts import Contract, Minutes
from lucida.generate.sheet import SERIF

LEASE = Contract(
    title="Residential Lease Agreement",
    preamble="This agreement is made on 20 June 2025 between",
    parties=[
        ("the Landlord", "Cornelius Abernathy", "Gable Cottage, 5 Orchard Lane, Larkhaven LH5 9TT"),
        ("the Tenants", "Yuki Tanabe and Daniel Osei", "at present of 14 Mill Walk, Ashmoor AS2 6BN"),
    ],
    clauses=[
        ("The property", [
            "The Landlord lets to the Tenants the flat on the second floor of 77 Beacon Road, Larkhaven LH3 1KD, with three rooms, kitchen, "
            "bathroom and balcony, 74 square metres in all, together with cellar compartment no. 6 and bicycle space no. 11.",
            "The flat is let unfurnished except for the fitted kitchen listed in Annex A. Four keys have been handed over.",
        ]),
        ("Term", [
            "The tenancy begins on 1 August 2025 and runs for a fixed term of 24 months, that is, until 31 July 2027. After that it "
            "continues from month to month until either side gives notice.",
        ]),
        ("Rent", [
            "The rent is £1,285 per month, payable in advance on the third day of each month by standing order to the account of the "
            "Landlord at Callan Mutual Bank, account number 55870216.",
            "The rent includes water and the cleaning of the stairs. Gas, electricity and internet are ordered and paid for by the Tenants.",
            "If the rent is more than ten days late, the Landlord may charge a fee of £35 for each reminder.",
            "From the second year on, the rent rises each August by the consumer price index, but by no more than 3 per cent.",
        ]),
        ("Deposit", [
            "The Tenants pay a deposit of £1,480 before the keys are handed over. It is held by the Larkhaven Deposit Scheme and returned, "
            "with interest, within 21 days of the end of the tenancy, less the cost of damage beyond fair wear and tear.",
        ]),
        ("Use of the property", [
            "The property is let as a home for no more than three persons. A room may be used for office work that brings no visitors.",
            "The Tenants may keep one cat or one small dog. Other animals need the Landlord's consent in writing, which is not to be refused "
            "without good reason.",
            "Smoking is not allowed indoors or on the balcony. The hours of quiet are from 22:00 to 07:00.",
            "Subletting, including short lets to holiday guests, needs the Landlord's consent in writing.",
        ]),
        ("Repairs", [
            "The Landlord keeps the structure, the heating, the pipes and the wiring in repair. The Tenants report faults without delay, and "
            "bear the cost of small repairs up to £90 each and £270 in any year.",
            "The boiler is serviced once a year, in September, at the Landlord's expense. The Tenants grant access on seven days' notice.",
        ]),
        ("Changes to the property", [
            "The Tenants may paint the walls and put up shelves. On leaving they fill holes and restore pale colours. Other changes need "
            "the Landlord's consent in writing.",
        ]),
        ("Insurance and liability", [
            "The Landlord insures the building. The Tenants insure their belongings and hold liability insurance of at least £500,000, "
            "and show proof of it before they move in.",
        ]),
        ("Access", [
            "The Landlord may enter at reasonable hours after 48 hours' notice, and without notice in an emergency. During the last two months "
            "the flat may be shown to new tenants on Wednesdays between 17:00 and 19:00.",
        ]),
        ("Notice", [
            "After the fixed term the Tenants may end the tenancy with one month's notice and the Landlord with three months' notice, in "
            "writing, to the end of a month.",
            "During the fixed term the Tenants may leave early if they name a suitable successor and pay a fee of £250.",
        ]),
        ("Final provisions", [
            "There are no side agreements. If a clause is void, the others stand. Annexes A (inventory) and B (condition of the flat) are part "
            "of this agreement, of which each side has one copy.",
        ]),
    ],
    signed=[("Larkhaven, 20 June 2025", "Landlord"), ("Larkhaven, 20 June 2025", "Tenants")],
    foot="Lease, 77 Beacon Road \u2013 page {page} of {count}",
)  # fmt: skip

MIETVERTRAG = Contract(
    title="Mietvertrag",
    preamble="Zwischen",
    parties=[
        ("nachfolgend Vermieterin genannt", "Hildegard Brömmelkamp", "Fliederweg 8, 04999 Grünfelde"),
        ("nachfolgend Mieter genannt", "Jonas Weißenfels und Aylin Demirkan", "zurzeit Bachgasse 21, 04997 Oberaue"),
    ],
    clauses=[
        ("Mieträume", [
            "Vermietet wird die Wohnung im Dachgeschoss des Hauses Kastanienallee 42 in 04999 Grünfelde. Sie besteht aus drei Zimmern, Küche, "
            "Bad, Flur und einem Balkon. Die Wohnfläche beträgt 81,5 Quadratmeter.",
            "Zur Wohnung gehören der Kellerraum Nr. 4 und der Stellplatz Nr. 9 im Hof. Die Mieter erhalten drei Haustürschlüssel, drei "
            "Wohnungsschlüssel und einen Briefkastenschlüssel.",
        ]),
        ("Mietzeit", [
            "Das Mietverhältnis beginnt am 1. März 2025 und läuft auf unbestimmte Zeit. Beide Seiten verzichten für die ersten zwölf Monate "
            "auf das Recht zur ordentlichen Kündigung.",
        ]),
        ("Miete und Nebenkosten", [
            "Die Kaltmiete beträgt 745,00 € im Monat. Hinzu kommen Vorauszahlungen auf die Betriebskosten von 130,00 € und auf die Heizkosten "
            "von 95,00 €. Die Gesamtmiete beträgt somit 970,00 €. Für den Stellplatz werden 40,00 € gesondert berechnet.",
            "Die Miete ist monatlich im Voraus, spätestens am dritten Werktag, auf das Konto der Vermieterin bei der Sparkasse Auental, "
            "IBAN DE00 1234 5678 0000 9921 55, zu zahlen.",
            "Über die Nebenkosten wird jährlich bis zum 30. September des Folgejahres abgerechnet.",
        ]),
        ("Kaution", [
            "Die Mieter leisten eine Kaution in Höhe von 2.235,00 €, zahlbar in drei gleichen Raten. Die erste Rate ist zu Beginn des "
            "Mietverhältnisses fällig. Die Kaution wird getrennt vom Vermögen der Vermieterin verzinslich angelegt.",
        ]),
        ("Schönheitsreparaturen und Kleinreparaturen", [
            "Die Wohnung wird renoviert übergeben. Die Mieter übernehmen die Schönheitsreparaturen, soweit sie durch ihren Gebrauch "
            "erforderlich werden.",
            "Kleine Instandhaltungen tragen die Mieter bis zu 100,00 € im Einzelfall und höchstens 300,00 € im Jahr.",
        ]),
        ("Tierhaltung", [
            "Kleintiere sind ohne Erlaubnis gestattet. Hunde und Katzen bedürfen der Zustimmung der Vermieterin; für die Katze \u201eMinka\u201c "
            "gilt sie als erteilt.",
        ]),
        ("Hausordnung", [
            "Die Ruhezeiten sind von 13 bis 15 Uhr und von 22 bis 6 Uhr. Die Treppe wird im wöchentlichen Wechsel gereinigt. Fahrräder stehen "
            "im Hof, nicht im Treppenhaus.",
            "Der Schnee vor dem Haus wird von der Firma Winterdienst Kolbe geräumt.",
        ]),
        ("Kündigung", [
            "Für die Kündigung gelten die gesetzlichen Fristen. Sie muss schriftlich bis zum dritten Werktag eines Monats zugehen.",
        ]),
        ("Schlussbestimmungen", [
            "Mündliche Nebenabreden bestehen nicht. Änderungen dieses Vertrages bedürfen der Schriftform. Das Übergabeprotokoll vom "
            "27. Februar 2025 ist Bestandteil dieses Vertrages.",
        ]),
    ],
    signed=[("Grünfelde, den 10. Februar 2025", "Vermieterin"), ("Grünfelde, den 10. Februar 2025", "Mieter")],
    clause_mark="§ {number}",
    foot="Mietvertrag Kastanienallee 42 \u2013 Seite {page} von {count}",
)  # fmt: skip

MINUTES = Minutes(
    organisation="Alder Street Allotment Association",
    title="Minutes of the spring meeting",
    facts=[
        ("Date", "Saturday 29 March 2025, 10:00 to 11:50"),
        ("Place", "The Old Pump House, Alder Street"),
        ("Chair", "Fatima Benali"),
        ("Minutes", "Gregor Novotny"),
        ("Present", "31 members; Rosalind Achterberg, Haruto Sakai, Miriam Feldman and Piet de Wit for the committee"),
        ("Apologies", "Siobhan Kerr, Tunde Balogun"),
    ],
    blocks=[
        Heading("1. Minutes of the last meeting"),
        "The minutes of 12 October 2024 were approved without changes.",
        Heading("2. Treasurer's report"),
        "Miriam Feldman presented the accounts. The balance on 28 February was £4,316.20, which is £1,376.20 more than a year ago, mainly because "
        "of the plant sale. The meeting thanked the treasurer and approved the accounts with one abstention.",
        Grid(
            {"Item": 2.4, "2023/24 (£)": 1, "2024/25 (£)": 1},
            [
                ["Plot rents", "3,720.00", "3,905.00"],
                ["Plant sale", "612.50", "1,148.75"],
                ["Water", "-1,204.30", "-1,377.10"],
                ["Repairs and tools", "-1,490.00", "-1,862.45"],
                ["Insurance", "-415.00", "-438.00"],
            ],
        ),
        Heading("3. Water"),
        "The main pipe leaked twice last summer. Haruto Sakai had three offers for a new one. The meeting chose Tidewell Plumbing, at £2,950, "
        "by 27 votes to 3. Work starts on 5 May; water will be off for two days. Four rain tanks of 1,000 litres each will be put up "
        "beside the sheds.",
        Heading("4. Waiting list"),
        "There are 43 people on the waiting list and the average wait is 26 months. It was agreed to divide plots that fall vacant "
        "and are larger than 200 square metres. Piet de Wit reported that plots 17 and 32 are to be given up in April.",
        Heading("5. Bees"),
        "Tunde Balogun's proposal to keep two hives behind the compost was discussed. Members with allergies had been asked, and none "
        "objected. Agreed for one year on trial, with a fence and a sign.",
        Heading("6. Any other business"),
        Items([
            "The summer party is on 19 July. Rosalind Achterberg looks for helpers.",
            "Bonfires are allowed only from November to February, and not on Sundays.",
            "The gate code changes on 1 April. It will be sent by post.",
        ]),
        Heading("7. Elections"),
        "Fatima Benali was re-elected to the chair without opposition. Gregor Novotny stays secretary. Siobhan Kerr does not stand again "
        "as keeper of the tools; Emeka Obi was elected in her place by 24 votes, with Lotte Brandt receiving 6.",
        Heading("8. Rules on sheds"),
        "The committee proposed that sheds be no larger than 6 square metres and no higher than 2.2 metres. After discussion, the height "
        "was raised to 2.4 metres and the rule was adopted by 19 votes to 9. Sheds that stand already are not affected.",
        Heading("Actions"),
        Grid(
            {"Action": 3.2, "Who": 1.3, "By": 1},
            [
                ["Sign the contract with Tidewell Plumbing", "Haruto Sakai", "11 April"],
                ["Write to the first ten people on the waiting list", "Piet de Wit", "30 April"],
                ["Order the fence and the sign for the hives", "Tunde Balogun", "15 May"],
                ["Renew the insurance", "Miriam Feldman", "1 June"],
            ],
            left=True,
        ),
        "The next meeting is on 11 October 2025 at 10:00, in the same place.",
    ],
    foot="Alder Street Allotment Association \u00b7 spring meeting 2025",
    accent="#3f6b2a",
)  # fmt: skip

MINUTES_SCAN = Minutes(
    organisation="Thornbury Lifeboat Station",
    title="Crew meeting",
    facts=[
        ("Date", "Tuesday 5 November 2024, 19:30"),
        ("Place", "Boathouse, upper room"),
        ("Coxswain", "Elspeth Munro"),
        ("Present", "Elspeth Munro, Callum Reyes, Aisha Rahman, Owen Pritchard, Leila Haddad, Bram Visser"),
    ],
    blocks=[
        Heading("1. Launches since the last meeting"),
        "The boat was launched nine times in October, twice at night. Eleven people were brought ashore. The longest service, to the "
        "trawler Morning Star on 17 October, took six hours and twenty minutes.",
        Heading("2. Boat and gear"),
        "The port engine was overhauled and ran without fault for 14 hours. Two dry suits are beyond repair; Owen Pritchard orders "
        "replacements in sizes M and XL. The old radio goes to the museum at Eastmere.",
        Heading("3. Training"),
        "Aisha Rahman passed her helm's assessment and was congratulated. First-aid refreshers are on 16 and 23 November. Everybody must "
        "have done one by the end of the year.",
        Heading("4. Fund-raising"),
        "The harbour swim raised £2,743. The raffle at the Anchor brought another £318. The target for the new slipway winch is £9,500, of "
        "which £7,120 is now in the bank.",
        Heading("5. Actions"),
        Items([
            "Owen Pritchard: order two dry suits by 12 November.",
            "Leila Haddad: book the first-aid trainer.",
            "Callum Reyes: have the slipway light repaired.",
        ]),
        "Next meeting: Tuesday 3 December 2024, 19:30.",
    ],
    foot="Thornbury Lifeboat Station",
    accent="#222222",
    family=SERIF,
)  # fmt: skip
