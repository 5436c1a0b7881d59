"""How everything is loaded through transformers: from the disk, in safetensors form only, no code but its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lucida.errors import DependencyError, ModelError
from lucida.lazy import require
from lucida.models.batching import out_of_memory
from lucida.models.devices import DEVICE_VARIABLE
from lucida.models.hf_files import HfFiles
from lucida.models.offline import disk_only
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from lucida.models.devices import Placement

#: For every ``from_pretrained``.
TRUSTED = {"local_files_only": True, "trust_remote_code": False}


class Foldered(Protocol):
    """Whatever lies in a folder, for the sentences of errors."""

    @property
    def folder(self) -> Path: ...


def load_weights(auto: Any, files: HfFiles, placement: Placement, **options: Any) -> Any:
    """The model where it computes.

    Args:
        auto: transformers' class that finds the architecture's own, e.g. ``AutoModel``.
        files: the checkpoint.
        placement: where to, and in which number format.
        options: for ``from_pretrained`` besides; with a ``device_map`` in them the model is not moved afterwards.

    Raises:
        ModelError: the weights are damaged, of another architecture, lack tensors, or are too large for the memory.
        DependencyError: a package that the architecture needs is absent.
    """
    try:
        with careful(files, "model"):
            model, report = auto.from_pretrained(
                files.folder,
                use_safetensors=True,
                dtype=placement.torch_dtype(),
                output_loading_info=True,
                **options,
                **TRUSTED,
            )
            model = model.eval()
            if "device_map" not in options:
                model = model.to(placement.device)
    except ModelError as error:
        if error.__cause__ is not None and out_of_memory(error.__cause__):
            raise _too_large(files, placement) from error
        raise
    if report["missing_keys"]:  # transformers would fill them with random numbers
        raise ModelError(
            f"The weights in {files.folder} lack {len(report['missing_keys'])} tensors of a {files.model_type}.",
            "Check that weights and configuration belong together, or get the model again.",
        )
    return model


@contextmanager
def careful(files: Foldered, what: str) -> Iterator[None]:
    """Without network, chatter and progress bars; whatever goes wrong becomes one sentence."""
    logging = require("transformers.utils.logging", "load a model")
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with disk_only():
            yield
    except ModelError:
        raise
    except ImportError as error:  # SigLIP's first tokenisers want sentencepiece, SmolVLM2's processor num2words
        named = re.search(r"pip install (?:-U )?([\w.-]+\w)", str(error))
        raise DependencyError(
            f"The {what} of {files.folder} wants a package that is not installed: {first_line(error)}.",
            f"Install it with: pip install {named[1] if named else 'sentencepiece protobuf'}.",
        ) from error
    except Exception as error:
        raise ModelError(
            f"The {what} of {files.folder} does not load: {first_line(error)}.",
            "Check that its files belong together and are whole, or get the model again.",
        ) from error
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _too_large(files: HfFiles, placement: Placement) -> ModelError:
    size = sum(path.stat().st_size for path in files.weights) / 1e9
    return ModelError(
        f"The memory of {placement.device} does not hold the model {files.folder} ({size:.1f} GB of weights).",
        f"Close other programs, choose a smaller model (see: lucida models), or set {DEVICE_VARIABLE}=cpu.",
    )
