"""Decisions of ingest: what may be accepted, and why not."""
