"""Which ratios are shown, and which goals do they have?"""

from __future__ import annotations

from tests.bench.figures import Ratio, Sections

# Beside the other revision: answers a second at least, CPU of an answer at most.
_AGAINST_BASE = {
    "jobs": ("`GET /jobs`, signed in", ">= 3.5", "<= 0.28"),
    "strangers": ("`GET /jobs`, strangers", ">= 10", "<= 0.06"),
    "feed": ("`GET /feed/posts`", ">= 3", ""),
    "saved jobs": ("`GET /users/me/saved-jobs`", ">= 1.5", ""),
    "saved posts": ("`GET /users/me/saved-posts`", ">= 1.5", ""),
    "job": ("`GET /jobs/{id}`", ">= 2", ""),
    "me": ("`GET /auth/me`", ">= 1.4", ""),
    "profile": ("`GET /users/me/profile`", ">= 1.4", ""),
    "304": ("`GET /jobs`: 304", ">= 1.25", ""),
    "health": ("`GET /health`", "", ""),
    "apply": ("apply, one person over 16 connections", ">= 2", ""),
    "save": ("save, one person over 16 connections", ">= 2", ""),
    "logins": ("logins, 4 clients", "", ""),
    "staff key": ("`GET /admin/jobs` by key, 16 clients", "", ""),
    "staff bearer": ("`GET /admin/jobs` by bearer, 16 clients", "", ""),
    "rare": ("search, a rare word", "", ""),
    "absent": ("search, a word that is nowhere", "", ""),
    "broad": ("search, a common word with a known total", ">= 10", ""),
    "thousand": ("`GET /jobs` over 1 000 connections", "", ""),
}
# The peer's CPU of an answer divided by ours, at a million rows; its lists at four rows: >= 2.
_AGAINST_PEER = dict.fromkeys(("saved jobs", "saved posts", "job", "me", "profile"), ">= 1.5") | {
    "jobs": ">= 80",
    "feed": ">= 80",
}
WITHIN = {
    "Against constant routes": [
        Ratio("`GET /jobs` / the same bytes after the same session check, CPU", "cpu", "this jobs", "this constant", "<= 1.1"),
        Ratio("the same, answers a second", "rate", "this jobs", "this constant"),
        Ratio("`GET /jobs` / `GET /health`, answers a second", "rate", "this jobs", "this health"),
    ],
    "The same page again and again, CPU": [
        Ratio("a page at nine tenths of the rows, by `after` / page 1", "cpu", "this deep", "this jobs", "<= 1.2"),
        Ratio("page 1 / page 1 of four jobs", "cpu", "this jobs", "this four", "<= 1.2"),
    ],
    "A new position each time, CPU": [
        Ratio("from nine tenths of the rows on / from row 100 on", "cpu", "this new deep", "this new near", "<= 1.2"),
    ],
    "Staff": [
        Ratio("`GET /admin/jobs` by key / by bearer, 16 clients", "rate", "this staff key", "this staff bearer", ">= 0.8"),
    ],
    "Values": [
        Ratio("first searches for two letters that are answered, of all", "value", "this two letters", goal=">= 1"),
        Ratio("their median time, s", "p50", "this two letters"),
        Ratio("marks of the person who saved and applied", "value", "this marks", goal="<= 16"),
        Ratio("plans a request after warm-up, of the list with most", "value", "this plans of lists", goal="<= 0.01"),
        Ratio("statements of a login", "value", "this statements of a login", goal="<= 6.5"),
        Ratio("idle memory of a process, MiB", "value", "this start", goal="<= 100"),
        Ratio("from the start to the first answer, s", "p50", "this start", goal="<= 1.5"),
        Ratio("slowest of a hundred over 1 000 connections, s", "p99", "this thousand"),
        Ratio("of 1 000 connections' requests: answered, not 503", "value", "this thousand"),
    ],
}  # fmt: skip


def against_base() -> dict[str, list[Ratio]]:
    """Answers a second and CPU beside the other revision, and what its slowest answers are compared with."""
    rates, cpus = [], []
    for name, (title, rate, cpu) in _AGAINST_BASE.items():
        rates.append(Ratio(title, "rate", f"this {name}", f"base {name}", rate))
        cpus.append(Ratio(title, "cpu", f"this {name}", f"base {name}", cpu))
    before = "base paced"
    return {
        "Answers a second, this / base": rates,
        "CPU of server and Postgres for an answer, this / base": cpus,
        "On a schedule of 100 a second, this / base": [
            Ratio("`GET /jobs`, p50", "p50", "this paced", before),
            Ratio("`GET /jobs`, p99", "p99", "this paced", before),
            Ratio("p99 beside a write of content every 5 s / base without", "p99", "this beside writes", before, "<= 1.5"),
            Ratio("p99 beside a write of content every 5 s", "p99", "this beside writes", "base beside writes"),
        ],
        "Values of base": [
            Ratio("first searches for two letters that are answered, of all", "value", "base two letters"),
            Ratio("marks of the person who saved and applied", "value", "base marks"),
            Ratio("idle memory of a process, MiB", "value", "base start"),
            Ratio("from the start to the first answer, s", "p50", "base start"),
        ],
    }  # fmt: skip


def against_peer() -> dict[str, list[Ratio]]:
    """How much more CPU the peer takes for an answer, and how many more answers we give."""
    named = [
        (name, title) for name, (title, _, _) in _AGAINST_BASE.items() if not name.startswith(("staff", "thousand"))
    ]
    return {
        "Peer, CPU of server and Postgres for an answer, peer / this": [
            Ratio(title, "cpu", f"peer {name}", f"this {name}", _AGAINST_PEER.get(name, "")) for name, title in named
        ],
        "Peer, answers a second, this / peer": [
            Ratio(title, "rate", f"this {name}", f"peer {name}") for name, title in named
        ],
    }


def sections(*, base: bool, peer: bool) -> Sections:
    """All that a run with these servers shows."""
    return {**(against_base() if base else {}), **WITHIN, **(against_peer() if peer else {})}
