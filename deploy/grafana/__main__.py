"""`python -m deploy.grafana`: writes the dashboards anew, into `deploy/grafana/dashboards`."""

from deploy.grafana.write import FOLDER, rendered

if __name__ == "__main__":
    for name, text in rendered().items():
        (FOLDER / name).write_text(text)
