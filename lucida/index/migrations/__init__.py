"""Alembic's migrations of the catalogue. They are run by ``lucida.index.revision``."""
