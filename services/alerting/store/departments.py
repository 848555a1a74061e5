"""How far the states of departments, whatever the plans, have been judged."""

from collections.abc import Iterable, Mapping

from schemas.departments import DepartmentState
from services.alerting.store.queries import by_ids, replace
from services.kit.mongo import Database, Document, Session


class DepartmentStore:
    """The newest state of each department, and the version of the rules that judged it."""

    def __init__(self, database: Database) -> None:
        self._departments = database["departments"]

    async def judged(self, names: Iterable[str], session: Session) -> dict[str, tuple[int, str]]:
        """By department, the version of its state, and that of the rules."""
        return {doc["_id"]: (doc["version"], doc["rules"]) for doc in await by_ids(self._departments, names, session)}

    async def write(self, session: Session, states: Mapping[str, DepartmentState], rules: str) -> None:
        """Inside a transaction: newer states, judged by these rules."""
        documents: list[Document] = [
            {"_id": name, "version": state.version, "rules": rules, "state": state.model_dump(mode="json")}
            for name, state in states.items()
        ]
        await replace(self._departments, documents, session)
