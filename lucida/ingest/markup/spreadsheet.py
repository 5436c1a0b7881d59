"""XLSX workbooks to elements: every sheet a page of its own, its cells as tables.

Read from the sheets' XML (ECMA-376, part 1, chapter 18) with a parser that expands no entities. Formulas are not
computed: what counts is the value that was saved with them, shown as its number format says.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lucida.errors import DamagedSourceError
from lucida.ingest.markup.elements import Element, MarkedText
from lucida.ingest.markup.numberformat import formats_of, show_number
from lucida.ingest.markup.sheettables import Grid, elements_of
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Sheets are databases at times; what lies beyond is left out, with a warning.
MAX_CELLS = 200_000
_MAX_COLUMN, _MAX_SPAN = 500, 200
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")


@dataclass(slots=True)
class _Workbook:
    """The parts of a workbook that its sheets refer to."""

    archive: zipfile.ZipFile
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    from_1904: bool = False
    cells_left: int = MAX_CELLS


def parse_workbook(data: bytes) -> MarkedText:
    """Read an XLSX file.

    Raises:
        DamagedSourceError: it is no workbook, or its XML is broken or declares entities.
    """
    import defusedxml
    from defusedxml.ElementTree import ParseError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parse(archive)
    except (KeyError, ParseError, defusedxml.DefusedXmlException, zipfile.BadZipFile, ValueError) as error:
        raise DamagedSourceError(
            f"The workbook cannot be read ({type(error).__name__}).", "Open it in its own program and save it anew."
        ) from error


def _parse(archive: zipfile.ZipFile) -> MarkedText:
    book = _Workbook(archive)
    root = _root(archive, "xl/workbook.xml")
    targets = {
        one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
        for one in _root(archive, "xl/_rels/workbook.xml.rels")
    }
    names = set(archive.namelist())
    if "xl/sharedStrings.xml" in names:
        book.strings = [_text(one) for one in _root(archive, "xl/sharedStrings.xml")]
    if "xl/styles.xml" in names:
        book.formats = formats_of(_root(archive, "xl/styles.xml"))
    properties = _child(root, "workbookPr")
    book.from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    marked = MarkedText()
    for sheet in _children(_child(root, "sheets")):
        part = targets.get(next((value for key, value in sheet.items() if key.endswith("}id")), ""), "")
        if part not in names or "/worksheets/" not in part:
            continue
        grid = _grid(book, part)
        if not grid.texts:
            continue
        marked.elements.append(Element(RegionKind.TITLE, sheet.get("name") or "Sheet", level=1, starts_page=True))
        marked.elements += elements_of(grid)
    if book.cells_left <= 0:
        marked.warnings.append(f"Only the first {MAX_CELLS:,} cells of the workbook were read.")
    _describe(archive, names, marked)
    return marked


def _grid(book: _Workbook, part: str) -> Grid:
    """The texts of a sheet's cells by row and column, counting from 0, and the spans of merged ones."""
    from defusedxml.ElementTree import iterparse

    grid = Grid()
    row = column = -1
    with book.archive.open(part) as file:
        for event, element in iterparse(file, events=("start", "end")):
            name = _local(element)
            if event == "start":
                if name == "row":
                    row, column = int(element.get("r") or row + 2) - 1, -1
                continue
            if name == "c":
                column = _column(element.get("r"), column + 1)
                text = _value(element, book) if book.cells_left > 0 and column < _MAX_COLUMN else ""
                if text:
                    grid.texts[row, column] = text
                    book.cells_left -= 1
                element.clear()
            elif name == "row":
                element.clear()
            elif name == "mergeCell":
                _merge(grid, element.get("ref", ""))
    return grid


def _merge(grid: Grid, reference: str) -> None:
    corners = [_REFERENCE.match(corner) for corner in reference.split(":")]
    if len(corners) != 2 or not corners[0] or not corners[1]:
        return
    (left, top), (right, bottom) = ((_number(c.group(1)), int(c.group(2)) - 1) for c in corners if c)
    if bottom - top < _MAX_SPAN and right - left < _MAX_SPAN:
        grid.spans[top, left] = (bottom - top + 1, right - left + 1)


def _column(reference: str | None, following: int) -> int:
    match = _REFERENCE.match(reference or "")
    return _number(match.group(1)) if match else following


def _number(letters: str) -> int:
    """A = 0, Z = 25, AA = 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Any, book: _Workbook) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = _child(cell, "is")
        return _text(inline) if inline is not None else ""
    raw = _child(cell, "v")
    text = (raw.text or "").strip() if raw is not None else ""
    if not text:
        return ""
    if kind == "s":
        index = int(text)
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if text == "1" else "FALSE"
    if kind != "n":
        return " ".join(text.split())
    style = int(cell.get("s") or 0)
    code = book.formats[style] if 0 <= style < len(book.formats) else ""
    return show_number(text, code, from_1904=book.from_1904)


def _describe(archive: zipfile.ZipFile, names: set[str], marked: MarkedText) -> None:
    """Title, author and date from the package's own properties."""
    if "docProps/core.xml" not in names:
        return
    for element in _root(archive, "docProps/core.xml"):
        text = " ".join((element.text or "").split())[:500]
        name = _local(element)
        if name == "title":
            marked.title = text
        elif name == "creator" and text:
            marked.metadata["author"] = text
        elif name == "created":
            try:
                marked.created = datetime.fromisoformat(text).replace(tzinfo=None)
            except ValueError:
                continue


def _root(archive: zipfile.ZipFile, part: str) -> Any:
    from defusedxml.ElementTree import fromstring

    return fromstring(archive.read(part))


def _text(element: Any) -> str:
    """The runs of a string joined, without the phonetic hints of East Asian text."""
    parts: list[str] = []
    for child in element:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.append(_text(child))
    return " ".join("".join(parts).split())


def _children(element: Any) -> Iterator[Any]:
    return iter(element if element is not None else ())


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _local(child) == name), None)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
