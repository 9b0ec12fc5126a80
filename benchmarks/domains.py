"""From a pool to certified domains, at a quarter, a half and the whole of it: wall time, CPU and
memory, what comes out, and how the cost grows.

The pool is a run's (`agentscaler pool --run RUN ...`) and is cut by service, so that each service
is there whole or not at all.  Each share is worked on by a process of its own with two workers.

    python benchmarks/domains.py RUN [SHARE ...]
"""

import hashlib
import multiprocessing
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from agentscaler.corpus import ToolSpec, share_schemas
from agentscaler.domain import Domain, build_domains
from agentscaler.engine import LocalEngine
from agentscaler.graph import build_graph
from agentscaler.runfolder import RunFolder

SHARES = (0.25, 0.5, 1.0)
WORKERS = 2


@dataclass
class Account:
    """What came of one share of the pool."""

    tools: int
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    megabytes: float = 0.0
    communities: int = 0
    domains: int = 0
    certified: int = 0
    small: int = 0
    large: int = 0
    unfit: int = 0
    """Domains without two tables or without a foreign key."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why each other community gave no domain."""


def main(run: str, shares: list[float]) -> None:
    accounts = []
    for share in shares:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            accounts.append(alone.submit(measure, run, share).result())
        report(accounts[-1])
    if len(accounts) > 1:
        print("growth of seconds a tool against the first share:")
        first = sum(accounts[0].seconds.values()) / accounts[0].tools
        for one in accounts:
            ratio = sum(one.seconds.values()) / one.tools / first
            print(f"  {one.tools:>8,} tools  {ratio:.2f}")


def measure(run: str, share: float) -> Account:
    pool = RunFolder.open(Path(run)).read("pool.jsonl", ToolSpec)
    tools = share_schemas(tool for tool in pool if _place(tool.service) < share)
    account = Account(len(tools))
    start = time.perf_counter()
    graph = build_graph(tools)
    account.seconds["graph"] = time.perf_counter() - start
    account.communities = graph.community_count
    start = time.perf_counter()
    with LocalEngine(WORKERS) as engine:
        for outcome in build_domains(graph, tools, engine=engine):
            if outcome.domain is not None:
                _count(outcome.domain, account)
            else:
                account.reasons[outcome.rejections[-1].reason] += 1
    account.seconds["domains"] = time.perf_counter() - start
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    account.cpu = sum(one.ru_utime + one.ru_stime for one in usage)
    account.megabytes = usage[0].ru_maxrss / 1024 + WORKERS * usage[1].ru_maxrss / 1024
    return account


def _place(service: str) -> float:
    """Where a service stands in a fixed shuffle, from 0 to 1."""
    return int.from_bytes(hashlib.sha256(service.encode()).digest()[:4], "big") / 2**32


def _count(domain: Domain, account: Account) -> None:
    tables = [table for table in domain.manifest.tables if not table.is_link]
    refers = any(column.references for table in domain.manifest.tables for column in table.columns)
    account.domains += 1
    account.certified += len(domain.manifest.tools)
    account.small += len(domain.manifest.tools) < 5
    account.large += len(domain.manifest.tools) > 40
    account.unfit += len(tables) < 2 or not refers or not domain.certificate.holds


def report(one: Account) -> None:
    spent = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in one.seconds.items())
    print(
        f"{one.tools:,} tools: {one.communities:,} communities -> {one.domains:,} certified domains"
        f" with {one.certified:,} certified tools; {one.small} under 5 tools, {one.large} over 40,"
        f" {one.unfit} unfit"
    )
    print(f"  {spent}; {one.cpu:.0f} CPU s; at most {one.megabytes:,.0f} MB in all processes")
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in one.reasons.most_common())
    print(f"  no domain: {reasons}")
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], [float(share) for share in sys.argv[2:]] or list(SHARES))
