"""Schedules of projects: their tasks, what these wait for, and the milestones among them."""
