"""`python -m services.ingest`: runs the service; `python -m services.ingest keys` manages keys."""

from services.ingest.cli import app

if __name__ == "__main__":
    app()
