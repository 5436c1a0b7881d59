"""Keeps Hugging Face libraries from looking at the network while a model is loaded from the disk."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lucida.lazy import require

if TYPE_CHECKING:
    from collections.abc import Iterator

_turn = threading.RLock()


@contextmanager
def disk_only() -> Iterator[None]:
    """Tokenisers and configurations come from the disk; what is missing there is an error, not a download."""
    constants: Any = require("huggingface_hub.constants", "load a model")
    with _turn:
        before = constants.HF_HUB_OFFLINE
        constants.HF_HUB_OFFLINE = True
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = before
