"""``mini``: the embedded encoder, an image tower that was trained into the space of all-MiniLM-L6-v2."""

from lucida.models.mini.encoder import Mini

__all__ = ["Mini"]
