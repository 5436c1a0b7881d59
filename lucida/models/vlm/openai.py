"""Vision-language models behind a server with the chat-completions interface of OpenAI.

vLLM, Ollama, llama.cpp's server, transformers' own and others speak it, each with gaps: what a server turns out not to
take is left out, and not offered to it again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.models.protocols import Message, Reply, Sight, Tool
from lucida.models.vlm import openai_address, openai_errors, openai_messages, openai_wire, openai_words
from lucida.models.vlm.openai_errors import Failed, Question
from lucida.models.vlm.openai_stream import END, Chunk, Draft, events, most_bytes, parsed, unreadable
from lucida.models.vlm.openai_wire import Alarm, Patience

if TYPE_CHECKING:
    from httpx2 import Client, Response

#: Larger pictures are made smaller; most models look at fewer pixels anyway.
LONGEST_PX = 2048
_MOST_REDIRECTS = 3


@dataclass(slots=True)
class _Task:
    """One call of ``reply``: what is asked, and of whom."""

    messages: Sequence[Message]
    tools: Sequence[Tool]
    most_tokens: int
    deadline: float | None
    on_text: Callable[[str], None] | None
    question: Question
    url: str
    started: float

    @property
    def remaining_s(self) -> float:
        return math.inf if self.deadline is None else self.deadline - time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


class OpenAiModel:
    """A model behind a server, asked over HTTP; nothing is sent before the first ``reply``.

    The key comes from ``LUCIDA_OPENAI_KEY``, for OpenAI itself else from ``OPENAI_API_KEY``, when it is needed, and is
    kept nowhere. Temperature and seed are 0; whether the same question then gets the same answer is up to the server.

    Args:
        spec: ``openai:MODEL@ADDRESS``; without ``@ADDRESS`` it is OpenAI's own.
        patience: how long the server is waited for.
        longest_px: pictures with a longer side are made smaller before they are sent.

    Raises:
        UsageError: the spec has another form or holds a secret.
        ModelError: it names a server on the internet, and the network may not be used.
    """

    def __init__(self, spec: str, *, patience: Patience | None = None, longest_px: int = LONGEST_PX) -> None:
        self._spec = spec
        self._address = openai_address.parse(spec)
        openai_address.require_permitted(self._address)
        self._patience = patience or Patience()
        self._longest_px = longest_px
        self._left_out: set[str] = set()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._spec!r})"

    @property
    def spec(self) -> str:
        """What it was made from."""
        return self._spec

    @property
    def calls_tools(self) -> bool:
        """Whether tools may be offered: until the server has refused them."""
        return "tools" not in self._left_out

    def sight(self, width_px: int, height_px: int) -> Sight | None:
        """None: the interface does not tell what becomes of a picture."""
        return None

    def reply(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Tool] = (),
        most_tokens: int = 256,
        deadline: float | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Go on with a conversation; as ``VisionLanguageModel.reply``.

        What the server refuses although it is optional (tools, streaming, a seed ...) is left out and the rest asked
        for again. A server that is away or overloaded is asked again as ``Patience`` says, until something of the reply
        was heard.

        Raises:
            UsageError: the conversation does not fit into the model's context.
            ModelError: the server cannot be reached, refuses, falls silent, or answers what cannot be read.
        """
        if not messages or most_tokens < 1:
            raise UsageError("A model was asked for nothing.", "Give it a message, and room for one token or more.")
        key = openai_address.key_for(self._address)
        pictures = any(not isinstance(part, str) for message in messages for part in message.parts)
        question = Question(self._address, key, pictures)
        task = _Task(
            messages, tools, most_tokens, deadline, on_text, question, self._address.chat, started=time.monotonic()
        )
        return self._insisting(task)

    def _insisting(self, task: _Task) -> Reply:
        """Ask, as often as it makes sense."""
        tried = redirects = 0
        body = self._body(task)
        while True:
            if task.remaining_s <= 0:
                return Draft(self._address.name, task.most_tokens).reply("deadline", task.seconds)
            url = task.url
            try:
                return self._ask(task, body)
            except Failed as failed:
                if task.url != url and redirects < _MOST_REDIRECTS:
                    redirects += 1
                    continue
                field = openai_errors.disliked(failed, body)
                if field is not None:
                    self._left_out.add(field)
                    body = self._body(task)
                    continue
                tried += 1
                pause = self._patience.pause(tried, failed.after_s)
                hopeless = tried >= self._patience.tries or pause > self._patience.most_wait_s
                if not failed.again or hopeless or pause >= task.remaining_s:
                    raise failed.error from failed.__cause__
                time.sleep(pause)

    def _ask(self, task: _Task, body: dict[str, Any]) -> Reply:
        """Ask once.

        Raises:
            Failed: it came to nothing.
        """
        httpx = require("httpx2", "talk to a model server")
        draft = Draft(self._address.name, task.most_tokens, task.on_text)
        with Alarm(task.deadline) as alarm:
            alarm.set(self._patience.first_s)
            try:
                with self._sent(task, body, alarm) as response:
                    self._hear(response, task, draft, alarm)
            except httpx.InvalidURL as error:
                raise UsageError("The spec holds no address of a model server.", "Check host and port.") from error
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
                raise openai_errors.unreached(error, self._address) from error
            except httpx.DecodingError as error:
                raise unreadable(self._address.name, "it is badly compressed") from error
            except httpx.TransportError as error:
                # The alarm's own doing looks the same from here.
                alarm.rang = alarm.rang or isinstance(error, httpx.TimeoutException)
                if not (alarm.rang or alarm.time_is_up):
                    raise openai_errors.broken_off(self._address, begun=draft.begun) from error
            return self._concluded(task, draft, alarm)

    def _sent(self, task: _Task, body: dict[str, Any], alarm: Alarm) -> Any:
        """The context in which the server's response is open."""
        headers = {"Accept": "text/event-stream, application/json"}
        if task.question.key:
            headers["Authorization"] = f"Bearer {task.question.key}"
        timeout = self._patience.timeout(task.remaining_s)
        trace = {"trace": alarm.watch}
        return self._client.stream("POST", task.url, json=body, headers=headers, timeout=timeout, extensions=trace)

    def _hear(self, response: Response, task: _Task, draft: Draft, alarm: Alarm) -> None:
        """Take a response into the draft, until its end, the limit or the deadline."""
        if response.status_code != 200:
            task.url = openai_words.same_place(response) or task.url
            raise openai_errors.refusal(response, task.question)
        heard = time.monotonic()
        patience = self._patience.first_s
        with closing(self._chunks(response, task)) as chunks:
            for chunk in chunks:
                alarm.set(math.inf)  # the time that the listener takes is not the server's
                error = openai_errors.said(chunk, task.question)
                if error is not None:
                    raise error
                if draft.add(chunk):
                    heard, patience = time.monotonic(), self._patience.stall_s
                if draft.full or alarm.time_is_up:
                    return
                alarm.set(heard + patience - time.monotonic())

    def _chunks(self, response: Response, task: _Task) -> Generator[Chunk]:
        """What a response holds: events, or one document where the server does not stream."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/event-stream":
            yield from events(response, self._address.name)
            return
        if kind != "application/json":
            raise openai_errors.wrong_kind(kind, task.question)
        content = b""
        for part in response.iter_bytes():
            content += part
            if len(content) > most_bytes(task.most_tokens):
                raise unreadable(self._address.name, "it does not end")
        document = parsed(content.decode("utf-8", "replace"), self._address.name)
        if not document.get("choices") and not document.get("error"):
            raise unreadable(self._address.name, "it holds no reply")
        yield document
        yield END

    def _concluded(self, task: _Task, draft: Draft, alarm: Alarm) -> Reply:
        """The reply, if what came is one."""
        if draft.finish:
            reply = draft.reply("length" if draft.finish == "length" or draft.full else "stop", task.seconds)
            if not reply.text.strip() and not reply.calls and reply.ending == "stop":
                raise openai_errors.empty(self._address, draft.finish)
            return reply
        if draft.full:
            return draft.reply("length", task.seconds)
        if alarm.time_is_up:
            return draft.reply("deadline", task.seconds)
        if alarm.rang:
            waited = self._patience.stall_s if draft.heard else self._patience.first_s
            raise openai_errors.silent(self._address, waited, begun=draft.heard)
        raise openai_errors.broken_off(self._address, begun=draft.begun)

    def _body(self, task: _Task) -> dict[str, Any]:
        """The request, without what the server was found not to take."""
        rows = openai_messages.conversation(task.messages, with_tools=self.calls_tools, longest_px=self._longest_px)
        body: dict[str, Any] = {
            "model": self._address.model,
            "messages": rows,
            "max_tokens": task.most_tokens,
            "temperature": 0,
            "seed": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if task.tools:
            body |= {"tools": [openai_messages.tool(tool) for tool in task.tools], "tool_choice": "auto"}
        without = set(self._left_out)
        if "stream" in without:
            without.add("stream_options")
        if "tools" in without:
            without.add("tool_choice")
        if "max_tokens" in without:
            # OpenAI's newer models know the limit by another name alone.
            body["max_completion_tokens"] = task.most_tokens
        return {name: value for name, value in body.items() if name not in without}

    @cached_property
    def _client(self) -> Client:
        return openai_wire.client(self._address)
