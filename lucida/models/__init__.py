"""Back ends behind the protocols in ``lucida.models.protocols``, named by spec strings and loaded by ``registry``."""
