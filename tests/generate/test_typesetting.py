from __future__ import annotations

import pytest

from lucida.generate.blocks import Figure, Grid, Heading, Items, pour
from lucida.generate.files import new_document
from lucida.generate.flow import Flow
from lucida.generate.sheet import SANS, SERIF, Sheet, text_width
from lucida.generate.typesetting import Column, Style, TableStyle, break_lines, paragraph, table, table_height

PROSE = "The boat was launched **nine times** in October, _twice_ at night, and eleven people were brought ashore. " * 4
STYLE = Style(SERIF, 10, 13, justify=True)


def test_no_line_is_wider_than_its_column_and_no_word_is_lost() -> None:
    lines = break_lines(PROSE, 150, STYLE)
    for line in lines:
        width = sum(text_width(part, face, 10) for word in line.words for face, part in word)
        assert width + text_width(" ", SERIF.regular, 10) * (len(line.words) - 1) <= 150
    words = ["".join(part for _, part in word) for line in lines for word in line.words]
    assert words == PROSE.replace("**", "").replace("_", "").split()
    assert [line.last for line in lines] == [False] * (len(lines) - 1) + [True]


def test_markup_changes_the_face_even_inside_a_word() -> None:
    (line,) = break_lines("**Table 1.** x _y_, snake_case_name", 400, STYLE)
    runs = [run for word in line.words for run in word]
    assert (SERIF.bold, "Table") in runs
    assert (SERIF.italic, "y") in runs
    assert (SERIF.regular, "snake_case_name") in runs


def test_justified_lines_end_at_the_right_edge() -> None:
    document = new_document()
    sheet = Sheet(document)
    paragraph(sheet, 50, 50, 200, PROSE, STYLE)
    sheet.finish()
    lines = [line for block in document[0].get_text("dict")["blocks"] for line in block["lines"]]
    ends: dict[int, float] = {}
    for line in lines:
        row = round(line["bbox"][1])
        ends[row] = max(ends.get(row, 0), line["bbox"][2])
    *full, _last = [ends[row] for row in sorted(ends)]
    assert full == pytest.approx([250] * len(full), abs=0.6)


@pytest.mark.parametrize("look", ["rules", "grid", "bands"])
def test_tables_take_the_height_they_announce_and_keep_their_cells(look: str) -> None:
    columns = [Column("Region", 80), Column("Revenue in the year", 60, "right")]
    rows = [["North", "21.7"], ["South and islands together", "29.5"], ["All", "51.2"]]
    style = TableStyle(Style(SANS, 9, 12), look, total_rows=1)  # type: ignore[arg-type]
    document = new_document()
    sheet = Sheet(document)
    bottom = table(sheet, 50, 100, columns, rows, style)
    sheet.finish()
    assert bottom - 100 == pytest.approx(table_height(columns, rows, style))
    text = document[0].get_text()
    assert all(word in text for word in ("Region", "21.7", "together", "51.2"))
    assert max(word[2] for word in document[0].get_text("words")) <= 190


def _flow(document: object) -> Flow:
    return Flow(document, lambda _: [(50, 50, 290, 400), (310, 50, 550, 400)], STYLE)


def test_flow_fills_columns_then_pages_and_numbers_them() -> None:
    document = new_document()
    flow = _flow(document)
    for _ in range(40):
        flow.text(PROSE)
    flow.finish(lambda sheet, number, count: sheet.text(50, 30, f"{number} of {count}") and None)
    assert len(document) > 1
    for number, page in enumerate(document, start=1):
        assert f"{number} of {len(document)}" in page.get_text()
        assert all(y1 <= 401 for _, y0, _, y1, *_ in page.get_text("words") if y0 > 45)


def test_headings_stay_with_the_table_they_announce() -> None:
    document = new_document()
    flow = _flow(document)
    grid = Grid({"Item": 1, "Sum": 1}, [[f"row {n}", str(n)] for n in range(8)], "**Table 1.** Sums.")
    blocks = [*["Filler text that takes one line."] * 14, Heading("Accounts"), grid, Items(["one", "two"])]
    pour(flow, blocks, {1: Style(SERIF, 12, 15, bold=True)}, TableStyle())
    flow.finish(lambda *_: None)
    words = {word[4]: word for word in document[0].get_text("words")}
    assert words["Accounts"][0] == pytest.approx(310, abs=1)
    assert words["Item"][0] > 300
    assert flow.outline == [(1, "Accounts", 1)]


def test_figures_get_the_box_they_asked_for() -> None:
    boxes: list[tuple[float, float, float, float]] = []
    flow = _flow(new_document())
    pour(flow, [Figure(120, lambda _, box: boxes.append(box), "A figure.")], {}, TableStyle())
    (box,) = boxes
    assert box == (50, 50, 290, 170)
