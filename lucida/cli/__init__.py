"""The command line: one module per group of commands, each registering its own on the app."""

from __future__ import annotations


def main() -> None:
    """Console entry point."""
    import sys

    from lucida.cli.app import main as run

    sys.exit(run())
