"""The journal of a run that draws: one line for the order, then one for each drawing; see ``ledger``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lucida.generate.making.ledger import Ledger
from lucida.generate.making.order import Order

NAME = "journal.jsonl"
VERSION = 1


class Journal:
    """A run's journal, open for writing. One process at a time has it.

    Args:
        folder: of the run; made if need be.

    Attributes:
        asked: what the order was made from, None before ``begin``.
        order: what is to be made, None before ``begin``.
        draws: the drawings that are done, in order.

    Raises:
        UsageError: the folder holds other things, another run is at work in it, or a newer Lucida began it.
        StorageFullError: it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: dict[str, Any] | None = None
        self.order: Order | None = None
        self._ledger = Ledger(folder, NAME, VERSION)
        if self._ledger.head is not None:
            self.asked, self.order = self._ledger.head["asked"], Order.from_json(self._ledger.head["order"])
        self.draws = [{key: value for key, value in row.items() if key != "kind"} for row in self._ledger.rows]

    def begin(self, asked: Mapping[str, Any], order: Order) -> None:
        """Settle what is to be made."""
        self.asked, self.order = dict(asked), order
        self._ledger.begin({"asked": self.asked, "order": order.to_json()})

    def add(self, draw: Mapping[str, Any]) -> None:
        """Note a drawing whose files are in place.

        Raises:
            StorageFullError: the disk refused; the drawing is done again next time.
        """
        self._ledger.add({"kind": "draw", **draw})
        self.draws.append(dict(draw))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ledger.__exit__(kind, error, trace)
