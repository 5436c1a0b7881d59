"""What drawn papers somebody wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from lucida.errors import UsageError
from lucida.generate.documents.kinds import KINDS, check_kinds
from lucida.generate.documents.tongues import tongue
from lucida.generate.documents.wearing import check_wears

WRITTEN = ("pdf", "png")


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """Everything that drawn papers follow from: the same request gives the same bytes.

    Attributes:
        seed: of everything.
        count: papers; of own pages, versions of each.
        kinds: of papers, in turn; does not bear on own pages.
        languages: of papers, drawn for each; does not bear on own pages.
        wear: what may have happened to a paper, drawn for each.
        strength: of the wear, 0..1.
        text_layer: whether PDFs have text that can be selected.
        written: "pdf", or "png" for pictures alone; papers of several pages are PDFs in any case, and pictures of all
            pages always go with the annotations.
        dpi: of pictures.
        letters_pt: size of running text in points, None for usual ones.
    """

    seed: int = 0
    count: int = 20
    kinds: tuple[str, ...] = tuple(KINDS)
    languages: tuple[str, ...] = ("en",)
    wear: tuple[str, ...] = ("none",)
    strength: float = 0.5
    text_layer: bool = True
    written: str = "pdf"
    dpi: int = 150
    letters_pt: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises:
            UsageError: a number or a name makes no sense.
        """
        check_kinds(self.kinds)
        check_wears(self.wear)
        for code in self.languages:
            tongue(code)
        if self.written not in WRITTEN:
            raise UsageError(f"Papers are not written as {self.written!r}.", f"Choose of: {', '.join(WRITTEN)}.")
        if not (self.kinds and self.languages and self.wear):
            raise UsageError("Nothing is left to draw.", "Name at least one kind, language and wear.")
        if self.count < 1 or self.seed < 0:
            raise UsageError("Papers begin at 1, seeds at 0.", "Give larger numbers.")
        if not 0 <= self.strength <= 1:
            raise UsageError(f"A strength of {self.strength:g} makes no sense.", "Give one from 0 to 1.")
        if not 36 <= self.dpi <= 600:
            raise UsageError(f"{self.dpi} dpi are too few or too many.", "Give 36 to 600.")
        if self.letters_pt is not None and not 3 <= self.letters_pt <= 18:
            raise UsageError(f"Letters of {self.letters_pt:g} pt are too small or too large.", "Give 3 to 18.")

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote, whatever else stands beside it."""
        known = {entry.name for entry in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key in known
        }
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
