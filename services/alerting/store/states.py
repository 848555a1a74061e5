"""The newest states of milestones and plans, when each is to be judged again, and when departments were heard of."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import UpdateOne

from schemas.states import MilestoneState, PlanState
from services.alerting import documents as kept
from services.alerting.documents import Judged, JudgedPlan, awaited_key
from services.alerting.store.queries import Collection, by_ids, replace, slices
from services.kit.mongo import Database, Document, Session

_FIRST_DAY = "0001-01-01"


class StateStore:
    """States. `wakes` is the London date on which a state is to be judged again although nothing has arrived."""

    def __init__(self, database: Database) -> None:
        self._milestones, self._plans, self._heard = database["states"], database["plans"], database["heard"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._milestones.create_index("wakes")
        await self._milestones.create_index("engaged")
        await self._milestones.create_index("awaits")
        for field in ("wakes", "mission", "places"):
            await self._plans.create_index(field)
        await self._heard.create_index("plan")

    # Milestones

    async def milestones(self, keys: Iterable[str], session: Session | None = None) -> dict[str, MilestoneState]:
        """States by milestone key."""
        found = await by_ids(self._milestones, keys, session)
        return {doc["_id"]: MilestoneState.model_validate(doc["state"]) for doc in found}

    async def judged(self, keys: Iterable[str], session: Session | None = None) -> dict[str, Judged]:
        """States by milestone key, each with the version of the rules that judged it."""
        return {doc["_id"]: kept.judged_of(doc) for doc in await by_ids(self._milestones, keys, session)}

    async def write(self, session: Session, judged: Iterable[Judged]) -> None:
        """Inside a transaction: newer states, as they were judged."""
        await replace(self._milestones, map(kept.state_document, judged), session)

    async def touch(self, session: Session, judged: Iterable[Judged]) -> None:
        """Inside the transaction that read them: how stored states were judged again."""
        for some in slices(list(judged)):
            operations = [
                UpdateOne(
                    {"_id": kept.state_id(one.state), "version": one.state.version}, {"$set": kept.judgement(one)}
                )
                for one in some
            ]
            await self._milestones.bulk_write(operations, session=session, ordered=False)

    async def wake_engaged(self, session: Session, keys: Iterable[str], today: dt.date) -> None:
        """Inside a transaction: what was delivered and depends on these milestones is to be judged again, at once."""
        for some in slices(list(keys)):
            await self._milestones.update_many(
                {"engaged": {"$in": some}}, {"$set": {"wakes": today.isoformat()}}, session=session
            )

    async def wake(self, session: Session, keys: Iterable[str], today: dt.date) -> None:
        """Inside a transaction: these milestones are to be judged again, at once."""
        for some in slices(list(keys)):
            operations = [UpdateOne({"_id": key}, {"$set": {"wakes": today.isoformat()}}) for key in some]
            await self._milestones.bulk_write(operations, session=session, ordered=False)

    async def awaited(self, plan: str, departments: Iterable[str], session: Session | None = None) -> set[str]:
        """Those of these departments for whose milestones in a plan another department waits."""
        wanted = {awaited_key(plan, one): one for one in departments}
        found: set[str] = set()
        for key, department in wanted.items():
            if await self._milestones.find_one({"awaits": key}, {"_id": 1}, session=session):
                found.add(department)
        return found

    # Plans

    async def plans(self, names: Iterable[str], session: Session | None = None) -> dict[str, PlanState]:
        """Plan states by name."""
        found = await by_ids(self._plans, names, session)
        return {doc["_id"]: PlanState.model_validate(doc["state"]) for doc in found}

    async def judged_plans(self, names: Iterable[str], session: Session | None = None) -> dict[str, JudgedPlan]:
        """Plan states by name, each with how it was judged."""
        return {doc["_id"]: kept.judged_plan_of(doc) for doc in await by_ids(self._plans, names, session)}

    async def names(self) -> list[str]:
        """Every plan."""
        return await _ids(self._plans, {})

    async def serving(self, mission: str) -> list[str]:
        """The plans that serve a mission, by its slug."""
        return await _ids(self._plans, {"mission": mission})

    async def covering(self, place: str) -> list[str]:
        """The plans that cover a place."""
        return await _ids(self._plans, {"places": place})

    async def write_plans(self, session: Session, plans: Mapping[str, PlanState], known: Iterable[str]) -> None:
        """Inside a transaction: newer states; `known` were there at the first start, before any judgement."""
        at_start = set(known)
        operations = [
            UpdateOne(
                {"_id": name},
                {"$set": kept.plan_fields(plan), "$setOnInsert": {"rules": "", "known": name in at_start}},
                upsert=True,
            )
            for name, plan in plans.items()
        ]
        if operations:
            await self._plans.bulk_write(operations, session=session, ordered=False)

    async def wake_plans(self, session: Session, names: Iterable[str], today: dt.date) -> None:
        """Inside a transaction: these plans are to be judged at once."""
        await self._wake_plans(session, [{"_id": name} for name in names], today)

    async def _wake_plans(self, session: Session, wanted: Iterable[Document], today: dt.date) -> None:
        operations = [UpdateOne(one, {"$set": {"wakes": today.isoformat()}}) for one in wanted]
        if operations:
            await self._plans.bulk_write(operations, session=session, ordered=False)

    async def touch_plan(self, session: Session, judged: JudgedPlan) -> None:
        """Inside the transaction that read it: how a stored plan was judged again."""
        changes = {**kept.judgement(judged), "known": judged.known, "silent": judged.silent}
        await self._plans.update_one({"_id": judged.plan.plan}, {"$set": changes}, session=session)

    # Waking

    async def woken(self, today: dt.date) -> tuple[list[str], list[str]]:
        """The milestones (by key) and the plans that are to be judged today."""
        due = {"wakes": {"$gte": _FIRST_DAY, "$lte": today.isoformat()}}
        return await _ids(self._milestones, due), await _ids(self._plans, due)

    async def wake_all(self, today: dt.date) -> None:
        """Everything is to be judged again, because the rules have changed."""
        for collection in (self._milestones, self._plans):
            for some in slices(await _ids(collection, {})):
                operations = [UpdateOne({"_id": one}, {"$set": {"wakes": today.isoformat()}}) for one in some]
                await collection.bulk_write(operations, ordered=False)

    # Departments

    async def heard(self, plan: str, session: Session | None = None) -> dict[str, dt.datetime]:
        """When each department of a plan was last heard of."""
        found = await self._heard.find({"plan": plan}, session=session).to_list(None)
        return {doc["department"]: doc["last"] for doc in found}

    async def departments(self) -> set[str]:
        """The departments that have been heard of in any plan."""
        found = await self._heard.find({}, {"department": 1}).to_list(None)
        return {doc["department"] for doc in found}

    async def hear(self, session: Session, heard: Mapping[tuple[str, str], dt.datetime], today: dt.date) -> None:
        """Inside a transaction: departments were heard of; what is later already stays.

        Plans in which one is heard of for the first time, or in which any was silent, are to be judged at once.
        """
        operations = [
            UpdateOne(
                {"_id": f"{plan}|{department}"},
                {"$max": {"last": at}, "$setOnInsert": {"plan": plan, "department": department}},
                upsert=True,
            )
            for (plan, department), at in heard.items()
        ]
        if not operations:
            return
        result = await self._heard.bulk_write(operations, session=session, ordered=False)
        plans = [plan for plan, _ in heard]
        first = [{"_id": plans[at]} for at in result.upserted_ids or {}]
        silent = [{"_id": plan, "silent": True} for plan in dict.fromkeys(plans)]
        await self._wake_plans(session, [*first, *silent], today)


async def _ids(collection: Collection, wanted: Mapping[str, Any]) -> list[str]:
    return [doc["_id"] for doc in await collection.find(wanted, {"_id": 1}).to_list(None)]
