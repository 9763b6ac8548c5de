"""Data-quality checks as declared data: can the numbers of this database be trusted?

A check is two files of one name: `definitions/<name>.toml` says in words what it finds, why that matters, what to do
and how much of it is tolerated; `sql/checks/<name>.sql` gives the rows it looked at, by what identifies them and never
by what they say, with how many were `checked` and how many are `violating`.

    for result in run_checks(con, "1319912345", date(2026, 10, 31)):
        result.check.title, result.status, result.violating, result.checked

A check has a denominator and a threshold and is the same for every office. A single event that needs somebody by a
day (a file to download, a file refused) is a fact of `mart.attention` instead; sums over figures are compared in
`figures/checks.py`.
"""

from henrei_analytics.checks.check import STATUSES, Check, Result, Threshold
from henrei_analytics.checks.declarations import CheckError, checks
from henrei_analytics.checks.run import run_checks

__all__ = ["STATUSES", "Check", "CheckError", "Result", "Threshold", "checks", "run_checks"]
