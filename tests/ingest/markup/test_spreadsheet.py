"""Workbooks made here part by part, read as tables."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError
from lucida.ingest.markup.markup import read_markup
from lucida.ingest.markup.numberformat import show_number
from lucida.ingest.markup.spreadsheet import XLSX
from lucida.ingest.render import render_page
from lucida.types import Document, RegionKind, Table

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="170" formatCode="&quot;€&quot;#,##0.00"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="10"/></cellXfs></styleSheet>'
)
ACCOUNTS = (
    "<sheetData>"
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Accounts of the harbour</t></is></c></row>'
    '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><r><t>Dred</t></r><r><t>ging</t></r></is></c>'
    '<c r="B4" s="1"><v>45413</v></c>'
    '<c r="C4" s="2"><f>1+1</f><v>12345.5</v></c></row>'
    '<row r="5"><c r="A5" t="inlineStr"><is><t>Share</t></is></c><c r="C5" s="3"><v>0.075</v></c></row>'
    "</sheetData>"
)


def workbook(path: Path, *sheets: str, strings: tuple[str, ...] = ("Item", "Date", "Amount")) -> Path:
    names = "".join(f'<sheet name="Sheet {i}" sheetId="{i}" r:id="rId{i}"/>' for i in range(1, len(sheets) + 1))
    links = "".join(f'<Relationship Id="rId{i}" Target="worksheets/s{i}.xml"/>' for i in range(1, len(sheets) + 1))
    with zipfile.ZipFile(path, "w") as archive:
        root = f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{names}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", root)
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="urn:x">{links}</Relationships>')
        shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        archive.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/s{number}.xml", f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>')
    return path


def read(path: Path) -> Document:
    return read_markup(path, XLSX, ReadOptions(), lambda done, total: None)


def tables(document: Document) -> list[Table]:
    return [region.table for page in document.pages for region in page.regions if region.table]


def test_cells_keep_their_grid_and_show_as_formatted(tmp_path: Path) -> None:
    document = read(workbook(tmp_path / "a.xlsx", ACCOUNTS))
    [table] = tables(document)
    rows = [[cell.text for cell in table.cells if cell.row == row] for row in range(table.rows)]
    assert rows == [
        ["Item", "Date", "Amount"],
        ["Dredging", "2024-05-01", "€12,345.50"],
        ["Share", "", "7.50%"],
    ]
    kinds = [region.kind for region in document.pages[0].regions]
    assert kinds == [RegionKind.TITLE, RegionKind.TEXT, RegionKind.TABLE]
    assert any("Item: Dredging | Date: 2024-05-01 | Amount: €12,345.50" in p.text for p in document.passages)


def test_each_sheet_is_a_page_and_can_be_drawn(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ACCOUNTS, ACCOUNTS.replace("harbour", "yard"))
    document = read(path)
    assert [page.regions[0].text for page in document.pages] == ["Sheet 1", "Sheet 2"]
    assert {passage.page for passage in document.passages} == {1, 2}
    image = render_page(path, XLSX, 2, dpi=50)
    assert image.convert("L").getextrema()[0] < 128


def test_wide_sheets_repeat_their_first_column(tmp_path: Path) -> None:
    letters = "ABCDEFGHIJKL"
    rows = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{c}{r}" t="inlineStr"><is><t>value {c}{r}</t></is></c>' for c in letters)
        + "</row>"
        for r in (1, 2, 3)
    )
    found = tables(read(workbook(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>")))
    assert len(found) > 1
    assert all(table.cells[0].text == "value A1" for table in found)
    assert {cell.text for table in found for cell in table.cells} == {
        f"value {c}{r}" for c in letters for r in (1, 2, 3)
    }


def test_merged_cells_span(tmp_path: Path) -> None:
    sheet = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2"><v>3.25</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'
    )
    [table] = tables(read(workbook(tmp_path / "a.xlsx", sheet)))
    assert [(c.text, c.column, c.column_span) for c in table.cells if c.row == 0] == [("Item", 0, 1), ("Amount", 1, 2)]


@pytest.mark.parametrize(
    "sheet",
    [
        "<sheetData><row",
        "<sheetData/>",
        '<sheetData><row r="x"><c r="A1"><v>1</v></c></row></sheetData>',
    ],
)
def test_broken_workbooks_raise_with_advice(tmp_path: Path, sheet: str) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        read(workbook(tmp_path / "a.xlsx", sheet))
    assert caught.value.advice


def test_entities_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ACCOUNTS)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    parts["xl/sharedStrings.xml"] = bomb
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(DamagedSourceError):
        read(path)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("3", "", "3"),
        ("0.1", "", "0.1"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-5", '0.0" kg"', "-5.0 kg"),
        ("0.256", "0%", "26%"),
        ("45413.5", "dd/mm/yyyy hh:mm", "2024-05-01 12:00"),
        ("0.75", "hh:mm", "18:00"),
        ("99", "[$£-809]#,##0.00", "£99.00"),
        ("1e300", "yyyy", f"{1e300:.10g}"),
        ("abc", "0.00", "abc"),
    ],
)
def test_numbers_show_as_formatted(value: str, code: str, shown: str) -> None:
    assert show_number(value, code) == shown
