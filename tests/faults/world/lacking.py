"""What a machine may lack for a fault."""


class Lacking(Exception):
    """A program or a right that a fault needs is not there: one sentence that says how to get it."""
