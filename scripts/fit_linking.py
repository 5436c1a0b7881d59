# ruff: noqa: INP001 - a script, no package
"""Fit the judge of labels and values, ``lucida/query/linking/judge.json``, and measure it on forms it has not seen.

    python scripts/fit_linking.py --forms drawn/funsd --told drawn-more/funsd --unseen funsd-train --library cache

Forms are those that ``lucida generate documents`` draws, or others in FUNSD's form; they are read by OCR into the
library given, where they stay for the next time, and once more by the words that they tell of themselves (of ``--told``
these alone). Every question of a form is understood, its label is looked for, and each value proposed for the label is
held against the accepted answers. Of each folder one form in five, by name, is kept for measuring; ``--unseen`` are
measured with and never learned from: FUNSD's own forms are for research, and nothing of them is shipped.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lucida import Library  # noqa: E402
from lucida.index import Index, PageRow  # noqa: E402
from lucida.query.evaluation.answers import anls  # noqa: E402
from lucida.query.evaluation.forms import funsd  # noqa: E402
from lucida.query.evaluation.questions import GoldQuestion  # noqa: E402
from lucida.query.fields import candidate_of, options  # noqa: E402
from lucida.query.labels import find_labels  # noqa: E402
from lucida.query.layout import lay_out  # noqa: E402
from lucida.query.linking.traits import RULED_PLACE, traits  # noqa: E402
from lucida.query.question import understand  # noqa: E402
from lucida.query.words import inverse_document_frequencies  # noqa: E402
from lucida.types import Box, TextOrigin, Word  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUT = ROOT / "lucida" / "query" / "linking" / "judge.json"
#: Labels of a question that are learned from: those nearly as good as the best one.
LABELS, NEARLY = 3, 0.95
#: Nearness to an accepted answer from which a value is right at all.
RIGHT = 0.5
#: Weight of labels near which nothing is right, and of those on pages that were read by OCR.
DOUBTED, READ = 0.3, 3.0
#: One form in so many is kept for measuring.
KEPT = 5


@dataclass(frozen=True)
class Group:
    """The values proposed for one label: their traits (n, t), and how near each is to the truth (n,)."""

    rows: NDArray[np.float32]
    near: NDArray[np.float32]
    kept: bool
    weight: float


def main() -> int:
    """Read, fit, measure, write."""
    given = _options()
    measured_too = [*given.forms, *given.unseen]
    read = [_groups(folder, given.library / f"{n}-{folder.parent.name}") for n, folder in enumerate(measured_too)]
    told = [_told(folder) for folder in (*given.forms, *given.told)]
    learned = (*read[: len(given.forms)], *told)
    weights = fit([group for groups in learned for group in groups if not group.kept], given)
    names = [f"{folder}, as read" for folder in measured_too]
    names += [f"{folder}, as told" for folder in (*given.forms, *given.told)]
    report = {}
    for number, (name, groups) in enumerate(zip(names, (*read, *told), strict=True)):
        unseen = len(given.forms) <= number < len(measured_too)
        kept = [group for group in groups if group.kept or unseen]
        report[name] = {"judge": measured(kept, weights), "rules": measured(kept, None)}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if not given.dry_run:
        inner, bias, outer, last = weights
        table = {
            name: np.round(value, 3).tolist() for name, value in (("inner", inner), ("bias", bias), ("outer", outer))
        }
        given.out.write_text(json.dumps({**table, "last": round(float(last), 4)}) + "\n", encoding="utf-8")
        sys.stdout.write(f"Wrote {given.out}.\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", action="append", type=Path, required=True, help="a folder in FUNSD's form")
    parser.add_argument("--told", action="append", type=Path, default=[], help="the same, read by no OCR")
    parser.add_argument("--unseen", action="append", type=Path, default=[], help="the same, to measure with alone")
    parser.add_argument("--library", type=Path, required=True, help="folder for the libraries they are read into")
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--decay", type=float, default=0.1, help="of weights")
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--dry-run", action="store_true", help="print and write nothing")
    return parser.parse_args()


def _groups(folder: Path, library: Path) -> list[Group]:
    """What is proposed for the labels of a folder's questions, on its pages as OCR reads them."""
    found = funsd(folder)
    with Library.open(library) as opened:
        opened.ingest(*found.documents)
    with Index.open(library) as index:
        pages = {Path(row.path).name: page for row in index.sources() if (page := index.page(row.id, 1)) is not None}
        return [
            group
            for question in found.questions
            if question.source in pages
            for group in _of_question(
                pages[question.source], question, partial(inverse_document_frequencies, index), READ
            )
        ]


def _told(folder: Path) -> list[Group]:
    """The same on the words that the annotations tell."""
    forms = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    pages = {form["image"]: _page_of(form, folder / "images" / form["image"]) for form in forms}
    return [
        group
        for question in funsd(folder).questions
        for group in _of_question(pages[question.source], question, lambda _: {}, 1.0)
    ]


def _page_of(form: dict[str, Any], picture: Path) -> PageRow:
    with Image.open(picture) as image:
        width, height = image.size
    words = tuple(
        Word(word["text"], Box.from_px(*word["box"], width, height), 1.0, number)
        for number, entity in enumerate(form["form"])
        for word in entity["words"]
        if word["text"].strip() and word["box"][0] < word["box"][2] and word["box"][1] < word["box"][3]
    )
    size = float(width), float(height)
    return PageRow(1, 1, picture.name, "image/png", 1, *size, TextOrigin.OCR, 0, 0.0, "told", words, ())


def _of_question(
    page: PageRow, question: GoldQuestion, weigh: Callable[[Sequence[str]], dict[str, float]], weight: float
) -> Iterator[Group]:
    asked, layout = understand(question.text), lay_out(page)
    gold = [one.text for one in question.gold]
    weights = weigh(asked.terms)
    labels = find_labels(layout, asked.wanted, weights, asked.words, own=len(asked.own))[:LABELS]
    for label in labels:
        if label.score < NEARLY * labels[0].score:
            continue
        values, ruled = options(layout, label, asked)
        made = [candidate_of(page, label, value, 1.0, asked) for value in values]
        near = np.array([anls(one.text, gold) if one is not None else 0.0 for one in made], dtype=np.float32)
        if values:
            kept = zlib.crc32(question.source.encode()) % KEPT == 0
            yield Group(traits(layout, label, values, asked.type, ruled), near, kept, weight)


def fit(groups: Sequence[Group], given: argparse.Namespace) -> tuple[NDArray, NDArray, NDArray, float]:
    """A perceptron that tells right values from wrong ones, and among those of a label the nearest from the others."""
    import torch

    torch.manual_seed(given.seed)
    rows = torch.from_numpy(np.concatenate([group.rows for group in groups]))
    near = torch.from_numpy(np.concatenate([group.near for group in groups]))
    owner = torch.from_numpy(np.repeat(np.arange(len(groups)), [len(group.near) for group in groups]))
    right = torch.where(near >= RIGHT, near**2, torch.zeros(()))
    shares = right**4
    total = torch.zeros(len(groups)).index_add(0, owner, shares)
    shares = shares / total.clamp(min=1e-6)[owner]
    counted = torch.tensor([group.weight for group in groups])[owner]
    # Where nothing near a label is right, the label is likely to be another one, and says little of its own values.
    trusted = torch.where(total > 0, 1.0, DOUBTED)[owner] * counted
    network = torch.nn.Sequential(
        torch.nn.Linear(rows.shape[1], given.hidden),
        torch.nn.ReLU(),
        torch.nn.Dropout(given.dropout),
        torch.nn.Linear(given.hidden, 1),
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2, weight_decay=given.decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, given.epochs)
    for _ in range(given.epochs):
        logits = network(rows)[:, 0]
        apart = torch.nn.functional.binary_cross_entropy_with_logits(logits, right, trusted)
        top = torch.full((len(groups),), -1e9).scatter_reduce(0, owner, logits, "amax")
        sums = torch.zeros(len(groups)).index_add(0, owner, (logits - top[owner]).exp())
        chosen = -(shares * counted * (logits - top[owner] - sums.log()[owner])).sum() / (total > 0).sum()
        optimiser.zero_grad()
        (apart * 4.0 + chosen).backward()
        optimiser.step()
        schedule.step()
    first, second = network[0], network[3]
    inner, bias = first.weight.detach().numpy().T, first.bias.detach().numpy()
    return inner, bias, second.weight.detach().numpy()[0], float(second.bias.detach())


def measured(groups: Sequence[Group], weights: tuple[NDArray, NDArray, NDArray, float] | None) -> dict[str, float]:
    """Nearness (ANLS) of the likeliest value, of the best one proposed; without weights, by the rules alone."""
    from lucida.query.linking.judge import blended

    chosen, best = [], []
    for group in groups:
        sure = group.rows[:, RULED_PLACE] if weights is None else blended(group.rows, *weights)
        chosen.append(group.near[int(sure.argmax())])
        best.append(group.near.max())
    return {"labels": len(groups), "chosen": round(float(np.mean(chosen)), 4), "best": round(float(np.mean(best)), 4)}


if __name__ == "__main__":
    sys.exit(main())
