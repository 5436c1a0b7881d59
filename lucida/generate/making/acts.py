"""What may have been done to make a file, as C2PA's claims and IPTC's digital source types name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.generate.making.origin import COMPOSED, COMPUTED, ENHANCED, TRAINED

if TYPE_CHECKING:
    from lucida.generate.making.order import Parent


@dataclass(frozen=True, slots=True)
class Act:
    """One way to make a file.

    Attributes:
        source_type: IPTC's digital source type of what comes of it.
        edits: whether the file is a changed form of its one parent, and not something new.
    """

    source_type: str
    edits: bool = False

    def actions(self, tool: str, names: Sequence[str]) -> list[dict[str, Any]]:
        """The claim's actions (C2PA Technical Specification 2.x, "Actions").

        Args:
            tool: what made it.
            names: of the ingredients.
        """
        given = {"parameters": {"ingredientIds": list(names)}} if names else {}
        done = {"digitalSourceType": self.source_type, "softwareAgent": {"name": tool}}
        if self.edits:
            return [{"action": "c2pa.opened", **given}, {"action": "c2pa.edited", **done}]
        return [{"action": "c2pa.created", **done, **given}]

    def ingredient(self, name: str, parent: Parent) -> dict[str, str]:
        """An item as what a file was made from, by its source's name: where the file lies is nobody's business."""
        return {
            "title": Path(parent.source).name,
            "relationship": "parentOf" if self.edits else "inputTo",
            "instance_id": name,
            "label": name,
            "description": f"page {parent.page}",
        }


#: By a model that was trained.
DRAWN = Act(TRAINED)
#: By rules, from nothing.
WRITTEN = Act(COMPUTED)
#: By rules, from a page of which parts were kept.
REWRITTEN = Act(COMPOSED)
#: By rules, from a picture that was changed.
CHANGED = Act(ENHANCED, edits=True)
