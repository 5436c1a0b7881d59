"""What the recipe asks of whoever builds, writes and reads the models; it knows of no back end itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


class Plane(Protocol):
    """Makes conditions of vectors of the space: texts' and pictures' in one form."""

    @property
    def means(self) -> NDArray[np.float32]:
        """Of texts and of pictures, float32 (2, d)."""

    def conditions(self, vectors: ArrayLike) -> NDArray[np.float32]:
        """Vectors (n, d) as conditions, float32 (n, d), rows of length √d."""


class Parts(Protocol):
    """A generator's models: see ``lucida.models.diffusion.latent.forge``."""

    @property
    def vae(self) -> Any: ...
    @property
    def denoiser(self) -> Any: ...
    @property
    def scheduler(self) -> Mapping[str, Any]: ...
    @property
    def plane(self) -> Plane: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Forge(Protocol):
    """Builds, writes and reads models."""

    def vae(self, config: Mapping[str, Any]) -> Any:
        """A new autoencoder."""

    def denoiser(self, kind: str, config: Mapping[str, Any]) -> Any:
        """A new denoiser, "unet" or "transformer"."""

    def predict(self, denoiser: Any, latents: Any, times: Any, conditions: Any) -> Any:
        """What a denoiser says of noisy latents."""

    def plane(self, means: Any) -> Plane:
        """What makes conditions of vectors."""

    def parts(
        self, vae: Any, denoiser: Any, scheduler: Mapping[str, Any], plane: Any, settings: Mapping[str, Any]
    ) -> Any:
        """Models that belong together."""

    def write(self, folder: Path, parts: Any, card: Mapping[str, Any]) -> None:
        """Write a folder that the generator ``mini`` is loaded from."""

    def load(self, folder: Path) -> Parts:
        """Read such a folder."""
