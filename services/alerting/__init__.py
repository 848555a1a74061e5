"""Decides, groups, remembers and sends; owns subscriptions."""
