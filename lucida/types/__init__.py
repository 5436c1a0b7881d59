"""The words of the house as plain data. Imports nothing but the standard library."""

from lucida.types.document import (
    Cell,
    Document,
    Page,
    Passage,
    Picture,
    PictureRole,
    Region,
    RegionKind,
    Table,
    TextOrigin,
    Word,
)
from lucida.types.geometry import Box, union
from lucida.types.pixels import PixelRule
from lucida.types.results import (
    Answer,
    Citation,
    Drawing,
    Failure,
    Hit,
    IngestReport,
    ItemKind,
    PartShare,
    Placed,
    Step,
    Why,
)

__all__ = [
    "Answer",
    "Box",
    "Cell",
    "Citation",
    "Document",
    "Drawing",
    "Failure",
    "Hit",
    "IngestReport",
    "ItemKind",
    "Page",
    "PartShare",
    "Passage",
    "Picture",
    "PictureRole",
    "PixelRule",
    "Placed",
    "Region",
    "RegionKind",
    "Step",
    "Table",
    "TextOrigin",
    "Why",
    "Word",
    "union",
]
