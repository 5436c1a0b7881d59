"""The connection to a model server: patience, an alarm that ends it in time, and httpx with the right manners."""

from __future__ import annotations

import math
import random
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from lucida.errors import DependencyError, UsageError
from lucida.lazy import require

if TYPE_CHECKING:
    from httpx2 import Client, Timeout

    from lucida.models.vlm.openai_address import Address


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for; a deadline cuts each of these short.

    Attributes:
        connect_s: until it takes the connection.
        first_s: until the first piece of a reply; processors take minutes over a large picture.
        stall_s: between pieces.
        tries: how often the same is asked of a server that is away or overloaded.
        wait_s: before the second try; doubles with each.
        most_wait_s: longer waits that a server asks for are not waited.
    """

    connect_s: float = 5.0
    first_s: float = 300.0
    stall_s: float = 60.0
    tries: int = 4
    wait_s: float = 0.5
    most_wait_s: float = 60.0

    def pause(self, tried: int, asked_s: float | None) -> float:
        """Seconds to wait after so many tries: what the server asked for, else longer each time.

        Up to half of it is left to chance, so that clients that failed together do not come back together.
        """
        if asked_s is not None:
            return asked_s
        return self.wait_s * 2.0 ** (tried - 1) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it

    def timeout(self, remaining_s: float) -> Timeout:
        """Limits on single steps for httpx, for what the alarm does not see."""
        step = max(min(max(self.first_s, self.stall_s), remaining_s), 0.001)
        connect = max(min(self.connect_s, remaining_s), 0.001)
        timeout: Timeout = require("httpx2", "talk to a model server").Timeout(step, connect=connect)
        return timeout


class Alarm:
    """Ends a connection when time is up, whatever the server does until then.

    httpx bounds each single read; a server that sends a byte now and then would outlive every bound on the whole. So a
    thread waits for the moment and shuts the socket down, which ends a read at once.

    Args:
        deadline: ``time.monotonic()`` that it never waits beyond; None is no such moment.
    """

    def __init__(self, deadline: float | None) -> None:
        self._deadline = math.inf if deadline is None else deadline
        self._due = self._deadline
        self._sleeps_until = math.inf
        self._over = False
        self._changed = threading.Condition()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._wait, name="lucida-alarm", daemon=True)
        #: Whether it went off.
        self.rang = False

    @property
    def time_is_up(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self._deadline

    def set(self, seconds: float) -> None:
        """Go off in so many seconds, or at the deadline if that is sooner; ``math.inf`` leaves the deadline alone."""
        with self._changed:
            self._due = min(self._deadline, time.monotonic() + seconds)
            if self._due < self._sleeps_until:
                self._changed.notify()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """The ``trace`` of httpx: hears of each new connection."""
        stream = info.get("return_value") if event.endswith(".complete") else None
        if stream is not None and hasattr(stream, "get_extra_info"):
            with self._changed:
                self._socket = stream.get_extra_info("socket")
                if self.rang:
                    self._shut()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()

    def _wait(self) -> None:
        with self._changed:
            while not self._over:
                self._sleeps_until = self._due
                remaining = self._due - time.monotonic()
                if remaining <= 0:
                    self.rang = True
                    self._shut()
                    return
                self._changed.wait(min(remaining, threading.TIMEOUT_MAX))

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # Not the method of an encrypted socket: that would take its state from under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def client(address: Address) -> Client:
    """A client for one server. It keeps no connection between replies, so it need not be closed.

    Proxies and certificates come from the environment as httpx reads it; no proxy knows the way to this machine itself.

    Raises:
        DependencyError: httpx2, or what it needs for the proxy, is not installed.
        UsageError: the environment names a proxy that cannot be one.
    """
    httpx = require("httpx2", "talk to a model server")
    verify = ssl.create_default_context() if address.is_loopback and address.scheme == "https" else True
    try:
        made: Client = httpx.Client(
            trust_env=not address.is_loopback,
            verify=verify,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"User-Agent": "lucida", "Accept-Encoding": "identity"},
            follow_redirects=False,
        )
    except ImportError as error:
        raise DependencyError(
            "The proxy in the environment speaks SOCKS, and the package socksio is not installed.",
            "Install it with: pip install socksio, or set NO_PROXY for the model server.",
        ) from error
    except (ValueError, httpx.InvalidURL) as error:
        raise UsageError(
            "The environment names a proxy that is no address.", "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY."
        ) from error
    return made
