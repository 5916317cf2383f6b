"""What did the operator ask the smoke to do? Command line and environment, checked before the first request."""

import argparse
import ipaddress
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_BASE_URL = "http://localhost:4000"
REQUEST_TIMEOUT_SECONDS = 15.0


class WrongUse(Exception):
    """An option or a variable makes no sense; the text is one sentence that names it, never a secret."""


@dataclass(frozen=True)
class Options:
    """One run of the smoke. `resolve` maps (host in lower case, port) to the address to connect to."""

    base_url: str = DEFAULT_BASE_URL
    resolve: Mapping[tuple[str, int], str] = field(default_factory=dict)
    ca_file: Path | None = None
    wait_seconds: float = 0
    has_refresh_grace: bool = True
    admin_key: str = field(default="", repr=False)
    admin_email: str = field(default="", repr=False)
    admin_password: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    email_code: str = field(default="", repr=False)

    @property
    def has_admin(self) -> bool:
        """Whether the staff half can run."""
        return bool(self.admin_key or self.admin_email)

    def tls(self) -> ssl.SSLContext:
        """Trust the machine's authorities and those of `ca_file`. Raises WrongUse when the file is unusable."""
        return trust(self.ca_file)


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the machine's authorities and those of `ca_file`. Raises WrongUse when the file is unusable."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise WrongUse(f"--ca-file: {ca_file} is not a readable PEM file.") from error
    return context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m service smoke`."""
    parser.add_argument("--base-url", help=f"where the API answers; default SMOKE_BASE_URL, else {DEFAULT_BASE_URL}")
    parser.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDRESS",
        help="connect to ADDRESS for HOST:PORT, for the API and for uploads; may be repeated",
    )
    parser.add_argument("--ca-file", type=Path, help="PEM file of an authority to trust beside the machine's")
    parser.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="how long the product may take to answer; default 0"
    )
    parser.add_argument(
        "--no-refresh-grace", action="store_true", help="the server runs with AUTH_REFRESH_REUSE_GRACE_SEC=0"
    )


def options_from(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Options:
    """Join command line and environment (default: the process's); the command line wins.

    SMOKE_ADMIN_KEY falls back to ADMIN_API_KEY where it is unset; set and empty means that no key is used.
    Raises WrongUse.
    """
    env = os.environ if environ is None else environ
    admin_email, admin_password = env.get("SMOKE_ADMIN_EMAIL", "").strip(), env.get("SMOKE_ADMIN_PASSWORD", "")
    if bool(admin_email) != bool(admin_password):
        raise WrongUse("SMOKE_ADMIN_EMAIL and SMOKE_ADMIN_PASSWORD must be set together.")
    email_code = env.get("SMOKE_EMAIL_CODE", "").strip()
    if email_code and not (len(email_code) == 6 and email_code.isascii() and email_code.isdigit()):
        raise WrongUse("SMOKE_EMAIL_CODE must be six digits.")
    options = Options(
        base_url=_base_url(args.base_url or env.get("SMOKE_BASE_URL", "").strip() or DEFAULT_BASE_URL),
        resolve=dict(parse_resolve(text) for text in args.resolve),
        ca_file=args.ca_file,
        wait_seconds=args.wait,
        has_refresh_grace=not args.no_refresh_grace,
        admin_key=env.get("SMOKE_ADMIN_KEY", env.get("ADMIN_API_KEY", "")).strip(),
        admin_email=admin_email,
        admin_password=admin_password,
        webhook_secret=env.get("SMOKE_WEBHOOK_SECRET", "").strip(),
        email_code=email_code,
    )
    options.tls()
    return options


def parse_resolve(text: str) -> tuple[tuple[str, int], str]:
    """`HOST:PORT:ADDRESS` → ((host, port), address); IPv6 addresses may stand in brackets. Raises WrongUse."""
    problem = WrongUse(f"--resolve {text}: must have the form HOST:PORT:ADDRESS with an IP address.")
    host, port, address = _split_resolve(text)
    if not host or not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= 65535:
        raise problem
    try:
        return (host.lower(), int(port)), str(ipaddress.ip_address(address.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise problem from None


def _split_resolve(text: str) -> tuple[str, str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]:")
    else:
        host, _, rest = text.partition(":")
    port, _, address = rest.partition(":")
    return host, port, address


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise WrongUse("--base-url or SMOKE_BASE_URL: must be an http or https URL without query and user.")
    return text.rstrip("/")
