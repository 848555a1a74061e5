"""The manifests: strictly valid as rendered, and as careful as their comments say."""

import shutil
import subprocess
from functools import cache
from typing import Any

import kubernetes_validate
import pytest

from deploy.local.process import REPOSITORY
from tests.deploy.images import COMMANDS, EXACT, SETTINGS, compose, documents, folder, variables

OVERLAYS = ("base", "overlays/local", "overlays/production")
WORKLOADS = ("StatefulSet", "Deployment", "Job")

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)
every_service = pytest.mark.parametrize("name", sorted(SETTINGS))


@cache
def rendered(overlay: str) -> list[dict[str, Any]]:
    """The documents that `kubectl apply --kustomize` would send."""
    if shutil.which("kustomize"):
        command = ["kustomize", "build"]
    elif shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    else:
        pytest.skip("neither kustomize nor kubectl is installed")
    done = subprocess.run([*command, str(folder("kubernetes") / overlay)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def of_kind(overlay: str, *kinds: str) -> dict[str, dict[str, Any]]:
    """The documents of these kinds, by name."""
    return {doc["metadata"]["name"]: doc for doc in rendered(overlay) if doc["kind"] in kinds}


def pods(overlay: str) -> dict[str, dict[str, Any]]:
    """Every workload's pod, by the workload's name."""
    return {name: doc["spec"]["template"]["spec"] for name, doc in of_kind(overlay, *WORKLOADS).items()}


@every_overlay
def test_they_are_strictly_valid(overlay: str) -> None:
    """No field that the newest Kubernetes known does not know, and none missing; every name once; one namespace."""
    found = rendered(overlay)
    for document in found:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    assert len({(doc["kind"], doc["metadata"]["name"]) for doc in found}) == len(found)
    assert {doc["metadata"].get("namespace", "milepost") for doc in found} == {"milepost"}


@every_overlay
def test_every_pod_is_restricted(overlay: str) -> None:
    """As the namespace demands: a numbered user, no new rights, no capability, no token; bounded memory."""
    namespace = of_kind(overlay, "Namespace")["milepost"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, pod in pods(overlay).items():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context.get("readOnlyRootFilesystem") is True or name in ("kafka", "mongo")
            assert "memory" in container["resources"]["limits"]
            assert EXACT.match(container["image"]), container["image"]


@every_service
@every_overlay
def test_a_service_is_asked_kept_and_named_so_that_it_comes_back(overlay: str, name: str) -> None:
    """Both probes, a budget, an address; those that consume in a group are named for good."""
    [container] = pods(overlay)[name]["containers"]
    port = SETTINGS[name].model_fields["port"].default
    assert container["args"] == COMMANDS[name]
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert container["ports"] == [{"name": "http", "containerPort": port}]
    env = {one["name"]: one for one in container["env"]}
    assert env["MILEPOST_PORT"]["value"] == str(port)
    assert env["MILEPOST_REPLICA"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    workload = of_kind(overlay, *WORKLOADS)[name]
    assert workload["kind"] == ("Deployment" if name in ("metrics", "canary") else "StatefulSet")
    labels = workload["spec"]["template"]["metadata"]["labels"]
    for kind, path in (("PodDisruptionBudget", ("selector", "matchLabels")), ("Service", ("selector",))):
        selector = of_kind(overlay, kind)[name]["spec"]
        for part in path:
            selector = selector[part]
        assert selector.items() <= labels.items()


@every_overlay
def test_settings_are_those_that_services_have(overlay: str) -> None:
    """A misspelt one would be ignored; a Service's name cannot set one; addresses are the Services' own."""
    data = of_kind(overlay, "ConfigMap")["settings"]["data"]
    assert set(data) <= {name for settings in SETTINGS.values() for name in variables(settings)}
    services = of_kind(overlay, "Service")
    for name, key in (("plan-tracking", "PLANS"), ("ingest", "INGEST"), ("alerting", "ALERTS"), ("metrics", "METRICS")):
        assert data[f"MILEPOST_{key}_URL"] == f"http://{name}:{services[name]['spec']['ports'][0]['port']}"
    for pod in pods(overlay).values():
        assert pod["enableServiceLinks"] is False
    for kind in SETTINGS.values():
        given = {name: data[key] for name in kind.model_fields if (key := f"MILEPOST_{name.upper()}") in data}
        elsewhere = {"session_secret": "s" * 32, "kafka_user": "u", "kafka_password": "p", "kafka_ca": None}
        kind(**(given | elsewhere))


def test_production_asks_for_everything_that_keeps_the_promise() -> None:
    """Production mode, a Kafka that asks who is there, three copies; a Secret for each service, which none has here."""
    data = of_kind("overlays/production", "ConfigMap")["settings"]["data"]
    assert data["MILEPOST_MODE"] == "production"
    assert data["MILEPOST_KAFKA_SECURITY"] == "SASL_SSL"
    assert data["MILEPOST_REPLICATION"] == "3"
    assert data["MILEPOST_PUBLIC_URL"].startswith("https://")
    assert of_kind("overlays/production", "Secret") == {}
    for name, pod in pods("overlays/production").items():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert volumes["secrets"]["secret"] == {"secretName": name}
        mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
        assert mounts["secrets"] == "/run/secrets"
        assert data["MILEPOST_KAFKA_CA"].startswith(mounts["ca"])
    [host] = of_kind("overlays/production", "Ingress")["milepost"]["spec"]["rules"]
    assert data["MILEPOST_PUBLIC_URL"] == f"https://{host['host']}"


@every_overlay
def test_nothing_reaches_anything_that_is_not_listed(overlay: str) -> None:
    """Both directions are closed for every pod; whatever runs may ask for names."""
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert policies["names"]["spec"]["podSelector"] == {}
    labelled = {
        value
        for policy in policies.values()
        for expression in policy["spec"]["podSelector"].get("matchExpressions", [])
        for value in expression["values"]
    }
    workloads = set(of_kind(overlay, *WORKLOADS))
    assert labelled <= workloads | {"topics"}
    assert set(SETTINGS) <= labelled


def test_what_takes_part_in_a_group_is_not_scaled_by_itself() -> None:
    """But ingest, whose work is HTTP; what scales it names it, and it names no count itself."""
    scalers = of_kind("base", "HorizontalPodAutoscaler")
    assert [scaler["spec"]["scaleTargetRef"]["name"] for scaler in scalers.values()] == ["ingest"]
    assert "replicas" not in of_kind("base", "StatefulSet")["ingest"]["spec"]
    assert of_kind("base", "StatefulSet")["plan-tracking"]["spec"]["replicas"] <= 24


def test_images_are_those_of_the_compose_file() -> None:
    """One version of each server everywhere."""
    services = compose()["services"]
    for name in ("kafka", "mongo"):
        assert pods("overlays/local")[name]["containers"][0]["image"] == services[name]["image"]


def test_every_file_is_used() -> None:
    """A manifest that no kustomization names would never be applied."""
    for overlay in OVERLAYS:
        directory = folder("kubernetes") / overlay
        [listed] = documents((directory / "kustomization.yaml").read_text())
        used = {*listed["resources"], *(patch["path"] for patch in listed["patches"] if "path" in patch)}
        there = {path.name for path in directory.glob("*.yaml")} - {"kustomization.yaml"}
        assert there == {one for one in used if not one.startswith("..")}
    assert REPOSITORY in folder("kubernetes").parents
