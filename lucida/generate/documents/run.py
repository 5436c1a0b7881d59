"""A run that makes papers into a folder: draws, writes, notes; goes on where an earlier one ended; then annotates."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from lucida.generate.making.credentials import unsigned
from lucida.generate.making.files import write_whole
from lucida.generate.making.ledger import Ledger
from lucida.generate.making.replaying import Replayed
from lucida.generate.scans import rasterise

if TYPE_CHECKING:
    from lucida.generate.making.credentials import Seal

LEDGER, MANIFEST, VERSION = "journal.jsonl", "manifest.json", 1
#: Named in credentials.
TOOL = f"Lucida {__version__}, documents"
#: What tells its manifest from those of other runs.
KIND = "documents"
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
    sign: Seal = unsigned,
) -> Papers:
    """Make papers into a folder, or go on where an earlier run of the same ended.

    Args:
        folder: new, empty, or of an earlier run.
        request: what is wanted.
        names: of the papers, none twice.
        made: makes the paper of a number; a ``LucidaError`` costs that paper only.
        asked: what else tells two runs apart, plain JSON.
        told: hears (papers done, papers in all).
        sign: gives a file's content with signed credentials. They name no source: a file's name may be somebody's.

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
                ledger.add(_written(folder, name, request, lambda at=number: made(at), sign))  # type: ignore[misc]
            told(number + 1, len(names))
        return _finished(folder, ledger)


def replay_papers(
    path: Path, folder: Path | None = None, told: Callable[[int, int], None] = lambda _done, _total: None
) -> list[Replayed] | None:
    """Draw the papers of a manifest, or of the one in a folder, again; None where it is not of such a run.

    Args:
        path: of the manifest.
        folder: where the papers go; None writes none.
        told: hears (papers done, papers in all).

    Returns:
        For each paper whether all of its files have the same bytes.
    """
    try:
        document = json.loads((path / MANIFEST if path.is_dir() else path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return None
    asked = document["asked"]
    request = PaperRequest.from_json(asked)
    found = []
    for number, row in enumerate(document["papers"], start=1):
        shown = {"path": row["source"], "label": row["kind"], "seed": request.seed, "accepted": True, "reasons": []}
        shown["parents"] = row["parents"]
        if "like" in asked:
            problem = "Papers like own pages are made again by the same command into another folder."
            found.append(Replayed(shown, identical=False, problem=problem))
        else:
            made = templates(request)(asked["names"].index(row["name"]))
            files = _files(row["name"], request, made)
            sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
            found.append(Replayed(shown, sums == row["files"]))
            if folder is not None:
                write_whole(folder, {folder / name: content for name, content in files.items()})
        told(number, len(document["papers"]))
    return found


def _written(folder: Path, name: str, request: PaperRequest, made: Callable[[], Made], sign: Seal) -> dict[str, Any]:
    """Make one paper and write its files; the row for the ledger, with their hashes before they were signed."""
    try:
        paper = made()
    except StorageFullError:
        raise
    except LucidaError as error:
        return {"name": name, "error": error.message, "advice": error.advice}
    files = _files(name, request, paper)
    write_whole(folder, {folder / path: _sealed(content, path, sign) for path, content in files.items()})
    pages = [picture.page for picture in paper.pictures]
    return {
        "name": name, "kind": paper.kind, "language": paper.language, "source": _source(name, request, paper),
        "pages": len(pages), "questions": sum(len(page.questions) for page in pages), "parents": list(paper.parents),
        **paper.facts, "files": {path: hashlib.sha256(content).hexdigest() for path, content in files.items()},
    }  # fmt: skip


def _sealed(content: bytes, path: str, sign: Seal) -> bytes:
    return content if path.endswith(".json") else sign(content, path, ())


def _source(name: str, request: PaperRequest, paper: Made) -> str:
    """The file that questions are about."""
    alone = request.written == "png" and len(paper.pictures) == 1
    return _pictures(name, paper)[0] if alone else f"{PAGES}/{name}.pdf"


def _pictures(name: str, paper: Made) -> list[str]:
    many = len(paper.pictures) > 1
    return [
        f"{FORMS}/images/{name}{f'-{place}' if many else ''}{picture.suffix}"
        for place, picture in enumerate(paper.pictures, start=1)
    ]


def _files(name: str, request: PaperRequest, paper: Made) -> dict[str, bytes]:
    """Content of a paper's files by their paths below the run's folder: pictures, PDF, and what is known."""
    pictures, source = _pictures(name, paper), _source(name, request, paper)
    files = {path: picture.content for path, picture in zip(pictures, paper.pictures, strict=True)}
    if source not in files:
        files[source] = paper.pdf
    pages = tuple(picture.page for picture in paper.pictures)
    known = Known(name, paper.kind, paper.language, source, tuple(pictures), pages)
    files[f"{TRUTH}/{name}.json"] = json.dumps(known.to_json(), ensure_ascii=False).encode()
    return files


def _finished(folder: Path, ledger: Ledger) -> Papers:
    """Write everything that follows from the papers that are there."""
    rows = [row for row in ledger.rows if "error" not in row]
    failed = [row for row in ledger.rows if "error" in row]
    papers = [Known.from_json(json.loads((folder / TRUTH / f"{row['name']}.json").read_bytes())) for row in rows]
    assert ledger.head is not None
    manifest = {
        "version": VERSION, "kind": KIND, "lucida": ledger.head["lucida"], "asked": ledger.head["asked"],
        "papers": rows, "failed": failed,
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
