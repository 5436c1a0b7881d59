"""What is true of a drawn scene, told from its captions: things with counts and colours, where they are, the ground."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lucida.training.data.scene_plans import PLACES
from lucida.training.data.scene_things import COLOURS, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEHIND = re.compile(r"^on an? (\w+) background$")
#: The first thing's place, as captions say it.
_RELATIONS = ("left of", "above")


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one look.

    Attributes:
        count: how many.
        colour: a name of ``COLOURS``, or empty.
        noun: as printed, in the plural where there are several.
        size: "big" or "small" where the two differ; else empty.
    """

    count: int
    colour: str
    noun: str
    size: str = ""

    @property
    def words(self) -> str:
        return f"{self.colour} {self.noun}".strip()


@dataclass(frozen=True, slots=True)
class Facts:
    """A scene.

    Attributes:
        groups: one or two.
        relation: "left of" or "above", where the first is so of the second; else empty.
        behind: colour of a plain ground; empty where captions name none.
        place: "on a beach" and the like; empty where it is none.
        captions: all that may be said of the whole.
        name: of a painted scene, which has no groups; else empty.
    """

    groups: tuple[Group, ...]
    relation: str
    behind: str
    place: str
    captions: tuple[str, ...]
    name: str = ""


def facts_of(captions: Sequence[str], *, painted: bool) -> Facts | None:
    """Read the captions of a scene; None where they are of another form.

    Args:
        captions: as ``scene_plans`` writes them.
        painted: whether it is a whole painted scene, whose second caption is its name.
    """
    if painted:
        return Facts((), "", "", "", tuple(captions), captions[1]) if len(captions) > 1 else None
    core, ground = _parted(captions)
    found = _BEHIND.match(ground)
    behind = found[1] if found else ""
    relation = next((one for one in _RELATIONS if f" {one} " in core), "")
    parts = core.split(f" {relation} ") if relation else core.split(" and ")
    groups = [_group(part) for part in parts]
    if not 1 <= len(groups) <= 2 or any(group is None for group in groups):
        return None
    place = ground if ground in PLACES.values() else ""
    whole = [group for group in groups if group]
    if [group.size for group in whole] != ["big", "small"]:
        whole = [_unsized(group) for group in whole]
    return Facts(tuple(whole), relation, behind, place, tuple(captions))


def _parted(captions: Sequence[str]) -> tuple[str, str]:
    """What is there, and before what."""
    if len(captions) > 1 and captions[0].startswith(captions[1] + " "):
        rest = captions[0][len(captions[1]) + 1 :]
        if _BEHIND.match(rest) or rest in PLACES.values():
            return captions[1], rest
    return captions[0], ""


def _unsized(group: Group) -> Group:
    """With a size that is part of its name, as in "small aeroplane"."""
    return replace(group, noun=f"{group.size} {group.noun}", size="") if group.size else group


def _group(text: str) -> Group | None:
    number, _, rest = text.partition(" ")
    count = 1 if number in {"a", "an"} else NUMBERS.index(number) if number in NUMBERS else 0
    words = rest.split(" ")
    size = words.pop(0) if words[0] in {"big", "small"} and len(words) > 1 else ""
    colour = words.pop(0) if words[0] in COLOURS and len(words) > 1 else ""
    return Group(count, colour, " ".join(words), size) if count and words[0] else None
