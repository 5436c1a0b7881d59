"""The route of a question over several documents: which take part, what each says, one answer with a place for each."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from lucida.query.layout import lay_out
from lucida.query.proving import cited
from lucida.query.several.combining import Combined, combine, counted
from lucida.query.several.comparing import choose, compare
from lucida.query.several.documents import Found, Unit, find_units, speaking
from lucida.query.several.kinds import DOCUMENT, heading
from lucida.query.several.narrowing import dated, limited, shown_by
from lucida.query.several.parts import Asking, Part
from lucida.query.several.plan import Operation, Plan, Restriction
from lucida.query.several.versions import changes, closest_pair, ordered
from lucida.query.verification import evidence_of, locate
from lucida.types import Citation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lucida.index import Index
    from lucida.index.records import Filter, PageRow

#: So many places are cited; an answer that rests on more says so.
MOST_CITATIONS = 24
_MOST_CHANGES = 12
#: How sure it is that a document is of its kind and says what it was restricted to: set by hand.
_KNOWN = 0.9


class Outcome(NamedTuple):
    """What came of it.

    Attributes:
        combined: the answer; None to abstain.
        citations: places that prove it, a page each.
        pages: the cited pages by source and number.
        unit: the document that was found, where it is one.
        sentence: what to say of an abstention.
        values: whether the citations are of values, which a file may show otherwise than it says.
    """

    combined: Combined | None
    citations: tuple[Citation, ...] = ()
    pages: Mapping[tuple[str, int], PageRow] = MappingProxyType({})
    unit: Unit | None = None
    sentence: str = ""
    values: bool = False


class Route:
    """One question's way.

    Args:
        index: an open library index.
        plan: the question, taken apart.
        where: which sources may take part.
        asking: puts questions to documents and tells the trace.
        note: takes a step of the trace, its name and its detail.
    """

    def __init__(
        self, index: Index, plan: Plan, where: Filter, asking: Asking, note: Callable[[str, str], None]
    ) -> None:
        self._index, self._plan, self._where = index, plan, where
        self._asking, self._note = asking, note
        self._warnings: list[str] = []

    def outcome(self) -> Outcome | None:
        """The answer, or an abstention; None where the question is better read as one of a single page."""
        plan = self._plan
        found = find_units(self._index, plan, self._where, self._asking.late)
        units = list(speaking(found.units, self._sideless(plan.among)))
        units, apart = limited(self._asking, dated(self._asking, units, plan.among), plan.among)
        self._warnings += apart
        self._note("documents", self._counted(found, units))
        self._beyond(found, units)
        ways = {Operation.COUNT: self._count, Operation.COMPARE: self._compare, Operation.CHANGES: self._changes}
        outcome = ways.get(plan.operation, self._combine)(found, units)
        if outcome is None or outcome.combined is None:
            return outcome
        if self._asking.passed_over:
            self._warnings.append("Time was up before all documents were read.")
        warnings = (*self._warnings, *outcome.combined.warnings)
        return outcome._replace(combined=replace(outcome.combined, warnings=tuple(dict.fromkeys(warnings))))

    @staticmethod
    def _sideless(among: Restriction) -> Restriction:
        return replace(among, months=())

    def _counted(self, found: Found, units: Sequence[Unit]) -> str:
        plan = self._plan
        said = f"{counted(plan.kind, len(found.units))}"
        said += f", {len(units)} speaking of {plan.among.text!r}" if not plan.among.empty else ""
        said += f", {len(found.copies)} left out as copies" if found.copies else ""
        return said + (f", {found.beyond} more files not opened" if found.beyond else "")

    def _beyond(self, found: Found, units: Sequence[Unit]) -> None:
        plan = self._plan
        if found.beyond:
            self._warnings.append(
                f"{found.beyond} more files were not opened; narrow the question down, or give it more time."
            )
        if found.copies and plan.operation in (Operation.COUNT, Operation.SUM, Operation.MEAN):
            copy, original = found.copies[0]
            self._warnings.append(f"{copy} is a copy of {original} and is not counted.")
        if plan.expected is not None and plan.expected != len(units):
            self._warnings.append(
                f"The question speaks of {plan.expected} {plan.kind.plural}; there {_be(len(units))}."
            )

    def _combine(self, found: Found, units: list[Unit]) -> Outcome | None:
        plan = self._plan
        if not units:
            # Single pages cannot add up or list what several say; the most of something, one of them may tell.
            alone = plan.operation is Operation.EXTREME or not plan.fields
            return None if alone and not found.units else Outcome(None)
        fields = plan.fields or shown_by(plan)
        if not fields:
            return self._enumerated(units)
        parts = self._asking.each(units, fields, numeric=plan.operation is not Operation.LIST or not plan.fields)
        if plan.operation is Operation.EXTREME and len(units) == 1 and parts[0].proved is None:
            return self._only(units[0])
        if plan.operation in (Operation.SUM, Operation.MEAN):
            parts = self._once(parts)
        combined = combine(plan, parts)
        if combined is None:
            # Documents are not known to have such a field at all: a page may answer the question all the same.
            return Outcome(None) if plan.sure else None
        unit = combined.rests_on[0].unit if plan.operation is Operation.EXTREME else None
        if unit is not None and not plan.then:
            combined = self._numbered(combined)
        return self._proved(combined, unit)

    def _only(self, unit: Unit) -> Outcome:
        """The only document of its kind is the largest and the latest, whatever it says."""
        self._warnings.append(f"There is only one {self._plan.kind.name} to choose from.")
        place = _shown(unit, self._plan)
        outcome = self._cited(Combined(unit.name, (), _KNOWN), [place] if place is not None else [], [unit])
        return outcome._replace(unit=unit)

    def _numbered(self, combined: Combined) -> Combined:
        """The document that was found, by the number it bears as well."""
        first = combined.rests_on[0]
        if not first.unit.kind.number or "; " in combined.text:
            return combined
        number = self._asking.each([first.unit], (first.unit.kind.number,), numeric=False, look=False)[0]
        if number.proved is None or number.text in combined.text:
            return combined
        text = combined.text.replace(first.unit.name, f"{number.text} ({first.unit.name})", 1)
        return replace(combined, text=text, citations=(cited(number.proved),))

    def _once(self, parts: list[Part]) -> list[Part]:
        """Documents that bear the same number and say the same are one, met twice: a file and its scan."""
        field = self._plan.kind.number
        if not field or len(parts) < 2:
            return parts
        numbers = self._asking.each([part.unit for part in parts], (field,), numeric=False, look=False)
        seen: dict[tuple[str, str], Unit] = {}
        kept = []
        for part, number in zip(parts, numbers, strict=True):
            key = (number.text, str(part.value.number) if part.value is not None else "")
            if number.proved is not None and part.proved is not None and key in seen:
                self._warnings.append(
                    f"{part.unit.name} bears the same number as {seen[key].name} and is counted once."
                )
                continue
            seen[key] = part.unit
            kept.append(part)
        return kept

    def _enumerated(self, units: list[Unit]) -> Outcome:
        """The documents themselves, each with the place that shows that it is meant."""
        plan = self._plan
        text = "; ".join(unit.name for unit in units)
        if plan.among.paid is False:
            self._warnings.append(f"None of these says that it was paid; whether it was, no {plan.kind.name} knows.")
        citations = [_shown(unit, plan) for unit in units]
        return self._cited(Combined(text, (), _KNOWN), [one for one in citations if one is not None], units)

    def _count(self, found: Found, units: list[Unit]) -> Outcome | None:
        if not found.units:
            return Outcome(None)
        parts = (
            self._once([Part(unit, None) for unit in units]) if len(units) > 1 else [Part(unit, None) for unit in units]
        )
        names = ", ".join(part.unit.name for part in parts[:12]) + (
            f" and {len(parts) - 12} more" if len(parts) > 12 else ""
        )
        if not parts:
            return Outcome(None, sentence=f"None of {counted(self._plan.kind, len(found.units))} here speaks of that.")
        citations = [_shown(part.unit, self._plan) for part in parts]
        combined = Combined(f"{counted(self._plan.kind, len(parts))}: {names}", (), _KNOWN)
        return self._cited(combined, [one for one in citations if one is not None], units)

    def _compare(self, found: Found, units: list[Unit]) -> Outcome | None:
        plan = self._plan
        others = found.units
        if plan.other is not None:
            others = find_units(self._index, replace(plan, kind=plan.other), self._where, self._asking.late).units
        pools = (found.units, others)
        chosen = [self._side(pool, side) for pool, side in zip(pools, plan.sides or (), strict=False)]
        if len(chosen) != 2 or chosen[0] is None or chosen[1] is None or chosen[0] is chosen[1]:
            return None if len({unit.name for pool in pools for unit in pool}) < 2 else Outcome(None)
        parts = self._asking.each([chosen[0], chosen[1]], plan.fields, numeric=True)
        combined = (choose if plan.which else compare)(plan, parts[0], parts[1])
        return Outcome(None) if combined is None else self._proved(combined, None)

    def _side(self, units: Sequence[Unit], side: Restriction) -> Unit | None:
        """The document that one side of a comparison means."""
        meant = dated(self._asking, list(speaking(units, self._sideless(side))), side)
        if len(meant) > 1:
            fit = f"fit {side.text!r}" if side.text else "are here"
            self._warnings.append(f"{counted(meant[0].kind, len(meant))} {fit}; {meant[0].name} was taken.")
        return meant[0] if meant else None

    def _changes(self, found: Found, units: list[Unit]) -> Outcome | None:
        plan = self._plan
        pair = closest_pair(units)
        if plan.sides is not None:
            one, two = (self._side(found.units, side) for side in plan.sides)
            pair = ordered(one, two) if one is not None and two is not None and one is not two else None
        if pair is None:
            return self._apart(units)
        found_changes = changes(*pair)
        self._note("align", f"{pair[0].name} and {pair[1].name}: {len(found_changes)} changes")
        between = f"from {pair[0].name} to {pair[1].name}"
        if not found_changes:
            return self._cited(Combined(f"Nothing changed {between}", (), _KNOWN), _wholes(pair), pair)
        shown = "; ".join(change.text for change in found_changes[:_MOST_CHANGES])
        more = f"; and {len(found_changes) - _MOST_CHANGES} more" if len(found_changes) > _MOST_CHANGES else ""
        citations = [place for change in found_changes for place in change.citations]
        if not all(unit.whole for unit in pair):
            self._warnings.append("Only the first page of so long a document was compared.")
        return self._cited(Combined(f"{shown}{more} ({between})", (), _KNOWN), citations, pair)

    def _apart(self, units: list[Unit]) -> Outcome | None:
        """Two documents that are no versions of each other differ by what they amount to."""
        if len(units) != 2 or not self._plan.fields:
            return None
        one, other = self._asking.each(units, self._plan.fields, numeric=True)
        combined = compare(replace(self._plan, how_much=True), one, other)
        return None if combined is None else self._proved(combined, None)

    def _proved(self, combined: Combined, unit: Unit | None) -> Outcome:
        """The outcome with a citation for each part that it rests on."""
        places = [part.citation for part in combined.rests_on]
        known = [place for place in places if place is not None]
        cites = [*known[:1], *combined.citations, *known[1:]] if combined.citations else known
        units = [part.unit for part in combined.rests_on]
        return self._cited(combined, cites, units)._replace(unit=unit, values=True)

    def _cited(self, combined: Combined, citations: Sequence[Citation], units: Sequence[Unit]) -> Outcome:
        distinct = list(dict.fromkeys(citations))
        if len(distinct) > MOST_CITATIONS:
            self._note("cite", f"the first {MOST_CITATIONS} of {len(distinct)} places")
        pages = {(page.source, page.number): page for unit in units for page in unit.pages}
        pages |= {
            (part.proved.candidate.page.source, part.proved.candidate.page.number): part.proved.candidate.page
            for part in combined.rests_on
            if part.proved is not None
        }
        return Outcome(combined, tuple(distinct[:MOST_CITATIONS]), pages)


def _be(count: int) -> str:
    return f"{'is' if count == 1 else 'are'} {count} here"


def _shown(unit: Unit, plan: Plan) -> Citation | None:
    """The place that shows that a document is meant: what it was restricted to, its heading, or how it begins."""
    for page in unit.pages:
        for word in plan.among.words:
            if (evidence := locate(word, page.words)) is not None:
                quote = " ".join(page.words[index].text for index in evidence.words)
                return Citation(page.source, page.number, evidence.box, quote)
    page = unit.pages[0]
    words = heading(unit.kind, lay_out(page)) if unit.kind is not DOCUMENT else ()
    line = page.words[0].line if page.words else -1
    indices = words or tuple(index for index, word in enumerate(page.words[:24]) if word.line == line)
    evidence = evidence_of(indices, page.words)
    if evidence is None:
        return None
    return Citation(page.source, page.number, evidence.box, " ".join(page.words[index].text for index in indices))


def _wholes(units: Sequence[Unit]) -> list[Citation]:
    """The first line of each document: there is no better place for "nothing changed"."""
    places = [_shown(unit, Plan(Operation.LIST, unit.kind)) for unit in units]
    return [place for place in places if place is not None]
