"""The grid of virtual pages: A4, margins of 54 pt, 80 columns of 6 pt by 58 lines of 12.5 pt."""

from __future__ import annotations

WIDTH_PT, HEIGHT_PT, MARGIN_PT = 595.0, 842.0, 54.0
COLUMNS, LINES = 80, 58
COLUMN_PT, LINE_PT, SIZE_PT = 6.0, 12.5, 10.0
#: The right margin as a fraction of the page's width.
GRID_RIGHT = (MARGIN_PT + COLUMNS * COLUMN_PT) / WIDTH_PT
