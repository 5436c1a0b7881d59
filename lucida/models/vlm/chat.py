"""Writes a conversation down as a model was trained to read it: its own chat template, filled in.

A document's text must not pass for the conversation's own structure: whatever in it reads like one of the model's marks
(the end of a turn, the place of a picture) is broken up by a space.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError, UsageError
from lucida.lazy import require
from lucida.models.protocols import Message, Tool, ToolCall
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.hf_files import HfFiles

_MARKS = ("image_token", "boi_token", "eoi_token", "video_token", "fake_image_token", "global_image_token")
_PROBE = "probe0815"


def template_of(files: HfFiles) -> str:
    """The chat template among a checkpoint's files; read without transformers.

    Raises:
        ModelError: there is none, or a file is damaged.
    """
    there = {path.name: path for path in files.companions}
    try:
        if "chat_template.jinja" in there:
            return there["chat_template.jinja"].read_text(encoding="utf-8")
        for name in ("chat_template.json", "processor_config.json", "tokenizer_config.json"):
            kept = json.loads(there[name].read_text(encoding="utf-8")).get("chat_template") if name in there else None
            if kept:
                return _chosen(kept)
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise ModelError(
            f"The chat template in {files.folder} is damaged: {first_line(error)}.", "Get the model again."
        ) from error
    raise ModelError(
        f"The model {files.folder} has no chat template, so it cannot be talked to.",
        "Choose one that was trained to follow instructions, often called Instruct, Chat or it.",
    )


def takes_tools(template: str) -> bool:
    """Whether a template has a place for tools."""
    return re.search(r"\btools\b", template) is not None


def _chosen(kept: Any) -> str:
    """The template out of a text, a mapping by name, or a list of names and templates."""
    if isinstance(kept, str):
        return kept
    named = kept if isinstance(kept, dict) else {row["name"]: row["template"] for row in kept}
    return str(named.get("tool_use") or named["default"])


class Chat:
    """A model's way to write a conversation.

    Args:
        processor: of transformers.
        template: Jinja.
        name: the model, for sentences in errors.
    """

    def __init__(self, processor: Any, template: str, name: str) -> None:
        self._tokenizer: Any = processor.tokenizer
        self._template = template
        #: The model, for sentences in errors.
        self.name = name
        self._tools = takes_tools(template)
        marks = [getattr(processor, mark, None) for mark in _MARKS]
        self._place = next((mark for mark in (marks[1], marks[0]) if isinstance(mark, str)), "")
        self._control = _control_pattern(self._tokenizer, template, [mark for mark in marks if isinstance(mark, str)])
        self._listed = cache(self._takes_lists)

    def write(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> tuple[str, list[Image]]:
        """The prompt, up to where the model is to go on, and the pictures in the order of their places.

        Raises:
            UsageError: the template does not take such a conversation.
        """
        if not messages:
            raise UsageError("There is no message to answer.", "Give at least one message of a user.")
        if tools and not self._tools:
            raise UsageError(f"{self.name} cannot be offered tools.", "Ask without tools, or choose another model.")
        turns = self._turns(messages)
        pictures = [part for _, parts, _ in turns for part in parts if not isinstance(part, str)]
        return self._filled([self._turn(*turn) for turn in turns], [_schema(tool) for tool in tools]), pictures

    def _turns(self, messages: Sequence[Message]) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
        """Roles, parts and what belongs to tools; turns of one role that follow each other are joined."""
        named = {call.id: call.name for message in messages for call in message.calls if call.id}
        last = ""
        turns: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        for message in messages:
            last = message.calls[-1].name if message.calls else last
            role, parts, extra = self._read(message, named.get(message.answers, last))
            joins = turns and turns[-1][0] == role and not extra and not turns[-1][2]
            if joins:
                turns[-1] = (role, (*turns[-1][1], "\n", *parts), {})
            else:
                turns.append((role, parts, extra))
        return turns

    def _read(self, message: Message, tool: str) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """One message; without a place for tools in the template, calls and results are told in words."""
        if self._tools and message.calls:
            return message.role, message.parts, {"tool_calls": [self._told(call) for call in message.calls]}
        if self._tools and message.role == "tool":
            extra = {"name": tool, "tool_call_id": message.answers}
            return message.role, message.parts, {key: value for key, value in extra.items() if value}
        if message.role == "tool":
            return "user", (f"Result of {tool or 'the tool'}:\n", *message.parts), {}
        calls = [
            json.dumps({"name": call.name, "arguments": dict(call.arguments)}, default=str) for call in message.calls
        ]
        return message.role, (*message.parts, *calls), {}

    def _turn(self, role: str, parts: tuple[Any, ...], extra: dict[str, Any]) -> dict[str, Any]:
        """A turn as the template takes it: a list of texts and places, or one text."""
        texts = _runs([self.disarmed(part) if isinstance(part, str) else None for part in parts])
        if self._listed(role):
            # Some templates look at the first part before they ask whether there is one.
            content: Any = [
                {"type": "image"} if text is None else {"type": "text", "text": text} for text in texts or [""]
            ]
        else:
            content = "".join(self._place if text is None else text for text in texts)
        return {"role": role, "content": content, **extra}

    def disarmed(self, text: str) -> str:
        """A text whose marks are marks no longer, and which any tokeniser takes: file names may hold half letters."""
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", whole)

    def _told(self, call: ToolCall) -> dict[str, Any]:
        """A call as templates take it. Its arguments may be words of a document."""
        arguments = json.loads(self.disarmed(json.dumps(dict(call.arguments), ensure_ascii=False, default=str)))
        body = {"type": "function", "function": {"name": call.name, "arguments": arguments}}
        return body | ({"id": call.id} if call.id else {})

    def _filled(self, turns: list[dict[str, Any]], tools: list[dict[str, Any]]) -> str:
        jinja = require("jinja2", "write a prompt")
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    turns,
                    tools=tools or None,
                    chat_template=self._template,
                    add_generation_prompt=True,
                    tokenize=False,
                )
            )
        except (jinja.TemplateError, TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
            raise UsageError(
                f"The chat template of {self.name} does not take this conversation: {first_line(error)}.",
                "Let turns of user and assistant alternate, without a system's turn if it takes none.",
            ) from error

    def _takes_lists(self, role: str) -> bool:
        """Whether the template reads a turn as a list of parts: some print such a list as it is."""
        before = [] if role in {"user", "system"} else [{"role": "user", "content": _PROBE[:5]}]
        after = [{"role": "user", "content": _PROBE[:5]}] if role == "system" else []
        turn = {"role": role, "content": [{"type": "text", "text": _PROBE}]}
        try:
            written = self._filled([*before, turn, *after], [])
        except UsageError:
            return True  # the neighbours' form may be what it does not take; nearly all templates of today read lists
        return _PROBE in written and "'type'" not in written and '"type"' not in written


def _runs(texts: Sequence[str | None]) -> list[str | None]:
    """Texts that follow each other in one: some templates cut the spaces off each. None is a picture."""
    runs: list[str | None] = []
    for text in texts:
        if text is not None and runs and runs[-1] is not None:
            runs[-1] += text
        else:
            runs.append(text)
    return runs


def _control_pattern(tokenizer: Any, template: str, marks: list[str]) -> re.Pattern[str]:
    """Matches every token that gives a conversation its structure."""
    added = tokenizer.added_tokens_decoder.values()
    names = {str(token.content) for token in added if token.special or token.content in template} | set(marks)
    telling = sorted((name for name in names if len(name) > 1 and not name.isalnum() and name.strip()), key=len)
    return re.compile("|".join(map(re.escape, reversed(telling))) or r"(?!)")


def _schema(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
