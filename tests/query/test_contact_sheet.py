from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from lucida.errors import UsageError
from lucida.query.contact_sheet import Group, check_sheet_path, contact_sheet, grouped_sheet, save_sheet

PAPER = (251, 250, 247)


def colours(count: int, size: tuple[int, int] = (300, 200)) -> list[tuple[Image.Image, str]]:
    return [(Image.new("RGB", size, (200, 10 * n, 40)), f"{n + 1} · 0.9\nfile-{n}.jpg") for n in range(count)]


def test_every_picture_is_there_in_reading_order() -> None:
    sheet = contact_sheet(colours(5), columns=2, cell_px=120)
    seen = [colour for _, colour in sorted((sheet.getcolors(1 << 20) or []), reverse=True)]
    assert all((200, 10 * n, 40) in seen for n in range(5))
    left = next(x for x in range(sheet.width) if sheet.getpixel((x, 40)) == (200, 0, 40))
    right = next(x for x in range(sheet.width) if sheet.getpixel((x, 40)) == (200, 10, 40))
    assert left < right


def test_cells_are_equal_and_pictures_keep_their_shape() -> None:
    tall = Image.new("RGB", (100, 400), (0, 0, 255))
    sheet = contact_sheet([(tall, "tall"), *colours(3)], columns=4, cell_px=200)
    blue = [(x, y) for x in range(sheet.width) for y in range(sheet.height) if sheet.getpixel((x, y)) == (0, 0, 255)]
    wide = max(x for x, _ in blue) - min(x for x, _ in blue) + 1
    high = max(y for _, y in blue) - min(y for _, y in blue) + 1
    assert high / wide == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7, 12, 30])
def test_sheets_have_a_pleasant_shape(count: int) -> None:
    sheet = contact_sheet(colours(count), cell_px=60)
    assert 0.3 < sheet.height / sheet.width < 1.6
    assert sheet.getpixel((0, 0)) == sheet.getpixel((sheet.width - 1, sheet.height - 1)) == PAPER


def test_captions_and_title_take_room_and_leave_ink() -> None:
    bare = contact_sheet([(picture, "") for picture, _ in colours(3)], cell_px=160)
    captioned = contact_sheet(colours(3), cell_px=160)
    titled = contact_sheet(colours(3), title="Three", cell_px=160)
    assert bare.height < captioned.height < titled.height
    strip = captioned.crop((0, bare.height - 20, captioned.width, captioned.height))
    assert min(strip.convert("L").tobytes()) < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
@pytest.mark.parametrize("size", [(1, 1), (40, 3000), (3000, 40)])
def test_any_mode_and_size(mode: str, size: tuple[int, int]) -> None:
    sheet = contact_sheet([(Image.new(mode, size), "a caption")], cell_px=100)
    assert sheet.mode == "RGB"
    assert sheet.width < 200


def test_light_drawings_on_nothing_can_be_seen() -> None:
    drawing = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).ellipse((50, 50, 150, 150), fill="white")
    sheet = contact_sheet([(drawing, "")], cell_px=200)
    middle = sheet.getpixel((sheet.width // 2, sheet.height // 2))
    corner = sheet.getpixel((sheet.width // 2 - 90, sheet.height // 2 - 90))
    assert middle == (255, 255, 255)
    assert max(corner) < 120


def test_the_pictures_themselves_are_not_changed() -> None:
    picture = Image.new("RGBA", (80, 50), (1, 2, 3, 4))
    contact_sheet([(picture, "x")])
    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0)) == (1, 2, 3, 4)


def test_groups_have_headings_and_empty_ones_are_left_out() -> None:
    one = grouped_sheet([Group("cat", colours(2))], cell_px=80)
    both = grouped_sheet([Group("cat", colours(2)), Group("nothing", []), Group("dog", colours(1))], cell_px=80)
    plain = grouped_sheet([Group("", colours(2))], columns=2, cell_px=80)
    assert plain.height < one.height < both.height


def test_no_pictures_say_so() -> None:
    sheet = contact_sheet([], title="Nothing", cell_px=200)
    assert min(sheet.convert("L").tobytes()) < 80


@pytest.mark.parametrize("columns", [0, -1])
def test_senseless_measures_are_refused(columns: int) -> None:
    with pytest.raises(UsageError):
        contact_sheet(colours(1), columns=columns)


def test_absurdly_large_sheets_are_refused() -> None:
    with pytest.raises(UsageError, match="too large"):
        contact_sheet(colours(1) * 5000, cell_px=480)


@pytest.mark.parametrize("name", ["sheet.png", "sheet.JPG", "sheet.webp"])
def test_the_name_chooses_the_format(tmp_path, name: str) -> None:
    save_sheet(contact_sheet(colours(2)), tmp_path / name)
    with Image.open(tmp_path / name) as saved:
        assert saved.format == {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[name.lower().partition(".")[2]]


def test_wrong_names_are_refused_before_the_work(tmp_path) -> None:
    with pytest.raises(UsageError, match="does not end in"):
        check_sheet_path(tmp_path / "sheet.gif")
    with pytest.raises(UsageError, match="does not exist"):
        check_sheet_path(tmp_path / "nowhere" / "sheet.png")
    check_sheet_path(None)


def test_a_sheet_that_the_format_cannot_hold_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match="16,383"):
        save_sheet(Image.new("RGB", (10, 20_000)), tmp_path / "long.webp")
