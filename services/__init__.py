"""The four services and the plumbing they share; no service imports another."""
