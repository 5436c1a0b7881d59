"""The dataset card: what is in it, where it comes from, what was sorted out and why. Markdown with a YAML head, as
Hugging Face reads it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lucida.generate.making.job import tallies
from lucida.generate.making.manifest import Manifest
from lucida.generate.making.origin import TRAINED

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**12, "n>100K"))
_USES = {
    "text": "the class's words",
    "vector": "vectors of retrieved items",
    "image": "a retrieved picture to begin with",
    "guide": "retrieved pictures as prompts",
}
_GATES = (
    ("agreement", "agreement", "least probability of the own label"),
    ("rival", "rival", "highest probability of another label"),
    ("sharpness", "sharpness", "least variance of the Laplacian"),
    ("blankness", "blankness", "least deviation of brightness, of 255"),
    ("duplicate", "duplicate_bits", "a near-duplicate differs in at most so many of 64 bits"),
    ("memorised", "memorised_bits", "a copy of a source differs in at most so many of 64 bits"),
    ("leak", "leak_bits", "a copy of an evaluation picture differs in at most so many of 64 bits"),
)


def card(manifest: Manifest, sources: Sequence[Mapping[str, Any]], formats: Sequence[str], sheet: str | None) -> str:
    """The card as Markdown.

    Args:
        manifest: of the run.
        sources: of the real examples and the parents: ``source``, ``licence``, ``examples``, ``samples``.
        formats: folders of the dataset.
        sheet: name of the examples' sheet, None where there is none.
    """
    parts = [
        _head(manifest, sources),
        f"# {', '.join(wanted.label for wanted in manifest.order.classes)}",
        _summary(manifest, formats),
        f"![examples]({sheet})" if sheet else "",
        _counts(manifest),
        _gates(manifest),
        _sources(sources),
        _origin(manifest),
        "\n".join(f"- {plain(note)}" for note in (*manifest.notes, *manifest.shortfalls())),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(manifest: Manifest, sources: Sequence[Mapping[str, Any]]) -> str:
    size = next(name for limit, name in _SIZES if len(manifest.splits) < limit)
    licences = sorted({row["licence"] for row in sources if row["licence"]})
    lines = ["---", "task_categories:", "- image-classification", "tags:", "- synthetic", "- lucida"]
    lines += ["size_categories:", f"- {size}"]
    if licences:
        lines += ["license: other", f"license_name: {json.dumps('; '.join(licences), ensure_ascii=False)}"]
    return "\n".join([*lines, "---"])


def _summary(manifest: Manifest, formats: Sequence[str]) -> str:
    order = manifest.order
    accepted = sum(sample["accepted"] for sample in manifest.samples())
    guides = ", ".join(_USES[use.value] for use in order.recipe.use)
    told = (
        f"{len(manifest.real)} real and {accepted} generated pictures, made by Lucida {manifest.made_by} with "
        f"`{order.generator[0]}` (fingerprint `{order.generator[1]}`), guided by {guides}."
    )
    if manifest.augmented:
        told += f" {len(manifest.augmented)} more were made from the real ones by rules (augmented)."
    where = ", ".join(f"`{name}/`" for name in formats)
    return told + (f" Formats: {where}." if where else "")


def _counts(manifest: Manifest) -> str:
    names = list(dict.fromkeys(manifest.splits.values()))
    per_split: Counter[tuple[str, str]] = Counter()
    for row in (*manifest.samples(), *manifest.real, *manifest.augmented):
        if row["path"] in manifest.splits:
            per_split[row["label"], manifest.splits[row["path"]]] += 1
    real = Counter(row["label"] for row in manifest.real)
    done = tallies(manifest.order, [dict(draw) for draw in manifest.draws])
    lines = [table_row("class", "real", "drawn", "accepted", *names), table_row(*["---"] * (4 + len(names)))]
    for wanted in manifest.order.classes:
        label, tally = wanted.label, done[wanted.label]
        counts = [per_split[label, name] for name in names]
        lines.append(table_row(plain(label), real[label], tally.drawn, tally.accepted, *counts))
    told = "Near-duplicates, and children of one parent, are never in two splits."
    return "\n".join(["## Counts", "", *lines, "", told])


def _gates(manifest: Manifest) -> str:
    bounds = manifest.order.recipe.thresholds.to_json()
    found = Counter(reason["gate"] for sample in manifest.samples() for reason in sample["reasons"])
    lines = [table_row("gate", "bound", "did not pass"), table_row(*["---"] * 3)]
    for gate, bound, says in _GATES:
        lines.append(table_row(gate, f"{bounds[bound]:g} ({says})", found[gate]))
    return "\n".join(["## Gates", "", *lines])


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    if not sources:
        return ""
    lines = [table_row("source", "licence", "real examples", "samples guided by it"), table_row(*["---"] * 4)]
    for row in sources:
        licence = plain(row["licence"]) or "not recorded"
        lines.append(table_row(code(Path(row["source"]).name), licence, row["examples"], row["samples"]))
    return "\n".join(["## Sources", "", *lines])


def _origin(manifest: Manifest) -> str:
    return (
        "## Origin\n\nEvery generated file says in its XMP metadata that a model drew it "
        f"(`DigitalSourceType` {TRAINED}). `manifest.json` has every parameter, seed and parent; "
        f"`lucida generate replay manifest.json` draws all {len(manifest.samples())} samples again and says whether "
        "they are the same."
    )


def table_row(*cells: object) -> str:
    """A row of a table in Markdown."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def code(text: str) -> str:
    """A file's name as code that ends where the name does."""
    return "`" + " ".join(text.split()).replace("`", "'").replace("|", "/") + "`"


def plain(text: str) -> str:
    """A foreign text that can neither leave its cell nor put markup into the card."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "|`<>[]*_\\" else char for char in flat)
