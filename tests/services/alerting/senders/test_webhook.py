"""Webhooks: the signature, and the two signatures after a rotation."""

import datetime as dt

import pytest
from standardwebhooks.webhooks import Webhook

from services.alerting.senders.webhook import signed
from services.alerting.telling.subscribing import new_secret
from services.kit.clock import utc_now
from tests.services.alerting.examples import NOW
from tests.services.alerting.stored import notification, subscription

VECTORS = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        '{"event_type":"ping","data":{"success":true}}',
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    ),
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        '{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
]
"""Published examples: of the specification's libraries, of its verifier, of its first users."""


@pytest.mark.parametrize(("secret", "identifier", "timestamp", "body", "signature"), VECTORS)
def test_the_signature_is_that_of_standard_webhooks(
    secret: str, identifier: str, timestamp: int, body: str, signature: str
) -> None:
    """Id, timestamp and body, byte for byte, give the published signatures."""
    record = notification(subscription("s"), id=identifier, body=body)
    headers = signed(record, [secret], dt.datetime.fromtimestamp(timestamp, dt.UTC))
    assert headers["webhook-id"] == identifier
    assert headers["webhook-timestamp"] == str(timestamp)
    assert headers["webhook-signature"] == signature


def test_after_a_rotation_a_receiver_that_knows_either_secret_accepts_it() -> None:
    """Two signatures for a while, and then one."""
    old, new = new_secret(), new_secret()
    until = utc_now() + dt.timedelta(hours=1)
    to = subscription("s", secret=new, former_secret=old, former_until=until)
    record = notification(to)
    headers = signed(record, to.secrets(utc_now()), utc_now())
    for secret in (old, new):
        assert Webhook(secret).verify(record.body, headers)
    assert to.secrets(until) == (new,)
    assert subscription("s", secret=new).secrets(NOW) == (new,)
