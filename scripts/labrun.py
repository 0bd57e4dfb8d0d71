# SPDX-License-Identifier: Apache-2.0
"""A lab in a process of its own and a person who logs in at it, for bench and torture."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request


class Lab:
    """A running `lanyard-lab up`."""

    def __init__(self, programs: pathlib.Path, folder: pathlib.Path, *options: str):
        self.programs = programs
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        ready = folder / "ready.json"
        self.process = subprocess.Popen(
            [str(programs / "lanyard-lab"), "up", "--state", str(folder / "lab"), "--ready-file", str(ready),
             "--kubeconfig", str(folder / "kubeconfig"), "--lanyard", str(programs / "lanyard"), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.facts = self._wait_for(ready)
        self.issuer = self.facts["issuer"]
        self.secret = pathlib.Path(self.facts["adminSecretFile"]).read_text().strip()

    def _wait_for(self, ready: pathlib.Path) -> dict:
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(f"the lab ended with {self.process.returncode}")
            with contextlib.suppress(OSError, ValueError):
                return json.loads(ready.read_text())
            time.sleep(0.05)
        sys.exit("the lab did not get ready in a minute")

    def admin(self, path: str, body: object = None) -> dict:
        """Asks the admin API; POST if there is a body."""
        request = urllib.request.Request(
            f"{self.issuer}/admin/{path}", None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def events(self, after: int = 0) -> list[dict]:
        """The log from a sequence number on."""
        return self.admin(f"log?after={after}")["events"]

    def counters(self) -> dict:
        return self.admin("counters")

    def request(self) -> list[str]:
        """The arguments of get-token for this lab."""
        return ["get-token", "oidc", "--issuer-url", self.issuer, "--client-id", self.facts["clientID"]]

    def log_in(self, environment: dict[str, str]) -> None:
        """Runs `lanyard login` and fills in the form behind the address that it prints."""
        process = subprocess.Popen(
            [str(self.programs / "lanyard"), "login", *self.request()[2:], "--login", "browser"],
            env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        told = ""
        for line in process.stderr:
            told += line
            if found := re.search(r"http://\S+/authorize\?\S+", line):
                subprocess.run(
                    [str(self.programs / "lanyard-lab"), "log-in", found.group(0), "--user", "alice"],
                    check=True, stdout=subprocess.DEVNULL)
        if process.wait() != 0:
            sys.exit(f"the login failed:\n{told}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def surroundings(folder: pathlib.Path) -> dict[str, str]:
    """An environment in which nothing but `folder` is read or written."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "HOME": str(folder),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "XDG_RUNTIME_DIR": str(runtime),
    }
