"""What stands in for what goes: names for names, digits for digits, dates for dates, in the same shape."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from lucida.errors import SourceError
from lucida.generate.documents.iban import with_check_digits
from lucida.generate.documents.lookalike.deciding import Shown, account_runs
from lucida.generate.documents.lookalike.vocabulary import bare, folded, months
from lucida.generate.documents.tongues import LANGUAGES, tongue
from lucida.generate.documents.values import Values

if TYPE_CHECKING:
    import numpy as np

_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Tries before a shape counts as used up, and the shortest original that no other text may contain.
_TRIES, _WITHIN = 400, 4
#: Texts of so few signs may come to say what another one said before.
_SHORT = 2


class Replacer:
    """Gives every word that goes another one, the same for the same word.

    Args:
        originals: every text on the pages: none of them is given for another.
        goes: those that go; texts of four and more letters stand in no replacement either.
        language: of names.
        rng: where chance comes from.
    """

    def __init__(
        self, originals: Collection[str], goes: Collection[str], language: str, rng: np.random.Generator
    ) -> None:
        self._values, self._rng = Values(tongue(language), rng), rng
        self._taken = {folded(text) for text in originals}
        self._within = {folded(text) for text in goes if len(folded(text)) >= _WITHIN}
        self._given: dict[str, str] = {}

    def replace(self, words: Sequence[Shown], gone: Sequence[bool]) -> list[str]:
        """The texts of a page as they are printed anew, those that stay among them.

        Raises:
            SourceError: for a word of this shape nothing is left to print.
        """
        texts = [word.text for word in words]
        for run in account_runs(words):
            for at, text in zip(run, self._account([words[at].text for at in run]), strict=True):
                texts[at] = text
        accounts = {at for run in account_runs(words) for at in run}
        for at, (word, goes) in enumerate(zip(words, gone, strict=True)):
            if goes and at not in accounts:
                dated = any(self._is_month(words, other, at) for other in (at - 1, at + 1))
                texts[at] = self._word(word.text, dated=dated)
        return texts

    def _word(self, text: str, *, dated: bool) -> str:
        before, core, after = bare(text)
        key = core.casefold()
        if key not in self._given:
            self._given[key] = self._new(core, dated=dated)
        return before + _cased(self._given[key], core) + after

    def _new(self, core: str, *, dated: bool) -> str:
        for _ in range(_TRIES):
            made = self._attempt(core, dated=dated)
            plain = made.casefold()
            if plain not in self._taken and not any(other in plain for other in self._within):
                if len(plain) > _SHORT:
                    self._taken.add(plain)
                return made
        if len(core) <= _SHORT and made != core:
            return made  # there are only a hundred of these, and they tell nobody anything
        raise SourceError(
            f"Nothing is left that could stand in for a text of {len(core)} signs on this page.",
            "Draw fewer pages of its source at once, or keep such texts with --keep.",
        )

    def _attempt(self, core: str, *, dated: bool) -> str:
        if "@" in core:
            return self._mail(core)
        if "." in core and not any(char.isdigit() for char in core):
            return f"{'www.' if core.lower().startswith('www.') else ''}{self._letters(max(len(core) - 12, 4))}.example"
        if match := _DATE.fullmatch(core):
            return self._date(match)
        if match := _TIME.fullmatch(core):
            return f"{self._whole(7, 21):0{len(match[1])}d}:{self._whole(0, 59):02d}" + core[match.end(2) :]
        if _YEAR.fullmatch(core):
            return str(self._whole(1951, 2029))
        if dated and core.rstrip(".").isdigit() and len(core) <= 2:
            return str(self._whole(10, 28))
        if any(char.isdigit() for char in core):
            return self._shaped(core)
        return self._name(core)

    def _name(self, core: str) -> str:
        """A name about as long."""
        drawn = [self._values.last() if self._rng.random() < 0.7 else self._values.word("first") for _ in range(12)]
        best = min(drawn, key=lambda name: abs(len(name) - len(core)))
        return best if abs(len(best) - len(core)) <= 1 else self._letters(len(core))

    def _letters(self, count: int) -> str:
        """Syllables, to so many letters."""
        signs = []
        for place in range(count):
            pool = "aeiou" if place % 2 else "bdfgklmnprstvw"
            signs.append(pool[self._whole(0, len(pool) - 1)])
        return "".join(signs).capitalize()

    def _mail(self, core: str) -> str:
        """An address under ``.example`` (RFC 2606)."""
        local, _, domain = core.partition("@")
        parts = "".join(char if not char.isalnum() else self._letters(1).lower() for char in local)
        return f"{parts.lower()}@{self._letters(max(len(domain) - 8, 3)).lower()}.example"

    def _date(self, match: re.Match[str]) -> str:
        """A date in the same form, in which day and month could be told apart as well or as badly."""
        first, sign, second, third = match.groups()
        if len(first) == 4:
            return f"{self._whole(1951, 2029)}{sign}{self._two(second, 12)}{sign}{self._two(third, 28)}"
        year = str(self._whole(1951, 2029))[-len(third) :] if len(third) in {2, 4} else third
        one, two = (28, 12) if int(first) > 12 else (12, 28) if int(second) > 12 else (12, 12)
        return f"{self._two(first, one)}{sign}{self._two(second, two)}{sign}{year}"

    def _two(self, like: str, most: int) -> str:
        low = 10 if len(like) == 2 and not like.startswith("0") else 1
        return f"{self._whole(min(low, most), most):0{len(like)}d}"

    def _shaped(self, core: str) -> str:
        """Digits for digits, letters for letters; what begins without a nought does so again."""
        signs: list[str] = []
        for place, char in enumerate(core):
            if char.isdigit():
                opens = char != "0" and (place == 0 or not core[place - 1].isdigit())
                signs.append(str(self._whole(1 if opens else 0, 9)))
            elif char.isalpha() and char.isascii():
                letter = chr(ord("a") + self._whole(0, 25))
                signs.append(letter.upper() if char.isupper() else letter)
            else:
                signs.append(char)
        return "".join(signs)

    def _account(self, parts: Sequence[str]) -> list[str]:
        """An account number with check digits that hold, divided as the old one was."""
        plain = "".join(bare(part)[1] for part in parts)
        key = plain.casefold()
        for _ in range(_TRIES if key not in self._given else 0):
            made = with_check_digits(plain[:2], self._shaped(plain[4:]))
            cuts = self._divided(made, parts)
            if all(len(cut) < 3 or cut.casefold() not in self._taken for cut in cuts):
                self._given[key] = made
                break
        if key not in self._given:
            raise SourceError("Nothing is left that could stand in for an account number.", "Draw fewer pages at once.")
        divided = self._divided(self._given[key], parts)
        return [bare(old)[0] + new + bare(old)[2] for old, new in zip(parts, divided, strict=True)]

    def _divided(self, text: str, parts: Sequence[str]) -> list[str]:
        found = []
        for part in parts:
            length = len(bare(part)[1])
            found.append(text[:length])
            text = text[length:]
        return found

    def _is_month(self, words: Sequence[Shown], other: int, at: int) -> bool:
        if not 0 <= other < len(words) or words[other].line != words[at].line:
            return False
        return any(folded(words[other].text) in months(code) for code in LANGUAGES)

    def _whole(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))


def _cased(text: str, like: str) -> str:
    """A text in the letters' case of another."""
    if any(char.isdigit() for char in like):
        return text
    return text.upper() if like.isupper() and len(like) > 1 else text.lower() if like.islower() else text
