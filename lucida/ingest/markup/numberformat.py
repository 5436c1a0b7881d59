"""Numbers of a spreadsheet as its number formats show them: dates, percentages, decimals, currencies.

The formats are those of ECMA-376, part 1, 18.8.30; of their language only what changes the meaning of a number is read.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

#: Built-in formats that matter; all dates are shown as ISO 8601.
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0", 39: "#,##0.00",
    40: "#,##0.00", **dict.fromkeys((14, 15, 16, 17, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), "hh:mm"), 22: "yyyy-mm-dd hh:mm",
}  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")
#: Day 0 of the calendar of 1900, which counts a 29 February that never was.
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_MAX_DAYS = 2_958_465


def formats_of(styles: Any) -> list[str]:
    """The number format of each cell style, in the order in which cells refer to them.

    Args:
        styles: root element of ``xl/styles.xml``.
    """
    codes: dict[int, str] = dict(_BUILT_IN)
    found: list[str] = []
    for part in styles:
        name = str(part.tag).rpartition("}")[2]
        if name == "numFmts":
            codes.update({int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in part})
        elif name == "cellXfs":
            found = [codes.get(int(one.get("numFmtId", 0)), "") for one in part]
    return found


def show_number(text: str, code: str, *, from_1904: bool = False) -> str:
    """A number as the format shows it.

    Args:
        text: as saved.
        code: the format; empty for a general one.
        from_1904: whether days count from 1904 rather than 1900.
    """
    try:
        value = float(text)
    except ValueError:
        return text
    section = code.partition(";")[0]
    plain = _QUOTED.sub("", section)
    if re.search(r"[ymdhs]", plain, re.IGNORECASE) and not _DIGITS.search(plain.replace("00", "").replace(".0", "")):
        return _date(value, plain.lower(), _EPOCH_1904 if from_1904 else _EPOCH) or _general(value)
    digits = _DIGITS.search(plain)
    if not digits:
        return _general(value)
    percent = "%" in plain
    decimals = min(len(digits.group(1) or ""), 10)
    number = f"{value * 100 if percent else value:{',' if ',' in digits.group() else ''}.{decimals}f}"
    literal = _QUOTED.sub(lambda match: "".join(part or "" for part in match.groups()), section)
    before, after = _around(literal)
    sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}{before}{number}{after}".strip()


def _around(literal: str) -> tuple[str, str]:
    """What stands before and after the digits: currency signs, units, the sign for percent."""
    match = _DIGITS.search(literal)
    if not match:
        return "", ""
    before, after = literal[: match.start()], literal[match.end() :]
    return before.strip("( -+"), re.sub(r"\s+", " ", after).rstrip(") -")


def _general(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"


def _date(value: float, code: str, epoch: datetime) -> str:
    """ISO 8601: date, time or both; empty for a number that is no date."""
    if not 0 <= value <= _MAX_DAYS:
        return ""
    moment = epoch + timedelta(seconds=round(value * 86_400))
    has_date = "y" in code or "d" in code
    if has_date and "h" in code:
        return moment.strftime("%Y-%m-%d %H:%M")
    return moment.strftime("%Y-%m-%d") if has_date or "h" not in code else moment.strftime("%H:%M")
