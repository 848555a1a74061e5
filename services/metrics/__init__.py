"""Delivery performance as Prometheus series."""
