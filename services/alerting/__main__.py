"""`python -m services.alerting`: runs the service, or a command."""

from services.alerting.cli import app

if __name__ == "__main__":
    app(prog_name="python -m services.alerting")
