"""The demo's last part: papers, one like a paper that was read, a dataset, and pictures where a generator is here."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.cli.output import err, plural
from lucida.cli.story import Making
from lucida.errors import LucidaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.Image import Image

    from lucida.library import Library

PLAN = "making.json"
PAPERS, ALIKE, DATASET, DRAWN = "papers", "alike", "dataset", "drawn"
_JOURNAL = "journal.jsonl"
#: Pages are drawn at so many dots per inch: enough to read, and quick.
_DPI = 90
_PER_PICTURE, _MOST_PER_CLASS, _DRAWINGS = 4, 1, 4
_BESIDE = ("as read", "with other values")


def make(library: Library, examples: Path, to: Path) -> list[Making]:
    """Make what the examples' plan says from what was read, and say on stderr how it goes.

    What cannot be made here is told and left out.

    Args:
        library: has read the examples.
        examples: folder with ``making.json``; nothing is made where it has none.
        to: folder of the runs; see ``clear``.
    """
    if not (examples / PLAN).is_file():
        return []
    plan: dict[str, Any] = json.loads((examples / PLAN).read_text(encoding="utf-8"))
    made = []
    for step in _steps():
        started = time.perf_counter()
        try:
            making = step(library, plan, to)
        except LucidaError as error:
            err().print(f"\nmake    not here: {error}", markup=False)
            continue
        making.seconds = time.perf_counter() - started
        made.append(making)
        err().print(f"\nmake    {making.title}", style="bold", markup=False)
        err().print(f"  {making.detail}", markup=False)
        err().print(f"  {making.folder}", style="dim", markup=False)
    return made


def _steps() -> list[Callable[[Library, Mapping[str, Any], Path], Making]]:
    from lucida.models.mini import drawer

    return [_papers, _alike, _dataset, *([_drawn] if drawer.find() is not None else [])]


def clear(folder: Path) -> None:
    """Remove what an earlier demo made: it always begins anew.

    Raises:
        UsageError: something that is no run of the demo's own is in the way.
    """
    for name in (PAPERS, ALIKE, DATASET, DRAWN):
        run = folder / name
        if run.exists() and not (run / _JOURNAL).is_file():
            raise UsageError(f"{run} is in the way and was not made by the demo.", "Give --out another folder.")
        shutil.rmtree(run, ignore_errors=True)


def _papers(_library: Library, plan: Mapping[str, Any], to: Path) -> Making:
    from lucida.generate.documents.request import PaperRequest
    from lucida.library.paging import draw_papers

    kinds = tuple(plan["kinds"])
    made = draw_papers(PaperRequest(count=len(kinds), kinds=kinds, wear=("none", "scan"), dpi=_DPI), to / PAPERS)
    fields = sum(row["questions"] for row in made.rows)
    shown = [(_first_page(made.folder, row["name"]), row["kind"]) for row in made.rows]
    told = f"{plural(len(made.rows), 'paper')} of which every word's place is known, {plural(fields, 'question')}"
    return Making("papers from templates", told, made.folder, _sheet(shown))


def _alike(library: Library, plan: Mapping[str, Any], to: Path) -> Making:
    from lucida.generate.documents.request import PaperRequest

    made = library.generate_documents(PaperRequest(count=1, dpi=_DPI), to / ALIKE, like=[plan["like"]])
    pages = [library.page_image(plan["like"], dpi=_DPI), _first_page(made.folder, made.rows[0]["name"])]
    told = f"the layout of {plan['like']}, with nobody's names and figures"
    return Making("a paper like one that was read", told, made.folder, _sheet(list(zip(pages, _BESIDE, strict=True))))


def _dataset(library: Library, plan: Mapping[str, Any], to: Path) -> Making:
    from lucida.generate.augment.operations import Changes
    from lucida.generate.augment.run import AugmentRequest

    request = AugmentRequest(Changes("gentle"), _PER_PICTURE, max_side_px=384, suffix=".jpg")
    made = library.generate_augmented(request, to / DATASET, classes=plan["classes"], top_k=_MOST_PER_CLASS)
    classes = {subject.label for subject in made.subjects}
    found, count = plural(len(made.rows), "found picture"), sum(len(row["samples"]) for row in made.rows)
    told = f"{found}, {count} made of them, in {plural(len(classes), 'class', 'classes')}; with card and sheet"
    return Making("a labelled dataset", told, made.folder, _opened(made.folder))


def _drawn(library: Library, plan: Mapping[str, Any], to: Path) -> Making:
    found = library.search(plan["prompt"], kind="picture", top_k=1)
    like = [hit.id for hit in found]
    made = library.generate(plan["prompt"], like=like, n=_DRAWINGS, model="mini", out=to / DRAWN)
    told = f"“{plan['prompt']}”" + (f", like {Path(found[0].source).name}" if found else "")
    return Making("pictures by the embedded generator", told, made.folder, _opened(made.folder))


def _first_page(folder: Path, name: str) -> Image:
    from PIL import Image as Pillow

    (path, *_) = sorted((folder / "funsd" / "images").glob(f"{name}*"))
    with Pillow.open(path) as image:
        return image.convert("RGB")


def _opened(folder: Path) -> Image:
    from PIL import Image as Pillow

    with Pillow.open(folder / "examples.png") as image:
        return image.convert("RGB")


def _sheet(shown: list[tuple[Image, str]]) -> Image:
    from lucida.query.contact_sheet import contact_sheet

    return contact_sheet(shown, columns=len(shown), cell_px=320)
