from __future__ import annotations

import json
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lucida.training.data.packing import BLOCK, pack

CHILD = Path(__file__).with_name("packing_child.py")
slow: Any = runpy.run_path(str(CHILD))["Slow"]


@pytest.mark.parametrize("blocks", [1, 3])
def test_a_killed_run_is_continued_to_the_same_pictures(tmp_path: Path, blocks: int) -> None:
    folder, state = tmp_path / "set", tmp_path / "set.part" / "state.json"
    child = subprocess.Popen([sys.executable, str(CHILD), str(folder)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        if state.exists() and json.loads(state.read_text())["jobs"] >= blocks * BLOCK:
            break
        time.sleep(0.002)
    child.kill()
    child.wait()
    assert state.exists(), "the child was to be killed while it worked"
    packed = pack(folder, slow(0))
    assert len(packed) == 1000
    assert packed.alpha is not None
    assert np.array_equal(packed.alpha[:, 3, 3], np.arange(1000) % 251)
    assert np.array_equal(packed.concepts, np.arange(1000) % 2)
