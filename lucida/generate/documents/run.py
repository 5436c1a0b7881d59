"""A run that makes papers into a folder: draws, writes, notes; goes on where an earlier one ended; then annotates."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lucida import __version__
from lucida.errors import LucidaError, StorageFullError, UsageError
from lucida.generate.documents import telling
from lucida.generate.documents.drawing import draw_paper
from lucida.generate.documents.layer import pdf_of_pictures
from lucida.generate.documents.request import PaperRequest
from lucida.generate.documents.telling import Known
from lucida.generate.documents.wearing import Picture, worn
from lucida.generate.files import save_document
from lucida.generate.making.files import write_whole
from lucida.generate.making.ledger import Ledger
from lucida.generate.scans import rasterise

LEDGER, MANIFEST, VERSION = "journal.jsonl", "manifest.json", 1
PAGES, FORMS, TRUTH, QUESTIONS = "pages", "funsd", "truth", "questions.jsonl"


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One paper, ready to be written.

    Attributes:
        kind, language: what it is.
        pictures: of its pages.
        pdf: the same as a PDF.
        facts: what else the manifest says of it.
        parents: items of the library that it was made from.
    """

    kind: str
    language: str
    pictures: Sequence[Picture]
    pdf: bytes
    facts: Mapping[str, Any] = field(default_factory=dict)
    parents: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Papers:
    """What a run made.

    Attributes:
        folder: where it lies.
        rows: of the papers, as the manifest has them: ``name``, ``source``, ``pages``, ``questions``, ``parents``.
        failed: of papers that could not be made: ``name``, ``error``, ``advice``.
        notes: what people should know.
    """

    folder: Path
    rows: Sequence[Mapping[str, Any]]
    failed: Sequence[Mapping[str, Any]]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        rows = [
            {**row, "path": str(self.folder / row["source"]), "label": row["kind"], "accepted": True, "reasons": []}
            for row in self.rows
        ]
        told = {"failed": list(self.failed), "notes": list(self.notes)}
        return {"samples": rows, "manifest": str(self.folder / MANIFEST), **told}


def templates(request: PaperRequest) -> Callable[[int], Made]:
    """Papers from nothing: each number is another one, whatever was drawn before."""

    def made(number: int) -> Made:
        rng = np.random.default_rng([request.seed, number])
        kind = request.kinds[number % len(request.kinds)]
        language = request.languages[int(rng.integers(len(request.languages)))]
        wear = request.wear[int(rng.integers(len(request.wear)))]
        paper = draw_paper(kind, language, rng, request.letters_pt)
        pictures = [
            worn(image, page, wear, request.strength, rng, dpi=request.dpi)
            for image, page in zip(rasterise(paper.document, request.dpi), paper.pages, strict=True)
        ]
        if wear == "none" and request.text_layer:
            buffer = io.BytesIO()
            save_document(paper.document, buffer, title=kind)
            pdf = buffer.getvalue()
        else:
            paper.document.close()
            pdf = pdf_of_pictures(pictures, dpi=request.dpi, text_layer=request.text_layer, title=kind)
        return Made(kind, language, pictures, pdf, {"wear": wear, "design": paper.design.to_json()})

    return made


def make_papers(
    folder: Path,
    request: PaperRequest,
    names: Sequence[str],
    made: Callable[[int], Made],
    asked: Mapping[str, Any] | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Papers:
    """Make papers into a folder, or go on where an earlier run of the same ended.

    Args:
        folder: new, empty, or of an earlier run.
        request: what is wanted.
        names: of the papers, none twice.
        made: makes the paper of a number; a ``LucidaError`` costs that paper only.
        asked: what else tells two runs apart, plain JSON.
        told: hears (papers done, papers in all).

    Raises:
        UsageError: the folder holds something else, or was begun with other settings.
        StorageFullError: the disk refused; what was finished is kept.
        KeyboardInterrupt: passed on; the same call goes on.
    """
    wanted = json.loads(json.dumps({**request.to_json(), **(asked or {}), "names": list(names)}))
    with Ledger(folder, LEDGER, VERSION) as ledger:
        if ledger.head is None:
            ledger.begin({"asked": wanted, "lucida": __version__})
        elif ledger.head["asked"] != wanted:
            raise UsageError(
                f"{folder} was begun with other settings.", "Name another folder with --out, or repeat those."
            )
        done = {row["name"] for row in ledger.rows}
        for number, name in enumerate(names):
            if name not in done:
                ledger.add(_written(folder, name, request, lambda at=number: made(at)))  # type: ignore[misc]
            told(number + 1, len(names))
        return _finished(folder, ledger)


def _written(folder: Path, name: str, request: PaperRequest, made: Callable[[], Made]) -> dict[str, Any]:
    """Make one paper and write its files; the row for the ledger."""
    try:
        paper = made()
    except StorageFullError:
        raise
    except LucidaError as error:
        return {"name": name, "error": error.message, "advice": error.advice}
    pictures = [
        f"{FORMS}/images/{name}{f'-{place}' if len(paper.pictures) > 1 else ''}{picture.suffix}"
        for place, picture in enumerate(paper.pictures, start=1)
    ]
    files = {folder / path: picture.content for path, picture in zip(pictures, paper.pictures, strict=True)}
    source = pictures[0]
    if request.written == "pdf" or len(pictures) > 1:
        source = f"{PAGES}/{name}.pdf"
        files[folder / source] = paper.pdf
    pages = tuple(picture.page for picture in paper.pictures)
    known = Known(name, paper.kind, paper.language, source, tuple(pictures), pages)
    files[folder / TRUTH / f"{name}.json"] = json.dumps(known.to_json(), ensure_ascii=False).encode()
    write_whole(folder, files)
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return {
        "name": name, "kind": paper.kind, "language": paper.language, "source": source, "pages": len(pages),
        "questions": sum(len(page.questions) for page in pages), "parents": list(paper.parents),
        **paper.facts, "files": sums,
    }  # fmt: skip


def _finished(folder: Path, ledger: Ledger) -> Papers:
    """Write everything that follows from the papers that are there."""
    rows = [row for row in ledger.rows if "error" not in row]
    failed = [row for row in ledger.rows if "error" in row]
    papers = [Known.from_json(json.loads((folder / TRUTH / f"{row['name']}.json").read_bytes())) for row in rows]
    assert ledger.head is not None
    manifest = {
        "version": VERSION, "lucida": ledger.head["lucida"], "asked": ledger.head["asked"], "papers": rows,
        "failed": failed,
    }  # fmt: skip
    forms = [form for paper in papers for form in telling.funsd(paper)]
    write_whole(folder, {
        folder / QUESTIONS: telling.lines(row for paper in papers for row in telling.questions(paper)),
        folder / "pages.jsonl": telling.lines(row for paper in papers for row in telling.details(paper)),
        folder / "squad.json": json.dumps(telling.squad(papers), ensure_ascii=False).encode(),
        folder / FORMS / "annotations.json": json.dumps(forms, ensure_ascii=False).encode(),
        folder / ".lucidaignore": _ignored({paper.source for paper in papers}).encode(),
        folder / MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n",
    })  # fmt: skip
    return Papers(folder, rows, failed)


def _ignored(sources: set[str]) -> str:
    """What a library must not read: the answers, and pictures of pages that it reads as PDF."""
    kept = sorted(sources)
    names = [f"/{name}" for name in (LEDGER, MANIFEST, QUESTIONS, "pages.jsonl", "squad.json", f"{TRUTH}/")]
    names.append(f"/{FORMS}/annotations.json")
    if all(source.startswith(PAGES) for source in kept):
        names.append(f"/{FORMS}/")
    elif any(source.startswith(PAGES) for source in kept):
        names += [f"/{FORMS}/images/{Path(source).stem}-*" for source in kept if source.startswith(PAGES)]
    return "\n".join(names) + "\n"
