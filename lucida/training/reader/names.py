"""Names and values for drawn prose: seeded, and of nobody and nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FILE = Path(__file__).with_name("names.txt")
#: Of persons, those with a title.
_TITLED = 0.45


@cache
def options() -> dict[str, tuple[str, ...]]:
    """What ``names.txt`` offers, by kind."""
    found: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(kind, []).extend(word.strip() for word in line.split("|"))
    return {kind: tuple(words) for kind, words in found.items()}


class Names:
    """Draws names and values by kind, none twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._used: set[str] = set()
        self._kinds: dict[str, Callable[[], str]] = {
            "person": self._person, "place": self._place, "organisation": self._organisation, "year": self._year,
            "date": self._date, "number": self._number, "money": self._money, "percent": self._percent,
            "length": self._length, "voltage": self._voltage, "temperature": self._temperature,
            "length_of_time": self._duration,
        }  # fmt: skip

    def pick(self, options: Sequence[str]) -> str:
        """One of some options."""
        return options[int(self.rng.integers(len(options)))]

    def draw(self, kind: str) -> str:
        """A value of a kind that was not drawn before."""
        for _ in range(20):
            made = self._kinds.get(kind)
            value = self._filled(kind) if made is None else made()
            if value not in self._used:
                break
        self._used.add(value)
        return value

    def _syllables(self, count: int) -> str:
        return "".join(self._of("onset") + self._of("middle") for _ in range(count)) + self._of("coda")

    def _surname(self) -> str:
        return self._syllables(int(self.rng.integers(1, 3))).capitalize()

    def _person(self) -> str:
        first = self._of("first")
        if self.rng.random() > _TITLED:
            return f"{first} {self._surname()}"
        title = self._of("title")
        last = self.pick(("II", "III", "IV", "V")) if title in {"King", "Queen"} else self._surname()
        return f"{title} {first} {last}"

    def _place(self) -> str:
        return self._syllables(1).capitalize() + (self._of("ending") if self.rng.random() < 0.7 else "")

    def _organisation(self) -> str:
        name, body = self._surname(), self._of("body")
        forms = (
            f"the {name} {body}",
            f"{name} & {self._surname()}",
            f"the {body} of {self._place()}",
            f"{name} {body}",
        )
        return self.pick(forms)

    def _year(self) -> str:
        return str(self.rng.integers(1050, 2026))

    def _date(self) -> str:
        day, month, year = int(self.rng.integers(1, 29)), self._of("month"), self._year()
        return self.pick((f"{day} {month} {year}", f"{month} {day}, {year}", f"{day} {month}"))

    def _number(self) -> str:
        if self.rng.random() < 0.3:
            return self._of("count")
        size = int(self.rng.integers(1, 6))
        return f"{int(self.rng.integers(10 ** (size - 1) + 1, 10**size)):,}"

    def _money(self) -> str:
        amount = f"{int(self.rng.integers(2, 999))}{self.pick(('', ',000', '.50', ' million', ' billion'))}"
        return self.pick((f"${amount}", f"£{amount}", f"€{amount}", f"EUR {amount}", f"{amount} dollars"))

    def _percent(self) -> str:
        return f"{int(self.rng.integers(1, 100))}{self.pick(('%', ' per cent', ' percent', '.5%'))}"

    def _length(self) -> str:
        return f"{int(self.rng.integers(2, 900))} {self.pick(('metres', 'km', 'miles', 'mm', 'cm', 'feet'))}"

    def _voltage(self) -> str:
        return f"{int(self.rng.integers(2, 480))} {self.pick(('V', 'volts', 'V DC', 'V AC'))}"

    def _temperature(self) -> str:
        return f"{int(self.rng.integers(20, 400))} {self.pick(('°C', 'degrees', 'K', '°F'))}"

    def _duration(self) -> str:
        return f"{self._number()} {self.pick(('days', 'hours', 'months', 'weeks', 'years', 'minutes'))}"

    def _of(self, kind: str) -> str:
        return self.pick(options()[kind])

    def _filled(self, kind: str) -> str:
        return self._of(kind).format(
            a=self._of("adjective"), m=self._of("matter"), p=self._place(), N=self._surname(), y=self._year(),
            k=f"{self.pick(('A', 'K', 'T', 'X'))}{int(self.rng.integers(10, 990))}",
        )  # fmt: skip
