"""The embedded vision-language model, kept without its eye, which is ``mini``'s own and is there already.

What is kept is a folder of transformers whose ``model.safetensors`` lacks the tensors of the vision tower. Before it is
loaded, the whole folder is put together once in the cache folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.cache import cache_folder, replacing
from lucida.models.hf_files import PREFIX, in_folder
from lucida.models.mini import files as towers
from lucida.models.vlm.hf import HfVlm
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from lucida.models.hf_files import HfFiles
    from lucida.models.mini.files import MiniFiles

#: Another folder to take the model from, for whoever trains their own.
FOLDER_VARIABLE = "LUCIDA_MINI_VLM"
WEIGHTS_NAME = "model.safetensors"
SPEC = "mini"

_SHIPPED = Path(__file__).parent / "talker_weights"
_TRUNK, _EYE = "visual.trunk.", "model.vision_tower.timm_model."
_ADVICE = "Reinstall camera-lucida, or train a model with: lucida train vlm."


class Talker(HfVlm):
    """The embedded ``VisionLanguageModel``: an ``HfVlm`` that is called "mini".

    Args:
        folder: with or without the eye.

    Raises:
        ModelError: a file is missing or damaged, or the cache cannot be written.
    """

    def __init__(self, folder: Path | str) -> None:
        super().__init__(f"{PREFIX}{whole(Path(folder))}")
        self.spec, self._folder = SPEC, str(folder)

    def __reduce__(self) -> tuple[type[HfVlm], tuple[str]]:
        return type(self), (self._folder,)


def load() -> Talker:
    """The embedded model of this machine.

    Raises:
        ModelError: none came with the package, or it is damaged.
    """
    folder = find()
    if folder is None:
        raise ModelError(
            "No vision-language model came with this package.",
            f"Train one with lucida train vlm, and name its folder in {FOLDER_VARIABLE}; or choose another by hf:.",
        )
    return Talker(folder)


def find() -> Path | None:
    """The folder of the embedded model: ``$LUCIDA_MINI_VLM``, else the one that came with the package, if one did."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    return _SHIPPED if (_SHIPPED / WEIGHTS_NAME).is_file() else None


def whole(folder: Path, tower: MiniFiles | None = None) -> Path:
    """A folder that ``hf:`` loads: the given one if it has its eye, else one in the cache, made now if need be.

    Args:
        folder: with or without the eye.
        tower: the eye; by default the present ``mini``.

    Raises:
        ModelError: a file is missing or damaged, or the cache cannot be written.
    """
    given = in_folder(folder)
    learned = _read(folder / WEIGHTS_NAME)
    if any(name.startswith(_EYE) for name in learned):
        return folder
    tower = tower or towers.read(towers.find())
    place = cache_folder() / f"talker-{_name(given)}-{sha256_of(tower.weights)[:12]}"
    if (place / WEIGHTS_NAME).is_file():
        return place
    place.mkdir(parents=True, exist_ok=True)
    for path in given.companions:
        with replacing(place / path.name) as part:
            shutil.copyfile(path, part)
    # The weights come last: a folder that has them is whole.
    _write(place / WEIGHTS_NAME, {**learned, **_eye_of(tower)})
    return place


def keep_without_eye(model: Path, folder: Path, tower: MiniFiles) -> None:
    """Write a model that ``lucida train vlm`` made in the form in which it is kept.

    Args:
        model: a whole folder.
        folder: made if need be.
        tower: the eye that it was trained on.

    Raises:
        ModelError: its eye is not that tower, or a file is missing, damaged or cannot be written.
    """
    given, tensors, eye = in_folder(model), _read(model / WEIGHTS_NAME), _eye_of(tower)
    own = {name: tensor for name, tensor in tensors.items() if name.startswith(_EYE)}
    if own.keys() != eye.keys() or any(not (own[name] == eye[name]).all() for name in own):
        raise ModelError(
            f"The eye of {model} is not the tower in {tower.folder}.", "Name the tower that it was trained on."
        )
    for path in given.companions:
        with replacing(folder / path.name) as part:
            shutil.copyfile(path, part)
    _write(folder / WEIGHTS_NAME, {name: tensor for name, tensor in tensors.items() if name not in own})


def _name(given: HfFiles) -> str:
    """Tells weights, template and tokenizer apart from any others."""
    import hashlib

    parts = sorted(sha256_of(path) for path in (*given.weights, *given.companions))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]


def _eye_of(tower: MiniFiles) -> dict[str, Any]:
    tensors = _read(tower.weights)
    return {_EYE + n.removeprefix(_TRUNK): tensor for n, tensor in tensors.items() if n.startswith(_TRUNK)}


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(require("safetensors.numpy", "read weights").load_file(str(path)))
    except (OSError, ValueError, require("safetensors", "read weights").SafetensorError) as error:
        raise ModelError(f"The weights {path} cannot be read: {error}.", _ADVICE) from error


def _write(path: Path, tensors: Mapping[str, Any]) -> None:
    with replacing(path) as part:
        require("safetensors.numpy", "write weights").save_file(dict(tensors), part, metadata={"format": "pt"})
