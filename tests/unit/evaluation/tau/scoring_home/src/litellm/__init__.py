"""A stand-in for litellm, which nobody asks."""
