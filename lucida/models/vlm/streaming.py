"""Turns tokens into words as they come, and holds back what may yet become part of a tool call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from lucida.models.vlm import tool_calls

_HALF = "\ufffd"  # part of a character


class Decoder:
    """Words of token ids, without the marks that end a turn or frame a picture.

    Args:
        tokenizer: of transformers.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        special = zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True)
        self._hidden = {number for token, number in special if str(token) not in tool_calls.MARKS}
        self._hidden |= {
            number
            for number, token in tokenizer.added_tokens_decoder.items()
            if token.special and token.content not in tool_calls.MARKS
        }

    def text(self, ids: Sequence[int]) -> str:
        """What the ids say."""
        shown = [number for number in ids if number not in self._hidden]
        return str(self._tokenizer.decode(shown, skip_special_tokens=False, clean_up_tokenization_spaces=False))


class Streamer:
    """A streamer of transformers, by shape.

    Args:
        decoder: of the model.
        on_text: hears the pieces; together they are the reply's text.
        tools: whether calls may come.
    """

    def __init__(self, decoder: Decoder, on_text: Callable[[str], None], *, tools: bool) -> None:
        self._decoder = decoder
        self._on_text = on_text
        self._tools = tools
        self._ids: list[int] = []
        self._said = ""
        self._begun = False
        #: What the listener raised: its error, not the model's.
        self.failure: BaseException | None = None

    def put(self, value: Any) -> None:
        """Take tokens: first the prompt's, then those that were written, of any shape."""
        if not self._begun:
            self._begun = True
            return
        self._ids += value.flatten().tolist()
        text = self._decoder.text(self._ids).lstrip()
        self._say((tool_calls.settled(text) if self._tools else text.rstrip()).rstrip(_HALF).rstrip())

    def end(self) -> None:
        """Nothing more comes; the rest is told by ``finish``, which knows what were calls."""

    def finish(self, text: str) -> None:
        """Say what was held back of the reply's text."""
        self._say(text)

    def _say(self, text: str) -> None:
        if len(text) <= len(self._said) or not text.startswith(self._said):
            return
        piece, self._said = text[len(self._said) :], text
        try:
            self._on_text(piece)
        except BaseException as error:
            self.failure = error
            raise


def parted(text: str, names: Collection[str]) -> tuple[str, tuple[Any, ...]]:
    """Words and calls of a finished reply; without tools on offer everything is words."""
    return tool_calls.read(text, names) if names else (text.strip(), ())
