"""Telling is remembered: due marks make subscriptions due, and each is told once, over all causes (law 4)."""
