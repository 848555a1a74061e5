"""Open data: a plan as other programs and people take it away."""
