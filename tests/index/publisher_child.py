"""Run as a program: publishes batches, and ends itself by SIGKILL at a given step of a given pass.

Arguments: library folder, name of the step ("" for none), which occurrence of it, number of batches, from how many
vectors on segments are compact. A step called "large:..." counts only where a large merge is made: on its thread, and
where it is put in force.
Prints "done" when it got to the end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import synthetic

from lucida.index import Index
from lucida.index.choice import Scale
from lucida.index.storage import Checkpoint


def killer(step: str, occurrence: int) -> Checkpoint:
    left = occurrence
    large, _, wanted = step.rpartition(":")

    def checkpoint(name: str) -> None:
        nonlocal left
        in_background = threading.current_thread().name == "merging" or name.startswith("merge-")
        if name == wanted and (in_background or not large):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def main() -> None:
    folder, step, occurrence, batches = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    scale = Scale(flat_below=int(sys.argv[5]), trials=8)
    with Index.open(folder, create=True, write=True, checkpoint=killer(step, occurrence), scale=scale) as index:
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
        index.finish_merging()
        index.remove(
            [source_id for path, (source_id, _, _) in index.file_states().items() if path.endswith("/doomed.pdf")]
        )
        index.compact()
    print("done", flush=True)


if __name__ == "__main__":
    main()
