from __future__ import annotations

import json
import random

import pytest

from lucida.index.packing import clean, pack_regions, pack_words, unpack_regions, unpack_words
from lucida.types import Box, Cell, Region, RegionKind, Table, Word


def words(count: int) -> list[Word]:
    rng = random.Random(0)
    texts = ["the", "Überschrift", "1,234.50", "日本", "of", "two words", "emoji\U0001f600"]
    rows = []
    for number in range(count):
        x, y = rng.uniform(0, 0.9), (number // 12) * 0.015 % 0.9
        rows.append(
            Word(rng.choice(texts), Box(x, y, x + rng.uniform(0.01, 0.1), y + 0.012), rng.random(), number // 12)
        )
    return rows


@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_words_come_back(count):
    given = words(count)
    back = unpack_words(pack_words(given))
    assert [(word.text, word.line) for word in back] == [(word.text, word.line) for word in given]
    for old, new in zip(given, back, strict=True):
        assert new.box == pytest.approx(old.box, abs=1 / 65535)
        assert new.confidence == pytest.approx(old.confidence, abs=1 / 255)


def test_packing_twice_changes_nothing():
    once = pack_words(words(100))
    assert pack_words(unpack_words(once)) == once


def test_words_take_little_room():
    given = words(500)
    assert len(pack_words(given)) < len(json.dumps(given)) / 4


def test_lines_may_jump_and_boxes_may_stick_out():
    odd = [
        Word("a", Box(-0.5, 0, 2, 1), 7.0, 40),
        Word("b", Box(0, 0, 1, 1), -1.0, 3),
        Word("c\0\ud800", Box(0, 0, 1, 1), 1.0, 2**30),
    ]
    back = unpack_words(pack_words(odd))
    assert [word.line for word in back] == [40, 3, 2**30]
    assert back[0].box == Box(0, 0, 1, 1)
    assert [word.confidence for word in back] == [1.0, 0.0, 1.0]
    assert back[2].text == "c\ufffd\ufffd"


def test_regions_come_back():
    table = Table(2, 2, (Cell(0, 0, "a", Box(0, 0, 0.5, 0.5)), Cell(1, 0, "b\ud800", Box(0, 0.5, 1, 1), 1, 2)), 1)
    given = (
        Region(RegionKind.TITLE, Box(0.1, 0.2, 0.3, 0.4), "Größe", 1),
        Region(RegionKind.TABLE, Box.whole(), "", 0, table),
    )
    back = unpack_regions(pack_regions(given))
    assert back[0] == given[0]
    assert back[1].table.cells[1] == Cell(1, 0, "b\ufffd", Box(0, 0.5, 1, 1), 1, 2)
    assert unpack_regions(pack_regions(())) == ()


@pytest.mark.parametrize("damage", [b"", b"\x02", b"\x01\x00", b"\x01\x05\x00\x00\x00nothing deflated"])
def test_damage_is_a_value_error(damage):
    for unpack in (unpack_words, unpack_regions):
        with pytest.raises(ValueError):
            unpack(damage)


def test_words_cut_short():
    packed = pack_words(words(3))
    with pytest.raises(ValueError):
        unpack_words(packed[:1] + (9).to_bytes(4, "little") + packed[5:])


@pytest.mark.parametrize(
    ("raw", "safe"), [("plain", "plain"), ("é\U0001f600", "é\U0001f600"), ("a\0b\ud83d", "a\ufffdb\ufffd")]
)
def test_clean(raw, safe):
    assert clean(raw) == safe
    clean(raw).encode()
