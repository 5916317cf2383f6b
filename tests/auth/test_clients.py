"""Is a client the one that a proxy of ours names, and nobody when there is doubt?"""

from __future__ import annotations

import pytest
from sanic.compat import Header

from service.auth.clients import address_of
from service.base.settings import Settings

PROXY = "10.1.2.3"


@pytest.fixture
def proxied(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_proxies": "10.0.0.0/8, 9.9.9.9, fd00::/8"})


def client(settings: Settings, peer: str, *forwarded: str) -> str | None:
    return address_of(peer, Header([("X-Forwarded-For", value) for value in forwarded]), settings)


class TestClientOf:
    @pytest.mark.parametrize(
        ("forwarded", "expected"),
        [
            ("8.8.8.8", "8.8.8.8"),
            (" 8.8.8.8 ", "8.8.8.8"),
            ("1.1.1.1, 8.8.8.8", "8.8.8.8"),
            ("1.1.1.1, 8.8.8.8, 9.9.9.9, 10.4.5.6", "8.8.8.8"),
            ("8.8.8.8:51234", "8.8.8.8"),
            ("2606:4700:1:2:3:4:5:6", "2606:4700:1:2::/64"),
            ("[2606:4700:1:2::9]:443", "2606:4700:1:2::/64"),
            ("[2606:4700:1:2::9]", "2606:4700:1:2::/64"),
            ("2606:4700:1:2::9%eth0", "2606:4700:1:2::/64"),
            ("8.8.8.8, fd00::7", "8.8.8.8"),
            ("::ffff:8.8.8.8", "8.8.8.8"),
            ("8.8.8.8, ::ffff:10.0.0.9", "8.8.8.8"),
        ],
    )
    def test_the_last_address_that_is_no_proxy(self, proxied: Settings, forwarded: str, expected: str) -> None:
        assert client(proxied, PROXY, forwarded) == expected

    @pytest.mark.parametrize(
        "forwarded",
        [
            "",
            ",",
            "unknown",
            "8.8.8.8, unknown",
            "8.8.8.8, , 10.0.0.1",
            "8.8.8.8.",
            "8.8.8.8:",
            "[8.8.8.8",
            "2606:4700::1:2:3:4:5:6:7",
            "\udcff",
            "10.9.9.9, 10.8.8.8",
            "8.8.8.8, 192.168.1.1",
            "8.8.8.8, 100.64.0.1",
            "8.8.8.8, 127.0.0.1",
            "8.8.8.8, fe80::1",
        ],
    )
    def test_what_is_malformed_or_private_is_nobody(self, proxied: Settings, forwarded: str) -> None:
        assert client(proxied, PROXY, forwarded) is None

    def test_several_headers_are_one_list(self, proxied: Settings) -> None:
        assert client(proxied, PROXY, "1.1.1.1", "8.8.8.8") == "8.8.8.8"

    def test_without_a_header_a_proxy_is_nobody(self, proxied: Settings) -> None:
        assert client(proxied, PROXY) is None
        assert client(proxied, "9.9.9.9") is None

    @pytest.mark.parametrize(
        ("peer", "expected"),
        [
            ("8.8.4.4", "8.8.4.4"),
            ("::ffff:8.8.4.4", "8.8.4.4"),
            ("2606:4700:1:2::9", "2606:4700:1:2::/64"),
            ("127.0.0.1", None),
            ("192.168.0.7", None),
            ("", None),
        ],
    )
    def test_a_header_from_anybody_else_is_not_read(self, proxied: Settings, peer: str, expected: str | None) -> None:
        assert client(proxied, peer, "1.1.1.1") == expected
        assert client(proxied, peer) == expected

    def test_a_proxy_may_be_known_by_its_mapped_address(self, proxied: Settings) -> None:
        assert client(proxied, f"::ffff:{PROXY}", "8.8.8.8") == "8.8.8.8"

    def test_by_default_nobody_is_trusted(self, settings: Settings) -> None:
        assert client(settings, PROXY, "8.8.8.8") is None
