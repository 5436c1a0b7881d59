"""Plausible values for one paper: names of nobody, amounts, dates and identifiers as one sender would write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from lucida.generate.documents.iban import with_check_digits
from lucida.generate.documents.tongues import Tongue

if TYPE_CHECKING:
    import numpy as np

CENT = Decimal("0.01")
#: Account numbers of a country: letters and digits behind the check digits.
_ACCOUNTS = {"GB": "@@@@##############", "DE": "##################", "FR": "#######################",
             "ES": "####################"}  # fmt: skip
_CODES = ("{y}-####", "@@-{y}-####", "######", "@#####", "####/{yy}", "@@ ####-##", "{y}/###", "@@@-#####")
_SIZES = {
    "mm": (3, 4, 5, 6, 8, 10, 12, 14, 16, 20), "cm": (20, 30, 40, 60, 80, 100, 120), "l": (1, 2, 5, 10),
    "w": (5, 9, 15, 40, 60), "m": (2, 3, 5, 10, 15, 25), "g": (100, 200, 250, 300, 500, 750), "a": (3, 4, 5),
    "six": (6, 10, 12),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Values:
    """Draws values; how dates, amounts and codes look is settled once, as on a real paper.

    Args:
        tongue: of the paper.
        rng: where chance comes from.
    """

    def __init__(self, tongue: Tongue, rng: np.random.Generator) -> None:
        self.tongue, self.rng = tongue, rng
        self._date, self._money = tongue.pick("style", "date", rng), tongue.pick("style", "currency", rng)
        self._phone, self._street = tongue.pick("style", "phone", rng), tongue.pick("style", "street", rng)
        self._code = _CODES[int(rng.integers(len(_CODES)))]
        self._grouped = rng.random() < 0.8
        self.today = date(2016, 1, 4) + timedelta(days=int(rng.integers(0, 3650)))

    # -- chance -------------------------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return bool(self.rng.random() < share)

    def pick(self, options: Sequence[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return int(self.rng.integers(low, high + 1))

    def sample(self, options: Sequence[str], count: int) -> list[str]:
        """Different options, in the order in which they are given."""
        chosen = sorted(self.rng.permutation(len(options))[:count].tolist())
        return [options[place] for place in chosen]

    def word(self, key: str) -> str:
        """One word of a list of the language."""
        return self.tongue.pick("lists", key, self.rng)

    def label(self, key: str) -> str:
        return self.tongue.pick("labels", key, self.rng)

    # -- people and places --------------------------------------------------------------------------------------

    def last(self) -> str:
        return self.word("onset").removesuffix("-").capitalize() + self.word("coda")

    def person(self) -> str:
        return f"{self.word('first')} {self.last()}"

    def town(self) -> str:
        onset = self.word("onset")
        return onset + (self.word("coda").capitalize() if onset.endswith("-") else self.word("coda"))

    def firm(self) -> str:
        pattern = self.tongue.pick("style", "firm", self.rng)
        return pattern.format(last=self.last(), last2=self.last(), town=self.town(), trade=self.word("trade"))

    def street(self) -> str:
        kind = self.tongue.pick("style", "street_kinds", self.rng)
        return self._street.format(n=self.whole(1, 180), name=self.town(), kind=kind)

    def postcode(self) -> str:
        return self.filled(self.tongue.all("style", "postcode")[0])

    def town_line(self) -> str:
        return self.tongue.pick("style", "town_line", self.rng).format(code=self.postcode(), town=self.town())

    def address(self) -> list[str]:
        return [self.street(), self.town_line()]

    def phone(self) -> str:
        return self.filled(self._phone)

    def email(self, name: str) -> str:
        """An address under ``.example``, which nobody can own (RFC 2606)."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        parts = re.findall(r"[a-z]+", plain) or ["office"]
        return f"{self.pick(('info', 'office', parts[0]))}@{'-'.join(parts[-2:])}.example"

    # -- numbers ------------------------------------------------------------------------------------------------

    def filled(self, pattern: str) -> str:
        """``#`` becomes a digit (the first of a run never 0), ``@`` a capital letter."""
        signs: list[str] = []
        for sign in pattern:
            if sign == "#":
                opens = not signs or not signs[-1].isdigit()
                signs.append(str(self.whole(1 if opens else 0, 9)))
            else:
                signs.append(chr(ord("A") + self.whole(0, 25)) if sign == "@" else sign)
        return "".join(signs)

    def code(self) -> str:
        """An identifier in the sender's own form."""
        return self.filled(self._code.format(y=self.today.year, yy=f"{self.today.year % 100:02d}"))

    def reference(self) -> str:
        """An identifier in any form: somebody else's, or of another thing."""
        pattern = self.pick(_CODES)
        return self.filled(pattern.format(y=self.today.year, yy=f"{self.today.year % 100:02d}"))

    def iban(self) -> str:
        country = self.tongue.all("style", "iban")[0]
        plain = with_check_digits(country, self.filled(_ACCOUNTS[country]))
        return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if self._grouped else plain

    def bic(self) -> str:
        country = self.tongue.all("style", "iban")[0]
        return self.filled(f"@@@@{country}@#" + self.pick(("", "XXX", "###")))

    def amount(self, low: float = 2, high: float = 900) -> Decimal:
        """A price, more often a low one."""
        value = Decimal(str(low * (high / low) ** self.rng.random()))
        ending = Decimal(self.pick(("0.00", "0.50", "0.90", "0.95", "0.99", "0.25")))
        return (value.quantize(Decimal(1)) + ending if self.chance(0.7) else value).quantize(CENT, ROUND_HALF_UP)

    def number(self, value: Decimal | int, decimals: int = 2) -> str:
        """A number as the language writes it."""
        english = f"{value:,.{decimals}f}"
        signs = {",": self.tongue.all("style", "thousands")[0], ".": self.tongue.all("style", "decimal")[0]}
        return "".join(signs.get(char, char) for char in english)

    def money(self, value: Decimal) -> str:
        return self._money.format(self.number(value))

    # -- dates --------------------------------------------------------------------------------------------------

    def day(self, low: int = -40, high: int = 0) -> date:
        """A day so many days from the paper's own."""
        return self.today + timedelta(days=self.whole(low, high))

    def date(self, day: date) -> str:
        month = self.tongue.all("style", "months")[day.month - 1]
        return self._date.format(
            d=day.day, dd=f"{day.day:02d}", mm=f"{day.month:02d}", y=day.year, yy=f"{day.year % 100:02d}", month=month,
            mon=month[:3],
        )  # fmt: skip

    def time(self) -> str:
        return f"{self.whole(7, 20):02d}:{self.whole(0, 59):02d}"

    # -- things -------------------------------------------------------------------------------------------------

    def filled_out(self, pattern: str) -> str:
        """A name of a thing with its sizes, colours, people and places put in."""
        return _PLACEHOLDER.sub(lambda match: self._part(match[1]), pattern)

    def things(self, key: str, count: int) -> list[str]:
        """Different things of a list. Like ones in several sizes stand beside each other, as in a catalogue."""
        patterns = list(self.tongue.all("lists", key))
        few = self.sample(patterns, max(2, count // 2)) if self.chance(0.5) else patterns
        found: dict[str, None] = {}
        for attempt in range(60 * count):
            found.setdefault(self.filled_out(self.pick(few if attempt < 30 * count else patterns)))
            if len(found) == count:
                break
        return sorted(found) if self.chance(0.5) else list(found)

    def _part(self, name: str) -> str:
        if name in _SIZES:
            return str(_SIZES[name][int(self.rng.integers(len(_SIZES[name])))])
        drawn: dict[str, Callable[[], str]] = {
            "colour": lambda: self.word("colours"), "town": self.town, "firm": self.firm, "last": self.last,
            "person": self.person, "date": lambda: self.date(self.day(1, 60)), "time": self.time,
            "money": lambda: self.money(self.amount(50, 5000)), "months": lambda: str(self.whole(3, 48)),
            "weeks": lambda: str(self.whole(2, 12)), "count": lambda: self.number(self.whole(120, 9800), 0),
        }  # fmt: skip
        return drawn[name]()
