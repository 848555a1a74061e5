"""Kafka in: what departments write to their inboxes, and whatever was refused anywhere."""
