"""Which items a search may find, in the form in which FAISS asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Allowed:
    """The items that are asked for, without those that are gone.

    Args:
        dead: int64, ids that must not appear.
        among: int64, the only ids that may appear; None for all.
    """

    def __init__(self, dead: NDArray[np.int64], among: NDArray[np.int64] | None) -> None:
        self.narrowed = among is not None
        named = dead if among is None else among
        self._bits = np.full(int(named.max(initial=0)) + 2, among is None)
        self._bits[named] = among is not None
        self._bits[dead[dead < len(self._bits)]] = False
        self._named = named
        # Ids beyond the last are as its last bit, which stands for no named id, says.
        self.selector = _selector(self._bits)

    @property
    def only(self) -> NDArray[np.int64]:
        """The ids that may appear, where the search is narrowed to some."""
        only: NDArray[np.int64] = self._named[self._bits[self._named]]
        return only

    def of(self, ids: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of these ids may appear: bool (n,)."""
        allowed: NDArray[np.bool_] = np.take(self._bits, ids, mode="clip")
        return allowed


def allowed(dead: NDArray[np.int64], among: NDArray[np.int64] | None) -> Allowed | None:
    """None where everything may appear."""
    return None if among is None and not len(dead) else Allowed(dead, among)


def _selector(bits: NDArray[np.bool_]) -> Any:
    faiss = require("faiss", "search vectors")
    if not bits[-1]:
        return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))
    return faiss.IDSelectorNot(faiss.IDSelectorBitmap(np.packbits(~bits, bitorder="little")))
