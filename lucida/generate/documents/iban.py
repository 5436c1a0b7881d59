"""Account numbers with check digits that hold: ISO 13616, whose digits are those of ISO 7064, MOD 97-10."""

from __future__ import annotations

import re

_LOOKS = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def with_check_digits(country: str, account: str) -> str:
    """The IBAN of a country's account number (BBAN), without spaces.

    Args:
        country: two capital letters.
        account: capital letters and digits.
    """
    rest = _remainder(f"{account}{country}00")
    return f"{country}{98 - rest:02d}{account}"


def is_iban(text: str) -> bool:
    """Whether a text, spaces apart, is an account number whose check digits hold."""
    plain = "".join(text.split())
    return _LOOKS.fullmatch(plain) is not None and _remainder(plain[4:] + plain[:4]) == 1


def _remainder(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
