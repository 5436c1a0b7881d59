"""Gates: what a generated sample must pass before it may teach anybody anything. One module per gate."""

from __future__ import annotations
