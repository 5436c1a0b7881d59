"""Statistics of null queries that are kept beside a model's weights."""

from __future__ import annotations

import json
from pathlib import Path

from lucida.errors import ModelError
from lucida.models.protocols import Calibration

NAME = "calibration.json"


def kept_calibration(folder: Path) -> Calibration | None:
    """What ``calibration.json`` in a model's folder holds; None where there is no such file.

    Raises:
        ModelError: the file is there and cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        return Calibration.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}.", "Delete the file or measure it again.") from error
