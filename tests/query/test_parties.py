from __future__ import annotations

import pytest

from lucida.query.parties import read_parties
from lucida.query.question import understand

LEASE = [
    [(0.1, "This agreement is made between")],
    [(0.1, "Cornelius Abernathy, Gable Cottage, 5 Orchard Lane")],
    [(0.1, "– the Landlord –")],
    [(0.1, "Yuki Tanabe and Daniel Osei, at present of 14 Mill Walk")],
    [(0.1, "– the Tenants –")],
    [(0.1, "with the help of Larch & Sons (hereinafter “the Agent”).")],
]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who is the landlord?", "Cornelius Abernathy"),
        ("Who is the tenant?", "Yuki Tanabe and Daniel Osei"),
        ("Who is the agent?", "Larch & Sons"),
    ],
)
def test_names_the_party_that_plays_a_role(page_of, question: str, name: str) -> None:
    assert [found.text for found in read_parties(page_of(LEASE), understand(question))] == [name]


@pytest.mark.parametrize("question", ["Who is the tenant's lawyer?", "Who is the owner?", "When is the tenant due?"])
def test_is_silent_on_other_roles_and_other_forms(page_of, question: str) -> None:
    assert read_parties(page_of(LEASE), understand(question)) == []


def test_reads_a_german_contract(page_of) -> None:
    lines = [[(0.1, "Hildegard Brömmelkamp, Fliederweg 8")], [(0.1, "– nachfolgend Vermieterin genannt –")]]
    found = read_parties(page_of(lines), understand("Wer ist die Vermieterin?"))
    assert [candidate.text for candidate in found] == ["Hildegard Brömmelkamp"]
