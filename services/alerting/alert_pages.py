"""HTML out: the alerts that hold now, one alert's life, and the form by which an office answers."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.alerts import SYMPTOMS, Rule, alert_key
from schemas.names import owner
from services.alerting.answering import Answering, Speaker, Wish
from services.alerting.current import Current, Reading
from services.alerting.domain.answers import LONGEST_DAYS, Scope
from services.alerting.domain.ends import REASONS
from services.alerting.domain.model import KeptAlert, Moment
from services.alerting.domain.rules.called import CALLED
from services.alerting.domain.select import may_hear
from services.alerting.domain.speaking import SHOWN_ONLY
from services.alerting.domain.subscriptions import Subscription
from services.alerting.frame import Faults, Frame, faults, plain_form
from services.alerting.store import Store
from services.alerting.telling.confirming import Links
from services.alerting.telling.gather import firing_for
from services.kit.http import Problem
from services.kit.identity import Identity
from services.kit.words import london_day

MOST_SHOWN = 200
"""Alerts of a plan on one page; the others are counted."""

MOST_CHOICES = 100
"""Alerts that a mail's form offers."""

FIELDS = {"kind": "What you say", "until": "Until", "why": "Why", "milestone": "To what", "": "To what"}

BLANK = dict.fromkeys(("of", "kind", "until", "why"), "")
"""What the form holds before anything is said."""

SCOPE = ("plan", "milestone", "department", "rule")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be answered, as the form names it."""

    scope: Scope
    text: str

    @property
    def value(self) -> str:
        """What the form sends."""
        return urlencode(in_address(self.scope))


def in_address(scope: Scope) -> dict[str, str]:
    """A scope as an address has it."""
    return {name: said for name in SCOPE if (said := getattr(scope, name))}


def scope_in(said: Iterable[tuple[str, str]]) -> Scope:
    """The scope in an address; what is unknown in it is left out."""
    found = dict(said)
    rule: Rule | None = next((one for one in CALLED if one == found.get("rule")), None)
    return Scope(found.get("plan", ""), found.get("milestone", ""), found.get("department", ""), rule)


@dataclass(frozen=True, slots=True)
class AlertPages:
    """The pages about alerts; `clock` says what time it is."""

    store: Store
    reading: Reading
    answering: Answering
    links: Links
    frame: Frame
    clock: Callable[[], dt.datetime]

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        for path, page in (
            ("/alerts", self.now),
            ("/alerts/life", self.life),
            ("/alerts/answer", self.ask),
            ("/alerts/answer/{token}", self.ask_by_link),
        ):
            router.add_api_route(path, page, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/alerts/answer", self.answer, methods=["POST"], response_model=None)
        router.add_api_route("/alerts/answer/{token}", self.answer_by_link, methods=["POST"], response_model=None)
        return router

    async def now(self, request: Request) -> Response:
        """What holds in a plan, narrowed as the address says; without a plan, the plans in which something holds."""
        who, scope = await self.frame.reader(request), scope_in(request.query_params.items())
        if not scope.plan:
            return self.frame.page("alert_plans.html", who, plans=await self.reading.plans(who.departments))
        current = await self.reading.of(scope, who.departments)
        narrowed = scope != Scope(scope.plan)
        everything = await self.reading.of(Scope(scope.plan), who.departments) if narrowed else current
        return self.frame.page(
            "alerts.html",
            who,
            plan=current.plan,
            hold=current.hold,
            scope=scope,
            departments_there=sorted({kept.department for kept in everything.alerts}),
            rules_there=[(rule, CALLED[rule]) for rule in CALLED if _has(everything, rule)],
            lines=[_line(kept, current) for kept in current.alerts[:MOST_SHOWN]],
            more=max(0, len(current.alerts) - MOST_SHOWN),
            total=len(current.alerts),
        )

    async def life(self, request: Request) -> Response:
        """One alert from its beginning, over or not."""
        who, asked = await self.frame.reader(request), request.query_params
        symptom = SYMPTOMS.get(scope_in(asked.items()).rule or "overdue", "overdue")
        key = alert_key(asked.get("plan", ""), asked.get("about", ""), symptom)
        current, kept = await self.reading.life(key, who.departments)
        moments = [
            {"at": one.at, "said": _happened(one, last), "cause": current.view.title(one.cause)}
            for one, last in zip(kept.life, [None, *kept.life[:-1]], strict=True)
        ]
        return self.frame.page(
            "alert_life.html", who, plan=current.plan, line=_line(kept, current), moments=moments[::-1]
        )

    # Answering

    async def ask(self, request: Request) -> Response:
        """The form for who is signed in."""
        who, scope = await self.frame.reader(request), scope_in(request.query_params.items())
        if not who.departments:
            return self.frame.sign_in(request)
        plan = await self.reading.plan(scope.plan, who.departments)
        choices = list(_choices(scope, plan.lead in who.departments))
        if not choices:
            return RedirectResponse(f"/alerts?plan={scope.plan}", 303)
        return self._form(who, choices, "/alerts/answer")

    async def answer(self, request: Request) -> Response:
        """Takes the form of who is signed in."""
        who = await self.frame.reader(request)
        if not who.departments:
            return self.frame.sign_in(request)
        said = await self.frame.form(request, who)
        speaker = Speaker(who.departments, await self.store.subscriptions.owned(who.departments))
        chosen = scope_in(parse_qsl(said.get("of", "")))
        return await self._take(said, speaker, who, [Choice(chosen, _named(chosen))], "/alerts/answer")

    async def ask_by_link(self, token: str) -> Response:
        """The form for whom a mail has told."""
        to = await self._told(token)
        return self._form(Identity(()), await self._told_of(to), f"/alerts/answer/{token}")

    async def answer_by_link(self, request: Request, token: str) -> Response:
        """Takes the form that a mail's link has led to."""
        to = await self._told(token)
        said = await plain_form(request)
        speaker = Speaker(to.departments, [to], by_link=True)
        return await self._take(said, speaker, Identity(()), await self._told_of(to), f"/alerts/answer/{token}")

    async def _told(self, token: str) -> Subscription:
        identifier = self.links.answers(token)
        found = await self.store.subscriptions.find(identifier) if identifier else None
        if found is None or found.state != "active":
            raise Problem(404, "This link is no longer good", "The newest mail has a newer one; or sign in to answer")
        return found

    async def _told_of(self, to: Subscription) -> list[Choice]:
        """What a subscriber can answer: each alert that it hears of, the greatest first."""
        found = await firing_for(self.store, to)
        firing = [kept for kept in found if kept.alert.about and kept.symptom not in SHOWN_ONLY]
        plans, today = await self.store.states.plans({kept.alert.plan for kept in firing}), london_day(self.clock())
        heard = [kept for kept in firing if may_hear(plans.get(kept.alert.plan), to.departments, today)]
        ordered = sorted(heard, key=lambda kept: (-kept.alert.days, kept.key))[:MOST_CHOICES]
        return [Choice(_scope_of(kept), f"{kept.title}: {CALLED[kept.alert.rule]}") for kept in ordered]

    async def _take(
        self, said: dict[str, str], speaker: Speaker, who: Identity, choices: list[Choice], action: str
    ) -> Response:
        fields = {
            **dict(parse_qsl(said.get("of", ""))),
            **{name: value for name, value in said.items() if name != "of"},
        }
        try:
            made = await self.answering.answer(Wish.model_validate(fields), speaker)
        except (ValidationError, Problem) as error:
            if isinstance(error, Problem) and error.status not in (403, 422):
                raise
            return self._form(who, choices, action, faults(error, FIELDS), said, 422)
        return self.frame.page("answered.html", who, answer=made, named=_named(made.scope))

    def _form(
        self,
        who: Identity,
        choices: list[Choice],
        action: str,
        wrong: Faults | None = None,
        said: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        today = london_day(self.clock())
        return self.frame.page(
            "answer.html",
            who,
            status,
            choices=choices,
            action=action,
            problem=wrong,
            said=BLANK | (said or {}),
            first=today,
            last=today + dt.timedelta(days=LONGEST_DAYS),
            usual=today + dt.timedelta(days=14),
        )


def _has(current: Current, rule: Rule) -> bool:
    return any(kept.alert.rule == rule for kept in current.alerts)


def _scope_of(kept: KeptAlert) -> Scope:
    alert = kept.alert
    return Scope(alert.plan, alert.milestone, "" if alert.milestone else alert.department or "", alert.rule)


def _choices(scope: Scope, leads: bool) -> Iterator[Choice]:
    """What can be answered from here: what was chosen, then ever wider."""
    wider = [scope]
    if scope.rule and (scope.milestone or scope.department):
        wider.append(Scope(scope.plan, scope.milestone, scope.department))
    if scope.milestone:
        wider.append(Scope(scope.plan, "", owner(scope.milestone)))
    wider += [Scope(scope.plan)] if leads else []
    for one in dict.fromkeys(wider):
        if leads or not one.is_whole:
            yield Choice(one, _named(one))


def _named(scope: Scope) -> str:
    """What is answered, in words."""
    of = scope.milestone or (f"all of {scope.department}" if scope.department else f"the whole plan {scope.plan}")
    return f"{of}: {CALLED[scope.rule]}" if scope.rule else of


def _line(kept: KeptAlert, current: Current) -> dict[str, Any]:
    """An alert as the pages show it."""
    alert, view = kept.alert, current.view
    why = view.reason(kept)
    return {
        "kept": kept,
        "called": CALLED[alert.rule],
        "reason": why[:1].upper() + why[1:],
        "cause": None if alert.cause == kept.own or not alert.cause.milestone else view.title(alert.cause),
        "cause_page": view.shown(alert.cause),
        "life": urlencode({"plan": alert.plan, "about": alert.about, "rule": alert.rule}),
        "answer": urlencode(in_address(_scope_of(kept))),
    }


def _happened(now: Moment, before: Moment | None) -> str:
    """What a moment of an alert's life brought, in words."""
    if now.ended:
        return f"Over: {REASONS[now.ended]}"
    if before is None or before.ended:
        return f"Began: {CALLED[now.rule].lower()}{_days(now)}"
    if now.answer and now.answer != before.answer:
        kind = now.answer.kind.capitalize()
        return f"{kind} by {now.answer.by}: {now.answer.why}"
    if before.answer and not now.answer:
        return "The answer ended"
    if now.escalated and not before.escalated:
        return "Nobody had answered: it went to the lead"
    if now.days != before.days:
        return f"{'Worse' if now.days > before.days else 'Better'}: {CALLED[now.rule].lower()}{_days(now)}"
    return f"Now: {CALLED[now.rule].lower()}{_days(now)}"


def _days(moment: Moment) -> str:
    return f", {moment.days:,} {'day' if moment.days == 1 else 'days'}" if moment.days else ""
