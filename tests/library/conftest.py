from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lucida import Library

FERRY = (
    "# Ferry timetable\n\nThe ferry to Norland leaves from the northern pier at 14:30 every weekday. "
    "Tickets cost EUR 12.50 and are sold on board.\n\n## Cancellation\n\nBookings may be cancelled free of charge "
    "until 24 hours before departure.\n"
)
HARBOUR = "# Harbour\n\nThe harbour master's office opens at seven in the morning. Dogs must be kept on a lead.\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "ferry.md").write_text(FERRY)
    (folder / "harbour.md").write_text(HARBOUR)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened
