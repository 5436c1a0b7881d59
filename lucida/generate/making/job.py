"""The run: draws what each class lacks, judges it, writes it, notes it; and goes on where an earlier run ended."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError, UsageError
from lucida.generate.gates.gate import Candidate
from lucida.generate.gates.panel import Judged, Panel
from lucida.generate.making.conditions import Condition, Shelf, condition, request_for
from lucida.generate.making.credentials import unsigned
from lucida.generate.making.files import TEMPORARY, write_whole
from lucida.generate.making.order import SEEDS_PER_CLASS, Order, Wanted
from lucida.generate.making.origin import encoded
from lucida.generate.making.packed import packed, unpacked
from lucida.ingest.pictures.perceptual_hash import pixel_digest

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.making.credentials import Seal
    from lucida.generate.making.journal import Journal
    from lucida.models.protocols.drawing import Drawn, DrawStep, Generator

SAMPLES, REJECTED = "samples", "rejected"
_OURS = re.compile(r"\d{5,}\.(?:png|jpg|webp)")


@dataclass(frozen=True, slots=True)
class Making:
    """How far a run is.

    Attributes:
        label: the class that is being drawn.
        drawn, accepted: of all classes, earlier runs included.
        wanted: how many are to be accepted in all.
        step, steps: of the drawing that is under way.
    """

    label: str
    drawn: int
    accepted: int
    wanted: int
    step: int = 0
    steps: int = 0


@dataclass(slots=True)
class Tally:
    """What has been done for one class.

    Attributes:
        draws, drawn, accepted: how often the generator was called, pictures that it gave, those that passed.
        gates: how often each gate was the first that a sample did not pass.
        gone: items that were to guide drawings and were gone.
    """

    draws: int = 0
    drawn: int = 0
    accepted: int = 0
    gates: Counter[str] = field(default_factory=Counter)
    gone: set[int] = field(default_factory=set)

    def add(self, draw: Mapping[str, Any]) -> None:
        """Count one drawing as the journal has it."""
        self.draws += 1
        self.gone |= set(draw["gone"])
        for sample in draw["samples"]:
            self.drawn += 1
            self.accepted += sample["accepted"]
            if sample["reasons"]:
                self.gates[sample["reasons"][0]["gate"]] += 1


class Job:
    """One run into one folder.

    Args:
        journal: begun, maybe by an earlier run.
        generator: draws; must be the one of the order.
        panel: judges.
        shelf: has the items that guide drawings.
        tool: what the files' marks of origin name as their maker.
        sign: gives a file's content with signed credentials.
        told: hears how it goes; must return quickly.

    Raises:
        ModelError: the generator is not the one of the order.
    """

    def __init__(
        self,
        journal: Journal,
        generator: Generator,
        panel: Panel,
        shelf: Shelf,
        *,
        tool: str = "Lucida",
        sign: Seal = unsigned,
        told: Callable[[Making], None] = lambda _making: None,
    ) -> None:
        assert journal.order is not None
        self.order: Order = journal.order
        self._journal, self._generator, self._panel, self._shelf = journal, generator, panel, shelf
        self._tool, self._sign, self._told = tool, sign, told
        self.tallies = tallies(self.order, journal.draws)
        if generator.fingerprint != self.order.generator[1]:
            raise ModelError(
                f"{journal.folder} was begun with another state of {self.order.generator[0]}.",
                "Name another folder with --out, or bring that model back.",
            )

    def run(self) -> None:
        """Draw until each class has what it wants, or its budget is spent.

        Raises:
            KeyboardInterrupt: passed on; all drawings before it are kept.
            StorageFullError: the disk refused; all drawings before it are kept.
            LucidaError: the generator refused.
        """
        self._sweep()
        self._remember()
        for number, wanted in enumerate(self.order.classes):
            tally = self.tallies[wanted.label]
            while tally.accepted < wanted.accepted and tally.drawn < wanted.budget:
                tally.add(self._drawing(number, wanted, tally))
                self._tell(wanted.label)

    def _drawing(self, number: int, wanted: Wanted, tally: Tally) -> dict[str, Any]:
        """Draw, judge, write and note one batch."""
        recipe = self.order.recipe
        count = min(recipe.batch, wanted.accepted - tally.accepted, wanted.budget - tally.drawn)
        seed = recipe.seed + number * SEEDS_PER_CLASS + tally.drawn
        given = condition(wanted, recipe, tally.draws, self._shelf)
        drawn = self._generator.draw(
            request_for(given, recipe, seed, count), lambda step: self._step(wanted.label, step)
        )
        if len(drawn.images) != count:
            raise ModelError(
                f"{self._generator.spec} gave {len(drawn.images)} pictures of {count}.", "Choose another model."
            )
        draw = self._written(wanted, tally.drawn, seed, given, drawn)
        self._journal.add(draw)
        return draw

    def _written(self, wanted: Wanted, first: int, seed: int, given: Condition, drawn: Drawn) -> dict[str, Any]:
        recipe, started = self.order.recipe, time.monotonic()
        names = [f"{wanted.folder}/{first + place:05d}{recipe.suffix}" for place in range(len(drawn.images))]
        images = [image.convert("RGB") for image in drawn.images]
        judged = self._panel.judge(images, wanted.label, names)
        judging = time.monotonic() - started
        files: dict[Path, bytes] = {}
        samples = []
        for name, row, image, own in zip(names, judged, images, drawn.seeds, strict=True):
            aside = recipe.aside and not row.accepted
            path = f"{REJECTED if aside else SAMPLES}/{name}"
            content = self._sign(encoded(image, recipe.suffix, self._tool), name, given.parents)
            files[self._journal.folder / path] = content
            samples.append(_sample(path, own, row, image, content))
        write_whole(self._journal.folder, files)
        return {
            "label": wanted.label,
            "first": first,
            "count": len(samples),
            "seed": seed,
            **given.to_json(),
            "settings": dict(drawn.settings),
            "seconds": {"drawing": drawn.seconds, "gates": judging, "writing": time.monotonic() - started - judging},
            "samples": samples,
        }

    def _sweep(self) -> None:
        """Remove what a run that was killed wrote and did not note: it is drawn again."""
        noted = {sample["path"] for draw in self._journal.draws for sample in draw["samples"]}
        for room in (SAMPLES, REJECTED):
            for path in (self._journal.folder / room).rglob("*"):
                own = _OURS.fullmatch(path.name.removeprefix(TEMPORARY))
                if own and path.relative_to(self._journal.folder).as_posix() not in noted:
                    path.unlink()

    def _remember(self) -> None:
        for path, candidate in accepted(self._journal.draws):
            self._panel.remember(path, candidate)

    def _step(self, label: str, step: DrawStep) -> None:
        self._tell(label, step.done, step.total)

    def _tell(self, label: str, step: int = 0, steps: int = 0) -> None:
        drawn, passed = (sum(getattr(tally, name) for tally in self.tallies.values()) for name in ("drawn", "accepted"))
        wanted = sum(wanted.accepted for wanted in self.order.classes)
        self._told(Making(label, drawn, passed, wanted, step, steps))


def tallies(order: Order, draws: list[dict[str, Any]]) -> dict[str, Tally]:
    """What has been done for each class, by its label."""
    found = {wanted.label: Tally() for wanted in order.classes}
    for draw in draws:
        found[draw["label"]].add(draw)
    return found


def accepted(draws: list[dict[str, Any]]) -> Iterator[tuple[str, Candidate]]:
    """The accepted samples of a journal as candidates without pixels, with the names that reasons call them by."""
    from PIL import Image as Pillow

    nothing = Pillow.new("RGB", (1, 1))
    for draw in draws:
        for sample in draw["samples"]:
            if sample["accepted"]:
                vector = unpacked(sample["vector"], half=True)
                name = sample["path"].partition("/")[2]
                yield name, Candidate(nothing, draw["label"], sample["look"], vector)


def shortfalls(order: Order, done: Mapping[str, Tally]) -> list[str]:
    """A sentence for each class that did not get what it wants; none where all is kept, whatever the gates say."""
    said: list[str] = []
    if not order.recipe.aside:
        return said
    for wanted in order.classes:
        tally = done[wanted.label]
        if tally.accepted < wanted.accepted:
            most = ", ".join(f"{gate} {count}" for gate, count in tally.gates.most_common(3)) or "nothing drawn"
            said.append(
                f"{wanted.label}: {tally.accepted} of {wanted.accepted} accepted when the budget of {wanted.budget} "
                f"drawings ended (rejected by: {most})."
            )
    return said


def check_budget(order: Order) -> None:
    """Refuse what would run out of seeds.

    Raises:
        UsageError: a class has a larger budget than seeds.
    """
    if any(wanted.budget >= SEEDS_PER_CLASS for wanted in order.classes):
        raise UsageError(f"A class has at most {SEEDS_PER_CLASS - 1:,} drawings.", "Give a smaller --budget.")


def _sample(path: str, seed: int, judged: Judged, image: Image, content: bytes) -> dict[str, Any]:
    return {
        "path": path,
        "seed": seed,
        "accepted": judged.accepted,
        "reasons": [finding.to_json() for finding in judged.reasons],
        "scores": {finding.gate: round(finding.value, 4) for finding in judged.findings},
        "width_px": image.width,
        "height_px": image.height,
        "look": judged.candidate.look,
        "vector": packed(judged.candidate.vector, half=True),
        "pixels_sha256": pixel_digest(image).hex(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
