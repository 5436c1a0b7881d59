"""The card and the manifest of an augmented dataset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lucida.errors import UsageError
from lucida.generate.augment.operations import Changes
from lucida.generate.augment.run import AugmentRequest, Subject, boxes_from_json
from lucida.generate.making.card import code, plain, table_row
from lucida.generate.making.origin import ENHANCED

#: What tells its manifest from that of drawn pictures.
KIND, VERSION, NAME = "augment", 1, "manifest.json"

_ORIGIN = (
    f"Augmented files say in their XMP metadata what they are (`DigitalSourceType` {ENHANCED}). `manifest.json` has "
    "every parameter, seed and parent; `lucida generate replay manifest.json` makes all samples again and says "
    "whether they are the same."
)


def card(
    request: AugmentRequest,
    subjects: Sequence[Subject],
    rows: Sequence[Mapping[str, Any]],
    splits: Mapping[str, str],
    formats: Sequence[str],
    sheet: str | None,
) -> str:
    """The card as Markdown.

    Args:
        request: what was wanted.
        subjects: the pictures.
        rows: what was made of each.
        splits: split of each file.
        formats: folders of the dataset.
        sheet: name of the examples' sheet, None where there is none.
    """
    labels = list(dict.fromkeys(subject.label for subject in subjects))
    made = sum(len(entry["samples"]) for entry in rows)
    changes = request.changes
    what = ", ".join(changes.only) or f"the preset {changes.preset!r}"
    where = ", ".join(f"`{name}/`" for name in formats)
    summary = (
        f"{len(rows)} pictures of a library and {made} augmented ones, {request.per_item} of each, made by {what} with "
        f"seed {request.seed}. Formats: {where}."
    )
    parts = [
        "---\ntask_categories:\n- image-classification\ntags:\n- augmented\n- lucida\n---",
        f"# {', '.join(plain(label) for label in labels)}",
        summary,
        f"![examples]({sheet})" if sheet else "",
        _counts(subjects, rows, splits),
        _sources(subjects),
        _ORIGIN,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def manifest(
    version: str,
    request: AugmentRequest,
    subjects: Sequence[Subject],
    rows: Sequence[Mapping[str, Any]],
    splits: Mapping[str, str],
    notes: Sequence[str],
) -> bytes:
    """Everything from which the samples can be made again, as JSON."""
    document = {
        "version": VERSION, "kind": KIND, "lucida": version, "request": request.to_json(),
        "subjects": [subject.to_json() for subject in subjects], "rows": [dict(entry) for entry in rows],
        "splits": dict(splits), "notes": list(notes),
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_manifest(path: Path) -> tuple[AugmentRequest, list[Subject], list[dict[str, Any]]] | None:
    """What a manifest, or the one in a folder, tells; None where it is not of such a run.

    Raises:
        UsageError: it is of a newer Lucida.
    """
    path = path / NAME if path.is_dir() else path
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return None
    if document["version"] != VERSION:
        raise UsageError(f"{path} is of a version that this Lucida does not know.", "Upgrade Lucida.")
    told = document["request"]
    changes = Changes(told["changes"]["preset"], tuple(told["changes"]["only"]))
    subjects = [Subject(**{**entry, "boxes": boxes_from_json(entry["boxes"])}) for entry in document["subjects"]]
    return AugmentRequest(**{**told, "changes": changes}), subjects, document["rows"]


def _counts(subjects: Sequence[Subject], rows: Sequence[Mapping[str, Any]], splits: Mapping[str, str]) -> str:
    labels = {subject.item: subject.label for subject in subjects}
    names = list(dict.fromkeys(splits.values()))
    tally: Counter[tuple[str, str]] = Counter()
    for entry in rows:
        for path in (entry.get("original"), *(sample["path"] for sample in entry["samples"])):
            if path in splits:
                tally[labels[entry["item"]], splits[path]] += 1
    lines = [table_row("class", *names), table_row(*["---"] * (1 + len(names)))]
    lines += [
        table_row(plain(label), *(tally[label, name] for name in names)) for label in dict.fromkeys(labels.values())
    ]
    return "\n".join(["## Counts", "", *lines, "", "A picture and what was made of it are never in two splits."])


def _sources(subjects: Sequence[Subject]) -> str:
    licences = {subject.source: subject.licence for subject in subjects}
    lines = [table_row("source", "licence"), table_row("---", "---")]
    lines += [
        table_row(code(Path(source).name), plain(text) or "not recorded") for source, text in sorted(licences.items())
    ]
    return "\n".join(["## Sources", "", *lines])
