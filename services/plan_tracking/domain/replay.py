"""A plan folded again from its record, some entries after another."""

from collections.abc import Sequence

from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Network


class Replay:
    """The plan as far as its record has been folded: what is in memory grows with the plan, not with its history."""

    def __init__(self, plan: str) -> None:
        self.subjects: dict[str, Subject] = {}
        self.loaded = Loaded(Plan(plan), Network(plan), self.subjects)

    def fold_on(self, entries: Sequence[Entry]) -> None:
        """Folds the next entries, in the order of their offsets."""
        self.settle(self.tried(entries))

    def tried(self, entries: Sequence[Entry]) -> Folded:
        """What the next entries would make of the plan; what was folded before them stays as it was until `settle`."""
        return fold(self.loaded, entries)

    def settle(self, folded: Folded) -> None:
        """Goes on from what was tried last."""
        self.subjects |= {**folded.touched, **folded.facts}
        self.loaded = Loaded(folded.plan, folded.network.kept(), self.subjects, folded.tallies)
