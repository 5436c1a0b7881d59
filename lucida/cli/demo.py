"""``lucida demo``: the whole story on the example folder, from reading to making, ending in a report to look at."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import lucida
from lucida.cli.options import AsJson
from lucida.cli.output import err, out, plural, print_json
from lucida.cli.story import Question, Search, Story
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from lucida.library import Library
    from lucida.types import Hit


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(demo)


def demo(
    to: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where library and report go.")] = Path(
        "demo-output"
    ),
    examples: Annotated[
        Path | None,
        typer.Option("--examples", metavar="DIR", help="Example folder (default: the one that comes along)."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Read an example folder, search it, ask it, make things from it, and write a report with pictures."""
    from lucida.cli.demo_making import clear, make
    from lucida.cli.report import write_report
    from lucida.library import Library

    to = to.absolute()
    folder = _examples(examples)
    _fresh_library(to / "library")
    clear(to / "made")
    with Library.open(to / "library") as library:
        story = tell(library, folder)
        story.made = make(library, folder, to / "made")
    report = write_report(story, to / "report.html")
    sheet = to / "pictures.png"
    _contact_sheet(story).save(sheet)
    if as_json:
        print_json(_as_json(story, report))
    else:
        out().print(f"\nThe report with pictures: {report}", style="bold")
        out().print(f"Pictures found:           {sheet}")
        if story.made:
            out().print(f"What was made:            {to / 'made'}")
        out().print(f'Go on yourself:           lucida search "payment terms" --library {to / "library"}')
    return int(ExitCode.DONE)


def tell(library: Library, folder: Path) -> Story:
    """Ingest the examples, run their searches and questions, and say on stderr how it goes."""
    from lucida.cli.progress import display
    from lucida.config import ReadOptions

    err().print(f"Reading {folder} ...")
    options = ReadOptions(languages=_languages())
    with display() as show:
        report = library.ingest(folder / "documents", folder / "pictures", options=options, observer=show)
    story = Story(report, library.statistics())
    err().print(
        f"{plural(report.added, 'file')}, {plural(report.pages, 'page')}, {plural(report.items, 'item')} "
        f"in {report.seconds:.1f} s"
    )
    for entry in _searches(folder):
        story.searches.append(_search(library, entry["query"], [folder / name for name in entry.get("images", ())]))
    for entry in _questions(folder):
        story.questions.append(_ask(library, entry["question"], entry["answer"]))
    return story


def _languages() -> tuple[str, ...]:
    """Those of the example scans, as far as they are installed."""
    from lucida.models.tesseract import installed_languages

    return tuple(name for name in ("eng", "deu") if name in installed_languages()) or ("eng",)


def _search(library: Library, query: str, images: Sequence[Path] = ()) -> Search:
    started = time.perf_counter()
    hits = library.search(query, images=images, top_k=3)
    seconds = time.perf_counter() - started
    asked = " + ".join(filter(None, (query, *(f"a picture like {path.name}" for path in images))))
    search = Search(asked, hits, seconds)
    search.pictures = [library.page_image(hit.source, hit.page, dpi=100) for hit in hits]
    err().print(f"\nsearch  {asked}", style="bold")
    for hit in hits:
        err().print(f"  {hit.rank}. {Path(hit.source).name}, {_what(hit)}", markup=False)
    if not hits:
        err().print("  nothing that matches")
    return search


def _what(hit: Hit) -> str:
    return "picture" if hit.kind == "picture" else f"page {hit.page}: {_short(hit.text)}"


def _ask(library: Library, question: str, expected: str | None) -> Question:
    started = time.perf_counter()
    answer = library.ask(question)
    told = Question(question, expected, answer, time.perf_counter() - started)
    told.evidence = [library.cited(citation) for citation in answer.citations]
    err().print(f"\nask     {question}", style="bold")
    err().print(f"  {answer.text}", style="yellow" if answer.abstained else "green")
    for citation in answer.citations[:1]:
        err().print(f"  {Path(citation.source).name}, page {citation.page}", style="dim")
    return told


def _contact_sheet(story: Story) -> Image:
    """The first picture of each search that found one, under what was searched."""
    from lucida.query.contact_sheet import contact_sheet

    found = [
        (picture, search.query)
        for search in story.searches
        for hit, picture in zip(search.hits, search.pictures, strict=True)
        if hit.kind == "picture"
    ]
    return contact_sheet(found, title="What was found")


def _short(text: str, length: int = 76) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _examples(given: Path | None) -> Path:
    """The folder that was named, or the one that comes with the package."""
    if given is not None:
        if not (given / "questions.json").is_file():
            raise UsageError(f"{given} is no example folder: it has no questions.json.", "Leave --examples out.")
        return given.absolute()
    package = Path(lucida.__file__).parent
    for folder in (package / "examples", package.parent / "examples"):  # in a wheel; in a checkout
        if (folder / "questions.json").is_file():
            return folder
    raise UsageError("The example folder is not where it should be.", "Name one with --examples DIR.")


def _fresh_library(folder: Path) -> None:
    """The demo always begins anew, but never deletes a folder that is not a library."""
    if not folder.exists():
        return
    if not (folder / "lucida.toml").is_file():
        raise UsageError(f"{folder} is in the way and is no library.", "Give --out another folder.")
    shutil.rmtree(folder)


def _read_json(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _searches(folder: Path) -> list[dict[str, Any]]:
    """Searches by words, then those by pictures, if the folder has any."""
    files = [folder / "searches.json", folder / "picture-searches.json"]
    return [entry for path in files if path.is_file() for entry in _read_json(path)]


def _questions(folder: Path) -> list[dict[str, Any]]:
    """Questions to single pages, then those over several documents, if the folder has any."""
    files = [folder / "questions.json", folder / "questions-over-several.json"]
    return [entry for path in files if path.is_file() for entry in _read_json(path)]


def _as_json(story: Story, report: Path) -> dict[str, Any]:
    return {
        "ingest": story.report.to_json(),
        "searches": [{"query": s.query, "hits": [hit.to_json() for hit in s.hits]} for s in story.searches],
        "questions": [{"question": q.question, "expected": q.expected, **q.answer.to_json()} for q in story.questions],
        "made": [{"title": m.title, "detail": m.detail, "folder": str(m.folder)} for m in story.made],
        "report": str(report),
    }
