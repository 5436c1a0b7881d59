from __future__ import annotations

from types import ModuleType

import torch

from lucida.models.vlm.streaming import Decoder, Streamer, parted


def spoken(tiny: ModuleType, text: str, *, tools: bool) -> tuple[list[str], str]:
    """What is heard of a text that comes token by token, and what it is in the end."""
    words, heard = tiny.tokenizer(), []
    decoder = Decoder(words)
    streamer = Streamer(decoder, heard.append, tools=tools)
    streamer.put(torch.tensor([[1, 2, 3]]))
    ids = words(text, add_special_tokens=False).input_ids
    for number in ids:
        streamer.put(torch.tensor([number]))
    streamer.end()
    whole, _ = parted(decoder.text(ids), {"look"} if tools else set())
    streamer.finish(whole)
    return heard, whole


def test_marks_are_not_words(tiny: ModuleType) -> None:
    heard, whole = spoken(tiny, "<s>Yes.<|im_end|>", tools=False)
    assert "".join(heard) == whole == "Yes."


def test_half_characters_wait(tiny: ModuleType) -> None:
    heard, whole = spoken(tiny, "a東京é", tools=False)
    assert heard == ["a", "東", "京", "é"]
    assert whole == "a東京é"


def test_spaces_wait_for_words(tiny: ModuleType) -> None:
    assert spoken(tiny, " \n a  b \n", tools=False) == (["a", "  b"], "a  b")


def test_calls_are_not_heard(tiny: ModuleType) -> None:
    call = '{"name": "look", "arguments": {}}'
    for text in (f"<tool_call>{call}</tool_call>", f"[TOOL_CALLS][{call}]", f"<|python_tag|>{call}"):
        heard, whole = spoken(tiny, f"Well. {text}", tools=True)
        assert "".join(heard) == whole == "Well."
    assert spoken(tiny, call, tools=True) == ([], "")
    assert spoken(tiny, call, tools=False)[1] == call


def test_what_only_looked_like_a_call_is_heard_late(tiny: ModuleType) -> None:
    heard, whole = spoken(tiny, "5 <t and [TOOL_CALLS] no", tools=True)
    assert "".join(heard) == whole == "5 <t and [TOOL_CALLS] no"
    assert heard[-1] == " [TOOL_CALLS] no"
