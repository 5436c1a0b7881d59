"""Classical augmentation: pictures changed as cameras and people change them, their boxes with them."""

from __future__ import annotations
