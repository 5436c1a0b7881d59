"""The few pixels that an image encoder looks at: how a picture of any size becomes exactly so many.

Where pictures are decoded, this rule makes them small at once; what travels to the encoder is a hundredth of what the
camera wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

#: Values of Pillow's ``Resampling``.
_FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
#: A picture is decoded at so many times the pixels that are needed, and averaged in whole blocks down to so many
#: times: from there the filter sees what it would have seen of the full size. At 2 the vectors of ViT-B/32 keep a
#: cosine above 0.999 to those of the full size; below it they begin to drift.
_GAP = 2.0

Resize = Literal["shortest", "squash", "longest"]


@dataclass(frozen=True, slots=True)
class PixelRule:
    """How a picture is brought to an encoder's size.

    Attributes:
        width_px, height_px: what the encoder takes.
        resize: "shortest" scales the shorter side to fit and cuts the middle out of the longer one, "squash" scales
            both sides on their own, "longest" scales the longer side to fit and fills up the shorter one.
        interpolation: the filter's name as in Pillow's ``Resampling``, in small letters.
        fill: grey level, 0 to 255, that "longest" fills up with.
    """

    width_px: int
    height_px: int
    resize: Resize = "shortest"
    interpolation: str = "bicubic"
    fill: int = 0

    def __post_init__(self) -> None:
        """Refuse what no picture can be brought to.

        Raises:
            ValueError: a size below 1, or a rule or filter that does not exist.
        """
        if min(self.width_px, self.height_px) < 1 or self.interpolation not in _FILTERS:
            raise ValueError(f"no such pixels: {self}")
        if self.resize not in ("shortest", "squash", "longest"):
            raise ValueError(f"no such way to resize: {self.resize!r}")

    def fit(self, image: Image) -> Image:
        """Bring a picture to RGB of exactly the right size.

        Args:
            image: any mode and size, upright, transparency already laid on paper. It is left as it is.
        """
        rgb = image if image.mode == "RGB" else image.convert("RGB")
        (width, height), box = self._placed(*rgb.size)
        small = rgb
        if (width, height) != rgb.size or box != (0.0, 0.0, float(width), float(height)):
            small = rgb.resize((width, height), _FILTERS[self.interpolation], box=box, reducing_gap=_GAP)
        return small if small.size == (self.width_px, self.height_px) else self._filled_up(small)

    def shrinkage(self, width: int, height: int) -> float:
        """By how much a picture of this size may be decoded smaller without harm; 1 or more, 1 is not at all."""
        (new_width, new_height), box = self._placed(width, height)
        return max(min((box[2] - box[0]) / new_width, (box[3] - box[1]) / new_height) / _GAP, 1.0)

    def _placed(self, width: int, height: int) -> tuple[tuple[int, int], tuple[float, float, float, float]]:
        """The size to scale to, and the part of the picture (left, top, right, bottom; pixels) that is scaled to it.

        Scaling the part at once spares the rest, and a strip of 1 by 60,000 pixels its enlargement.
        """
        whole = (0.0, 0.0, float(width), float(height))
        ratios = width / self.width_px, height / self.height_px
        if self.resize == "squash":
            return (self.width_px, self.height_px), whole
        if self.resize == "longest":
            ratio = max(ratios)
            return (max(round(width / ratio), 1), max(round(height / ratio), 1)), whole
        # As torchvision scales and crops: the longer side is cut to whole pixels, and the margin rounded, first.
        ratio = min(ratios)
        scaled = max(int(width / ratio + 1e-9), self.width_px), max(int(height / ratio + 1e-9), self.height_px)
        left, top = round((scaled[0] - self.width_px) / 2), round((scaled[1] - self.height_px) / 2)
        per_x, per_y = width / scaled[0], height / scaled[1]
        box = (left * per_x, top * per_y, (left + self.width_px) * per_x, (top + self.height_px) * per_y)
        return (self.width_px, self.height_px), (box[0], box[1], min(box[2], whole[2]), min(box[3], whole[3]))

    def _filled_up(self, small: Image) -> Image:
        from PIL import Image as Pillow

        ground = Pillow.new("RGB", (self.width_px, self.height_px), (self.fill,) * 3)
        ground.paste(small, ((self.width_px - small.width) // 2, (self.height_px - small.height) // 2))
        return ground
