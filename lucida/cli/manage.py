"""``lucida status``, ``show``, ``remove``, ``compact`` and ``verify``: looking after a library."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.generate_origin import origin_of, said
from lucida.cli.lacking import embedding_advice
from lucida.cli.options import AsJson, LibraryDir, Names
from lucida.cli.output import err, out, plural, print_json, size_of
from lucida.errors import ExitCode, SourceError, UsageError
from lucida.types.paths import printable

if TYPE_CHECKING:
    from lucida.index import ItemRow, SourceRow, Statistics


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (status, show, remove, compact, verify):
        app.command()(command)


def status(
    library: LibraryDir = None,
    sources: Annotated[bool, typer.Option("--sources", help="List every source.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say what is in the library, how large it is, and which files failed."""
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        numbers = opened.statistics()
        failed = opened.sources(failed=True)
        listed = opened.sources(failed=False) if sources else []
        folder = opened.folder
        embed = embedding_advice(numbers, opened.config.encoder)
    if as_json:
        print_json(
            {
                "library": printable(str(folder)),
                **_numbers(numbers),
                "failures": [_failure(row) for row in failed],
                **({"listing": [_source(row) for row in listed]} if sources else {}),
            }
        )
        return int(ExitCode.DONE)
    out().print(printable(str(folder)), style="bold")
    counts = (
        plural(numbers.sources - numbers.failed, "source"),
        plural(numbers.pages, "page"),
        plural(numbers.passages, "passage"),
        plural(numbers.pictures, "picture"),
        f"{size_of(sum(numbers.bytes.values()))} on disk",
    )
    out().print(", ".join(counts))
    for row in listed:
        out().print(f"{row.id:>5}  {printable(row.path)}  ({plural(row.pages, 'page')})")
    for row in failed:
        err().print(f"failed: {printable(row.path)}", style="bold red")
        err().print(f"  {row.error} {row.advice}")
    if embed:
        err().print(f"note: {embed[0]}.", style="yellow")
        err().print(f"  {embed[1]}")
    if failed:
        err().print("Once mended, read them again with: lucida ingest --retry PATH.")
    return int(ExitCode.DONE)


def show(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Id, path or name of a source.")],
    library: LibraryDir = None,
    page: Annotated[int | None, typer.Option("--page", min=1, help="Only this page.")] = None,
    as_json: AsJson = False,
) -> int:
    """Show what was read from a source: pages, regions and passages."""
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        row = opened.source(source)
        pages = [p for p in opened.pages(row.id) if page in (None, p.number)]
        passages = opened.passages(row.id, page)
    if page is not None and not pages:
        raise UsageError(f"{printable(row.path)} has no page {page}.", f"It has {plural(row.pages, 'page')}.")
    origin = _origin(row)
    if as_json:
        document = _source(row)
        document |= {"origin": origin} if origin else {}
        document["pages"] = [
            {
                "page": p.number,
                "origin": p.origin,
                "reader": p.reader,
                "words": len(p.words),
                "rotation": p.rotation,
                "skew": round(p.skew, 2),
                "regions": [{"kind": r.kind, "box": [round(e, 5) for e in r.box], "text": r.text} for r in p.regions],
                "warnings": list(p.warnings),
            }
            for p in pages
        ]
        document["passages"] = [_passage(item) for item in passages]
        print_json(document)
        return int(ExitCode.DONE)
    out().print(printable(row.path), style="bold cyan")
    facts = (row.media_type, plural(row.pages, "page") if row.pages else "", row.title)
    out().print(", ".join(fact for fact in facts if fact))
    for warning in row.warnings:
        out().print(f"note: {warning}", style="yellow")
    for line in said(origin) if origin else ():
        out().print(line, markup=False)
    if row.error:
        out().print(f"failed: {row.error} {row.advice}", style="red")
    for p in pages:
        out().print(f"\npage {p.number}: {len(p.words)} words, read by {p.reader}", style="bold")
        for warning in p.warnings:
            out().print(f"note: {warning}", style="yellow")
        for item in passages:
            if item.page == p.number:
                heading = " › ".join(item.section)
                out().print(f"  [{item.region or 'text'}] {heading}", style="dim")
                out().print(f"  {item.text}")
    return int(ExitCode.DONE)


def _origin(row: SourceRow) -> dict[str, Any] | None:
    """What a picture's file says of its origin; None where it says nothing, or is gone."""
    from lucida.generate.making.credentials import can_carry

    path = Path(row.path)
    if not can_carry(path) or not path.exists():
        return None
    try:
        found = origin_of(path)
    except SourceError:
        return None
    return found if found["source_type"] or found["credentials"] else None


def remove(
    names: Names,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Forget sources and everything made from them. The files themselves stay where they are."""
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        rows = opened.remove(*names)
    if as_json:
        print_json({"removed": [_source(row) for row in rows]})
    else:
        for row in rows:
            out().print(f"removed {printable(row.path)}")
    return int(ExitCode.DONE)


def compact(library: LibraryDir = None, as_json: AsJson = False) -> int:
    """Merge vector segments and drop what was deleted from them."""
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        result = opened.compact()
    if as_json:
        print_json(asdict(result))
    else:
        out().print(", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in asdict(result).items()))
    return int(ExitCode.DONE)


def verify(
    library: LibraryDir = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    as_json: AsJson = False,
) -> int:
    """Check that catalogue, segments, blobs and full text agree."""
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        problems = opened.verify(repair=repair)
        left = opened.verify() if repair and problems else problems
    if as_json:
        print_json({"problems": [asdict(p) for p in problems], "remaining": len(left), "repaired": repair})
    elif not problems:
        out().print("The library is sound.")
    for problem in problems if not as_json else ():
        out().print(f"{'mended' if repair and problem not in left else 'problem'}: {problem.what}")
        if problem in left:
            out().print(f"  {problem.advice}")
    return int(ExitCode.LIBRARY_DAMAGED if left else ExitCode.DONE)


def _numbers(numbers: Statistics) -> dict[str, Any]:
    """Statistics; the text encoder as it always was, spec, fingerprint and dimension, the others by name."""
    bound = {name: getattr(numbers, name) for name in ("shared", "pending")}
    return {
        **asdict(numbers),
        "encoder": list(numbers.encoder[:3]) if numbers.encoder else None,
        **{name: binding._asdict() if binding else None for name, binding in bound.items()},
    }


def _source(row: SourceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": printable(row.path),
        "media_type": row.media_type,
        "title": row.title,
        "created": row.created.isoformat() if row.created else None,
        "pages": row.pages,
        "items": row.items,
        "sha256": row.sha256,
        "warnings": list(row.warnings),
        "metadata": row.metadata,
    }


def _failure(row: SourceRow) -> dict[str, Any]:
    return {"source": printable(row.path), "error": row.error, "advice": row.advice}


def _passage(item: ItemRow) -> dict[str, Any]:
    return {
        "id": item.id,
        "page": item.page,
        "box": [round(edge, 5) for edge in item.box],
        "kind": item.region,
        "section": list(item.section),
        "text": item.text,
    }
