"""Making a packed set: draw every job of a recipe, in several processes, and survive being interrupted.

Rows are appended to files in ``<folder>.part``; after each block the state says how many jobs are done and how many
rows were kept. An interrupted run of the same recipe goes on from there, and one of another recipe starts afresh.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from lucida.errors import UsageError
from lucida.training.data.packed import CARD, Card, PackedSet

#: Jobs between two states on disk.
BLOCK = 128


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture: uint8 ``(side, side, 3)``, or ``(side, side, 4)`` with straight alpha, and what it is."""

    pixels: NDArray[np.uint8]
    concept: int
    style: int = 0


class Recipe(Protocol):
    """What can be packed. Jobs are numbered, so that a run can be cut anywhere; it travels to worker processes."""

    side: int
    transparent: bool

    def __len__(self) -> int:
        """How many jobs there are."""

    def fingerprint(self) -> str:
        """Equal for two recipes that give the same pictures."""

    def draw(self, job: int) -> Drawn | None:
        """The same picture for the same job, always; None where there is nothing to see."""

    def card(self) -> Card:
        """What the numbers mean."""


def pack(
    folder: Path,
    recipe: Recipe,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PackedSet:
    """Make a set, go on with one that was interrupted, or open it if it is finished.

    Args:
        folder: where the set is to lie.
        recipe: what to draw.
        workers: processes that draw; 1 draws in this one.
        progress: called with jobs done and jobs in all.

    Raises:
        UsageError: the folder holds a set of another recipe, or something else.
    """
    if (folder / CARD).exists():
        return _finished(folder, recipe)
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty and is no packed set.", "Choose another folder.")
    part = folder.with_name(folder.name + ".part")
    with _Writer(part, recipe) as writer:
        for rows, jobs in _blocks(recipe, writer.jobs, workers):
            writer.append(rows, jobs)
            if progress is not None:
                progress(writer.jobs, len(recipe))
        writer.finish(replace(recipe.card(), recipe=recipe.fingerprint()))
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    (folder / "state.json").unlink(missing_ok=True)  # only now: killed before this, the next run finishes at once
    _sync(folder.parent)
    packed = PackedSet.open(folder)
    packed.verify()
    return packed


def _finished(folder: Path, recipe: Recipe) -> PackedSet:
    packed = PackedSet.open(folder)
    if packed.card.recipe != recipe.fingerprint():
        raise UsageError(f"{folder} holds a set of another recipe.", "Delete it, or choose another folder.")
    return packed


class _Column:
    """One array that grows on disk: a ``.npy`` header with room for any length, then rows.

    Appending instead of mapping a file of the final size turns a full disk into an error in place of a signal.
    """

    def __init__(self, path: Path, dtype: str, shape: tuple[int, ...], rows: int) -> None:
        self._dtype, self._shape = np.dtype(dtype), shape
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._header(0)
        start = self._file.tell()
        self._file.truncate(start + rows * self._dtype.itemsize * int(np.prod(shape, dtype=np.int64)))
        self._file.seek(0, os.SEEK_END)

    def _header(self, rows: int) -> None:
        self._file.seek(0)
        shape = {"descr": self._dtype.str, "fortran_order": False, "shape": (rows, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, shape)

    def append(self, rows: NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)

    def settle(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self, rows: int) -> None:
        self._header(rows)
        self.settle()

    def close(self) -> None:
        self._file.close()


class _Writer:
    """The half-finished folder: its columns and its state."""

    def __init__(self, part: Path, recipe: Recipe) -> None:
        self._part, self._mark = part, recipe.fingerprint()
        self.jobs, self.rows = self._resume()
        side = (recipe.side, recipe.side)
        kinds = {"pixels": ("|u1", (*side, 3)), "concepts": ("<i4", ()), "styles": ("<i2", ())}
        if recipe.transparent:
            kinds["alpha"] = ("|u1", side)
        self._columns = {
            name: _Column(part / f"{name}.npy", dtype, shape, self.rows) for name, (dtype, shape) in kinds.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for column in self._columns.values():
            column.close()

    def append(self, rows: dict[str, NDArray[Any]], jobs: int) -> None:
        """Add the pictures that came out of the next ``jobs`` jobs, then say so on disk."""
        for name, column in self._columns.items():
            if len(rows["concepts"]):
                column.append(rows[name])
            column.settle()
        self.rows += len(rows["concepts"])
        self.jobs += jobs
        state = json.dumps({"recipe": self._mark, "jobs": self.jobs, "rows": self.rows})
        _replace(self._part / "state.json", state)

    def finish(self, card: Card) -> None:
        for column in self._columns.values():
            column.finish(self.rows)
        _replace(self._part / CARD, card.to_json())

    def _resume(self) -> tuple[int, int]:
        """Jobs and rows that an earlier run of the same recipe left; anything else is swept."""
        try:
            state = json.loads((self._part / "state.json").read_text(encoding="utf-8"))
            if state["recipe"] == self._mark:
                return int(state["jobs"]), int(state["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # no state, or half of one: nothing to go on from
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(parents=True)
        return 0, 0


_recipe: Recipe | None = None


def _start_worker(recipe: Recipe) -> None:
    global _recipe  # noqa: PLW0603 - how a pool's initialiser hands its argument to later calls
    _recipe = recipe


def _draw_block(jobs: range) -> tuple[dict[str, NDArray[Any]], int]:
    assert _recipe is not None
    return stack(_recipe, jobs), len(jobs)


def _blocks(recipe: Recipe, done: int, workers: int) -> Iterator[tuple[dict[str, NDArray[Any]], int]]:
    ranges = [range(at, min(at + BLOCK, len(recipe))) for at in range(done, len(recipe), BLOCK)]
    if workers <= 1 or len(ranges) <= 1:
        yield from ((stack(recipe, jobs), len(jobs)) for jobs in ranges)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(recipe,)) as pool:
        yield from pool.map(_draw_block, ranges)


def stack(recipe: Recipe, jobs: range) -> dict[str, NDArray[Any]]:
    """Draw some jobs into arrays named as the files are."""
    drawn = [picture for picture in map(recipe.draw, jobs) if picture is not None]
    shape = (len(drawn), recipe.side, recipe.side, 4 if recipe.transparent else 3)
    pixels = np.zeros(shape, np.uint8)
    for row, picture in enumerate(drawn):
        pixels[row] = picture.pixels
    rows: dict[str, NDArray[Any]] = {
        "pixels": pixels,
        "concepts": np.array([picture.concept for picture in drawn], np.int32),
        "styles": np.array([picture.style for picture in drawn], np.int16),
    }
    if recipe.transparent:
        rows["alpha"] = pixels[..., 3]
        rows["pixels"] = _on_white(pixels)
    return rows


def _on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colour, alpha = pixels[..., :3].astype(np.uint16), pixels[..., 3:].astype(np.uint16)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _replace(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
