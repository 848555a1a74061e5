"""The rules: what holds for a milestone, a department in a plan, or a plan, with the reason and the cause.

Each is a function of a state and the clock that answers with None, or with what holds and what to do about it.
"""
