"""The embedded reader's recipe: labelled questions, made ones, and the network that learns from them."""
