"""Writing figures per query or question, so that a spreadsheet can say more about them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lucida.errors import StorageFullError
from lucida.query.evaluation.retrieval import Scored


def write_per_query(path: Path, runs: Sequence[Scored], texts: Mapping[str, str]) -> None:
    """One line per query with an answer: id, text, then each run's measures and how many documents it found.

    Columns bear the run's name where there are several.

    Raises:
        StorageFullError: the file cannot be written.
    """
    prefix = {run.name: f"{run.name} " if len(runs) > 1 else "" for run in runs}
    header = ["query", "text"]
    for run in runs:
        header += [f"{prefix[run.name]}{name}" for name in (*run.values, "found")]
    rows = []
    for number, query in enumerate(runs[0].queries):
        cells = [query, texts.get(query, "")]
        for run in runs:
            cells += [f"{values[number]:.6g}" for values in run.values.values()]
            cells.append(str(len(run.run.get(query, []))))
        rows.append(cells)
    write_table(path, header, rows)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file.

    Raises:
        StorageFullError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise StorageFullError(
            f"{path} cannot be written: {error.strerror}.", "Check the path and the disk."
        ) from error
