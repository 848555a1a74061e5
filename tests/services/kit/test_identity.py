"""Sessions and identities: what is believed, and what is not."""

import httpx
import pytest
from fastapi import Request
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from services.kit.http import Problem
from services.kit.identity import SESSION_SECONDS, Identities, Identity, Sessions


def test_a_session_says_who_it_speaks_for() -> None:
    """Signed with the shared secret, readable by every service that holds it."""
    token = Sessions("secret").issue(("dft", "dwp"))
    assert Sessions("secret").verify(token) == Identity(("dft", "dwp"))


def test_a_forged_or_foreign_session_is_nobody() -> None:
    """Another secret, a changed letter, or no token at all."""
    token = Sessions("secret").issue(("dft",))
    assert Sessions("other").verify(token) is None
    payload, _, _ = token.partition(".")
    for place in (0, len(payload) + 1, token.rindex(".") + 1):
        changed = "B" if token[place] == "A" else "A"
        assert Sessions("secret").verify(token[:place] + changed + token[place + 1 :]) is None
    assert Sessions("secret").verify("mp_key") is None


@pytest.mark.parametrize(
    ("ahead", "good"), [(3_600, True), (-3_600, True), (SESSION_SECONDS + 60, False), (-SESSION_SECONDS - 60, False)]
)
def test_a_session_may_come_from_another_clock(ahead: int, good: bool) -> None:
    """One that is an hour ahead or behind; what is older than a session may be, or as far ahead, is nobody's."""

    class Elsewhere(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() + ahead

    token = URLSafeTimedSerializer("secret", salt="milepost-session", signer=Elsewhere).dumps(["dft"])
    assert Sessions("secret").verify(str(token)) == (Identity(("dft",)) if good else None)


def test_an_identity_requires_its_own_names() -> None:
    """The problem says whom the key speaks for."""
    Identity(("dft",)).require("/dft/p6")
    with pytest.raises(Problem, match="speaks for dft only"):
        Identity(("dft",)).require("dfte/rail-2")


@pytest.mark.parametrize(("answer", "status"), [(401, 401), (429, 503), (500, 503), (503, 503)])
async def test_only_what_ingest_calls_unknown_is_unknown(answer: int, status: int) -> None:
    """While ingest is busy or broken a good key is not called a bad one: the caller is asked to try again."""
    ingest = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(answer)), base_url="http://ingest"
    )
    asking = Request({"type": "http", "headers": [(b"authorization", b"Bearer mp_key")]})
    with pytest.raises(Problem) as refused:
        await Identities(Sessions("secret"), ingest).of(asking)
    assert refused.value.status == status
