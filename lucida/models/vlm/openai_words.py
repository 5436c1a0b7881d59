"""What a model server says beside replies: words of refusal, waits, and other places; all of it a stranger's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from httpx2 import Response

_MOST_BYTES = 1 << 16
_MOST_LETTERS = 1000
_QUOTED = 200
#: Documents of errors wrap their message this many times at most.
_LAYERS = 4


def words_of(response: Response, key: str) -> str:
    """What a refusal says, cleaned; nothing of a web page."""
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            break
    text = content[:_MOST_BYTES].decode("utf-8", "replace")
    if "html" in response.headers.get("content-type", "").lower() or text.lstrip()[:1] == "<":
        return ""
    with suppress(ValueError, RecursionError):
        text = message_of(json.loads(text))
    return cleaned(text, key)


def message_of(value: Any) -> str:
    """The message in the many shapes of error documents, with its code."""
    code = ""
    for _ in range(_LAYERS):
        if isinstance(value, Mapping):
            code = f" ({value['code']})" if isinstance(value.get("code"), str) else code
            value = next((value[name] for name in ("error", "message", "detail") if value.get(name)), "")
    return f"{value}{code}"


def cleaned(text: str, key: str) -> str:
    """One line, without the key and without the full stop; not short yet."""
    text = text.replace(key, "***") if key else text
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:_MOST_LETTERS].rstrip(". ")


def shortened(words: str) -> str:
    """As much as an error quotes."""
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED].rstrip()} …"


def retry_after(response: Response) -> float | None:
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


def same_place(response: Response) -> str | None:
    """Where a server sends a request on to, if that is itself and the request may be repeated as it is."""
    here, there = str(response.request.url), target_of(response)
    if response.status_code not in {307, 308} or there == here:
        return None
    return there if urlsplit(there)[:2] == urlsplit(here)[:2] else None


def target_of(response: Response) -> str:
    """Where a server sends a request on to; the place itself where it names none that can be understood."""
    here = str(response.request.url)
    try:
        there = urljoin(here, response.headers.get("location", ""))
        return there if urlsplit(there).hostname else here
    except ValueError:
        return here


def root_of(error: BaseException) -> BaseException:
    """The system's error below one of httpx, else that itself."""
    below: BaseException | None = error
    for _ in range(8):
        below = below and (below.__cause__ or below.__context__)
        if isinstance(below, OSError):
            return below
    return error
