"""Run as a program: publishes batches, and ends itself by SIGKILL at a given step of a given pass.

Arguments: library folder, name of the step ("" for none), which occurrence of it, number of batches.
Prints "done" when it got to the end.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import synthetic

from lucida.index import Index
from lucida.index.storage import Checkpoint


def killer(step: str, occurrence: int) -> Checkpoint:
    left = occurrence

    def checkpoint(name: str) -> None:
        nonlocal left
        if name == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def main() -> None:
    folder, step, occurrence, batches = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with Index.open(folder, create=True, write=True, checkpoint=killer(step, occurrence)) as index:
        index.bind_encoder("test", "fingerprint", synthetic.DIMENSION)
        index.bind_shared("eye", "eye-1", synthetic.SHARED_DIMENSION, windows=True)
        print("ready", flush=True)
        for number in range(batches):
            known = index.file_states()
            # What a rerun does: what is there already is left alone; every third batch is read anew all the same.
            readings = synthetic.batch(number, shared=True)
            missing = [reading for reading in readings if reading.file.path not in known]
            if missing or number % 3 == 0:
                index.publish(missing or readings)
        index.remove(
            [source_id for path, (source_id, _, _) in index.file_states().items() if path.endswith("/doomed.pdf")]
        )
        index.compact()
    print("done", flush=True)


if __name__ == "__main__":
    main()
