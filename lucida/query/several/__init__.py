"""Questions over several documents: the largest, how many, together, higher than, what changed."""
