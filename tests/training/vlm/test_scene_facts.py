"""What is read out of a scene's captions is what was planned."""

from __future__ import annotations

from collections import Counter

import pytest

from lucida.training.data.scene_plans import STYLES, Planner
from lucida.training.data.scene_things import Nameable, plural
from lucida.training.vlm.scene_facts import Facts, Group, facts_of

PLANNER = Planner([Nameable("cat", (0,)), Nameable("fire engine", (1,)), Nameable("sheep", (2,))], 5)


@pytest.mark.parametrize("job", range(150))
def test_facts_are_the_plan(job: int) -> None:
    plan = PLANNER.plan(job)
    painted = plan.style == len(STYLES) - 1
    facts = facts_of(plan.captions, painted=painted)
    assert facts is not None
    if painted:
        assert (facts.groups, facts.name) == ((), plan.captions[1])
        return
    planned = Counter((thing.colour, thing.noun) for thing in plan.things)
    many = {(colour, noun if count == 1 else plural(noun)): count for (colour, noun), count in planned.items()}
    assert {(group.colour, group.noun): group.count for group in facts.groups} == many
    if facts.relation:
        first, second = plan.things
        assert first.x < second.x - 0.2 if facts.relation == "left of" else first.y < second.y - 0.2
    if facts.behind:
        assert plan.ground.colours == (facts.behind,)
    assert bool(facts.place) == (plan.ground.kind in {"beach", "mountains", "forest", "desert", "night-city"})


def test_sizes_and_grounds_are_told() -> None:
    captions = ("a big red cat and a small fox on an orange background", "a big red cat and a small fox")
    groups = (Group(1, "red", "cat", "big"), Group(1, "", "fox", "small"))
    assert facts_of(captions, painted=False) == Facts(groups, "", "orange", "", captions)


def test_a_size_may_be_part_of_a_name() -> None:
    one = facts_of(("a small aeroplane on a beach", "a small aeroplane"), painted=False)
    assert one is not None
    assert (one.groups, one.place) == ((Group(1, "", "small aeroplane"),), "on a beach")
    two = facts_of(("a small aeroplane above a big wheel",), painted=False)
    assert two is not None
    assert [group.words for group in two.groups] == ["small aeroplane", "big wheel"]


@pytest.mark.parametrize("captions", [("some cats",), ("a cat and a dog and a fox",), ("cat",), ("a",)])
def test_other_captions_are_left_alone(captions: tuple[str, ...]) -> None:
    assert facts_of(captions, painted=False) is None
    assert facts_of(captions, painted=True) is None
