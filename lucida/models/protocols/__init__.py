"""What the rest of the house may ask of a model. Back ends satisfy these by shape; nobody inherits from them."""

from typing import TYPE_CHECKING

from lucida.models.protocols.drawing import (
    Ability,
    Control,
    Drawn,
    DrawRequest,
    DrawStep,
    Generator,
    Guide,
)
from lucida.models.protocols.encoders import (
    Calibration,
    Encoder,
    ImageEncoder,
    PixelEncoder,
    SharedEncoder,
    TextEncoder,
)
from lucida.models.protocols.ocr import OcrEngine, OcrPage
from lucida.models.protocols.readers import (
    MARKS,
    PairCutter,
    PairWindow,
    RawReader,
    RawSpan,
    Reader,
    Span,
    SpanCalibration,
    SpanRuntime,
)
from lucida.models.protocols.vision import Message, Reply, Sight, Tool, ToolCall, VisionLanguageModel

if TYPE_CHECKING:
    from lucida.models.protocols.encoders import Vectors as Vectors

__all__ = [
    "MARKS",
    "Ability",
    "Calibration",
    "Control",
    "DrawRequest",
    "DrawStep",
    "Drawn",
    "Encoder",
    "Generator",
    "Guide",
    "ImageEncoder",
    "Message",
    "OcrEngine",
    "OcrPage",
    "PairCutter",
    "PairWindow",
    "PixelEncoder",
    "RawReader",
    "RawSpan",
    "Reader",
    "Reply",
    "SharedEncoder",
    "Sight",
    "Span",
    "SpanCalibration",
    "SpanRuntime",
    "TextEncoder",
    "Tool",
    "ToolCall",
    "VisionLanguageModel",
]
