"""Tests of the doors for returns."""
