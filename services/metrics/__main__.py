"""`python -m services.metrics`: runs the service, or a command."""

from services.metrics.cli import app

if __name__ == "__main__":
    app(prog_name="python -m services.metrics")
