"""diffusers at work, without its progress bars, hints and notices of what it will change."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from lucida.lazy import require


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is printed and nobody is warned of what nobody here can change."""
    chatter = require("diffusers.utils.logging", "draw pictures")
    level = chatter.get_verbosity()
    chatter.set_verbosity(logging.CRITICAL)
    chatter.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            # Names that are to go in diffusers 1.0, and NumPy 2's notice of how torch gives its numbers away.
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        chatter.set_verbosity(level)
        chatter.enable_progress_bar()
