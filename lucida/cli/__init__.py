"""The command line: one module per group of commands, each registering its own on the app."""

from __future__ import annotations


def main() -> None:
    """Console entry point."""
    import gc
    import sys

    # What is imported stays to the end. Looking for garbage among it, while it comes and once more when the process
    # ends, would take a quarter of a cold search; commands that run for long have it looked for (see ``app``).
    gc.disable()
    from lucida.cli.app import main as run

    code = run()
    if "torch" not in sys.modules:  # whose parts complain loudly when they are not taken apart
        gc.freeze()
    sys.exit(code)
