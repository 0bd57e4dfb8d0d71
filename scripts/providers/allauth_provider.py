# SPDX-License-Identifier: Apache-2.0
"""django-allauth as an identity provider, in a small Django site."""
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric import rsa

from surroundings import pem

FIRST_PAGE = "/.well-known/openid-configuration"


def prepare(place):
    """Database with the person and the clients; the command to run."""
    place.write("key.pem", pem(rsa.generate_private_key(65537, 2048)))
    environment = {
        "DJANGO_SETTINGS_MODULE": "allauth_site",
        "PYTHONPATH": str(pathlib.Path(__file__).parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SITE_FOLDER": str(place.folder),
        "SITE_ACCESS": str(place.access),
        "SITE_REFRESH": str(place.refresh)}
    fill(place, environment)
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{place.port}", "--workers", "1", "--threads", "4",
        "--certfile", str(place.folder / "server.pem"), "--keyfile", str(place.folder / "server.key"),
        "--no-control-socket", "django.core.wsgi:get_wsgi_application()"]
    return command, environment


def fill(place, environment):
    wanted = {
        "person": place.person, "password": place.password, "client_secret": place.client_secret,
        "redirect_uris": place.redirect_uris}
    subprocess.run(
        [sys.executable, str(pathlib.Path(__file__).with_name("allauth_seed.py"))], check=True, text=True,
        input=json.dumps(wanted), env={**os.environ, **environment})


def describe(place):
    return {
        "name": "django-allauth", "version": importlib.metadata.version("django-allauth"),
        "issuers": {"rs256": place.origin}}
