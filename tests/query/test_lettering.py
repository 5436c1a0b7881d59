from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from lucida.query import lettering
from lucida.query.lettering import Lettering


def ink(text: str, size: int = 20) -> bytes:
    canvas = Image.new("L", (400, 40), 255)
    Lettering(size).draw(ImageDraw.Draw(canvas), 4, 4, text, "black")
    return canvas.tobytes()


def test_a_line_is_one_typeface_where_one_has_all_of_it() -> None:
    assert len(Lettering(16).runs("beach, été à Łódź: «жук» Ω 0.83 — …")) == 1


def test_each_script_is_drawn_and_not_with_the_sign_for_missing_letters() -> None:
    drawn = [ink(char) for char in "aéŁжΩ中あ한"]
    assert len({*drawn, ink(" "), ink("\U000f1234")}) == len(drawn) + 2


def test_scripts_mix_within_a_word() -> None:
    runs = Lettering(16).runs("中文照片.jpg done")
    assert [part for part, _ in runs] == ["中文照片", ".jpg done"]


def test_a_letter_that_no_font_has_gets_a_sign_and_its_marks_go() -> None:
    runs = Lettering(16).runs("a\U000f0001\u0301b")
    assert "".join(part for part, _ in runs)[:2] in {"a□", "a?"}


def test_right_to_left_words_keep_one_typeface(monkeypatch) -> None:
    letters = Lettering(16)
    if letters._font_for("ש") is None:
        pytest.skip("no font with Hebrew on this machine")
    assert [part for part, _ in letters.runs("שלום.jpg")] == ["שלום.jpg"]


def test_widths_add_up() -> None:
    letters = Lettering(18)
    assert letters.width("wide and 中文") == pytest.approx(letters.width("wide and ") + letters.width("中文"), abs=1)


def test_wrapping_fits_and_says_what_is_left_out() -> None:
    letters = Lettering(14)
    lines = letters.wrapped("one two three four five six seven eight nine ten " * 3, 120, 3)
    assert len(lines) == 3
    assert all(letters.width(line) <= 120 for line in lines)
    assert lines[-1].endswith("…")
    assert lines[0].startswith("one two")
    assert letters.wrapped("short", 120, 3) == ["short"]
    assert letters.wrapped("", 120, 3) == letters.wrapped("  \n ", 120, 3) == []


def test_long_names_break_after_a_sign() -> None:
    letters = Lettering(14)
    lines = letters.wrapped("a-very-long-file-name-that-must-break-IMG_20240102.jpeg", 150, 4)
    assert lines[0].endswith("-")
    assert "".join(lines) == "a-very-long-file-name-that-must-break-IMG_20240102.jpeg"
    assert all(letters.width(line) <= 150 for line in letters.wrapped("x" * 200, 150, 3))


def test_bytes_that_are_no_text_are_shown_as_escapes() -> None:
    assert Lettering(14).wrapped("bad\udcffname\x1b.jpg", 400, 1) == ["bad\\xffname\\x1b.jpg"]


def test_without_pymupdf_the_letters_are_pillows(monkeypatch) -> None:
    monkeypatch.setattr(lettering, "_carried", lambda _name, _size: None)
    assert Lettering(16).width("plain words") > 20
