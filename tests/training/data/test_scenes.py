from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lucida.training.data.packed import PackedSet
from lucida.training.data.packing import pack
from lucida.training.data.pictograms import Pictograms
from lucida.training.data.scene_plans import Planner, Thing
from lucida.training.data.scene_things import COLOURS, SHAPES, Nameable, counted, nameable, plural, shape_mask
from lucida.training.data.scenes import Scenes, tinted

ANIMALS = [Nameable("cat", (0,)), Nameable("fox", (1, 2)), Nameable("sheep", (3,))]


@pytest.fixture
def pictograms(modules: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "pictograms"
    pack(folder, Pictograms(modules, side=24, styles=("noto", "fxemoji")))
    return folder


@pytest.mark.parametrize(
    ("one", "many"),
    [("cat", "cats"), ("box", "boxes"), ("wolf", "wolves"), ("baby chick", "baby chicks"), ("bus", "buses"),
     ("tropical fish", "tropical fish"), ("cherry", "cherries"), ("monkey", "monkeys"), ("potato", "potatoes"),
     ("jellyfish", "jellyfish")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_counting_bends_the_article() -> None:
    assert counted(1, "orange cat") == "an orange cat"
    assert counted(1, "unicorn") == "a unicorn"
    assert counted(3, "red wolf") == "three red wolves"


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_fill_their_square_and_leave_something_free(name: str) -> None:
    mask = shape_mask(name, 32)
    assert mask.shape == (32, 32)
    assert 0.2 < mask.mean() / 255 < 0.92
    assert (mask > 128).any(axis=0).sum() >= 24 or (mask > 128).any(axis=1).sum() >= 24


def test_plans_are_settled_by_seed_and_number() -> None:
    first, again, other = (Planner(ANIMALS, seed) for seed in (1, 1, 2))
    assert [first.plan(n) for n in range(50)] == [again.plan(n) for n in range(50)]
    assert [first.plan(n) for n in range(50)] != [other.plan(n) for n in range(50)]


def kinds_of(things: tuple[Thing, ...]) -> Counter[str]:
    return Counter(thing.words for thing in things)


def test_captions_count_what_is_there() -> None:
    planner, seen = Planner(ANIMALS, 3), 0
    for job in range(600):
        plan = planner.plan(job)
        kinds = kinds_of(plan.things)
        if plan.style == 3:  # a whole painted scene
            assert not plan.things
            continue
        for words, number in kinds.items():
            said = counted(number, words)
            bare = words.split(" ")[-1]
            in_size = any(f"{size} {words}" in plan.captions[0] for size in ("big", "small"))
            assert said in plan.captions[0] or in_size, (plan.captions, bare)
            seen += 1
    assert seen > 600


def test_captions_tell_positions_truly() -> None:
    planner, seen = Planner([], 4), Counter[str]()
    for job in range(1500):
        plan = planner.plan(job)
        for caption in plan.captions if plan.things else ():
            for word, axis, sign in (("left of", "x", 1), ("right of", "x", -1), ("above", "y", 1), ("below", "y", -1)):
                if f" {word} " not in caption:
                    continue
                head = caption.split(f" {word} ")[0].removesuffix(" to the")
                first = next(thing for thing in plan.things if counted(1, thing.words) == head)
                other = next(thing for thing in plan.things if thing is not first)
                assert sign * (getattr(other, axis) - getattr(first, axis)) > 0.2, caption
                seen[word] += 1
    assert min(seen.values()) > 50


def test_things_do_not_cover_each_other() -> None:
    planner = Planner(ANIMALS, 5)
    for job in range(400):
        things = planner.plan(job).things
        for n, one in enumerate(things):
            for other in things[n + 1 :]:
                apart = max(abs(one.x - other.x), abs(one.y - other.y))
                assert apart > 0.8 * (one.size + other.size) / 2


def test_the_ground_has_none_of_the_things_colours() -> None:
    planner = Planner([], 6)
    for job in range(300):
        plan = planner.plan(job)
        if plan.ground.colours[:1] != ("white",):
            assert not {thing.colour for thing in plan.things} & {*plan.ground.colours}


def test_painted_colours_are_the_ones_that_are_named() -> None:
    recipe = Scenes(250, side=48, seed=1)
    checked = 0
    for job in range(len(recipe)):
        plan = recipe.plan(job)
        for thing in plan.things:
            if thing.noun in {"circle", "square", "hexagon", "pentagon"}:
                pixels = recipe.draw(job).pixels
                middle = pixels[round(thing.y * 48), round(thing.x * 48)].astype(int)
                assert np.abs(middle - COLOURS[thing.colour]).max() < 60, (thing, middle)
                checked += 1
    assert checked > 50


def test_a_tint_keeps_the_drawing_and_takes_the_colour() -> None:
    pixels = np.full((20, 20, 3), 255, np.uint8)
    pixels[2:18, 2:18] = (240, 230, 60)
    pixels[6:10, 6:10] = (20, 20, 20)
    alpha = np.zeros((20, 20), np.uint8)
    alpha[2:18, 2:18] = 255
    blue = tinted(pixels, alpha, COLOURS["blue"]).astype(int)
    body, eye = blue[14, 14], blue[8, 8]
    assert body[2] > body[0] + 60
    assert eye.sum() < body.sum() - 100
    assert (blue[0, 0] == 255).all()


def test_only_pictograms_with_plain_names_are_placed(pictograms: Path) -> None:
    names = {one.name for one in nameable(PackedSet.open(pictograms))}
    assert names == {"lemon", "banana"}  # "red apple" brings its colour, "ear of corn" is long, a flag stands nowhere
    assert not nameable(PackedSet.open(pictograms), ["fxemoji"])  # who draws no lemon


def test_the_recipe_packs_scenes_with_and_without_pictograms(pictograms: Path, tmp_path: Path) -> None:
    for place, held in ((None, ()), (pictograms, ("noto",))):
        packed = pack(tmp_path / f"scenes{bool(place)}", Scenes(40, place, held, side=32, seed=2))
        assert packed.pixels.shape == (40, 32, 32, 3)
        assert packed.alpha is None
        assert len(set(packed.card.concepts)) == len(packed.card.concepts)
        assert packed.pixels.reshape(40, -1).std(axis=1).min() > 1


def test_one_pictogram_is_too_few_to_tell_apart() -> None:
    planner = Planner(ANIMALS[:1], 1)
    assert {planner.plan(job).style for job in range(60)} == {0, 3}


def test_the_same_job_gives_the_same_picture(tmp_path: Path) -> None:
    one, two = Scenes(20, side=32, seed=9), Scenes(20, side=32, seed=9)
    for job in (3, 11, 3):
        assert np.array_equal(one.draw(job).pixels, two.draw(job).pixels)
    assert one.fingerprint() == two.fingerprint()
    assert Scenes(20, side=32, seed=8).fingerprint() != one.fingerprint()
