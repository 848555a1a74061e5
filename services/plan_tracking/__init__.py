"""Owns plans: folds events, schedules the dependency network, serves plans."""
