"""Kafka in: batches of accepted events become states, announced (law 2 of docs/architecture.md)."""
