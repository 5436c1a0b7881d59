"""Reads tool calls out of what a model wrote. What cannot be read is text: a model may write anything.

Forms: Hermes and Qwen (``<tool_call>{...}</tool_call>``), Llama 3 (``<|python_tag|>{...}``), Mistral
(``[TOOL_CALLS][{...}]`` and ``[TOOL_CALLS]name[ARGS]{...}``), and a reply that is nothing but a JSON object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lucida.models.protocols import ToolCall

_HERMES, _LLAMA, _MISTRAL = "<tool_call>", "<|python_tag|>", "[TOOL_CALLS]"
_OPENERS = (_HERMES, _LLAMA, _MISTRAL)
#: What may be a token of its own and must survive decoding.
MARKS = frozenset((*_OPENERS, "</tool_call>", "[/TOOL_CALLS]", "[ARGS]", "[CALL_ID]"))
_CLOSERS = re.compile(r"\s*(?:</tool_call>|\[/TOOL_CALLS\]|;|,(?=\s*\{))?\s*")
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)
_NAMED = re.compile(r"\s*([\w.-]+)\s*(?:\[CALL_ID\]\s*([\w-]+)\s*)?\[ARGS\]\s*")
_DECODER = json.JSONDecoder()


def read(text: str, names: Collection[str]) -> tuple[str, tuple[ToolCall, ...]]:
    """Part a reply into words and calls.

    Args:
        text: all that the model wrote.
        names: tools that were offered. A bare JSON object counts as a call only if it names one of them.

    Returns:
        The text without the calls, and the calls in order.
    """
    whole = _bare(text, names)
    if whole:
        return "", whole
    words: list[str] = []
    calls: list[ToolCall] = []
    rest = text
    while found := _first(rest):
        opener, at = found
        read_here, end = _after(rest, at + len(opener))
        if read_here:
            calls += read_here
            words.append(rest[:at].rstrip())
        else:
            end = at + len(opener)
            words.append(rest[:end])
        rest = rest[end:]
    # Words around a call meet in a new line; where none was read they are what was written.
    return ("\n".join(filter(None, map(str.strip, [*words, rest]))) if calls else text.strip()), tuple(calls)


def settled(text: str) -> str:
    """How much of a reply that is still being written can be no part of a call: the beginning up to a mark.

    ``read`` will give a text that begins with it.
    """
    if text.lstrip()[:1] in {"{", "[", "`"}:
        return ""
    found = _first(text)
    if found:
        return text[: found[1]].rstrip()
    longest = max(map(len, _OPENERS))
    for size in range(min(longest - 1, len(text)), 0, -1):
        if any(opener.startswith(text[-size:]) for opener in _OPENERS):
            return text[:-size].rstrip()
    return text.rstrip()


def _first(text: str) -> tuple[str, int] | None:
    """The first opening mark and where it stands."""
    places = [(text.find(opener), opener) for opener in _OPENERS if opener in text]
    at, opener = min(places, default=(-1, ""))
    return (opener, at) if places else None


def _after(text: str, at: int) -> tuple[list[ToolCall], int]:
    """The calls that stand behind an opening mark, and where they end."""
    calls: list[ToolCall] = []
    while True:
        named = _NAMED.match(text, at)
        value, end = _json(text, named.end() if named else at)
        if end < 0:
            break
        if named:
            value = {"name": named[1], "arguments": value, "id": named[2]}
        here = list(_calls(value))
        if not here:
            break
        calls += here
        closing = _CLOSERS.match(text, end)
        at = closing.end() if closing else end
        if text[end:at].strip() not in {";", ","}:
            break
    return calls, at


def _bare(text: str, names: Collection[str]) -> tuple[ToolCall, ...]:
    """The calls of a reply that is nothing but JSON."""
    body = text.strip()
    fenced = _FENCE.match(body)
    body = fenced[1] if fenced else body
    if body[:1] not in {"{", "["}:
        return ()
    value, end = _json(body, 0)
    calls = tuple(_calls(value)) if end == len(body) else ()
    return calls if calls and all(call.name in names for call in calls) else ()


def _json(text: str, at: int) -> tuple[Any, int]:
    """The JSON value at a place and where it ends; an end of -1 where there is none."""
    while at < len(text) and text[at].isspace():
        at += 1
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, -1


def _calls(value: Any) -> Iterator[ToolCall]:
    """The calls that a JSON value describes; none where one of them cannot be understood."""
    rows = value if isinstance(value, list) else [value]
    read_rows = [_call(row) for row in rows]
    if all(read_rows):
        yield from (call for call in read_rows if call)


def _call(row: Any) -> ToolCall | None:
    if not isinstance(row, dict):
        return None
    inner = row.get("function")
    body = inner if isinstance(inner, dict) else row
    name = body.get("name")
    arguments = body.get("arguments", body.get("parameters"))
    if isinstance(arguments, str):
        arguments, end = _json(arguments, 0)
        arguments = arguments if end >= 0 else None
    if not isinstance(name, str) or not name or not isinstance(arguments, Mapping):
        return None
    return ToolCall(name, dict(arguments), str(row.get("id") or ""))
