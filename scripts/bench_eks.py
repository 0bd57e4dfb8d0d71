# SPDX-License-Identifier: Apache-2.0
"""What bench needs to compare `lanyard get-token eks` with `aws eks get-token`: static keys in the AWS tools' own file.

Nobody is asked, and nothing is kept: both sign a token each time.
"""
import pathlib
import shutil
import statistics
import subprocess
import sys

SIGNED = "get-token eks, static keys"
OFFICIAL = "aws eks get-token"
TRUE = "/usr/bin/true" if sys.platform == "darwin" else "/bin/true"
# How many times /bin/true a token may take, and how many times sooner than the AWS CLI's it has to be there.
BUDGET = 5
ADVANTAGE = 100
PREFIX = "k8s-aws-v1."
VENV = pathlib.Path(__file__).resolve().parent.parent / ".build/clouds/venv/bin"


def official() -> list[str] | None:
    """The AWS CLI: the one that scripts/clouds/install installs, else one of the machine's."""
    if (VENV / "aws").exists():
        return [str(VENV / "python"), str(VENV / "aws")]
    found = shutil.which("aws")
    return [found] if found else None


def rows(lanyard: str, environment: dict[str, str]) -> list[tuple]:
    """Name, arguments, environment and preparation of each row; a tool that is missing is named on stderr.

    `environment` are surroundings of their own, with a HOME.
    """
    folder = pathlib.Path(environment["HOME"]) / ".aws"
    folder.mkdir(parents=True)
    # The keys of AWS's documentation.
    (folder / "config").write_text(
        "[default]\nregion = us-west-2\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
    found = [(SIGNED, [lanyard, "get-token", "eks", "--cluster-name", "bench"], environment, None)]
    tool = official()
    if tool is None:
        print("bench: aws is not installed, so it is not compared", file=sys.stderr)
    else:
        version = subprocess.run([*tool, "--version"], env=environment, capture_output=True, text=True, check=False)
        print(f"{OFFICIAL}: {tool[-1]}, {version.stdout.strip()}")
        found.append((OFFICIAL, [*tool, "eks", "get-token", "--cluster-name", "bench"], environment, None))
    for name, arguments, variables, _ in found:
        result = subprocess.run(arguments, env=variables, capture_output=True, text=True, check=False)
        if PREFIX not in result.stdout:
            sys.exit(f"bench: {name} gave no token:\n{result.stderr}")
    return found


def is_in_budget(times: dict[str, list[float]]) -> bool:
    """Whether a token took no longer than it may, beside /bin/true and beside the AWS CLI if that was measured.

    `times` has the rounds of each row. What counts is the ratio of the table: the median of the ratios of each round.
    """
    good = True
    if (beside := ratio(times, SIGNED, TRUE)) > BUDGET:
        print(f"bench: “{SIGNED}” took {beside:.2f} × {TRUE}, more than {BUDGET}", file=sys.stderr)
        good = False
    if OFFICIAL in times and (sooner := ratio(times, OFFICIAL, SIGNED)) < ADVANTAGE:
        print(f"bench: “{SIGNED}” was {sooner:.0f} times sooner than “{OFFICIAL}”, not {ADVANTAGE}", file=sys.stderr)
        good = False
    return good


def ratio(times: dict[str, list[float]], name: str, other: str) -> float:
    """The median, over the rounds, of a row's time by that of another in the same round."""
    return statistics.median(mine / its for mine, its in zip(times[name], times[other], strict=True))
