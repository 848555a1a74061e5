"""Decisions of alerting: pure functions over states, alerts, what was said, and now."""
