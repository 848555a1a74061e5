"""`python -m services.plan_tracking`: runs the service, or a command."""

from services.plan_tracking.cli import app

if __name__ == "__main__":
    app(prog_name="python -m services.plan_tracking")
