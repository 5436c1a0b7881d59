"""The lists of vectors that a library has, and whose vectors each holds."""

from __future__ import annotations

from typing import Final

from lucida.errors import UsageError

#: One vector of each passage, by the text encoder.
PASSAGE: Final = "passage"
#: One vector of each picture, by the shared encoder.
PICTURE: Final = "picture"
#: One vector of each window of each passage, by the shared encoder, where its text tower is not the text encoder.
WINDOW: Final = "window"

#: Kind of the items whose vectors are in a list.
ITEM_KINDS: Final = {PASSAGE: "passage", PICTURE: "picture", WINDOW: "passage"}
#: Lists in the space of the shared encoder.
SHARED: Final = (PICTURE, WINDOW)


def checked(kind: str) -> str:
    """The name of a list, if it is one.

    Raises:
        UsageError: there is no such list.
    """
    if kind not in ITEM_KINDS:
        raise UsageError(f"There is no list of vectors {kind!r}.", f"Choose one of: {', '.join(ITEM_KINDS)}.")
    return kind
