"""Plumbing without a business word; knows no service."""
