"""Conversations in the JSON of the chat-completions interface: turns, tools, and pictures as data URLs."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from lucida.lazy import require
from lucida.models.protocols import Message, Tool, ToolCall

if TYPE_CHECKING:
    from PIL.Image import Image

Row: TypeAlias = dict[str, Any]

#: Pictures with more colours than this are taken for photographs or scans, which PNG packs slowly and badly.
_MANY_COLOURS = 1 << 12
#: Pictures of fewer pixels travel without loss whatever they show.
_SMALL = 256 * 256
#: JPEG blurs thin strokes, so it must be this many times smaller to be worth it.
_MUCH_SMALLER = 3
_QUALITY = 90


def conversation(messages: Sequence[Message], *, with_tools: bool, longest_px: int) -> list[Row]:
    """Turns as rows.

    Only a user's turn may hold pictures there: those of other turns follow in a user's turn of their own, after the
    last result, because results must stand right behind the calls that they answer. Results that answer no call, and
    all of them where the server takes no tools, are said in a user's turn.

    Args:
        messages: the conversation, oldest first.
        with_tools: whether the server takes calls and results as such.
        longest_px: larger pictures are made smaller, until their longer side has this many pixels.
    """
    rows: list[Row] = []
    held: list[Image] = []
    waiting: list[str] = []  # ids of calls that no result has answered yet
    numbers = count(1)
    for message in messages:
        if message.role != "tool" and held:
            rows.append(_user(held, longest_px))
            held = []
        texts = _joined(message.parts)
        pictures = [part for part in message.parts if not isinstance(part, str)]
        if message.role == "tool":
            answers = message.answers or (waiting[0] if waiting else "")
            if not with_tools or answers not in waiting:
                rows.append(_user(message.parts, longest_px))
                continue
            waiting.remove(answers)
            rows.append({"role": "tool", "tool_call_id": answers, "content": texts})
        elif message.role == "user":
            rows.append(_user(message.parts, longest_px))
            continue
        elif with_tools and message.calls:
            calls = [_call(call, call.id or f"call_{next(numbers)}") for call in message.calls]
            waiting = [call["id"] for call in calls]
            rows.append({"role": message.role, "content": texts, "tool_calls": calls})
        else:
            wishes = (f"{call.name} {json.dumps(dict(call.arguments))}" for call in message.calls)
            rows.append({"role": message.role, "content": "\n".join(filter(None, (texts, *wishes)))})
        held += pictures
    return [*rows, _user(held, longest_px)] if held else rows


def tool(offered: Tool) -> Row:
    """A tool as a server takes it."""
    function = {"name": offered.name, "description": offered.description, "parameters": dict(offered.parameters)}
    return {"type": "function", "function": function}


def data_url(picture: Image, longest_px: int) -> str:
    """A picture inside a URL: PNG where that is small or keeps letters sharp, JPEG where it is much smaller.

    Args:
        picture: of any mode; what it carries beside its pixels (places, comments, colour profiles) stays here.
        longest_px: if its longer side has more pixels, it is made smaller.
    """
    rgb = picture.convert("RGB")
    rgb = rgb.copy() if rgb is picture else rgb
    rgb.info = {}
    resampling = require("PIL.Image", "show pictures to a model").Resampling
    rgb.thumbnail((longest_px, longest_px), resampling.LANCZOS, reducing_gap=3.0)
    kind, content = _packed(rgb)
    return f"data:image/{kind};base64,{b64encode(content).decode('ascii')}"


def _packed(rgb: Image) -> tuple[str, bytes]:
    # Full colour resolution: coloured letters would fray at half of it.
    jpeg = _saved(rgb, "JPEG", quality=_QUALITY, subsampling=0)
    if rgb.width * rgb.height > _SMALL and rgb.getcolors(_MANY_COLOURS) is None:
        return "jpeg", jpeg
    png = _saved(rgb, "PNG")
    much_smaller = rgb.width * rgb.height > _SMALL and len(jpeg) * _MUCH_SMALLER < len(png)
    return ("jpeg", jpeg) if much_smaller else ("png", png)


def _saved(rgb: Image, form: str, **options: int) -> bytes:
    stream = BytesIO()
    rgb.save(stream, form, **options)
    return stream.getvalue()


def _user(parts: Sequence[str | Image], longest_px: int) -> Row:
    """A user's turn; as plain text where it holds no picture, because servers of text models know nothing else."""
    if all(isinstance(part, str) for part in parts):
        return {"role": "user", "content": _joined(parts)}
    content = [
        {"type": "text", "text": _joined((part,))}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": data_url(part, longest_px)}}
        for part in parts
    ]
    return {"role": "user", "content": content}


def _joined(parts: Sequence[str | Image]) -> str:
    """The texts among the parts. Halves of characters, as broken PDFs hold, would not pass as UTF-8."""
    return "\n".join(part for part in parts if isinstance(part, str)).encode("utf-8", "replace").decode()


def _call(call: ToolCall, name: str) -> Row:
    function = {"name": call.name, "arguments": json.dumps(dict(call.arguments))}
    return {"id": name, "type": "function", "function": function}
