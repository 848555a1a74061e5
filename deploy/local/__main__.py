"""`python -m deploy.local`: what `make run` calls."""

import signal


def main() -> None:
    """Runs the local stack."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a Ctrl-C during the imports below ends quietly
    from deploy.local.run import run

    run()


if __name__ == "__main__":
    main()
