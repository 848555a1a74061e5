"""What is said in the runs: the words of a load, from a name and a seed."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence

from tests.faults.load import DEPARTMENTS, TOLERANCE, Body, Story

Tell = Callable[[str, Sequence[str], dt.datetime, int], list[Body]]
"""So many events about these plans: the name begins their ids and decides what is said, now is when they are said."""

REPEATS = 0.3

LAYERS, WIDTH = 4, 3
"""A herd of diamonds: milestones of a layer, and how many layers; the fourth needs the third, and so on."""


def story(name: str, plans: Sequence[str], now: dt.datetime, count: int) -> list[Body]:
    """Plans are published, dates move at random, and half of the plans come back to what was agreed."""
    return Story(name, plans, now).tell(count)


def shuffled(name: str, plans: Sequence[str], now: dt.datetime, count: int) -> list[Body]:
    """The same in any order, three in ten said again: plans are spoken of before they are published."""
    chance, said = random.Random(name), story(name, plans, now, round(count / (1 + REPEATS)))  # noqa: S311 - no secret
    again = [*said, *chance.choices(said, k=count - len(said))]
    chance.shuffle(again)
    return again


class Herd(Story):
    """Layers of milestones, each in a plan of its own or of another, each needing all of the layer before."""

    def tell(self, count: int) -> list[Body]:
        """The plans and their diamonds; then the first layer moves again and again, and comes to a last date."""
        for plan in self.plans:
            self._say("plan.published", plan, plan, {"title": f"Plan {plan}", "tolerance": TOLERANCE})
            for department in DEPARTMENTS[1:]:
                self._say("contributor.listed", plan, plan, {"department": department})
        for layer in range(LAYERS):
            for at in range(WIDTH):
                data = {"title": f"Layer {layer}", "baseline": self.baseline(layer).isoformat()}
                self._say("milestone.planned", *self._node(layer, at), data)
                for name, plan in self._before(layer):
                    self._say("dependency.declared", *self._node(layer, at), {"needs": name, "needs_plan": plan})
        while len(self.said) < count:
            forecast = self.baseline(0) + dt.timedelta(days=self.random.randint(-20, 400))
            data = {"forecast": forecast.isoformat(), "reason": f"Word {len(self.said)}"}
            self._say("milestone.forecast", *self._node(0, self.random.randrange(WIDTH)), data)
        return self.said

    def _node(self, layer: int, at: int) -> tuple[str, str]:
        """A milestone and its plan."""
        number = layer * WIDTH + at
        return f"{DEPARTMENTS[number % 3]}/m{number}", self.plans[number % len(self.plans)]

    def _before(self, layer: int) -> Iterator[tuple[str, str]]:
        if layer:
            yield from (self._node(layer - 1, at) for at in range(WIDTH))


def herd(name: str, plans: Sequence[str], now: dt.datetime, count: int) -> list[Body]:
    """Diamonds across plans: every move of the first layer reaches the last by many ways."""
    return Herd(name, plans, now).tell(count)
