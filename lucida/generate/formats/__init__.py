"""Formats that datasets are written in, one module each. ``formats.writing`` writes them by name."""

from __future__ import annotations
