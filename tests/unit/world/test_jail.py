"""What a jail is made of, and the refusal where there is none."""

import sys
from pathlib import Path

import pytest

from agentscaler.world.jail import REQUIRED, JailError, JailReport, Layer, LayerReport, nowhere
from agentscaler.world.workers import Workers, probe

LOOSE = (
    f"sys.path.append({str(Path(__file__).parent)!r}); import functools, loose_worker;"
    " main = functools.partial(loose_worker.main, layers=frozenset())"
)
WITHOUT_SECCOMP = "sys.modules['pyseccomp'] = None; from agentscaler.world.worker import main"


def test_the_probe_says_of_every_layer_whether_it_holds() -> None:
    report = probe()
    assert [one.layer for one in report.layers] == list(Layer)
    assert all(one.detail for one in report.layers if not one.holds)
    lines = str(report).splitlines()
    assert [line.split()[0] for line in lines] == list(Layer)


def test_workers_start_just_where_the_probe_finds_what_they_need() -> None:
    with Workers(1) as workers:
        if probe().holding >= REQUIRED:
            assert workers.report().holding >= REQUIRED
        else:
            with pytest.raises(JailError):
                workers.report()


def test_a_report_demands_what_is_required_and_says_why_it_is_missing() -> None:
    seccomp = LayerReport(layer=Layer.SECCOMP, holds=True, detail="")
    landlock = LayerReport(layer=Layer.LANDLOCK, holds=False, detail="the kernel has none")
    report = JailReport(layers=(landlock, seccomp))
    report.demand({Layer.SECCOMP})
    with pytest.raises(JailError, match=r"landlock \(the kernel has none\).*trusted=True"):
        report.demand(REQUIRED)


def test_a_machine_without_a_jail_is_refused_with_the_remedy() -> None:
    with pytest.raises(JailError, match="trusted=True"):
        nowhere("this is not Linux").demand(REQUIRED)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers need Linux")
def test_workers_that_are_not_confined_are_refused() -> None:
    with Workers(1, entry=LOOSE) as workers, pytest.raises(JailError, match="seccomp"):
        workers.report()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers need Linux")
def test_without_pyseccomp_workers_are_refused_unless_less_is_required() -> None:
    with Workers(1, entry=WITHOUT_SECCOMP) as workers, pytest.raises(JailError, match="pyseccomp"):
        workers.report()
    with Workers(1, entry=WITHOUT_SECCOMP, required=()) as workers:
        report = workers.report()
    assert Layer.SECCOMP not in report.holding
    assert report.holding == probe().holding - {Layer.SECCOMP}
