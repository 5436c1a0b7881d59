"""Ways to execute the image tower. Each takes the tower's pixels and gives unit vectors of the same space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lucida.models.mini.files import MiniFiles
    from lucida.models.protocols import Vectors


class ImageRuntime(Protocol):
    """Executes one image tower. ``name`` tells what it is in measurements and logs."""

    @property
    def name(self) -> str: ...

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pixels of the tower's size: uint8 RGB, shape (n, height, width, 3). Gives (n, dimension), unit rows.

        Values are scaled and centred inside.
        """
        ...


def choose(files: MiniFiles) -> ImageRuntime:
    """The runtime for this machine: one that measures what is fastest where the tower's graph is known, else torch.

    Raises:
        ModelError: the weights do not fit the tower that the configuration names.
        DependencyError: a package is absent.
    """
    from lucida.models.mini.eye import Eye, suits
    from lucida.models.mini.tower import TorchTower

    return Eye(files) if suits(files) else TorchTower(files)
