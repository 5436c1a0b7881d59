"""What a model server's refusals mean, in one sentence each and with advice."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lucida.errors import LucidaError, ModelError, UsageError
from lucida.models.vlm.openai_stream import unreadable

if TYPE_CHECKING:
    from httpx2 import Response

    from lucida.models.vlm.openai_address import Address

#: Away for a moment, or overloaded.
_PASSING = frozenset((429, 500, 502, 503, 504))
#: Statuses with which servers refuse what stands in a request.
_DISLIKES = frozenset((400, 422, 501))
_ERROR_BYTES = 1 << 16
_WORDS = 200

_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|maximum (context|model|sequence)|too many tokens|too long", re.IGNORECASE
)
_PICTURES = re.compile(r"\bimages?\b|image_|vision|multi-?modal|mmproj", re.IGNORECASE)
#: Fields of a request that can be left out, and how refusals name them; the narrower names first.
_FIELDS = {
    "stream_options": re.compile(r"\bstream_options\b"),
    "tool_choice": re.compile(r"\btool_choice\b"),
    "max_tokens": re.compile(r"\bmax_tokens\b"),
    "temperature": re.compile(r"\btemperature\b", re.IGNORECASE),
    "seed": re.compile(r"\bseed\b", re.IGNORECASE),
    "tools": re.compile(r"\btools?\b|\bfunction[ _-]?call", re.IGNORECASE),
    "stream": re.compile(r"\bstream(ing|ed)?\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What an error should know about what was asked.

    Attributes:
        address: of the server.
        key: which errors must not repeat.
        shows_pictures: whether pictures were among it.
    """

    address: Address
    key: str
    shows_pictures: bool


class Failed(Exception):  # noqa: N818 - it never leaves the back end; its ``error`` does
    """An attempt that came to nothing.

    Attributes:
        error: what to tell if it is not tried again.
        again: whether the same may succeed later.
        after_s: seconds that the server asks to wait.
        status, words: what the server said; 0 and nothing where it said nothing.
    """

    def __init__(
        self, error: LucidaError, *, again: bool = False, after_s: float | None = None, status: int = 0, words: str = ""
    ) -> None:
        super().__init__(error.message)
        self.error, self.again, self.after_s, self.status, self.words = error, again, after_s, status, words


def disliked(failed: Failed, sent: Collection[str]) -> str | None:
    """The field of a request that a refusal names and that can be left out; None where there is none.

    Args:
        failed: the refusal.
        sent: names of the request's fields.
    """
    # llama.cpp refuses tools with the status of an accident; a true accident must not cost the tools for good.
    accident = failed.status == 500 and re.search(r"support|require", failed.words)
    if failed.status not in _DISLIKES and not accident:
        return None
    if isinstance(failed.error, UsageError):
        return None
    return next((name for name, named in _FIELDS.items() if name in sent and named.search(failed.words)), None)


def refusal(response: Response, question: Question) -> Failed:
    """What an answer with another status than 200 means; reads a bounded part of it."""
    status, name = response.status_code, question.address.name
    words = _words(response, question.key)
    if 300 <= status < 400:
        return Failed(_elsewhere(response, name, question.key), status=status)
    error = _meant(status, words, question) or _by_status(status, words, question.address)
    final = isinstance(error, UsageError) or "insufficient_quota" in words or _refuses_pictures(status, words, question)
    again = status in _PASSING and not final
    return Failed(error, again=again, after_s=_retry_after(response) if again else None, status=status, words=words)


def same_place(response: Response) -> str | None:
    """Where a server sends a request on to, if that is itself and the request may be repeated as it is."""
    here = str(response.request.url)
    there = urljoin(here, response.headers.get("location", ""))
    if response.status_code not in {307, 308} or there == here:
        return None
    return there if urlsplit(there)[:2] == urlsplit(here)[:2] else None


def said(chunk: Mapping[str, Any], question: Question) -> ModelError | None:
    """The error that a server tells of in the middle of a reply; None where it does not."""
    if not chunk.get("error"):
        return None
    words = _cleaned(_message(chunk), question.key)
    return ModelError(
        f"The model server {question.address.name} failed over its reply: {words or 'it does not say why'}.",
        "Look at the server's log, then ask again.",
    )


def unreached(error: Exception, address: Address) -> Failed:
    """No connection came about."""
    root = _root(error)
    if isinstance(root, ssl.SSLError):
        # Where the server speaks plain HTTP the handshake fails in many ways; all of them have the same remedy.
        advice = "Write http:// if it speaks no TLS; name a private certificate authority's file in SSL_CERT_FILE."
        return Failed(ModelError(f"The model server {address.name} cannot be reached safely over TLS.", advice))
    why = "no connection comes about"
    if isinstance(root, ConnectionRefusedError):
        why = "nothing listens there"
    elif isinstance(root, socket.gaierror):
        why = "there is no host of that name"
    message = f"The model server {address.name} cannot be reached: {why}."
    advice = "Start it, or check host and port in the spec."
    return Failed(ModelError(message, advice), again=isinstance(root, ConnectionError))


def broken_off(address: Address, *, begun: bool) -> Failed:
    """The connection ended before the reply did; once something was heard of it, it is not asked for again."""
    where = "in the middle of its reply" if begun else "before it replied"
    error = ModelError(
        f"The model server {address.name} ended the connection {where}.",
        "Look at the server's log (it may have run out of memory), then ask again.",
    )
    return Failed(error, again=not begun)


def silent(address: Address, seconds: float, *, begun: bool) -> Failed:
    """A reply did not begin, or did not go on."""
    what = "said nothing more" if begun else "gave no reply"
    error = ModelError(
        f"The model server {address.name} {what} for {seconds:g} seconds.",
        "Look at the server's log, or choose a smaller model: it may be too slow for this machine.",
    )
    return Failed(error)


def empty(address: Address, finish: str) -> Failed:
    """A reply without a word or a call."""
    if finish == "content_filter":
        message = f"The filter of the model server {address.name} held the reply back."
        return Failed(ModelError(message, "Ask in other words, or ask another model."))
    message = f"The model {address.model} on {address.name} gave an empty reply."
    return Failed(ModelError(message, "Check the server's chat template for this model, or choose another model."))


def wrong_kind(kind: str, question: Question) -> ModelError:
    """A success that is no reply, by its content type."""
    known = f"content of type {_cleaned(kind, question.key)[:60]}" if kind else "content of no type"
    return unreadable(question.address.name, "it is a web page" if "html" in kind else f"it is {known}")


def _meant(status: int, words: str, question: Question) -> LucidaError | None:
    """What the words of a refusal mean, where they are known."""
    address = question.address
    if status == 413 or (status in _DISLIKES | {500} and _TOO_LONG.search(words)):
        return UsageError(
            f"The conversation does not fit into the context of {address.model} on {address.name}{_quoted(words)}.",
            "Show fewer or smaller pictures, or start the server with a longer context.",
        )
    if _refuses_pictures(status, words, question):
        return ModelError(
            f"The model {address.model} on {address.name} does not see the pictures{_quoted(words)}.",
            "Name a vision-language model, and check that its server was started with its image part.",
        )
    return None


def _refuses_pictures(status: int, words: str, question: Question) -> bool:
    refused = status in _DISLIKES | {404, 415, 500}
    return refused and question.shows_pictures and _PICTURES.search(words) is not None


def _by_status(status: int, words: str, address: Address) -> ModelError:
    name, told = address.name, _quoted(words)
    if status in {401, 403}:
        variable = "OPENAI_API_KEY" if address.host == "api.openai.com" else "LUCIDA_OPENAI_KEY"
        return ModelError(f"The model server {name} does not accept the key{told}.", f"Set {variable} to a valid key.")
    if status in {404, 405}:
        message = f"The model server {name} knows no model {address.model}, or nothing at {address.chat}{told}."
        return ModelError(message, f"Compare the model's name with {address.base}/models; most addresses end in /v1.")
    if status == 429:
        return ModelError(f"The model server {name} takes no more requests now{told}.", "Try again later.")
    try:
        phrase = HTTPStatus(status).phrase.lower()
    except ValueError:
        phrase = "an unknown status"
    message = f"The model server {name} answered {status} ({phrase}){told}."
    return ModelError(message, "Look at the server's log." if status >= 500 else "Check model and address in the spec.")


def _elsewhere(response: Response, name: str, key: str) -> ModelError:
    there = urlsplit(urljoin(str(response.request.url), response.headers.get("location", "")))
    target = _cleaned(f"{there.scheme}://{there.netloc.rpartition('@')[2]}{there.path}", key)
    return ModelError(
        f"The model server {name} sends requests on to {target}.",
        "If that is where they should go, write that address in the spec; redirects are not followed unasked.",
    )


def _words(response: Response, key: str) -> str:
    """What a refusal says, cleaned; nothing of a web page."""
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > _ERROR_BYTES:
            break
    text = content[:_ERROR_BYTES].decode("utf-8", "replace")
    if "html" in response.headers.get("content-type", "").lower() or text.lstrip()[:1] == "<":
        return ""
    with suppress(ValueError, RecursionError):
        text = _message(json.loads(text))
    return _cleaned(text, key)


def _message(value: Any) -> str:
    """The message in the many shapes of error documents, with its code."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else json.dumps(value)
    inner = next((value[name] for name in ("error", "message", "detail") if value.get(name)), None)
    if isinstance(inner, Mapping):
        code = inner.get("code")
        return f"{_message(inner)} ({code})" if isinstance(code, str) and code else _message(inner)
    return "" if inner is None else _message(inner)


def _cleaned(text: str, key: str) -> str:
    """One short line, without the key and without the full stop."""
    text = text.replace(key, "***") if key else text
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (text if len(text) <= _WORDS else f"{text[:_WORDS]} …").rstrip(". ")


def _quoted(words: str) -> str:
    return f' ("{words}")' if words else ""


def _retry_after(response: Response) -> float | None:
    """Seconds that a server asks to wait: a number, or a moment (RFC 9110, 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _root(error: BaseException) -> BaseException:
    """The system's error below one of httpx, else that itself."""
    below: BaseException | None = error
    for _ in range(8):
        below = below and (below.__cause__ or below.__context__)
        if isinstance(below, OSError):
            return below
    return error
