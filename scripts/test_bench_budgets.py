# SPDX-License-Identifier: Apache-2.0
"""Each budget of bench fails when it is passed, and only then. Run by Tests/EndToEndTests/Scripts/BudgetTests.swift."""
import dataclasses
import unittest

from bench_budgets import Figures, verdict

AT_THE_LIMIT = Figures(
    ready_ratio=1.5, ready_kibibytes=8192, renewal_milliseconds=40, renewals_started=52, renewals_done=52,
    bytes_installed=45_000_000)


class VerdictTests(unittest.TestCase):
    def test_at_the_limit_all_is_well(self):
        self.assertEqual(verdict(AT_THE_LIMIT), [])

    def test_what_cannot_be_measured_is_not_judged(self):
        self.assertEqual(
            verdict(dataclasses.replace(AT_THE_LIMIT, ready_kibibytes=None, renewal_milliseconds=None)), [])

    def test_each_budget_fails_for_itself(self):
        for name, value in [
                ("ready_ratio", 1.51), ("ready_kibibytes", 8193), ("renewal_milliseconds", 40.1), ("renewals_done", 51),
                ("renewals_done", 53), ("bytes_installed", 45_000_001)]:
            with self.subTest(name):
                self.assertEqual(len(verdict(dataclasses.replace(AT_THE_LIMIT, **{name: value}))), 1)


if __name__ == "__main__":
    unittest.main()
