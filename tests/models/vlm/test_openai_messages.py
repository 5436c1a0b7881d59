"""Conversations as a server takes them."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lucida.models.protocols import Message, ToolCall
from lucida.models.vlm.openai_messages import conversation, data_url

RED, BLUE = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")


def rows(*messages: Message, with_tools: bool = True) -> list[dict]:
    return conversation(messages, with_tools=with_tools, longest_px=512)


def opened(url: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(url.partition(",")[2])))


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def test_texts_alone_are_plain() -> None:
    told = rows(Message("system", ("Be brief.",)), Message("user", ("One.", "Two.")), Message("assistant", ("Yes.",)))
    assert told == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One.\nTwo."},
        {"role": "assistant", "content": "Yes."},
    ]


def test_halves_of_characters_do_not_stop_a_conversation() -> None:
    (row,) = rows(Message("user", ("caf\ud800é",)))
    assert row["content"] == "caf?é"


def test_pictures_stay_in_their_places() -> None:
    (row,) = rows(Message("user", (RED, "and", BLUE)))
    assert [part["type"] for part in row["content"]] == ["image_url", "text", "image_url"]
    colours = [opened(row["content"][at]["image_url"]["url"]).getpixel((0, 0)) for at in (0, 2)]
    assert colours == [(255, 0, 0), (0, 0, 255)]


def test_pictures_of_results_follow_the_last_result() -> None:
    calls = (ToolCall("crop", {"page": 1}), ToolCall("crop", {"page": 2}))
    told = rows(
        Message("user", ("Look.",)),
        Message("assistant", (), calls),
        Message("tool", ("first", RED)),
        Message("tool", ("second", BLUE)),
        Message("user", ("Well?",)),
    )
    assert [row["role"] for row in told] == ["user", "assistant", "tool", "tool", "user", "user"]
    names = [call["id"] for call in told[1]["tool_calls"]]
    assert len(set(names)) == 2
    assert [row["tool_call_id"] for row in told[2:4]] == names
    assert json.loads(told[1]["tool_calls"][1]["function"]["arguments"]) == {"page": 2}
    assert len(told[4]["content"]) == 2


def test_results_keep_their_ids_in_any_order() -> None:
    calls = (ToolCall("a", {}, "x"), ToolCall("b", {}, "y"))
    told = rows(Message("assistant", (), calls), Message("tool", ("1",), answers="y"), Message("tool", ("2",)))
    assert [(row["tool_call_id"], row["content"]) for row in told[1:]] == [("y", "1"), ("x", "2")]


def test_without_tools_calls_and_results_are_words() -> None:
    turns = (
        Message("assistant", ("Hm.",), (ToolCall("crop", {"page": 1}, "x"),)),
        Message("tool", ("4",), answers="x"),
    )
    assert rows(*turns, with_tools=False) == [
        {"role": "assistant", "content": 'Hm.\ncrop {"page": 1}'},
        {"role": "user", "content": "4"},
    ]


def test_a_result_that_answers_no_call_is_a_users_word() -> None:
    assert rows(Message("tool", ("42",), answers="gone")) == [{"role": "user", "content": "42"}]


def test_pages_keep_their_letters_sharp() -> None:
    page = Image.new("RGB", (500, 400), "white")
    ImageDraw.Draw(page).text((20, 20), "Total 42.50", fill="black")
    url = data_url(page, 512)
    assert url.startswith("data:image/png;base64,")
    assert np.array_equal(np.asarray(opened(url)), np.asarray(page))


def test_photographs_are_packed_and_small_ones_kept() -> None:
    assert data_url(noise(400, 400), 512).startswith("data:image/jpeg;base64,")
    assert data_url(noise(100, 100), 512).startswith("data:image/png;base64,")
    soft = noise(8, 8).resize((400, 400), Image.Resampling.BICUBIC)
    assert data_url(soft, 512).startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1"])
def test_large_pictures_are_made_smaller_and_left_as_they_are(mode: str) -> None:
    picture = noise(640, 160).convert(mode)
    assert opened(data_url(picture, 320)).size == (320, 80)
    assert (picture.size, picture.mode) == ((640, 160), mode)


def test_nothing_travels_beside_the_pixels() -> None:
    for size in (64, 400):
        picture = noise(size, size)
        picture.info |= {"comment": b"at home", "icc_profile": b"x" * 200, "exif": b"Exif\0\0x"}
        assert set(opened(data_url(picture, 512)).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert picture.info["comment"] == b"at home"
