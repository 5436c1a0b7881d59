"""What names a model behind a server: ``openai:MODEL@ADDRESS``; and what may be sent there."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from lucida.errors import ModelError, UsageError
from lucida.models import hub

PREFIX = "openai:"
OPENAI = "https://api.openai.com/v1"

_SPEC = re.compile(r"openai:(?P<model>\S+?)@(?P<base>(?i:https?)://\S+)")
_SECRET = re.compile(r"key=|token=|secret=|password=", re.IGNORECASE)
_SHAPE = "Write openai:MODEL@ADDRESS, e.g. openai:qwen2.5-vl-7b@http://localhost:8000/v1."
#: Ends of names that public name servers do not know (RFC 6762, RFC 8375, and what routers use).
_LOCAL_ENDS = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


@dataclass(frozen=True, slots=True)
class Address:
    """A model on a server.

    Attributes:
        model: its name there.
        base: URL that the interface begins at, without a slash at its end.
        scheme, host: of the URL, in small letters.
        name: host and port, for people.
    """

    model: str
    base: str
    scheme: str
    host: str
    name: str

    @property
    def chat(self) -> str:
        """URL that conversations are sent to."""
        return f"{self.base}/chat/completions"

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, so that no proxy can know the way."""
        number = _number(self.host)
        if number is None:
            return self.host == "localhost" or self.host.endswith(".localhost")
        return number.is_loopback or number.is_unspecified

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine or in a private network, told without asking a name server."""
        number = _number(self.host)
        if number is None:
            return "." not in self.host or self.host.endswith(_LOCAL_ENDS)
        return self.is_loopback or not (number.is_global or number.is_multicast)


def parse(spec: str) -> Address:
    """Read a spec.

    Raises:
        UsageError: it is not one, or it holds a secret. What is no spec may hold one too, so errors do not repeat it.
    """
    found = _SPEC.fullmatch(spec)
    base = found["base"] if found else OPENAI
    if _SECRET.search(spec) or "@" in base:
        raise UsageError(
            "The spec of a model server holds a key or a password.",
            "Leave it out of the spec and put it into the environment variable LUCIDA_OPENAI_KEY.",
        )
    model = found["model"] if found else spec.removeprefix(PREFIX)
    if not spec.startswith(PREFIX) or not model or (found is None and re.search(r"[@\s]", model)):
        raise UsageError("The spec names no model on a server.", _SHAPE)
    return _at(base, model)


def _at(base: str, model: str) -> Address:
    try:
        parts = urlsplit(base)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or parts.query or parts.fragment or not base.isprintable():
        raise UsageError("The spec holds no address of a model server.", _SHAPE)
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    shown = f"[{host}]" if ":" in host else host
    name = shown if port is None else f"{shown}:{port}"
    return Address(model, f"{parts.scheme}://{name}{path}", parts.scheme, host.rstrip("."), name)


def require_permitted(address: Address) -> None:
    """Refuse servers in the wide world where the network may not be used.

    Raises:
        ModelError: it may not, and the server is neither on this machine nor in a private network.
    """
    if hub.offline() and not address.is_near:
        raise ModelError(
            f"The model server {address.name} is on the internet, and HF_HUB_OFFLINE forbids to ask it.",
            "Unset HF_HUB_OFFLINE, or name a server on this machine or, by its number, in a private network.",
        )


def key_for(address: Address) -> str:
    """The key that the environment holds for a server; empty where there is none.

    Raises:
        UsageError: it cannot be a key.
        ModelError: it would cross the internet in the clear.
    """
    variable = "LUCIDA_OPENAI_KEY"
    if not os.environ.get(variable, "").strip() and address.host == "api.openai.com":
        variable = "OPENAI_API_KEY"
    key = os.environ.get(variable, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise UsageError(f"What {variable} holds is no key: keys have no spaces and no accents.", "Set it anew.")
    if key and address.scheme == "http" and not address.is_near:
        raise ModelError(
            f"The key in {variable} would cross the internet unencrypted on its way to {address.name}.",
            f"Write https:// in the spec, or unset {variable}.",
        )
    return key


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host's name spells, None for a true name. 134744072 is 8.8.8.8 to a resolver, so here too."""
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return getattr(number, "ipv4_mapped", None) or number
