"""The one object most people need: a folder of documents and pictures that can be searched and asked."""

from lucida.library.library import Library
from lucida.library.progress import Observer, Progress

__all__ = ["Library", "Observer", "Progress"]
