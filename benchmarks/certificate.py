"""How good certificates are, and what they cost.

Run `python benchmarks/certificate.py --run runs/all`, or without `--run` on domains that it builds
of botocore's descriptions.  It certifies every domain anew, seeds faults into its tools one at a
time, and prints: what a trial costs; how many calls of writing tools succeed; alarms on sound
tools; the share of faults caught, by kind and by what caught them; and a table over thirty random
domains.  Processor time counts this process and the worker processes that play everything again.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agentscaler import build_domains, build_graph, load_corpus
from agentscaler.domain import Domain, load_domain
from agentscaler.domain.certificate import Certificate
from agentscaler.domain.examine import examine
from agentscaler.domain.faults import Seeded, fault_coverage
from agentscaler.domain.settings import DomainSettings

SHOWN = 30
SLICE = 3_000
"""Tools that domains are built of where there is no run."""


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--run", type=Path, help="the folder of a run with domains")
    options.add_argument("--domains", type=int, default=200, help="how many, chosen at random")
    options.add_argument("--faults", type=int, default=20, help="seeded a domain")
    options.add_argument("--trials", type=int, default=200, help="calls a tool in a certificate")
    options.add_argument("--all-faults", action="store_true", help="print those that survived")
    chosen = options.parse_args()
    domains = list(from_run(chosen.run, chosen.domains) if chosen.run else made(chosen.domains))
    certificates = certify(domains, chosen.trials)
    seed_all(domains, chosen.faults, show=chosen.all_faults)
    table(domains, certificates)


def from_run(run: Path, count: int) -> Iterator[Domain]:
    names = sorted(path.name for path in (run / "domains").iterdir() if path.is_dir())
    for name in random.Random(0).sample(names, min(count, len(names))):
        yield load_domain(run / "domains" / name)


def made(count: int) -> Iterator[Domain]:
    tools = load_corpus(["botocore"]).tools[:SLICE]
    outcomes = build_domains(build_graph(tools), tools, DomainSettings(trials=10))
    found = (outcome.domain for outcome in outcomes if outcome.domain is not None)
    yield from (domain for domain, _ in zip(found, range(count), strict=False))


def certify(domains: list[Domain], trials: int) -> list[Certificate]:
    examine(domains[0], trials=10)  # starts the workers
    certificates, alarms = [], []
    wall, processor = time.perf_counter(), cpu_seconds()
    for domain in domains:
        certificate, failures = examine(domain, trials=trials, seed=domain.id)
        certificates.append(certificate)
        alarms += [(domain.id, failure) for failure in failures]
    wall, processor = time.perf_counter() - wall, cpu_seconds() - processor
    counts = [count for one in certificates for count in one.tools.values()]
    calls = sum(count.trials for count in counts)
    print(f"{len(domains)} domains, {len(counts):,} tools, {calls:,} trials")
    print(
        f"{calls / wall:,.0f} trials a second; a trial takes {wall / calls * 1e3:.3f} ms,"
        f" {processor / calls * 1e3:.3f} ms of processor time in all"
    )
    writes = [share for pair in zip(domains, certificates, strict=True) for share in success(*pair)]
    half = sum(share >= 0.5 for share in writes) / len(writes)
    print(
        f"calls of writing tools that succeed: {statistics.mean(writes):.1%} a tool;"
        f" at least half in {half:.2%} of {len(writes):,} tools, in the worst {min(writes):.0%}"
    )
    print(f"alarms on tools that were certified: {len(alarms)}")
    for domain_id, failure in alarms:
        print(f"  {domain_id} {failure.tool}: {failure}")
    return certificates


def success(domain: Domain, certificate: Certificate) -> list[float]:
    """The share of accepted calls, of each writing tool."""
    return [
        count.successes / count.trials
        for name, count in certificate.tools.items()
        if domain.manifest.tool[name].effect == "write" and count.trials
    ]


def cpu_seconds() -> float:
    """Of this process and the processes that it has started, where the system tells."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        return time.process_time()
    spent = 0
    for child in children.read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return time.process_time() + spent / os.sysconf("SC_CLK_TCK")


def seed_all(domains: list[Domain], count: int, *, show: bool) -> None:
    start = time.perf_counter()
    seeded: list[tuple[str, Seeded]] = [
        (domain.id, one)
        for domain in domains
        for one in fault_coverage(domain, count, seed=domain.id)
    ]
    took = time.perf_counter() - start
    tried = Counter(one.mutant.fault for _, one in seeded)
    caught = Counter(one.mutant.fault for _, one in seeded if one.caught_by)
    by = Counter((one.mutant.fault, str(one.caught_by)) for _, one in seeded if one.caught_by)
    total, found = sum(tried.values()), sum(caught.values())
    print(
        f"\nfaults: {found:,} of {total:,} caught, {found / total:.2%}; {took / total:.3f} s each"
    )
    shares = [
        sum(bool(one.caught_by) for name, one in seeded if name == domain.id)
        / max(1, sum(name == domain.id for name, _ in seeded))
        for domain in domains
    ]
    print(f"a domain: {statistics.mean(shares):.2%}, in the worst {min(shares):.0%}")
    print(f"\n{'fault':22} {'seeded':>7} {'caught':>7}  by")
    for fault in sorted(tried):
        how = [(check, number) for (kind, check), number in by.most_common() if kind == fault]
        told = ", ".join(f"{check} {number}" for check, number in how)
        print(f"{fault:22} {tried[fault]:7} {caught[fault] / tried[fault]:7.1%}  {told}")
    for name, one in seeded if show else ():
        if not one.caught_by:
            print(
                f"  survived: {name} {one.mutant.function} {one.mutant.fault}: {one.mutant.change}"
            )


def table(domains: list[Domain], certificates: list[Certificate]) -> None:
    pairs = list(zip(domains, certificates, strict=True))
    chosen = random.Random(1).sample(pairs, min(SHOWN, len(pairs)))
    print(f"\n{len(chosen)} random domains")
    print(
        f"{'domain':58} {'tables':>6} {'keys':>5} {'tools':>5}"
        f" {'conditions':>10} {'rules':>5} {'success':>7}  kinds"
    )
    rows = sorted((describe(*pair) for pair in chosen), key=lambda row: row[0])
    for name, tables, keys, tools, conditions, rules, share, kinds in rows:
        print(
            f"{name[:58]:58} {tables:6} {keys:5} {tools:5}"
            f" {conditions:10.0%} {rules:5} {share:7.0%}  {kinds}"
        )
    for label, column in (("tables", 1), ("foreign keys", 2), ("tools", 3), ("rules", 5)):
        print(f"{label} a domain: {statistics.mean(row[column] for row in rows):.1f}")
    print(f"tools with a precondition: {statistics.mean(row[4] for row in rows):.0%}")
    print(f"trials that succeed: {statistics.mean(row[6] for row in rows):.0%}")


def describe(
    domain: Domain, certificate: Certificate
) -> tuple[str, int, int, int, float, int, float, str]:
    manifest = domain.manifest
    keys = sum(bool(column.references) for table in manifest.tables for column in table.columns)
    kinds = Counter(str(tool.kind) for tool in manifest.tools)
    counts = certificate.tools.values()
    return (
        domain.id,
        len(manifest.tables),
        keys,
        len(manifest.tools),
        statistics.mean(has_precondition(domain, tool.name) for tool in manifest.tools),
        len(manifest.rules),
        sum(count.successes for count in counts) / max(1, sum(count.trials for count in counts)),
        ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())),
    )


def has_precondition(domain: Domain, tool: str) -> bool:
    """Whether the tool asks for more than that the rows it names are there."""
    contract = domain.manifest.tool[tool].contract
    return contract is not None and any(one.condition != "TRUE" for one in contract.requirements)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream
    main()
