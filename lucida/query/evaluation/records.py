"""Rows of JSON, JSONL, CSV and TSV files, each with the place it stands at, so that errors can name it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucida.errors import UsageError


@dataclass(frozen=True, slots=True)
class Row:
    """One record: ``place`` is ``file:line``, ``fields`` its values by name."""

    place: str
    fields: Mapping[str, Any]

    def get(self, names: Sequence[str]) -> Any:
        """The value under the first of these names that is there.

        Raises:
            UsageError: none is.
        """
        for name in names:
            if self.fields.get(name) not in (None, ""):
                return self.fields[name]
        raise UsageError(f"{self.place} has no {names[0]}.", f"Give each row one of: {', '.join(names)}.")


def read_text(path: Path) -> str:
    """A whole UTF-8 file, with or without a byte order mark.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Check the path; text files are in UTF-8.") from error


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """``(file:line, text)`` of every line that says something."""
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            yield f"{path}:{number}", line


def json_of(path: Path) -> Any:
    """A whole JSON document.

    Raises:
        UsageError: it does not parse; the error names the line.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno} is no JSON: {error.msg}.", "Mend the file there.") from error


def json_lines(path: Path) -> Iterator[Row]:
    """One JSON object a line."""
    for place, line in lines_of(path):
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(f"{place} is no JSON: {error.msg}.", "Write one JSON object a line.") from error
        if not isinstance(fields, dict):
            raise UsageError(f"{place} is no JSON object.", "Write one JSON object a line.")
        yield Row(place, fields)


def table(path: Path) -> Iterator[Row]:
    """A CSV or TSV file with a header; tabs where the header has one."""
    text = read_text(path)
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter="\t" if "\t" in first else ",", strict=True)
    try:
        for fields in reader:
            place = f"{path}:{reader.line_num}"
            if None in fields or None in fields.values():
                raise UsageError(f"{place} has not as many fields as the header.", "Mend the line.")
            yield Row(place, fields)
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.reader.line_num} does not parse: {error}.", "Mend the line.") from error


def header_of(path: Path) -> list[str]:
    """Names in the first line, as a table's header would have them."""
    first = read_text(path).partition("\n")[0]
    return [name.strip().strip('"') for name in first.split("\t" if "\t" in first else ",")]
