"""Making pictures and datasets: what is ordered, the run with its journal, splits, manifest, card and replay."""

from __future__ import annotations
