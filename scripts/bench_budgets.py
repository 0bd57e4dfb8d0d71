# SPDX-License-Identifier: Apache-2.0
"""What lanyard may cost, and what was too much. Pure, so that test_bench_budgets.py can show that each budget fails."""
import dataclasses

# A ready credential beside /bin/true, and what its process holds in memory.
READY_RATIO = 1.5
READY_KIBIBYTES = 8 * 1024
# Processor time of a renewal, asker and detached process together.
RENEWAL_MILLISECONDS = 40
# `lanyard` and what it hands on to, stripped.
MEGABYTES = 45


@dataclasses.dataclass
class Figures:
    """What one run of bench has measured; None is what could not be measured on this system."""

    ready_ratio: float
    ready_kibibytes: int | None
    renewal_milliseconds: float | None
    # How many askers were started on an expired token, and how many of them the issuer saw renewing it.
    renewals_started: int
    renewals_done: int
    bytes_installed: int


def verdict(figures: Figures) -> list[str]:
    """What was over its budget, a line each; nothing if all is well."""
    found = []
    if figures.ready_ratio > READY_RATIO:
        found.append(f"a ready credential takes {figures.ready_ratio:.2f} × /bin/true, more than {READY_RATIO}")
    if figures.ready_kibibytes is not None and figures.ready_kibibytes > READY_KIBIBYTES:
        found.append(f"a ready credential takes {figures.ready_kibibytes} KiB of memory, more than {READY_KIBIBYTES}")
    if figures.renewal_milliseconds is not None and figures.renewal_milliseconds > RENEWAL_MILLISECONDS:
        found.append(
            f"a renewal takes {figures.renewal_milliseconds:.1f} ms of processor time, more than {RENEWAL_MILLISECONDS}")
    if figures.renewals_done != figures.renewals_started:
        found.append(
            f"{figures.renewals_started} renewals were started and {figures.renewals_done} done: what was measured is no renewal")
    if figures.bytes_installed > MEGABYTES * 1_000_000:
        found.append(f"lanyard and lanyard-full have {figures.bytes_installed / 1e6:.1f} MB, more than {MEGABYTES}")
    return found
