"""Makes the control image of any kind out of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.models.diffusion import edges, regions, seen
from lucida.models.diffusion.options import KINDS, Options

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.devices import Placement
    from lucida.models.protocols.drawing import Control


class Controls:
    """Keeps the models that see.

    Args:
        options: of the spec.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._eyes: dict[str, seen.Eye] = {}

    def check(self, control: Control) -> None:
        """Whether a control image of this kind can be made, told without loading anything.

        Raises:
            UsageError: there is no such kind.
            ModelError: the model that would see it is not named.
        """
        if control.kind not in {*KINDS, "given"}:
            raise UsageError(f"There is no control {control.kind!r}.", f"Known are: {', '.join(KINDS)}, given.")
        if control.kind in {"depth", "normal", "pose"}:
            kind = "pose" if control.kind == "pose" else "depth"
            seen.folder_of(self._options.pose if kind == "pose" else self._options.depth, kind)

    def image(self, control: Control, placement: Placement) -> Image:
        """The control image: RGB, of the picture's size.

        Raises:
            UsageError, ModelError: see ``check``; or the model does not load.
        """
        self.check(control)
        match control.kind:
            case "canny":
                return edges.canny(control.image)
            case "scribble":
                return edges.scribble(control.image)
            case "segmentation":
                return regions.segmentation(control.image)
            case "depth":
                return seen.depth_image(self._eye("depth", placement).depth(control.image))
            case "normal":
                return seen.normal_image(self._eye("depth", placement).depth(control.image))
            case "pose":
                return seen.pose_image(self._eye("pose", placement).joints(control.image), control.image.size)
            case _:
                return control.image.convert("RGB")

    def _eye(self, kind: str, placement: Placement) -> seen.Eye:
        if kind not in self._eyes:
            place = self._options.pose if kind == "pose" else self._options.depth
            self._eyes[kind] = seen.Eye(seen.folder_of(place, kind), kind, placement)
        return self._eyes[kind]
