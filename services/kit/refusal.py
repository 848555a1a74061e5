"""The service must not go on: it ends, and says why in a sentence."""


class Refused(Exception):
    """What a retry cannot mend: the sentence says what is wrong and what to do."""
