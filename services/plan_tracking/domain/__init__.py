"""Decisions of plan-tracking: pure functions over sets of accepted records."""
