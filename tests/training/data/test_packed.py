from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import DamagedSourceError, UsageError
from lucida.training.data.packed import Card, PackedSet, lay_on
from lucida.training.data.packing import BLOCK, Drawn, pack


class Dots:
    """Pictures that are all of one value, their job's; every fifth has nothing to show."""

    def __init__(self, jobs: int, *, transparent: bool = False, fail_at: int | None = None, mark: str = "dots") -> None:
        self.side, self.transparent = 4, transparent
        self._jobs, self.fail_at, self._mark = jobs, fail_at, mark
        self.drawn: list[int] = []

    def __len__(self) -> int:
        return self._jobs

    def fingerprint(self) -> str:
        return self._mark

    def draw(self, job: int) -> Drawn | None:
        if job == self.fail_at:
            raise OSError("no space left on device")
        self.drawn.append(job)
        pixels = np.full((4, 4, 4 if self.transparent else 3), job % 251, np.uint8)
        return None if job % 5 == 4 else Drawn(pixels, job % 3, job % 2)

    def card(self) -> Card:
        return Card(styles=("a", "b"), concepts=(("one", "uno"), ("two",), ("three",)), source="here", licence="none")


def values(jobs: int) -> list[int]:
    return [job % 251 for job in range(jobs) if job % 5 != 4]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_set_holds_what_was_drawn_in_order(tmp_path: Path, workers: int) -> None:
    packed = pack(tmp_path / "set", Dots(3 * BLOCK + 7), workers=workers)
    assert packed.pixels[:, 0, 0, 0].tolist() == values(3 * BLOCK + 7)
    assert isinstance(packed.pixels, np.memmap)
    assert packed.concepts.dtype == np.int32
    assert packed.styles.dtype == np.int16
    assert packed.captions(3) == ("one", "uno")
    assert len(packed) == len(values(3 * BLOCK + 7))
    assert {path.name for path in (tmp_path / "set").iterdir()} == {
        "pixels.npy",
        "concepts.npy",
        "styles.npy",
        "meta.json",
    }
    assert not (tmp_path / "set.part").exists()


def test_an_interrupted_run_is_continued_where_it_stopped(tmp_path: Path) -> None:
    jobs = 3 * BLOCK
    with pytest.raises(OSError, match="no space"):
        pack(tmp_path / "set", Dots(jobs, fail_at=2 * BLOCK + 3))
    assert not (tmp_path / "set").exists()
    # rows beyond the state on disk, as a kill between two writes leaves them
    with (tmp_path / "set.part" / "pixels.npy").open("ab") as file:
        file.write(b"garbage")
    recipe = Dots(jobs)
    packed = pack(tmp_path / "set", recipe)
    assert recipe.drawn[0] == 2 * BLOCK
    assert packed.pixels[:, 0, 0, 0].tolist() == values(jobs)


def test_half_a_set_of_another_recipe_is_swept(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        pack(tmp_path / "set", Dots(2 * BLOCK, fail_at=BLOCK))
    recipe = Dots(2 * BLOCK, mark="other")
    pack(tmp_path / "set", recipe)
    assert recipe.drawn[0] == 0


def test_a_set_that_is_whole_but_not_renamed_is_finished_without_drawing(tmp_path: Path) -> None:
    pack(tmp_path / "set", Dots(BLOCK))
    part = tmp_path / "set.part"
    (tmp_path / "set").rename(part)
    (part / "state.json").write_text(json.dumps({"recipe": "dots", "jobs": BLOCK, "rows": len(values(BLOCK))}))
    recipe = Dots(BLOCK)
    assert len(pack(tmp_path / "set", recipe)) == len(values(BLOCK))
    assert recipe.drawn == []


def test_a_finished_set_is_opened_and_another_recipe_refused(tmp_path: Path) -> None:
    pack(tmp_path / "set", Dots(10))
    recipe = Dots(10)
    assert len(pack(tmp_path / "set", recipe)) == 8
    assert recipe.drawn == []
    with pytest.raises(UsageError, match="another recipe"):
        pack(tmp_path / "set", Dots(10, mark="other"))


def test_other_peoples_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not empty"):
        pack(tmp_path / "set", Dots(10))


def test_transparent_pictures_are_laid_on_white_and_keep_their_alpha(tmp_path: Path) -> None:
    packed = pack(tmp_path / "set", Dots(130, transparent=True))
    assert packed.alpha is not None
    assert packed.alpha[:, 0, 0].tolist() == values(130)
    value, alpha = 100, 100
    row = values(130).index(100)
    expected = round((value * alpha + 255 * (255 - alpha)) / 255)
    assert packed.pixels[row, 0, 0].tolist() == [expected] * 3


@pytest.mark.parametrize(("opacity", "colour"), [(0, 17), (128, 200), (255, 9)])
def test_laying_on_another_ground_is_as_if_drawn_there(opacity: int, colour: int) -> None:
    ground = np.array([10, 120, 240], np.uint8)
    on_white = np.full((1, 1, 3), round((colour * opacity + 255 * (255 - opacity)) / 255), np.uint8)
    laid = lay_on(on_white, np.full((1, 1), opacity, np.uint8), ground).astype(int)
    straight = (colour * opacity + ground.astype(float) * (255 - opacity)) / 255
    assert np.abs(laid[0, 0] - straight).max() <= 1.5


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    pack(tmp_path / "set", Dots(BLOCK + 1), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(BLOCK, BLOCK + 1), (BLOCK + 1, BLOCK + 1)]


def test_what_is_no_set_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished packed set"):
        PackedSet.open(tmp_path)


def damage_pixels(folder: Path) -> None:
    (folder / "pixels.npy").write_bytes((folder / "pixels.npy").read_bytes()[:300])


def damage_concepts(folder: Path) -> None:
    np.save(folder / "concepts.npy", np.array([99] * 8, np.int32))


def damage_styles(folder: Path) -> None:
    np.save(folder / "styles.npy", np.zeros(5, np.int16))


def damage_card(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


@pytest.mark.parametrize("damage", [damage_pixels, damage_concepts, damage_styles, damage_card])
def test_damage_is_found(tmp_path: Path, damage: object) -> None:
    pack(tmp_path / "set", Dots(10))
    damage(tmp_path / "set")  # type: ignore[operator]
    with pytest.raises(DamagedSourceError):
        PackedSet.open(tmp_path / "set").verify()


def test_cards_survive_the_disk_and_newer_ones_are_refused() -> None:
    card = replace(Dots(1).card(), marks={"flag": (1, 2)}, families=("x", "y"), topics=((), ("a thing",), ()))
    assert Card.from_json(card.to_json()) == card
    with pytest.raises(UsageError, match="version 99"):
        Card.from_json(replace(card, version=99).to_json())
