"""The dashboard *Milepost services*: health, lag, errors, latency, saturation, canary, store."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import Threshold

from deploy.grafana.panels import RED_FROM_ONE, board, choice, lines, number, place

CHOSEN = 'job=~"$job"'
REQUESTS = f"milepost_http_request_duration_seconds_count{{{CHOSEN}}}"
FAILED = f'milepost_http_request_duration_seconds_count{{{CHOSEN},status=~"5.."}}'
TOLD = "milepost_told_latency_seconds"
RATE = "[$__rate_interval]"
CANARYS_BUDGETS = (("untold", "told late"), ("refused", "refused"))


def health() -> Dashboard:
    """The dashboard."""
    made = board(
        "Milepost services", "milepost-services", "Health, lag, errors, latency, saturation and the canary", "now-6h"
    )
    made = made.with_variable(choice("job", "Service", "label_values(milepost_check_failing, job)"))
    for part in (_now, _promises, _requests, _stream, _telling, _saturation, _canary, _store):
        made = part(made)
    return made


def _now(made: Dashboard) -> Dashboard:
    up = (Threshold(color="red"), Threshold(value=1, color="green"))
    shown = (
        ("Answering", "Replicas that answer.", f"sum(up{{{CHOSEN}}})", up),
        ("Failing checks", "What /healthz and /readyz complain of.", f"sum(milepost_check_failing{{{CHOSEN}}})", None),
        ("Records waiting", "Not yet worked on.", f"sum(milepost_consumer_lag_records{{{CHOSEN}}})", None),
        ("Stuck plans", "They wait for a rebuild.", "sum(max by (plan) (milepost_plan_stuck))", None),
        ("Not announced", "Notes in the outboxes.", "sum(max by (job) (milepost_outbox_notes))", None),
        ("Given up today", "Undelivered.", "sum(increase(milepost_undelivered_total[1d]))", None),
    )
    for index, (title, meaning, expr, steps) in enumerate(shown):
        made = made.with_panel(number(title, meaning, expr, place(index * 4, 0, 4, 4), steps=steps or RED_FROM_ONE))
    return made


def _promises(made: Dashboard) -> Dashboard:
    accepted = "POST /events answered with a 5xx, as part of all; 0.05 % is the budget."
    told = "Notifications not delivered within 5 s of being due, as part of all; 0.1 % is the budget."
    for x, title, meaning, record in (
        (0, "Not accepted", accepted, "milepost:acceptance_errors:ratio_rate"),
        (12, "Told late", told, "milepost:told_late:ratio_rate"),
    ):
        queries = [(f"{record}{window}", window) for window in ("5m", "1h", "6h")]
        made = made.with_panel(lines(title, meaning, queries, place(x, 4, 12), unit="percentunit"))
    return made


def _canary(made: Dashboard) -> Dashboard:
    rounds = f"sum by (outcome) (increase(milepost_canary_tellings_total{RATE}))"
    events = f"sum by (outcome) (increase(milepost_canary_events_total{RATE}))"
    told = f"histogram_quantile(0.99, sum by (le) (rate(milepost_canary_told_seconds_bucket{RATE})))"
    accepted = f"histogram_quantile(0.99, sum by (le) (rate(milepost_canary_accepted_seconds_bucket{RATE})))"
    burned = [(f"milepost:canary_{what}:ratio_rate1d", named) for what, named in CANARYS_BUDGETS]
    shown = (
        (
            "Canary: rounds",
            "What came of its moves and events.",
            [(rounds, "{{outcome}}"), (events, "{{outcome}}")],
            "short",
        ),
        ("Canary: told", "99 in 100 take less, 2 s of quiet included.", [(told, "told"), (accepted, "accepted")], "s"),
        ("Canary: budgets", "Of a day; 0.1 % may be told late, 0.05 % refused.", burned, "percentunit"),
    )
    for index, (title, meaning, queries, unit) in enumerate(shown):
        made = made.with_panel(lines(title, meaning, queries, place(index * 8, 44, 8), unit=unit))
    return made


def _store(made: Dashboard) -> Dashboard:
    slow = f"sum by (job, command, collection, le) (rate(milepost_store_duration_seconds_bucket{{{CHOSEN}}}{RATE}))"
    hits = f'sum by (job, cache) (rate(milepost_cache_requests_total{{{CHOSEN},outcome="hit"}}{RATE}))'
    all_asked = f"sum by (job, cache) (rate(milepost_cache_requests_total{{{CHOSEN}}}{RATE}))"
    retries = f"sum by (job, work) (rate(milepost_retries_total{{{CHOSEN}}}{RATE}))"
    slowest = f"topk(10, histogram_quantile(0.99, {slow}))"
    shown = (
        ("Store", "The ten slowest queries: 99 in 100 take less.", slowest, "{{job}} {{command}} {{collection}}", "s"),
        ("Cache hits", "Of what is looked for in memory.", f"{hits} / {all_asked}", "{{job}} {{cache}}", "percentunit"),
        ("Retries", "Batches and assignments that are tried again.", retries, "{{job}} {{work}}", "ops"),
    )
    for index, (title, meaning, expr, named, unit) in enumerate(shown):
        made = made.with_panel(lines(title, meaning, [(expr, named)], place(index * 8, 52, 8), unit=unit))
    return made


def _requests(made: Dashboard) -> Dashboard:
    bucket = f"milepost_http_request_duration_seconds_bucket{{{CHOSEN}}}"
    rate, slow = f"sum by (job) (rate({REQUESTS}{RATE}))", f"sum by (job, le) (rate({bucket}{RATE}))"
    failed = f"(sum by (job) (rate({FAILED}{RATE})) or 0 * {rate}) / {rate}"
    return (
        made.with_panel(lines("Requests", "By service.", [(rate, "{{job}}")], place(0, 12, 8), unit="reqps"))
        .with_panel(lines("Errors", "5xx as part of all.", [(failed, "{{job}}")], place(8, 12, 8), unit="percentunit"))
        .with_panel(
            lines(
                "Latency",
                "99 in 100 requests take less. Of a page's stream it is the time to its beginning.",
                [(f"histogram_quantile(0.99, {slow})", "{{job}}")],
                place(16, 12, 8),
                unit="s",
            )
        )
    )


def _stream(made: Dashboard) -> Dashboard:
    records = f"sum by (job, topic) (rate(milepost_consumed_records_total{{{CHOSEN}}}{RATE}))"
    steps = f"sum by (job, step, le) (rate(milepost_batch_duration_seconds_bucket{{{CHOSEN}}}{RATE}))"
    lag = f"max by (job, topic, partition) (milepost_consumer_lag_records{{{CHOSEN}}})"
    return (
        made.with_panel(
            lines("Records worked on", "By topic.", [(records, "{{job}} {{topic}}")], place(0, 20, 8), unit="wps")
        )
        .with_panel(lines("Lag", "By partition.", [(lag, "{{topic}} {{partition}}")], place(8, 20, 8)))
        .with_panel(
            lines(
                "Steps of a batch",
                "Half of them take less.",
                [(f"histogram_quantile(0.5, {steps})", "{{job}} {{step}}")],
                place(16, 20, 8),
                unit="s",
            )
        )
    )


def _telling(made: Dashboard) -> Dashboard:
    told = f"sum by (channel, le) (rate({TOLD}_bucket{RATE}))"
    attempts = f"sum by (channel, outcome) (rate(milepost_attempts_total{RATE}))"
    refused = f"sum by (job) (rate(milepost_rejected_records_total{{{CHOSEN}}}{RATE}))"
    shown = (
        ("Subscriptions due", "Due and not yet told.", "max(milepost_due_rows)", "due", "short"),
        ("From due to told", "99 in 100 take less.", f"histogram_quantile(0.99, {told})", "{{channel}}", "s"),
        ("Attempts to tell", "By channel and outcome.", attempts, "{{channel}} {{outcome}}", "ops"),
        ("Records refused", "By the service that read them from a topic.", refused, "{{job}}", "ops"),
    )
    for index, (title, meaning, expr, named, unit) in enumerate(shown):
        made = made.with_panel(lines(title, meaning, [(expr, named)], place(index * 6, 28, 6), unit))
    return made


def _saturation(made: Dashboard) -> Dashboard:
    named = "{{job}} {{instance}}"
    for x, title, meaning, expr, unit in (
        (
            0,
            "CPU",
            "One is a whole core, and the most a replica can use.",
            f"rate(process_cpu_seconds_total{{{CHOSEN}}}{RATE})",
            "short",
        ),
        (8, "Memory", "Resident.", f"process_resident_memory_bytes{{{CHOSEN}}}", "bytes"),
        (
            16,
            "Open files",
            "Of those allowed.",
            f"process_open_fds{{{CHOSEN}}} / process_max_fds{{{CHOSEN}}}",
            "percentunit",
        ),
    ):
        made = made.with_panel(lines(title, meaning, [(expr, named)], place(x, 36, 8), unit))
    return made
