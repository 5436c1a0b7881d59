"""Pages like somebody's own: layout and labels stay, and everything that may be personal says something else."""

from __future__ import annotations
