"""Are our links those that the vendor's own library makes?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from service.adapters.signing import LinkSigner

NOW = datetime(2026, 2, 11, 23, 59, 58, tzinfo=UTC)
UPLOAD = {
    "Content-Type": "image/jpeg",
    "Content-Length": "12",
    "x-amz-checksum-sha256": "a+b/c=",
    "x-amz-meta-x": "é  f",
}


@pytest.mark.parametrize("access_key", ["AK", "A(K)'1\" 2+/="])
@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-3"])
@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:9000/bucket/derived/a.jpg",
        "https://files.example.test:443/b/kyc/a%20b~c",
        "http://files.example.test:80/",
        "https://bucket.s3.example.test/a/b",
        "https://name:word@files.example.test:8443/b/a",
        "http://[::1]:9000/b/a",
    ],
)
@pytest.mark.parametrize(
    ("method", "headers", "query"),
    [
        ("GET", {}, {}),
        ("GET", {}, {"response-content-disposition": "attachment"}),
        ("HEAD", {}, {}),
        ("PUT", UPLOAD, {}),
    ],
)
def test_a_link_is_the_librarys(
    access_key: str,
    region: str,
    address: str,
    method: str,
    headers: dict[str, str],
    query: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    request = AWSRequest(method, address + listed, headers)
    # The library reads the clock itself, by a name of its own that has changed before.
    name = next(name for name in ("get_current_datetime", "get_current_utc_datetime") if hasattr(auth, name))
    monkeypatch.setattr(auth, name, lambda *_args, **_named: NOW)
    auth.S3SigV4QueryAuth(Credentials(access_key, "secret"), "s3", region, 300).add_auth(request)
    ours = LinkSigner(access_key, "secret", region).sign(method, address, headers, seconds=300, now=NOW, query=query)
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(str(request.url)).query)
    assert ours.partition("?")[0] == str(request.url).partition("?")[0]


def test_each_day_has_its_key() -> None:
    def signature(signer: LinkSigner, now: datetime) -> Any:
        link = signer.sign("GET", "http://localhost/b/a", {}, seconds=60, now=now)
        return parse_qs(urlsplit(link).query)["X-Amz-Signature"]

    signer = LinkSigner("AK", "secret", "us-east-1")
    days = [NOW, NOW.replace(day=12), NOW]
    assert [signature(signer, day) for day in days] == [
        signature(LinkSigner("AK", "secret", "us-east-1"), day) for day in days
    ]
