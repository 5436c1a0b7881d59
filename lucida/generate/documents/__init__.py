"""Drawn papers with everything known about them: words, fields, tables, questions, and what scanners made of them."""

from __future__ import annotations
