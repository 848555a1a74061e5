"""What offices have answered to alerts."""

import datetime as dt
from collections.abc import Iterable

from pydantic import TypeAdapter

from services.alerting.domain.answers import Answer
from services.alerting.store.queries import slices
from services.kit.mongo import Database, Document, Session

_ANSWER = TypeAdapter(Answer)
_LAST_DAY = "9999-12-31"


class AnswerStore:
    """Answers, by plan; those that are over stay."""

    def __init__(self, database: Database) -> None:
        self._answers = database["answers"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._answers.create_index("plan")

    async def add(self, session: Session, answer: Answer) -> None:
        """Inside a transaction: a new answer."""
        await self._answers.insert_one(_document(answer), session=session)

    async def of(self, plans: Iterable[str], today: dt.date, session: Session | None = None) -> list[Answer]:
        """The answers in these plans that hold on a London date, the latest last."""
        found: list[Document] = []
        for some in slices(sorted(set(plans))):
            wanted = {"plan": {"$in": some}, "until": {"$gte": today.isoformat(), "$lte": _LAST_DAY}}
            found += await self._answers.find(wanted, session=session).to_list(None)
        return sorted(map(_answer_of, found), key=lambda one: (one.said, one.id))

    async def find(self, identifier: str) -> Answer | None:
        """An answer, whether or not it holds."""
        found = await self._answers.find_one({"_id": identifier})
        return _answer_of(found) if found else None

    async def end(self, session: Session, answer: Answer, last: dt.date) -> None:
        """Inside a transaction: it holds until this day only."""
        await self._answers.update_one({"_id": answer.id}, {"$set": {"until": last.isoformat()}}, session=session)


def _document(answer: Answer) -> Document:
    """An answer; `plan` and `until` are what it is found by."""
    kept = _ANSWER.dump_python(answer, mode="json")
    return {"_id": answer.id, "plan": answer.scope.plan, "until": answer.until.isoformat(), "kept": kept}


def _answer_of(document: Document) -> Answer:
    return _ANSWER.validate_python({**document["kept"], "until": document["until"]})
