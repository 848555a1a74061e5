"""What is noticed of many tasks of a schedule, said in one sentence for each kind."""

from services.ingest.domain.returns.model import Finding
from services.ingest.domain.returns.phrases import listed


class Remarks:
    """Collects what is noticed while a schedule is read."""

    def __init__(self) -> None:
        self._tasks: dict[str, list[str]] = {}

    def add(self, sentence: str, task: str) -> None:
        """Notices something of a task; `{}` in the sentence stands for all tasks of which it holds."""
        self._tasks.setdefault(sentence, []).append(task)

    def findings(self, sheet: str) -> tuple[Finding, ...]:
        """All that was noticed, in the order in which it first was."""
        return tuple(
            Finding("noted", sentence.replace("{}", listed(list(dict.fromkeys(tasks)))), sheet=sheet)
            for sentence, tasks in self._tasks.items()
        )
