"""Run as a program: embeds pictures for another encoder, and ends itself by SIGKILL at a step.

Arguments: library folder, name of the step ("" for none), which occurrence of it. Prints "done" when it got to the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import synthetic
from publisher_child import killer

from lucida.index import Index

DIMENSION = 4


def vectors_of(ids: list[int], kind: str) -> tuple[np.ndarray, np.ndarray]:
    """What the other encoder would make of these items: the same each time."""
    each = 3 if kind == "window" else 1
    rows = [synthetic.unit_vectors(each, 5_000_000 + item, DIMENSION) for item in ids]
    return np.repeat(np.array(ids, dtype=np.int64), each), np.concatenate(rows)


def main() -> None:
    folder, step, occurrence = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with Index.open(folder, write=True, checkpoint=killer(step, occurrence)) as index:
        index.begin_switch("other", "eye-2", DIMENSION, windows=True)
        for kind in ("picture", "window"):
            while ids := index.lacking(kind, limit=4, pending=True):
                index.add_vectors(kind, *vectors_of(ids, kind), pending=True)
        index.finish_switch()
    print("done", flush=True)


if __name__ == "__main__":
    main()
