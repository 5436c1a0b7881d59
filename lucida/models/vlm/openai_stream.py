"""Puts a server's reply together out of the pieces in which it comes, and bounds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.protocols import Reply, ToolCall

if TYPE_CHECKING:
    from httpx2 import Response

    from lucida.models.protocols.vision import Ending

Chunk: TypeAlias = Mapping[str, Any]

#: A token rarely has more letters than this: more than so many times ``most_tokens`` is a server that does not count.
CHARACTERS_PER_TOKEN = 64
#: JSON around each token, with room for servers that tell much.
_BYTES_PER_TOKEN = 8192
_LEAST_BYTES = 1 << 20
_EVENT_BYTES = 1 << 20
#: What the end mark of a stream becomes: the reply is whole, even if no chunk gave a reason to stop.
END: Chunk = {"whole": True}


def most_bytes(most_tokens: int) -> int:
    """How much of a reply of so many tokens is read."""
    return _LEAST_BYTES + most_tokens * _BYTES_PER_TOKEN


def events(response: Response, server: str) -> Iterator[Chunk]:
    """The chunks of a stream of server-sent events, and ``END`` where its end mark stands.

    Raises:
        ModelError: a line holds no JSON object, or is absurdly long.
        httpx2.TransportError: the connection broke.
    """
    httpx = require("httpx2", "talk to a model server")
    try:
        for event in httpx.EventSource(response, max_event_size=_EVENT_BYTES):
            if event.data.strip() == "[DONE]":
                yield END
                return
            if event.data:
                yield parsed(event.data, server)
    except httpx.SSEError as error:
        raise unreadable(server, "lines without end") from error


def parsed(text: str, server: str) -> Chunk:
    """A JSON object.

    Raises:
        ModelError: it is none.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(server, "broken JSON") from error
    return _object(value, server)


def unreadable(server: str, what: str) -> ModelError:
    """The error for answers in another form than that of the interface."""
    return ModelError(
        f"What the model server {server} answers cannot be read: {what}.",
        "Check that the address belongs to a server with the chat-completions interface, and look at its log.",
    )


@dataclass(slots=True)
class _Wish:
    """A tool call that is still coming."""

    id: str
    name: str
    arguments: str


class Draft:
    """A reply as far as it has come.

    Args:
        server: for errors.
        most_tokens: text and calls are cut at what so many tokens could hold at the very most.
        on_text: hears each piece of text.
    """

    def __init__(self, server: str, most_tokens: int, on_text: Callable[[str], None] | None = None) -> None:
        self._server = server
        self._on_text = on_text
        self._room = most_tokens * CHARACTERS_PER_TOKEN
        self._bytes = most_bytes(most_tokens)
        self._pieces: list[str] = []
        self._wishes: list[_Wish] = []
        self._at: dict[Any, int] = {}  # a call's number there to its place in ``_wishes``
        self._usage: Chunk = {}
        #: Why the server says it stopped; empty while it has not.
        self.finish = ""
        #: Whether the server has shown signs of life, its thoughts among them.
        self.heard = False

    @property
    def begun(self) -> bool:
        """Whether anything of the reply has come."""
        return bool(self._pieces or self._wishes)

    @property
    def full(self) -> bool:
        """Whether more came than was asked for."""
        return self._room <= 0 or self._bytes <= 0

    def add(self, chunk: Chunk) -> bool:
        """Take a chunk of a stream, or a whole completion; tells whether it was a sign of life.

        Raises:
            ModelError: it has another form.
        """
        self._bytes -= len(str(chunk))
        usage = _object(chunk.get("usage"), self._server)
        self._usage = usage or self._usage
        choice = _object(next(iter(_list(chunk.get("choices"), self._server)), None), self._server)
        delta = _object(choice.get("delta") or choice.get("message"), self._server)
        # Thoughts are life signs and no part of the reply.
        alive = bool(usage or delta.get("reasoning_content") or delta.get("reasoning"))
        for text in (_text(delta.get("content")), _text(delta.get("refusal"))):
            alive |= self._say(text)
        for fragment in _list(delta.get("tool_calls"), self._server):
            self._wish(_object(fragment, self._server))
            alive = True
        self.finish = str(choice.get("finish_reason") or self.finish or ("stop" if chunk is END else ""))
        self.heard |= alive
        return alive or bool(self.finish)

    def reply(self, ending: Ending, seconds: float) -> Reply:
        """What has come, as a reply. Calls that cannot be read become text, as any other words of a model.

        Args:
            ending: why it ends, where no call says so itself.
            seconds: since it was asked for.
        """
        calls: list[ToolCall] = []
        for wish in self._wishes:
            # Where the reply was cut, no arguments are not the same as none yet.
            arguments = _arguments(wish.arguments or ("{}" if ending == "stop" else ""))
            if arguments is not None and wish.name:
                calls.append(ToolCall(wish.name, arguments, wish.id))
            elif ending == "stop":
                self._say(f"{wish.name} {wish.arguments}".strip())
        details = self._usage.get("prompt_tokens_details")
        reused = _count(details.get("cached_tokens")) if isinstance(details, Mapping) else None
        return Reply(
            text="".join(self._pieces),
            calls=tuple(calls),
            ending="tool" if calls and ending == "stop" else ending,
            prompt_tokens=_count(self._usage.get("prompt_tokens")),
            completion_tokens=_count(self._usage.get("completion_tokens")),
            seconds=seconds,
            reused_tokens=reused or 0,
        )

    def _say(self, text: str) -> bool:
        # JSON can spell halves of characters, which nobody could print.
        piece = text[: max(self._room, 0)].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if not piece:
            return False
        self._room -= len(piece)
        self._pieces.append(piece)
        if self._on_text is not None:
            self._on_text(piece)
        return True

    def _wish(self, fragment: Chunk) -> None:
        """Take a fragment of a call. A new id is a new call: some servers give all of them the same number."""
        number, name = fragment.get("index"), str(fragment.get("id") or "")
        numbered = isinstance(number, int)
        # Without number and id it goes on with the last one.
        place = self._at.get(number) if numbered else (len(self._wishes) - 1 if self._wishes and not name else None)
        if place is None or (name and self._wishes[place].id not in {"", name}):
            place = len(self._wishes)
            self._wishes.append(_Wish(name, "", ""))
        if numbered:
            self._at[number] = place
        wish = self._wishes[place]
        function = _object(fragment.get("function"), self._server)
        said, arguments = str(function.get("name") or ""), function.get("arguments") or ""
        arguments = arguments if isinstance(arguments, str) else json.dumps(arguments)
        self._room -= len(said) + len(arguments)
        wish.id = wish.id or name
        # Most servers send a name at once; some repeat it with every fragment.
        wish.name = wish.name or said
        wish.arguments += arguments if self._room > 0 else ""


def _object(value: Any, server: str) -> Chunk:
    """A JSON object, empty for null."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise unreadable(server, "JSON of another form")
    return value


def _list(value: Any, server: str) -> list[Any]:
    """A JSON array, empty for null."""
    if value is not None and not isinstance(value, list):
        raise unreadable(server, "JSON of another form")
    return value or []


def _text(content: Any) -> str:
    """Words of a delta: a string, or a list of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""


def _arguments(text: str) -> Chunk | None:
    """A call's arguments; None where they are no JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
