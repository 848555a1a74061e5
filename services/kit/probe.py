"""`python -m services.kit.probe healthz|readyz`: asks the service on this machine, for containers without curl.

Exits with 0 when it is well, else with 1 and what it answered.
"""

import os
import sys
import urllib.error
import urllib.request

SECONDS = 3.0


def ask(path: str, port: str) -> str | None:
    """None when the service on this port answers well, else what is wrong."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=SECONDS).close()
    except urllib.error.HTTPError as answer:
        return answer.read(2000).decode(errors="replace")
    except OSError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], os.environ["MILEPOST_PORT"]))
