"""Makes events of the contract for tests, and strategies of sets of them."""

import datetime as dt
import json
from typing import Any

from hypothesis import strategies as st

from schemas.events import LOG_RECORD, LogRecord

PLAN = "dluhc/towns-fund"
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def body(kind: str, subject: str, data: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """A structured CloudEvent as a publisher sends it; `kind` is `milestone.forecast` and so on."""
    return {
        "specversion": "1.0",
        "id": "1",
        "source": f"/{subject.partition('/')[0]}",
        "type": f"org.milepost.{kind}.v1",
        "subject": subject,
        "plan": PLAN,
        "time": NOON.isoformat(),
        "data": data,
        **attributes,
    }


def event(kind: str, subject: str, data: dict[str, Any], **attributes: Any) -> LogRecord:
    """An accepted event; accepted at NOON unless said otherwise."""
    made = body(kind, subject, data, **{"acceptedtime": NOON.isoformat(), **attributes})
    return LOG_RECORD.validate_json(json.dumps(made))


MILESTONES = ("dft/a", "dft/b", "dwp/c", "dwp/d/e", "dluhc/f")
DAYS = st.dates(dt.date(2026, 10, 1), dt.date(2027, 6, 30)).map(dt.date.isoformat)
SAID = st.one_of(
    st.none(), DAYS, st.builds(lambda d, p: {"date": d, "precision": p}, DAYS, st.sampled_from(["month", "quarter"]))
)


def _optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _said(kind: str, data: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(kind), data)


def _data(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


_WHY = st.sampled_from(["Because", "For another reason"])
_NAMES = st.sampled_from((*MILESTONES, "dft/never-planned"))
_CONFIDENCE = {
    "scale": st.just("RAG"),
    "value": st.sampled_from(["green", "red"]),
    "assessor": st.just("Projects office"),
    "assessed": DAYS,
}
_ABOUT_MILESTONES = st.one_of(
    _said("milestone.planned", st.fixed_dictionaries({"title": _WHY}, optional={"baseline": SAID, "forecast": SAID})),
    _said("milestone.reported", _optional(title=_WHY, baseline=SAID, forecast=SAID, reason=_WHY)),
    _said("milestone.reported", _data(state=st.sampled_from(["open", "done", "cancelled"]))),
    _said("milestone.rebaselined", _data(baseline=DAYS, approved_by=st.just("Programme board"), reason=_WHY)),
    _said("milestone.forecast", _data(forecast=SAID, reason=_WHY)),
    _said("milestone.started", _data(started=DAYS)),
    _said("milestone.progressed", _optional(percent=st.integers(0, 100), note=_WHY)),
    _said("milestone.blocked", st.fixed_dictionaries({"reason": _WHY}, optional={"by": st.just("dwp")})),
    _said("milestone.unblocked", st.just({})),
    _said("milestone.completed", _data(actual=DAYS)),
    _said("milestone.reopened", _data(reason=_WHY)),
    _said("milestone.cancelled", st.fixed_dictionaries({"reason": _WHY}, optional={"replaced_by": _NAMES})),
    _said("confidence.assessed", _data(of=st.sampled_from(["milestone", "project"]), **_CONFIDENCE)),
    _said(
        "dependency.declared",
        _data(needs=_NAMES, lag=st.integers(-40, 40), unit=st.sampled_from(["calendar", "working"])),
    ),
    _said("dependency.removed", _data(needs=_NAMES)),
    _said("dependency.accepted", _data(needed_by=_NAMES)),
    _said("dependency.disputed", _data(needed_by=_NAMES, reason=_WHY)),
    _said("dependency.absorbed", _data(needs=_NAMES, until=DAYS)),
    _said(
        "outcome.defined",
        _data(title=_WHY, unit=st.just("%"), direction=st.just("increase"), source=st.just("Annual survey")),
    ),
    _said("outcome.observed", _data(period=st.sampled_from(["2026 Q1", "2026 Q2"]), value=st.integers(0, 9))),
    _said(
        "funding.allocated",
        st.fixed_dictionaries(
            {
                "place": st.just("E06000001"),
                "fund": st.sampled_from(["Towns fund", "Towns Fund"]),
                "amount": st.none() | st.integers(0, 9),
                "financial_year": st.sampled_from(["2025/26", "2026/27"]),
                "use": st.just("capital"),
            },
            optional={"pays_for": st.lists(_NAMES, max_size=3), "spend_by": SAID},
        ),
    ),
    _said(
        "experience.reported",
        _data(place=st.just("E06000001"), theme=_WHY, count=st.integers(0, 9), period=st.just("2026 Q1")),
    ),
)
_REPORTING = st.none() | _data(every=st.sampled_from(["month", "quarter"]), due_days=st.integers(0, 92))
_ABOUT_PLANS = st.one_of(
    _said(
        "plan.published",
        st.fixed_dictionaries({"title": _WHY}, optional={"tolerance": st.integers(0, 30), "reporting": _REPORTING}),
    ),
    _said("plan.withdrawn", _data(reason=_WHY)),
    _said("contributor.listed", _data(department=st.sampled_from(["dft", "dwp"]))),
    _said("contributor.unlisted", _data(department=st.sampled_from(["dft", "dwp"]))),
    _said("confidence.assessed", _data(of=st.just("plan"), **_CONFIDENCE)),
)


@st.composite
def records(draw: st.DrawFn) -> LogRecord:
    """One accepted record: times often equal, ids often reused, some of them backdated."""
    if draw(st.integers(0, 5)):
        subject = draw(st.sampled_from(MILESTONES))
        kind, data = draw(_ABOUT_MILESTONES)
    else:
        subject = PLAN
        kind, data = draw(_ABOUT_PLANS)
    said = NOON + dt.timedelta(days=draw(st.integers(-3, 0)))
    accepted = NOON + dt.timedelta(hours=draw(st.integers(0, 60)), microseconds=draw(st.integers(0, 3)))
    return event(
        kind,
        subject,
        data,
        id=draw(st.sampled_from(["1", "2", "3"])),
        time=said.isoformat(),
        acceptedtime=accepted.isoformat(),
    )
