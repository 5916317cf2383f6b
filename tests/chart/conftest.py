"""How do the chart tests render? With Helm's own engine, in memory, from a copy whose dependencies are unpacked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import Chart

ROOT = Path(__file__).parents[2]
CHARTS = ("service", "postgres", "minio", "prometheus")
Object = dict[str, Any]
Render = Callable[..., list[Object]]


def merge(*layers: dict[str, Any]) -> dict[str, Any]:
    """Values as `helm -f a -f b` merges them."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merge(result[key], value) if both else value
    return result


def values_file(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "k8s" / name / "values.yaml").read_text()))


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the five charts; the umbrella with its `file://` dependencies in place."""
    folder = tmp_path_factory.mktemp("helm")
    for name in (*CHARTS, "platform"):
        shutil.copytree(ROOT / "helm" / name, folder / name, ignore=shutil.ignore_patterns("charts", "*.tgz"))
    for name in CHARTS:
        shutil.copytree(folder / name, folder / "platform" / "charts" / name)
    return folder


@pytest.fixture(scope="session")
def render(charts: Path) -> Render:
    """`render(chart, values…)` → the objects, in the order of their files."""

    def objects(chart: str, *layers: dict[str, Any], release: str = "jembatan", raw: bool = False) -> Any:
        # Loaded each time: a dependency that one render switches off is gone from the loaded chart.
        with Chart.load(charts / chart) as loaded:
            files = loaded.render(merge(*layers), name=release, namespace="jembatan")
        if raw:
            return files
        return [
            document
            for path, text in sorted(files.items())
            if not path.endswith(".txt")
            for document in yaml.load_all(text, Loader=yaml.CSafeLoader)
            if document
        ]

    return objects


def pick(objects: list[Object], kind: str, name: str) -> Object:
    """The one object of that kind whose name is `name`, else the one whose name begins with `name-`."""
    names = {o["metadata"]["name"]: o for o in objects if o["kind"] == kind}
    if name in names:
        return names[name]
    found = [o for key, o in names.items() if key.startswith(f"{name}-")]
    assert len(found) == 1, f"{kind} {name}: {sorted(names)}"
    return found[0]


def pod_specs(objects: list[Object]) -> list[tuple[str, Object]]:
    """`(kind/name, pod spec)` of everything that makes pods."""
    specs = []
    for o in objects:
        name = f"{o['kind']}/{o['metadata']['name']}"
        if o["kind"] == "Pod":
            specs.append((name, o["spec"]))
        elif o["kind"] == "CronJob":
            specs.append((name, o["spec"]["jobTemplate"]["spec"]["template"]["spec"]))
        elif o["kind"] in {"Deployment", "StatefulSet", "DaemonSet", "Job"}:
            specs.append((name, o["spec"]["template"]["spec"]))
    return specs
