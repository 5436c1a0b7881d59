"""From a label to its value: what may be meant on a form, and a small learned judge of which is."""

from lucida.query.linking.judge import likelihoods
from lucida.query.linking.proposals import Value, proposals

__all__ = ["Value", "likelihoods", "proposals"]
