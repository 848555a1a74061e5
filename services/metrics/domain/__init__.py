"""Which series follow from the plans' states."""
