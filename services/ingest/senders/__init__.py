"""Where accepted events go."""
