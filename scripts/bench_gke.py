# SPDX-License-Identifier: Apache-2.0
"""What bench needs to compare `lanyard get-token gke` with gke-gcloud-auth-plugin: gcloud's files and the plugin's cache.

Nobody is asked: lanyard finds the token that gcloud has kept, and the plugin the one in its own cache, which is another, so
that what is printed proves where it came from.
"""
import datetime
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

PLUGIN = "gke-gcloud-auth-plugin"
ACCOUNT = "bench@example.com"
TOKEN = "ya29.bench"
CACHED = "ya29.of-the-plugin's-cache"
READY = "get-token gke, ready credential"
WARM = f"{PLUGIN}, warm cache"
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: bench
clusters: [{name: bench, cluster: {server: "https://127.0.0.1:9"}}]
contexts: [{name: bench, context: {cluster: bench, user: bench}}]
users: [{name: bench, user: {}}]
"""


def sign_in(home: pathlib.Path) -> None:
    """Leaves a sign-in of gcloud's with an access token that lives for a day, in gcloud's own schema."""
    folder = home / ".config/gcloud"
    (folder / "configurations").mkdir(parents=True)
    (folder / "active_config").write_text("default")
    (folder / "configurations/config_default").write_text(f"[core]\naccount = {ACCOUNT}\n")
    row = {
        "type": "authorized_user", "client_id": "id", "client_secret": "secret", "refresh_token": "1//bench",
        "token_uri": "https://oauth2.googleapis.com/token", "universe_domain": "googleapis.com",
    }
    with sqlite3.connect(folder / "credentials.db") as database:
        database.execute('CREATE TABLE "credentials" (account_id TEXT PRIMARY KEY, value BLOB)')
        database.execute("INSERT INTO credentials VALUES (?, ?)", (ACCOUNT, json.dumps(row)))
    with sqlite3.connect(folder / "access_tokens.db") as database:
        database.execute(
            'CREATE TABLE "access_tokens" (account_id TEXT PRIMARY KEY, access_token TEXT, token_expiry TIMESTAMP, '
            "rapt_token TEXT, id_token TEXT)")
        expiry = tomorrow().strftime("%Y-%m-%d %H:%M:%S.000001")
        database.execute("INSERT INTO access_tokens VALUES (?, ?, ?, NULL, NULL)", (ACCOUNT, TOKEN, expiry))


def warm_plugin(home: pathlib.Path) -> None:
    """Leaves the plugin's cache as it leaves it itself after a run."""
    (home / ".kube").mkdir()
    (home / ".kube/config").write_text(KUBECONFIG)
    cache = home / ".kube/gke_gcloud_auth_plugin_cache"
    cache.write_text(json.dumps({
        "current_context": "bench", "access_token": CACHED,
        "token_expiry": tomorrow().strftime("%Y-%m-%dT%H:%M:%SZ"), "extra_args": "",
    }))
    cache.chmod(0o600)


def tomorrow() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)


def forget(environment: dict[str, str]) -> None:
    """Takes the ready credentials away, so that the next run has to look into gcloud's files."""
    shutil.rmtree(pathlib.Path(environment["XDG_RUNTIME_DIR"]) / "lanyard", ignore_errors=True)


def rows(lanyard: str, ready: dict[str, str], bare: dict[str, str]) -> list[tuple]:
    """Name, arguments, environment and preparation of each row; a tool that is missing is named on stderr.

    `ready` and `bare` are surroundings of their own, each with a HOME.
    """
    for environment in (ready, bare):
        sign_in(pathlib.Path(environment["HOME"]))
    warm_plugin(pathlib.Path(ready["HOME"]))
    request = [lanyard, "get-token", "gke"]
    found = [
        (READY, request, ready, None, TOKEN),
        ("get-token gke, gcloud's files", request, bare, lambda: forget(bare), TOKEN),
    ]
    plugin = shutil.which(PLUGIN)
    if plugin is None:
        print(f"bench: {PLUGIN} is not installed, so it is not compared", file=sys.stderr)
    else:
        version = subprocess.run([plugin, "--version"], capture_output=True, text=True, check=False)
        print(f"bench: {plugin}: {(version.stdout or version.stderr).strip()}", file=sys.stderr)
        found.append((WARM, [plugin], ready, None, CACHED))
    for name, arguments, environment, _, token in found:
        result = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        if json.loads(result.stdout or "{}").get("status", {}).get("token") != token:
            sys.exit(f"bench: {name} did not give the token that is kept for it:\n{result.stdout}{result.stderr}")
    return [row[:4] for row in found]


def is_faster(medians: dict[str, float]) -> bool:
    """Whether a ready credential came sooner than the plugin's cached one, as far as both were measured."""
    if WARM not in medians or medians[READY] < medians[WARM]:
        return True
    print(f"bench: “{READY}” took longer than “{WARM}”", file=sys.stderr)
    return False
