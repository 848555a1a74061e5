"""The plan to try the stack on: seeded once, remembered in `demo.json`, and introduced with one command to run."""

import datetime as dt
import json
import os
import shlex
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy.local import sample, sample_events
from deploy.local.ports import HOST, Ports
from deploy.local.process import StackError
from deploy.local.seed import issue_keys, publish, subscribe, wait_for
from schemas.dates import PreciseDate
from schemas.envelope import STRUCTURED
from schemas.names import owner

MOVE_DAYS = 30

Say = Callable[[str], None]
Demo = dict[str, Any]


async def introduce(directory: Path, ports: Ports, env: Mapping[str, str], say: Say) -> list[str]:
    """Seeds what is not there yet, writes `demo.json`, and answers with the lines that tell how to try it."""
    path = directory / "demo.json"
    demo = {**_read(path), **_addresses(ports, env)}
    if not demo.get("seeded"):
        await _seed(demo, path, env, say)
    plan = await wait_for(f"{demo['plans']}/api/plans/{sample.PLAN}", sample_events.unplanned)
    demo["command"] = command(demo, forecast_of(plan, sample.MOVED))
    _write(path, demo)
    return _lines(demo, directory)


def _addresses(ports: Ports, env: Mapping[str, str]) -> Demo:
    return {
        "ingest": env["MILEPOST_INGEST_URL"],
        "plans": env["MILEPOST_PLANS_URL"],
        "alerts": env["MILEPOST_ALERTS_URL"],
        "metrics": env["MILEPOST_METRICS_URL"],
        "plan": sample.PLAN,
        "moved": sample.MOVED,
        "webhook": f"http://{HOST}:{ports.receiver}/webhook",
        "mail": f"http://{HOST}:{ports.receiver}/mail",
    }


async def _seed(demo: Demo, path: Path, env: Mapping[str, str], say: Say) -> None:
    """Each step is remembered when it is done: an interrupted seeding goes on and repeats the same events."""
    if not demo.get("keys"):
        say("Issuing a key for each department of the sample")
        demo["keys"] = await issue_keys(sample.DEPARTMENTS, env)
    demo.setdefault("day", dt.datetime.now(dt.UTC).date().isoformat())
    _write(path, demo)
    say("Publishing the sample plan")
    await publish(sample_events.events(dt.date.fromisoformat(demo["day"])), demo["keys"], demo["ingest"])
    await wait_for(f"{demo['plans']}/api/plans/{sample.PLAN}", sample_events.unfinished)
    # Alerts first: so each subscriber's summary of what is late already is whole, and is out before anything moves.
    await wait_for(f"{demo['alerts']}/api/alerting/alerts?plan={sample.PLAN}", sample_events.unalarmed)
    say("Subscribing to the plan: one webhook, one mail")
    await _subscribe(demo, path)
    for told in (demo["webhook"], demo["mail"]):
        await wait_for(told, _untold)
    demo["seeded"] = True
    _write(path, demo)


def _untold(messages: list[Demo]) -> str | None:
    """What lacks until a subscriber has been told something; that a mailbox was asked to confirm is nothing told."""
    told = (message for message in messages if not str(message.get("subject", "")).startswith("Confirm"))
    return None if any(told) else "no summary yet"


async def _subscribe(demo: Demo, path: Path) -> None:
    subscriptions = demo.setdefault("subscriptions", {})
    for subscriber, body in _subscriptions(demo).items():
        if body["channel"] not in subscriptions:
            key = demo["keys"][subscriber]
            subscriptions[body["channel"]] = await subscribe(body, key, demo["alerts"])
            _write(path, demo)


def _subscriptions(demo: Demo) -> dict[str, Demo]:
    """Who subscribes to what: one by webhook, one by mail."""
    wanted = {"plan": sample.PLAN, "least_days": 5, "rhythm": "at_once"}
    mailbox = sample.mailbox("aldermoor-council")
    return {
        "dfe": {"channel": "webhook", "target": demo["webhook"], **wanted},
        "aldermoor-council": {"channel": "mail", "target": mailbox, **wanted},
    }


def forecast_of(plan: Demo, milestone: str) -> dt.date:
    """The present forecast of a milestone of a plan, as plan-tracking serves it."""
    [found] = [state for state in plan["milestones"] if state["milestone"] == milestone]
    return PreciseDate.model_validate(found["forecast"]).date


def command(demo: Demo, forecast: dt.date) -> str:
    """A shell command that moves the date of the sample's milestone by MOVE_DAYS from `forecast`, under a new id."""
    department = owner(demo["moved"])
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"/{department}/demo",
        "type": "org.milepost.milestone.forecast.v1",
        "subject": demo["moved"],
        "plan": demo["plan"],
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "data": {"forecast": str(forecast + dt.timedelta(MOVE_DAYS)), "reason": sample.MOVED_REASON},
    }
    headers = [f"Content-Type: {STRUCTURED}", f"Authorization: Bearer {demo['keys'][department]}"]
    options = [option for header in headers for option in ("-H", header)]
    return shlex.join(["curl", "-sS", f"{demo['ingest']}/events", *options, "-d", json.dumps(event)])


def _lines(demo: Demo, directory: Path) -> list[str]:
    return [
        "",
        "Milepost is running. Ctrl-C stops it; the data stays.",
        f"  the plan      {demo['plans']}/plans/{demo['plan']}",
        f"  publish       {demo['ingest']}/events",
        f"  alerts        {demo['alerts']}/api/alerting/alerts?plan={demo['plan']}",
        f"  metrics       {demo['metrics']}/metrics",
        f"  receiver      {demo['webhook']} and {demo['mail']} list what the two subscribers got",
        f"  keys          {directory / 'demo.json'}",
        "",
        f"Move a date: {demo['moved']} by {MOVE_DAYS} days.",
        "",
        demo["command"],
        "",
    ]


def _read(path: Path) -> Demo:
    if not path.exists():
        return {}
    try:
        demo: Demo = json.loads(path.read_text())
    except ValueError:
        raise StackError(f"{path} is no JSON: delete {path.parent} to begin anew") from None
    return demo


def _write(path: Path, demo: Demo) -> None:
    """Replaces the file in one step; it holds keys, so only its owner may read it."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(demo, file, indent=2)
    fresh.replace(path)
