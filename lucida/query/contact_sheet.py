"""A contact sheet: pictures in equal cells with their captions, as photographers look through a film."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lucida.errors import StorageFullError, UsageError
from lucida.lazy import require
from lucida.query.lettering import Lettering

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

#: A picture and what stands under it: its first line in dark ink, lines after a newline in grey.
Entry: TypeAlias = "tuple[Image, str]"

_PAPER, _MAT, _DARK_MAT = "#fbfaf7", "#f1efe9", "#4a4945"
_INK, _MUTED, _HAIRLINE = "#22211f", "#77736b", "#dcd8cf"
#: Cells take the shape that most pictures have, between these heights per width.
_FLATTEST, _TALLEST = 0.62, 1.25
#: Small pictures are enlarged, but not until they are mush.
_MOST_ENLARGED = 4.0
_CAPTION_LINES = 3
#: A sheet larger than this is no sheet to look at; JPEG ends at 65,500 pixels a side and WebP at 16,383.
_MOST_PIXELS = 120_000_000
_LONGEST_SIDE = {".webp": 16_383, ".jpg": 65_500, ".jpeg": 65_500}
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that belong together, under a heading (none where it is empty)."""

    heading: str
    entries: Sequence[Entry]


def contact_sheet(
    entries: Sequence[Entry], *, columns: int | None = None, title: str = "", cell_px: int = 240
) -> Image:
    """Lay pictures out in equal cells.

    Args:
        entries: (picture, caption) each. Pictures of any size and mode, upright already (EXIF applied); transparent
            ones come on paper, light drawings on a dark mat. A caption's lines after a newline are in grey.
        columns: pictures side by side; None fits them to their number.
        title: a line above all.
        cell_px: width of a cell, at least 48.

    Returns:
        A new RGB picture; with no entries, a sheet that says so.

    Raises:
        UsageError: the sheet would be absurdly large, or a measure makes no sense.
        DependencyError: Pillow is not installed.
    """
    return grouped_sheet([Group("", entries)], columns=columns, title=title, cell_px=cell_px)


def grouped_sheet(groups: Sequence[Group], *, columns: int | None = None, title: str = "", cell_px: int = 240) -> Image:
    """Like :func:`contact_sheet`, with a heading above each group; all cells of the sheet are alike."""
    if cell_px < 48 or (columns is not None and columns < 1):
        raise UsageError("A contact sheet needs cells of at least 48 px and at least one column.", "Give it more.")
    return _Sheet(groups, columns, title, cell_px).drawn()


def check_sheet_path(path: Path | None, option: str = "--sheet") -> None:
    """Complain before the work, not after it, about a name that no sheet can be written to.

    Raises:
        UsageError: the ending is none of PNG, JPEG and WebP, or the folder is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} does not end in .png, .jpg or .webp.", f"Give {option} a picture's name.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist.", "Make it first, or name another.")


def save_sheet(sheet: Image, path: Path) -> None:
    """Write a sheet as PNG, JPEG or WebP, as its name says.

    Raises:
        UsageError: the name has another ending, its folder does not exist, or the format cannot hold the size.
        StorageFullError: the disk refuses.
    """
    check_sheet_path(path)
    longest = _LONGEST_SIDE.get(path.suffix.lower())
    if longest is not None and max(sheet.size) > longest:
        raise UsageError(
            f"{path.suffix} pictures end at {longest:,} pixels, and this sheet has {max(sheet.size):,}.",
            "Write it as .png, or show fewer pictures.",
        )
    try:
        sheet.save(path) if path.suffix.lower() == ".png" else sheet.save(path, quality=90)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFullError(f"{path} cannot be written: {reason}.", "Name another place.") from error


class _Sheet:
    """Measures first, then draws. All lengths are pixels and follow from the width of a cell."""

    def __init__(self, groups: Sequence[Group], columns: int | None, title: str, cell_px: int) -> None:
        self._groups = [group for group in groups if group.entries]
        entries = [entry for group in self._groups for entry in group.entries]
        self._columns = columns or _columns([len(group.entries) for group in self._groups])
        self._cell = cell_px
        self._picture_height = round(cell_px * _shape(picture for picture, _ in entries))
        self._gap = max(cell_px // 12, 8)
        self._margin = max(cell_px // 6, 16)
        self._text = Lettering(max(round(cell_px / 17), 11))
        self._bold = Lettering(max(round(cell_px / 17), 11), "bold")
        self._heading = Lettering(max(round(cell_px / 14), 13), "bold")
        self._title = Lettering(max(round(cell_px / 10.5), 16), "bold")
        self._width = 2 * self._margin + self._columns * cell_px + (self._columns - 1) * self._gap
        self._above = self._title.wrapped(title, self._width - 2 * self._margin, 2)
        self._captions = [[self._caption(caption) for _, caption in group.entries] for group in self._groups]

    def drawn(self) -> Image:
        image, draw = require("PIL.Image", "draw a contact sheet"), require("PIL.ImageDraw", "draw a contact sheet")
        height = self._height()
        if self._width * height > _MOST_PIXELS:
            raise UsageError(
                f"A contact sheet of {self._width:,} x {height:,} pixels is too large to look at.",
                "Show fewer pictures, or take smaller cells.",
            )
        sheet: Image = image.new("RGB", (self._width, height), _PAPER)
        canvas: ImageDraw = draw.Draw(sheet)
        y = self._draw_title(canvas)
        for group, captions in zip(self._groups, self._captions, strict=True):
            y = self._draw_group(sheet, canvas, group, captions, y)
        if not self._groups:
            self._text.draw(canvas, self._margin, y, "No pictures.", _MUTED)
        return sheet

    def _height(self) -> int:
        body = sum(self._group_height(g, c) for g, c in zip(self._groups, self._captions, strict=True))
        return self._top() + (body or self._text.line_px + self._gap) + self._margin - self._gap

    def _top(self) -> int:
        """Where the first group begins."""
        return self._margin + (len(self._above) * self._title.line_px + self._gap if self._above else 0)

    def _group_height(self, group: Group, captions: list[list[str]]) -> int:
        rows = sum(self._row_height(captions[at : at + self._columns]) for at in range(0, len(captions), self._columns))
        return rows + (self._heading_height() if group.heading else 0)

    def _heading_height(self) -> int:
        return self._heading.line_px + self._gap

    def _row_height(self, captions: list[list[str]]) -> int:
        lines = max(map(len, captions))
        return self._picture_height + (lines * self._text.line_px + self._gap // 2 if lines else 0) + self._gap

    def _caption(self, caption: str) -> list[str]:
        """At most three lines; the first of them is drawn darker. A second part always gets its line."""
        parts = [part for part in caption.split("\n") if part.strip()][:_CAPTION_LINES]
        if not parts:
            return []
        first = self._bold.wrapped(parts[0], self._cell, 1)
        spare = _CAPTION_LINES - 1
        for part in parts[1:]:
            lines = self._text.wrapped(part, self._cell, max(spare - (len(parts) > 2), 1))
            first, spare = first + lines, spare - len(lines)
        return first[:_CAPTION_LINES]

    def _draw_title(self, canvas: ImageDraw) -> int:
        y = self._margin
        for number, line in enumerate(self._above):
            self._title.draw(canvas, self._margin, y - self._gap // 3 + number * self._title.line_px, line, _INK)
        if self._above:
            rule = self._top() - self._gap * 2 // 3
            canvas.line((self._margin, rule, self._width - self._margin, rule), fill=_HAIRLINE)
        return self._top()

    def _draw_group(self, sheet: Image, canvas: ImageDraw, group: Group, captions: list[list[str]], y: int) -> int:
        if group.heading:
            line = self._heading.wrapped(group.heading, self._width - 2 * self._margin, 1)[0]
            self._heading.draw(canvas, self._margin, y, line, _INK)
            y += self._heading_height()
        for at in range(0, len(group.entries), self._columns):
            row, texts = group.entries[at : at + self._columns], captions[at : at + self._columns]
            for column, ((picture, _), lines) in enumerate(zip(row, texts, strict=True)):
                x = self._margin + column * (self._cell + self._gap)
                self._draw_cell(sheet, canvas, picture, lines, x, y)
            y += self._row_height(texts)
        return y

    def _draw_cell(self, sheet: Image, canvas: ImageDraw, picture: Image, lines: list[str], x: int, y: int) -> None:
        width, height = self._cell, self._picture_height
        shown, mat = _on_mat(_fitted(picture, width, height))
        canvas.rectangle((x, y, x + width - 1, y + height - 1), fill=mat)
        sheet.paste(shown, (x + (width - shown.width) // 2, y + (height - shown.height) // 2))
        canvas.rectangle((x, y, x + width - 1, y + height - 1), outline=_HAIRLINE)
        top = y + height + self._gap // 2
        for number, line in enumerate(lines):
            lettering, ink = (self._bold, _INK) if number == 0 else (self._text, _MUTED)
            lettering.draw(canvas, x, top + number * self._text.line_px, line, ink)


def _columns(counts: Sequence[int]) -> int:
    """A sheet a third wider than high, and among the widths near that the one that leaves the fewest cells empty."""
    total = max(sum(counts), 1)
    widest = max(counts, default=1)
    if len(counts) > 1:
        return min(max(widest, 3), 6)
    if total <= 4:
        return total
    ideal = min(math.sqrt(total * 1.4), 10.0)
    near = range(max(3, math.floor(ideal) - 1), math.ceil(ideal) + 2)
    return min(near, key=lambda columns: (-total % columns + abs(columns - ideal), columns))


def _shape(pictures: Iterable[Image]) -> float:
    """Height per width of a cell: most pictures fill it."""
    shapes = sorted(picture.height / max(picture.width, 1) for picture in pictures)
    common = shapes[len(shapes) * 2 // 3] if shapes else 1.0
    return min(max(common, _FLATTEST), _TALLEST)


def _fitted(picture: Image, width: int, height: int) -> Image:
    """The whole picture at the largest size that fits, RGB or RGBA."""
    image = require("PIL.Image", "draw a contact sheet")
    clear = picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info
    scale = min(width / picture.width, height / picture.height, _MOST_ENLARGED)
    size = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
    small = picture
    if picture.mode == "RGB" and scale < 0.5:
        small = picture.reduce(max(int(0.5 / scale), 1))  # most of the way at little cost
    fitted: Image = small.convert("RGBA" if clear else "RGB").resize(size, image.Resampling.LANCZOS)
    return fitted


def _on_mat(picture: Image) -> tuple[Image, str]:
    """The picture without transparency, and the mat around it; what is drawn in light ink lies on a dark one."""
    if picture.mode != "RGBA":
        return picture, _MAT
    image = require("PIL.Image", "draw a contact sheet")
    alpha = picture.getchannel("A")
    weight = sum(level * count for level, count in enumerate(alpha.histogram()))
    grey = image.new("L", picture.size, 0)
    grey.paste(picture.convert("L"), mask=alpha)
    light = sum(level * count for level, count in enumerate(grey.histogram())) > 215 * weight / 255
    mat = _DARK_MAT if light and min(alpha.tobytes()) < 128 else _PAPER
    base: Image = image.new("RGB", picture.size, mat)
    base.paste(picture, mask=alpha)
    return base, mat if mat == _DARK_MAT else _MAT
