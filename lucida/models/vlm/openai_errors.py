"""What a model server's refusals mean, in one sentence each and with advice."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lucida.errors import LucidaError, ModelError, UsageError
from lucida.models.vlm.openai_stream import unreadable
from lucida.models.vlm.openai_words import cleaned, message_of, retry_after, root_of, shortened, target_of, words_of

if TYPE_CHECKING:
    from httpx2 import Response

    from lucida.models.vlm.openai_address import Address

#: Away for a moment, or overloaded.
_PASSING = frozenset((429, 500, 502, 503, 504))
#: Statuses with which servers refuse what stands in a request.
_DISLIKES = frozenset((400, 422, 501))

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
    words = words_of(response, question.key)
    if 300 <= status < 400:
        return Failed(_elsewhere(response, name, question.key), status=status)
    error = _meant(status, words, question) or _by_status(status, words, question.address)
    final = isinstance(error, UsageError) or "insufficient_quota" in words or _refuses_pictures(status, words, question)
    again = status in _PASSING and not final
    return Failed(error, again=again, after_s=retry_after(response) if again else None, status=status, words=words)


def said(chunk: Mapping[str, Any], question: Question) -> ModelError | None:
    """The error that a server tells of in the middle of a reply; None where it does not."""
    if not chunk.get("error"):
        return None
    words = shortened(cleaned(message_of(chunk), question.key))
    return ModelError(
        f"The model server {question.address.name} failed over its reply: {words or 'it does not say why'}.",
        "Look at the server's log, then ask again.",
    )


def unreached(error: Exception, address: Address) -> Failed:
    """No connection came about."""
    root = root_of(error)
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
    known = f"content of type {cleaned(kind, question.key)[:60]}" if kind else "content of no type"
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
    there = urlsplit(target_of(response))
    target = shortened(cleaned(f"{there.scheme}://{there.netloc.rpartition('@')[2]}{there.path}", key))
    return ModelError(
        f"The model server {name} sends requests on to {target}.",
        "If that is where they should go, write that address in the spec; redirects are not followed unasked.",
    )


def _quoted(words: str) -> str:
    return f' ("{shortened(words)}")' if words else ""
