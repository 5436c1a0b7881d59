"""``span``: the embedded reader, a span head on the layers of all-MiniLM-L6-v2."""

from lucida.models.reader.loading import load_reader, load_shipped

__all__ = ["load_reader", "load_shipped"]
