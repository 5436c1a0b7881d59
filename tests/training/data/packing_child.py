"""A child process that packs slowly, to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn, pack


class Slow:
    """Pictures that are all of one value, their job's; each takes a while when asked to."""

    side, transparent = 8, True

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s

    def __len__(self) -> int:
        return 1000

    def fingerprint(self) -> str:
        return "slow"

    def draw(self, job: int) -> Drawn:
        time.sleep(self._pause_s)
        return Drawn(np.full((8, 8, 4), job % 251, np.uint8), job % 2)

    def card(self) -> Card:
        return Card(styles=("a",), concepts=(("one",), ("two",)), source="here", licence="none")


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Slow(0.002))
