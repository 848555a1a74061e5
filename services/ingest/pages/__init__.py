"""HTML out: the same doors as for programs, for people; every page works without scripts."""
