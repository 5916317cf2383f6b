"""Do two revisions answer alike? Writes every operation's answers on the seeded data into a file, for `diff`.

    python -m tests.recording before.txt --tree ../old-checkout
    python -m tests.recording after.txt && diff before.txt after.txt

Status, headers and bytes stand there as they were sent, but headers are sorted and what no two runs share has a
placeholder: ids are numbered in the order in which they appear, times of this run say how far from its start they are in
quarters of an hour; tokens, signatures, tags and ports say nothing. A run fails when an operation that the server
declares gave no good answer. Of the tree only `service/` with its commands migrate, seed, serve and worker is used.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from service.contract.examples import Examples
from tests.contract.stack import ROOT, RunningApi, running_api
from tests.evidence.corpus import JPEG, jpeg

UNKNOWN = "00000000-0000-4000-8000-00000000dead"
_STEP = re.compile(r"(\S+) (\S+)((?: @\w+=\S+)*)( EXAMPLE| \{.*\})?(?: x(\d+))?(?: >((?: \w+=\S+)+))?")
_WRONG: Any = [[]]  # of no field's type
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_OWN = (
    (re.compile(r'"(accessToken|refreshToken|developmentCode|password)":( ?)"[^"]+"'), r'"\1":\2"<secret>"'),
    (re.compile(r'"code": "\d{6}"'), '"code": "<secret>"'),
    (re.compile(r'name="token" value="[^"]+"'), 'name="token" value="<secret>"'),
    (re.compile(r"X-Amz-(Date|Credential|Signature)=[^&\"]+"), r"X-Amz-\1=<secret>"),
    (re.compile(r"\b\d{17}-(?=[a-z])"), "<stamp>-"),  # of an object key
    (re.compile(r'"waitingSeconds":\d+'), '"waitingSeconds":<seconds>'),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
)
_HIDDEN = {"x-request-id": "<id>", "etag": "<tag>", "retry-after": "<seconds>", "date": "<time>"}


class Plain:
    """What two runs share of a text."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC)
        self._ids: dict[str, str] = {}
        self._fixed_times: set[str] = set()

    def __call__(self, text: str) -> str:
        for pattern, plain in _OWN:
            text = pattern.sub(plain, text)
        text = re.sub(r'(?<="after":")[\w-]+', lambda found: self(_position(found[0])), text)
        text = _TIME.sub(self._time, text)
        return _UUID.sub(lambda found: self._ids.setdefault(found[0], f"<id-{len(self._ids) + 1}>"), text)

    def keep_times(self, text: str) -> None:
        """The times in `text` are the same in every run."""
        self._fixed_times |= {found[0] for found in _TIME.finditer(text)}

    def _time(self, found: re.Match[str]) -> str:
        if found[0] in self._fixed_times:
            return found[0]
        quarters = (datetime.fromisoformat(found[0]) - self._started).total_seconds() / 900
        return f"<time {quarters:+.0f} {re.sub('[0-9]', '0', found[1] or '')}{found[2]}>"


def _position(token: str) -> str:
    """What a list's `after` says; a time of this run, in microseconds, is only called `<now>`."""
    text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    return re.sub(r"\d{16}", lambda found: "<now>" if abs(time.time() - int(found[0]) / 1e6) < 3600 else found[0], text)


@functools.cache
def _parts() -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text().splitlines():
        if line.startswith("["):
            steps = parts.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            steps.append(line)
    return parts


class Recorder:
    """Sends requests and writes them down with their answers."""

    def __init__(self, client: httpx.Client, api: RunningApi) -> None:
        self.lines: list[str] = []
        self.plain = Plain()
        self.seen: dict[str, set[int]] = {}
        self.client, self.api = client, api
        # What steps call by name: people's tokens, and the object that an operation is asked about.
        self.known: dict[str, Any] = {"password": api.candidate_password, "asset": "swagger-ui.css"}
        self.known |= {"jobId": "job_tokyo_senior_welder_001", "postId": "post_visa_update_002", "unknown": UNKNOWN}
        self.document = yaml.load(client.get("/openapi.yaml").content, Loader=yaml.CSafeLoader)
        self.examples = Examples(self.document["components"]["schemas"])
        self.operations: dict[str, tuple[str, str, dict[str, Any]]] = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
            if method in {"get", "post", "patch", "put", "delete"}
        }

    def steps(self, part: str, **words: str) -> None:
        """Take the steps of a part of recording.txt; `words` stand for `{word}` in it. A step is a line:

        `WHO[,WHO] OPERATION[?QUERY][,OPERATION] [@ID=VALUE] [BODY] [xTIMES] [> NAME=PATH.IN.ANSWER]`, where `$name` is
        what is known by that name and BODY is YAML, or EXAMPLE: one of the shape that the document names.
        """
        for line in _parts()[part]:
            line = line.format(**words) if words else line
            step = _STEP.fullmatch(re.sub(r"\$(\w+)", lambda found: str(self.known[found[1]]), line))
            assert step is not None, line
            people, operations, ids, body, times, keep = step.groups(default="")
            given: dict[str, Any] = dict(one[1:].split("=") for one in ids.split())
            for operation in operations.split(","):
                content = self.example(operation) if body == " EXAMPLE" else yaml.safe_load(body) if body else None
                for who in people.split(",") * int(times or 1):
                    answer = self.ask(
                        operation, who, None if content is None else json.dumps(content).encode(), **given
                    )
                    for name, path in (one.split("=") for one in keep.split() if answer.is_success):
                        self.known[name] = functools.reduce(
                            lambda part, key: part[int(key) if key.isdigit() else key], path.split("."), answer.json()
                        )

    def example(self, operation: str) -> Any:
        """A body of the shape that the document names."""
        return self.examples.of(_shape_of_body(self.operations[operation][2]))

    def ask(
        self, asked: str, who: str, content: bytes | None = None, headers: dict[str, str] | None = None, **ids: Any
    ) -> httpx.Response:
        """Ask `operation?query`; an answer with an entity tag is asked for again with it."""
        name, mark, query = asked.partition("?")
        method, path, _ = self.operations[name]
        path = re.sub(r"\{(\w+)\}", lambda found: {**self.known, **ids}.get(found[1], UNKNOWN), path)
        answer = self.send(name, who, method, path + mark + query, content, headers or {})
        if tag := answer.headers.get("etag"):
            self.send(name, who, method, path + mark + query, content, {"if-none-match": tag})
        return answer

    def send(
        self, name: str, who: str, method: str, address: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        """Send one request and write down both sides."""
        sent = {} if content is None else {"content-type": "application/json"}
        if who != "nobody":
            bearer = f"Bearer {self.known.get(who)}"
            sent |= {"x-admin-api-key": self.api.admin_key} if who == "key" else {"authorization": bearer}
        answer = self.client.request(method, address, content=content, headers={**sent, **headers})
        self.seen.setdefault(name, set()).add(answer.status_code)
        again = " again, with the tag" if "if-none-match" in headers else ""
        self.plain.keep_times((content or b"").decode("utf-8", "replace"))
        self.lines.append(self.plain(f"\n## {name}: {method} {address} as {who}{again}"))
        if content is not None:
            self.lines.append(self.plain("> " + content.decode("utf-8", "backslashreplace")))
        self.lines.append(f"{answer.status_code} {answer.reason_phrase}")
        is_right = answer.headers.get("content-length") == str(len(answer.content))
        hidden = _HIDDEN | ({"content-length": "<right>"} if is_right else {})
        for key, value in sorted((key.decode(), value.decode()) for key, value in answer.headers.raw):
            self.lines.append(f"{key}: {hidden.get(key.lower()) or self.plain(value)}")
        self.lines.append(self._body(name, answer))
        return answer

    def _body(self, name: str, answer: httpx.Response) -> str:
        if name == "getMetrics" and answer.is_success:
            # Values are those of a moment: which metrics there are is the answer.
            return "\n".join(dict.fromkeys(re.findall(r'^# .*|"\w+":', answer.text, re.MULTILINE)))
        if name in {"getContract", "getDocs", "getDocsAsset"} and answer.is_success:
            return f"<{len(answer.content)} bytes, SHA-256 {hashlib.sha256(answer.content).hexdigest()}>"
        return self.plain(answer.content.decode("utf-8", "backslashreplace"))


def _shape_of_body(operation: dict[str, Any]) -> str:
    (media,) = operation["requestBody"]["content"].values()
    reference: str = media["schema"]["$ref"]
    return reference


def walk(record: Recorder) -> None:
    """The good cases, writes that come twice, and what comes at the wrong time."""
    for path in ("/jobs?limit=50", "/feed/posts?limit=50"):
        record.plain.keep_times(record.client.get(path).text)
    record.ask("getMetrics", "nobody", headers={"accept": "text/plain"})
    record.steps("accounts")
    for kind in ("job", "post"):
        record.steps("content", kind=kind, Kind=kind.capitalize(), key=f"{kind}Id")
    record.steps("applying")
    upload(record, "createApplicationDocumentUploadUrl", documentType="CV")
    record.steps("application")
    for kind in ("PASSPORT", "SELFIE"):
        upload(record, "createKycUploadUrl", documentType=kind, sessionId=record.known["sessionId"])
        record.steps("document")
    record.ask("submitKycSession", "wira", b"{not json")
    record.steps("submission")
    work(record)
    deliver(record, "k1", signature="0" * 64)
    for key, metadata in (("k1", 1), ("k1", 1), ("k1", 2), ("k2", 1)):
        deliver(record, key, metadata=metadata)
    deliver(record, "k3", stamp="1")
    deliver(record, "k4", secret="no")
    record.steps("review")


def refuse(record: Recorder) -> None:
    """Of every operation: nobody and the wrong people, unknown objects, wrong filters, and each field wrong once."""
    record.send("unknown address", "nobody", "GET", "/nothing", None, {})
    record.send("unknown address", "nobody", "OPTIONS", "/jobs", None, {})
    record.send("wrong key", "nobody", "GET", "/admin/users", None, {"x-admin-api-key": "wrong"})
    for name, (_, path, declared) in record.operations.items():
        schemes = {scheme for one in declared.get("security", []) for scheme in one}
        who = "staff" if "adminKey" in schemes else "wira" if schemes else "nobody"
        body = json.dumps(record.example(name)).encode() if "requestBody" in declared else None
        for other in ("nobody", "wira") if who == "staff" else ("nobody", "gone") if schemes else ():
            record.ask(name, other, body)
        for parameter in re.findall(r"\{(\w+)\}", path):
            for value in (UNKNOWN, "x"):
                record.ask(name, who, body, None, **{parameter: value})
        for parameter in declared.get("parameters", []):
            if parameter.get("in") == "query":
                record.ask(f"{name}?{parameter['name']}=%00-x", who)
        if body is not None:
            for wrong in (b"{", b"[]", b"{}"):
                record.ask(name, who, wrong)
            shape = _shape_of_body(declared).rpartition("/")[2]
            for field in record.document["components"]["schemas"][shape]["properties"]:
                record.ask(name, who, json.dumps(record.example(name) | {field: _WRONG}).encode())


def upload(record: Recorder, operation: str, **said: str) -> None:
    """Ask for an address as wira and send a picture there; `file` and `objectKey` are known afterwards."""
    data = jpeg(comment=said["documentType"].encode())
    file = said | {"contentLength": len(data), "checksumSha256": hashlib.sha256(data).hexdigest()}
    file |= {"fileName": "wira scan.jpg", "contentType": JPEG}
    to = record.ask(operation, "wira", json.dumps(file).encode()).json()["upload"]
    httpx.request(to["method"], to["uploadUrl"], content=data, headers=to["headers"]).raise_for_status()
    record.known |= {"file": json.dumps(file)[1:-1], "objectKey": to["objectKey"]}


def deliver(
    record: Recorder, key: str, *, metadata: int = 1, secret: str = "", stamp: str = "", signature: str = ""
) -> None:
    """A delivery of the identity provider; what is given is wrong in it."""
    good, now = record.api.webhook_secret, str(int(time.time()))
    content = json.dumps({"sessionId": record.known["sessionId"], "metadata": {"provider": metadata}}).encode()
    right = hmac.new(good.encode(), f"{now}000.{key}.".encode() + content, hashlib.sha256).hexdigest()
    headers = {"x-kyc-webhook-secret": secret or good, "x-idempotency-key": key}
    headers |= {"x-kyc-webhook-timestamp": stamp or now, "x-kyc-webhook-signature": signature or right}
    record.ask("receiveProviderWebhook", "nobody", content, headers)


def work(record: Recorder) -> None:
    """Let the worker read what was uploaded. It runs at no other time, so that no answer depends on its pace."""
    command, api = [sys.executable, "-m", "service", "worker"], record.api
    deadline, states = time.monotonic() + 60, {"declared"}
    with subprocess.Popen(command, cwd=api.log_file.parent, env=api.environment, stdout=subprocess.DEVNULL) as worker:
        while "declared" in states:
            assert time.monotonic() < deadline, "the worker did not read the documents"
            time.sleep(0.1)
            cases = record.client.get("/admin/cases?limit=100", headers={"x-admin-api-key": api.admin_key}).json()
            (case,) = (one for one in cases["items"] if one["session"]["id"] == record.known["sessionId"])
            states = {one["state"] for one in case["verification"]}
        worker.terminate()


def main() -> int:
    """0 when the file is written, 1 when an operation gave no good answer."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.recording", description="Write down what the server answers."
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--tree", type=Path, default=ROOT, help="checkout whose server answers; default: this one")
    arguments = parser.parse_args()
    with running_api(tree=arguments.tree.resolve()) as api, httpx.Client(base_url=api.url, timeout=30) as client:
        record = Recorder(client, api)
        walk(record)
        refuse(record)
    record.lines += ["", "# Documented answers that were not seen", ""]
    for name, (_, _, declared) in record.operations.items():
        unseen = [status for status in declared["responses"] if int(status) not in record.seen[name]]
        record.lines.append(f"{name}: {', '.join(unseen)}")
    arguments.out.write_text("\n".join([*record.lines, ""]))
    lacking = [name for name in record.operations if min(record.seen[name]) >= 300]
    for name in lacking:
        print(f"{name} gave no good answer.", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
