"""Words to fill pages with: seeded, plausible at a glance, and about nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_NOUNS_TEXT = """
    account advance area article audit balance board branch budget building case change charge claim committee
    condition contract cost council data date deadline delivery demand design detail device district document
    effect energy engine estimate evidence factor field figure forecast garden grant growth harbour household
    income industry interest island journal labour lamp ledger letter library limit machine market material
    measure meeting member method model month motor network notice number office order package paper partner
    payment period plan policy price process product project quality quarter question range rate record region
    report research result review river road room sample school season sector series service share signal site
    standard station statement stock street study supply survey system table target tax team term test total trade
    train trial union unit value village volume warehouse water week window winter work year
"""
_LINKS_TEXT = """
    and the of in for with by to from under over which has was is are will may must on at as after before each
    this that its their more less new annual local final average common general total several other
"""
_VERBS_TEXT = """
    shows covers follows requires supports reduces includes reports exceeds explains keeps brings gives makes
    meets offers opens passes reaches receives rises serves starts takes turns uses
"""
_FIRST_TEXT = """
    Ada Ben Clara David Emma Felix Grace Hugo Ines Jonas Karin Leo Maria Nora Oscar Paula Rosa Sam
"""
_LAST_TEXT = """
    Adler Baker Cole Duarte Ekman Fischer Grant Holm Ivers Jensen Keller Lund Moreau Novak Ortiz Price
"""
_NOUNS, _LINKS, _VERBS, _FIRST, _LAST = (
    tuple(text.split()) for text in (_NOUNS_TEXT, _LINKS_TEXT, _VERBS_TEXT, _FIRST_TEXT, _LAST_TEXT)
)
_FIRMS = ("Ltd", "Inc.", "GmbH", "& Sons", "Group", "Partners", "Works", "Supplies")
#: Accent colours of letterheads.
ACCENTS = ("#1f5f8b", "#7a2e3a", "#0f5c4a", "#b3261e", "#14506b", "#5b3a8c", "#b35c00", "#222222", "#c2185b", "#00796b")


class Words:
    """An endless supply; the same generator state gives the same words."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def pick(self, options: Sequence[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def noun(self) -> str:
        return self.pick(_NOUNS)

    def title(self, words: int = 3) -> str:
        return " ".join(self.noun() for _ in range(words)).capitalize()

    def sentence(self) -> str:
        length = int(self.rng.integers(6, 17))
        inner = [
            self.pick((_NOUNS, _LINKS, _VERBS)[int(part)]) for part in self.rng.choice(3, length, p=(0.45, 0.4, 0.15))
        ]
        return " ".join(inner).capitalize() + "."

    def paragraph(self, sentences: int = 4) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def person(self) -> str:
        return f"{self.pick(_FIRST)} {self.pick(_LAST)}"

    def firm(self) -> str:
        return f"{self.pick(_LAST)} {self.noun().capitalize()} {self.pick(_FIRMS)}"

    def address(self) -> list[str]:
        street = f"{self.rng.integers(1, 200)} {self.noun().capitalize()} Street"
        return [street, f"{self.rng.integers(10000, 99999)} {self.pick(_LAST)}ton"]

    def date(self) -> str:
        month = self.pick(("January", "March", "April", "June", "July", "September", "October", "December"))
        return f"{self.rng.integers(1, 29)} {month} {self.rng.integers(1985, 2027)}"

    def amount(self, highest: float = 900) -> str:
        return f"{self.rng.uniform(1, highest):.2f}"

    def code(self) -> str:
        return f"{self.pick(('A', 'B', 'F', 'K', 'R'))}-{self.rng.integers(1000, 99999)}"

    def accent(self) -> str:
        return self.pick(ACCENTS)

    def several(self, low: int, high: int) -> range:
        """A range as long as a number drawn from ``low`` to ``high``, both included."""
        return range(int(self.rng.integers(low, high + 1)))
