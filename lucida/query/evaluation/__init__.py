"""How good search and encoders are: retrieval measures over relevance judgements, and what an encoder's card needs."""
