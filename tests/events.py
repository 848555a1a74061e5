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


_ABOUT_MILESTONES = st.one_of(
    st.tuples(
        st.just("milestone.planned"),
        st.builds(lambda more: {"title": "A title", **more}, _optional(baseline=SAID, forecast=SAID)),
    ),
    st.tuples(
        st.just("milestone.reported"),
        _optional(title=st.sampled_from(["A title", "Another"]), baseline=SAID, forecast=SAID, reason=st.just("Why")),
    ),
    st.tuples(
        st.just("milestone.reported"),
        st.builds(lambda state: {"state": state}, st.sampled_from(["open", "done", "cancelled"])),
    ),
    st.tuples(st.just("milestone.forecast"), st.builds(lambda d: {"forecast": d, "reason": "Because"}, SAID)),
    st.tuples(st.just("milestone.completed"), st.builds(lambda d: {"actual": d}, DAYS)),
    st.tuples(st.just("milestone.cancelled"), st.just({"reason": "No longer wanted"})),
    st.tuples(
        st.just("dependency.declared"),
        st.builds(
            lambda needs, lag, unit: {"needs": needs, "lag": lag, "unit": unit},
            st.sampled_from((*MILESTONES, "dft/never-planned")),
            st.integers(-40, 40),
            st.sampled_from(["calendar", "working"]),
        ),
    ),
    st.tuples(st.just("dependency.removed"), st.builds(lambda needs: {"needs": needs}, st.sampled_from(MILESTONES))),
)
_ABOUT_PLANS = st.one_of(
    st.tuples(
        st.just("plan.published"),
        st.builds(lambda t: {"title": "Towns fund", "tolerance": t}, st.integers(0, 30)),
    ),
    st.tuples(
        st.just("contributor.listed"),
        st.builds(lambda d: {"department": d}, st.sampled_from(["dft", "dwp"])),
    ),
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
