"""Names and addresses that no label announces: who is printed at the top of a paper, and the blocks of addresses.

A letterhead is the firm by its legal form, else what is set largest in the upper part of the first page and is no title
of a kind of paper. An address is lines with a street, a number or a postcode, one right under the other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.labels import looks_like_label
from lucida.query.layout import Run
from lucida.query.terms import tokens
from lucida.query.typed import find_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lucida.query.layout import Layout

#: Letterheads stand in this upper share of what is printed; no address begins below the second one.
_TOP, _UPPER = 0.25, 0.55
#: Rows of a narrow slip that are looked at, however short it is.
_ROWS = 8
_LONGEST = 7
#: Lines of an address follow each other within so many word heights, and begin so near each other.
_LINE, _EDGE = 1.2, 1.5
#: Wide spaces within a line, in heights of its letters.
_SPACE = 1.3
#: Lines that a name or an address may take.
_NAME_LINES, _ADDRESS_LINES = 3, 6
#: Words of a line that names a town, a state or a country.
_PLACE_WORDS = 4
#: Titles of kinds of papers are set large, too.
_TITLES = frozenset(
    """invoice receipt letter statement account bill tax commercial sales report annual quarterly progress summary data
    sheet form application registration claim order note memo list price catalogue specification technical product
    page cash simplified credit debit official copy duplicate original welcome thank you please come again
    rechnung quittung beleg brief kontoauszug bericht antrag datenblatt facture recu releve rapport formulaire
    factura recibo extracto informe formulario solicitud""".split()  # noqa: SIM905 - easier to read as a paragraph
)
_STREET = re.compile(r"^\d+\w?\b.*[^\W\d_]{2}|[^\W\d_]{2}.*\b\d+\w?$")
_POSTCODE = re.compile(r"\b\d{4,6}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s?\d[A-Z]{2}\b")
#: A firm's legal form ends its name, but for its number in the register.
_FORMS = (
    r"\b(?:sdn\.?\s?b[hn]d|berhad|bhd|s/b|ltd|limited|inc|llc|llp|corp|corporation|company|co|pte|pty|plc|enterprises?|trading"
    r"|holdings?|gmbh|ag|kgaa|kg|ohg|ug|e\.?\s?k|s\.?a\.?r\.?l|s\.?a\.?s?|s\.?l|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|a\.?b|a/s|oy)\b[.,)]*"
)
_LEGAL = re.compile(_FORMS + r"\s*$", re.IGNORECASE)
#: A name does not begin with these: what stands over them does.
_LATER = frozenset({"co", "enterprise", "enterprises", "trading", "holding", "holdings", "group", "services", "supply"})
#: The number of a firm in a register, in brackets behind its name or on a line of its own: "(417940-M)", "81109-A".
_REGISTERED = re.compile(r"\s*[(\[][^()\[\]]*\d[^()\[\]]*[)\]]?[.,\s]*$")
_FIRM_AND_NUMBER = re.compile(rf"^.*?{_FORMS}(?=\W*\w*\d)", re.IGNORECASE)
_TELEPHONE = re.compile(r"^\+?[\d\s()/-]{7,}$")
_BARE_NUMBER = re.compile(r"^[\W_]*(?:[a-z]{0,3}\W?)?\d[\d\W]*[a-z]?[\W_]*$", re.IGNORECASE)
#: Words of streets and buildings.
_PREMISES = frozenset(
    """street st road rd avenue ave lane drive dr boulevard blvd way court square plaza mall centre center building bldg
    floor level suite unit lot block house box highway park terrace close jalan jln lorong taman bandar kampung
    persiaran strasse str weg platz allee gasse ring damm ufer rue place chemin quai impasse calle avenida avda plaza
    paseo via corso no""".split()  # noqa: SIM905 - easier to read as a paragraph
)
#: What ends an address: how else to reach the firm, what it is registered as, and what the paper is.
_NO_ADDRESS = re.compile(
    r"\b(?:tel|telephone|phone|fax|mobile|hp|email|www|web|gst|vat|sst|tax|ust|tva|iva|reg|roc|brn|invoice|receipt|bill|date|"
    r"time|table|cashier|order|member|server|datum|rechnung|telefon|steuernummer|facture|siret|nif|cif|id)\b|@"
    r"|\b(?:company|co)\W+(?:no|reg)\b|\d[.,]\d\d\b",
    re.IGNORECASE,
)
#: What an address may be announced by, on its own line.
_ANNOUNCED = re.compile(r"^.{0,12}\b(?:add|addr|address|adresse|anschrift|hq|office)\b[^:]{0,8}:\s*", re.IGNORECASE)
_LABELLED = re.compile(r":\s*\S*\d")


def letterheads(layout: Layout) -> Iterator[Run]:
    """Names near the top that may be the sender's: firms by their legal form, then the largest first."""
    top = [bare for run in _upper_runs(layout) if (bare := _bare(run)) is not None]
    firms = [_whole_name(top, number) for number, run in enumerate(top) if _LEGAL.search(run.text)]
    yield from (firm for firm in firms if may_name(firm, longest=2 * _LONGEST))
    fitting = [run for run in top if may_name(run) and not of_address(run)]
    yield from sorted(fitting, key=lambda run: (-round(_height(run) / layout.height, 1), run.y0))


def sender_address(layout: Layout, name: Run | None) -> Run | None:
    """The lines of the first address near the top, below a name if there is one."""
    lines = [_address_part(joined(row, layout.height)) for row in layout.rows]
    below = next((n + 1 for n, line in enumerate(lines) if name is not None and name.words[-1] in line.words), 0)
    for first in dict.fromkeys((below, 0)):
        for number in range(first, min(first + _ROWS, len(lines))):
            if block := _address_from(lines, number, layout.height):
                return _unannounced(Run(tuple(word for line in block for word in line.words)))
    return None


def addressed(layout: Layout) -> Iterator[Run]:
    """First lines of addresses, names over a street and a postcode, from the top."""
    upper = _down_to(layout, _UPPER)
    runs = [run for row in layout.rows for run in joined(row, layout.height) if run.y0 < upper]
    for run in runs:
        second = _under(run, runs, layout.height)
        third = _under(second, runs, layout.height) if second is not None else None
        if second is None or third is None or not may_name(run):
            continue
        if _STREET.search(second.text) and _POSTCODE.search(third.text):
            yield run


def may_name(run: Run, *, longest: int = _LONGEST) -> bool:
    """Whether a run can be a name at all: capitals, no numerals, neither a title of a paper nor a label."""
    text, words = run.text, [token.folded for token in tokens(run.text)]
    named = any(word.text[:1].isupper() and len(word.text) > 2 for word in run.words)
    numbered = any(map(str.isdigit, text)) and not _LEGAL.search(text)
    reached = "@" in text or find_spans(text, ValueType.WEB)
    if not named or numbered or reached or looks_like_label(run) or len(words) > longest:
        return False
    return any(len(word) > 2 for word in words) and not _TITLES.issuperset(words)


def joined(row: tuple[Run, ...], height: float) -> list[Run]:
    """A row's runs, those put together that only the wide spaces of large letters part."""
    found: list[Run] = []
    for run in row:
        last = found[-1] if found else None
        large = max(min(run.words[0].height, last.words[-1].height), height) if last else height
        if last is not None and run.x0 - last.x1 < _SPACE * large:
            found[-1] = Run((*last.words, *run.words))
        else:
            found.append(run)
    return found


def _down_to(layout: Layout, share: float) -> float:
    """How far down a share of what is printed reaches."""
    runs = [run for row in layout.rows for run in row]
    head, foot = min((run.y0 for run in runs), default=0.0), max((run.y1 for run in runs), default=0.0)
    return head + share * (foot - head)


def _upper_runs(layout: Layout) -> list[Run]:
    top, upper = _down_to(layout, _TOP), _down_to(layout, _UPPER)
    return [
        run
        for number, row in enumerate(layout.rows)
        for run in joined(row, layout.height)
        if run.y0 < top or (number < _ROWS and run.y0 < upper)
    ]


def _bare(run: Run) -> Run | None:
    """Without what an engine made of a mark before a name, a sign or a letter, and without a register's number."""
    start = 1 if len(run.words) > 1 and len(run.words[0].text) == 1 and run.words[0].text != "&" else 0
    bare = run.since(start)
    if bare is None:
        return None
    firm, cut = _FIRM_AND_NUMBER.search(bare.text), _REGISTERED.search(bare.text)
    name = firm.group() if firm else bare.text[: cut.start()] if cut else bare.text
    kept = len(name.split())
    return replace(bare, words=bare.words[:kept]) if kept else None


def _whole_name(runs: Sequence[Run], number: int) -> Run:
    """A firm with the lines above that its name began on: the last one alone is no name, or closes a bracket."""
    words = runs[number].words
    for above in reversed(runs[max(number - _NAME_LINES + 1, 0) : number]):
        text = " ".join(word.text for word in words)
        own = _LEGAL.sub("", text).strip(" .,&()")
        first = [token.folded for token in tokens(own)][:1]
        begun = text.startswith("&") or text.count(")") > text.count("(") or not own or not _LATER.isdisjoint(first)
        if not begun or any(map(str.isdigit, above.text)):
            break
        words = (*above.words, *words)
    return Run(words)


def _address_from(lines: Sequence[Run], number: int, height: float) -> list[Run]:
    """The address that begins on a line; nothing where none does."""
    block: list[Run] = []
    for place in range(number, min(number + _ADDRESS_LINES, len(lines))):
        line = lines[place]
        if block and line.y0 - block[-1].y1 > _LINE * max(height, _height(line)):
            break
        if not of_address(line) and not (block and _goes_on(block[-1], line, lines[place + 1 : place + 2])):
            break
        block.append(line)
    whole = " ".join(line.text for line in block)
    placed = len(block) > 1 or _POSTCODE.search(whole) or (block and re.match(r"\d", whole))
    return block if placed and any(map(str.isdigit, whole)) else []


def of_address(line: Run) -> bool:
    """Whether a line can only be a part of an address: a street, premises, a town with its postcode."""
    text = _ANNOUNCED.sub("", line.text)
    if _NO_ADDRESS.search(text) or _BARE_NUMBER.match(text) or text.rstrip().endswith(":") or _LABELLED.search(text):
        return False
    if any(len(span.text) > len("2024") for span in find_spans(text, ValueType.DATE)):
        return False
    words = [token.folded for token in tokens(text)]
    lettered = any(len(word) > 2 and word.isalpha() for word in words)
    numbered = any(map(str.isdigit, text))
    return lettered and (
        not _PREMISES.isdisjoint(words)
        or (numbered and bool(_STREET.search(text) or _POSTCODE.search(text)))
        or (numbered and text.rstrip().endswith(","))
    )


def _address_part(runs: Sequence[Run]) -> Run:
    """A row without telephone numbers; of a row that is no address as a whole, the run that is one."""
    kept = [run for run in runs if not _TELEPHONE.match(run.text)] or runs
    line = Run(tuple(word for run in kept for word in run.words))
    return line if of_address(line) else next((run for run in kept if of_address(run)), line)


def _goes_on(last: Run, line: Run, following: Sequence[Run]) -> bool:
    """Whether a line that names a place and no more belongs to an address whose last line is given.

    Right below a street it may have a numeral: a postcode that was misread.
    """
    words = [token.folded for token in tokens(line.text)]
    lettered = any(len(word) > 2 and word.isalpha() for word in words)
    if not lettered or len(words) > _PLACE_WORDS or looks_like_label(line):
        return False
    if _NO_ADDRESS.search(line.text) or not _TITLES.isdisjoint(words):
        return False
    ended = bool(_POSTCODE.search(last.text))
    if any(map(str.isdigit, line.text)):
        return not ended and bool(_STREET.search(last.text))
    return ended or last.text.rstrip().endswith((",", ".")) or any(of_address(line) for line in following)


def _unannounced(block: Run) -> Run:
    """An address without the words that announce it."""
    said = _ANNOUNCED.search(block.text)
    return (block.since(len(said.group().split())) or block) if said else block


def _under(run: Run, runs: list[Run], height: float) -> Run | None:
    """The run right below another at the same left edge."""
    near = (
        other
        for other in runs
        if abs(other.x0 - run.x0) < _EDGE * height and other.y0 > run.y0 and other.y0 - run.y1 < _LINE * height
    )
    return min(near, key=lambda other: other.y0, default=None)


def _height(run: Run) -> float:
    return max(word.height for word in run.words)
