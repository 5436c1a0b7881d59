"""The part of a model card that was measured, in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.query.evaluation.report import EncoderReport

#: Rows of the tables of words and of classes.
_SHOWN = 12


def card_fragment(report: EncoderReport, command: str = "") -> str:
    """Markdown with a table of all figures, the general words, and the classes it knows least.

    Args:
        report: what was measured.
        command: how to measure it again.
    """
    parts = [_head(report, command), _figures(report)]
    if report.words:
        parts.append(_words(report))
    if report.classes:
        parts.append(_classes(report))
    return "\n\n".join(parts) + "\n"


def _head(report: EncoderReport, command: str) -> str:
    spec = _without_folders(report.spec)
    lines = ["## Measured", "", f"`{spec}`, fingerprint `{report.fingerprint}`, {report.dimension} dimensions."]
    if command:
        lines += ["", "```console", f"$ {command}", "```"]
    return "\n".join(lines)


def _figures(report: EncoderReport) -> str:
    lines = ["| measure | on | value | 95 % interval | by chance |", "|---|---|---:|---|---:|"]
    for row in report.measures:
        at = row.estimate
        interval = f"{at.low:.3f} to {at.high:.3f}"
        lines.append(f"| {_cell(row.what)} | {_cell(row.data)} | {at.value:.3f} | {interval} | {row.chance:.3f} |")
    return "\n".join([*lines, "", "Intervals are percentile bootstraps over pictures, queries or words."])


def _words(report: EncoderReport) -> str:
    rows = sorted(report.words, key=lambda row: (row["precision@10"], row["word"]))
    said = ", ".join(f"{_cell(row['word'])} {row['precision@10']:.1f}" for row in rows[:_SHOWN])
    return f"General words with the least precision at 10: {said}."


def _classes(report: EncoderReport) -> str:
    said = ", ".join(f"{_cell(row['name'])} {row['top1']:.2f}" for row in report.classes[:_SHOWN])
    return f"Classes known least (top-1): {said}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _without_folders(spec: str) -> str:
    """A folder's own name in place of its whole path: a card travels, and folders do not."""
    form, colon, place = spec.rpartition(":")
    return f"{form}{colon}{Path(place).name}" if Path(place).is_absolute() else spec
