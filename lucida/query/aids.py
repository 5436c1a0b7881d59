"""What may help to answer, beside the index and its encoder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.models.protocols import Reader
    from lucida.query.looking.drawing_tool import Pencil
    from lucida.query.looking.looker import Looker
    from lucida.query.second_look import Reread


@dataclass(frozen=True, slots=True)
class Aids:
    """Each may be absent, and the answer is as good as what is there.

    Attributes:
        reader: of running text, in English; without it the sentences that say most of the question are taken.
        looker: a vision-language model and what it may look at.
        reread: reads a part of a page from its pixels, to see whether it shows what its text layer says.
        deadline: ``time.monotonic()`` after which nothing costly is begun any more.
    """

    reader: Reader | None = None
    looker: Looker | None = None
    reread: Reread | None = None
    deadline: float | None = None

    @property
    def pencil(self) -> Pencil | None:
        """Draws for the question, where it asks for a picture and somebody is there to draw it."""
        return self.looker.pencil if self.looker is not None else None

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return self.deadline is not None and time.monotonic() >= self.deadline
