"""Kafka in: batches of states become alerts, announced, and due marks (laws 2 and 4 of docs/architecture.md)."""
