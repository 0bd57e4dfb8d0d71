# SPDX-License-Identifier: Apache-2.0
"""glewlwyd as Debian packages it: one server with several issuers, configured over its administration API."""
import http.cookiejar
import json
import pathlib
import shutil
import sqlite3
import ssl
import subprocess
import urllib.error
import urllib.request

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from surroundings import pem, public_pem

FIRST_PAGE = "/api/"
SCOPES = ["openid", "offline_access", "email", "profile"]
GRANTS = ["code", "refresh_token", "delete_token", "device_authorization"]
# Name of the issuer, kind of its keys, and what it does otherwise than the first.
ISSUERS = [
    ("rs256", "rsa", {}),
    ("es256", "ecdsa", {}),
    ("eddsa", "eddsa", {}),
    ("nonce", "ecdsa", {"oauth-dpop-nonce-mandatory": True, "oauth-dpop-nonce-counter": 5}),
    ("pushed", "rsa", {"oauth-par-required": True}),
    # Long enough to be due for renewal and still good for some seconds.
    ("lasting", "rsa", {"access-token-duration": 100, "refresh-token-duration": 300}),
]
CONFIGURATION = """\
port={port}
bind_address="127.0.0.1"
external_url="{origin}"
login_url="login.html"
api_prefix="api"
static_files_path="{webapp}/"
static_files_mime_types=({mime_types})
log_mode="console"
log_level="INFO"
cookie_secure=1
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=true
secure_connection_key_file="{folder}/server.key"
secure_connection_pem_file="{folder}/server.pem"
hash_algorithm="SHA512"
database={{ type="sqlite3" path="{folder}/database" }};
"""
MIME_TYPES = {
    "html": "text/html", "css": "text/css", "js": "application/javascript", "json": "application/json",
    "png": "image/png", "ttf": "font/ttf", "woff": "font/woff", "woff2": "font/woff2", "ico": "image/x-icon"}


def prepare(place):
    """Database, pages and configuration file; the command to run."""
    with sqlite3.connect(place.folder / "database") as database:
        database.executescript(
            pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3").read_text())
    # Its pages are static files that read config.json beside them, which Debian keeps elsewhere.
    webapp = place.folder / "webapp"
    shutil.copytree(
        "/usr/share/glewlwyd/webapp", webapp, ignore=shutil.ignore_patterns("config.json", "admin.js"))
    shutil.copy("/usr/share/glewlwyd/templates/config.json", webapp / "config.json")
    mime_types = ",".join(
        f'{{extension=".{ending}" mime_type="{kind}" compress=0}}' for ending, kind in MIME_TYPES.items())
    path = place.write("glewlwyd.conf", CONFIGURATION.format(
        port=place.port, origin=place.origin, folder=place.folder, webapp=webapp, mime_types=mime_types))
    return ["glewlwyd", f"--config-file={path}"], {}


def describe(place):
    """Makes issuers, the person and the clients, and tells of them."""
    administration = Administration(place)
    for scope in SCOPES[1:]:
        administration.call("POST", "/scope/", {
            "name": scope, "display_name": scope, "password_required": False, "password_max_age": 0, "scheme": {}})
    administration.call("POST", "/user/", {
        "username": place.person, "password": place.password, "name": "Alice", "email": "alice@example.com",
        "enabled": True, "scope": [*SCOPES, "g_profile"]})
    for name, kind, changes in ISSUERS:
        parameters = {**issuer(place, name, kind), **changes}
        administration.call("POST", "/mod/plugin/", {
            "module": "oidc", "name": name, "display_name": name, "enabled": True, "parameters": parameters})
    make_clients(place, administration)
    version = subprocess.run(["glewlwyd", "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "name": "glewlwyd", "version": version, "clientKeyFile": str(place.folder / "client-key.pem"),
        "issuers": {name: f"{place.origin}/api/{name}" for name, *_ in ISSUERS}}


def keys(kind):
    key = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ecdsa": coordinates_without_leading_zero,
        "eddsa": ed25519.Ed25519PrivateKey.generate}[kind]()
    return pem(key), public_pem(key)


def coordinates_without_leading_zero():
    """A P-256 key. 2.7.5 publishes coordinates without their leading zeros, which RFC 7518 section 6.2.1.2 forbids."""
    while True:
        key = ec.generate_private_key(ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        if min(numbers.x, numbers.y) >> 248:
            return key


def issuer(place, name, kind):
    private, public = keys(kind)
    return {
        "iss": f"{place.origin}/api/{name}", "jwt-type": kind, "jwt-key-size": "256", "key": private, "cert": public,
        "access-token-duration": place.access, "refresh-token-duration": place.refresh, "code-duration": 60,
        "refresh-token-rolling": False, "refresh-token-one-use": "always", "allow-non-oidc": True,
        "auth-type-code-enabled": True, "auth-type-token-enabled": False, "auth-type-client-enabled": False,
        "auth-type-password-enabled": False, "auth-type-refresh-enabled": True, "auth-type-device-enabled": True,
        "auth-type-code-revoke-replayed": True,
        "device-authorization-expiration": 120, "device-authorization-interval": 1,
        "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": True,
        "pkce-required-public-client": True,
        "introspection-revocation-allowed": True, "introspection-revocation-allow-target-client": True,
        # 2.7.5 dies when session management is on and a redirect URI has no path.
        "session-management-allowed": False, "session-cookie-name": "GLEWLWYD2_OIDC_SID",
        "session-cookie-expiration": 3600,
        "jwks-show": True, "subject-type": "public", "oauth-as-iss-id": True,
        "oauth-par-allowed": True, "oauth-par-required": False, "oauth-par-duration": 90,
        "oauth-par-request_uri-prefix": "urn:ietf:params:oauth:request_uri:",
        "oauth-dpop-allowed": True, "oauth-dpop-iat-duration": 60,
        "client-pubkey-parameter": "pubkey", "request-parameter-allow": True,
        "name-claim": "on-demand", "name-claim-scope": ["profile"],
        "email-claim": "on-demand", "email-claim-scope": ["email"],
        "scope-claim": "mandatory", "allowed-scope": SCOPES}


def make_clients(place, administration):
    private, public = keys("ecdsa")
    place.write("client-key.pem", private)
    methods = {
        "public": {"confidential": False, "token_endpoint_auth_method": ["none"]},
        "confidential": {
            "confidential": True, "client_secret": place.client_secret,
            "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"]},
        "signing": {"confidential": True, "pubkey": public, "token_endpoint_auth_method": ["private_key_jwt"]}}
    for name, method in methods.items():
        administration.call("POST", "/client/", {
            "client_id": name, "name": name, "enabled": True, "redirect_uri": place.redirect_uris,
            "authorization_type": GRANTS, "scope": SCOPES, **method})


class Administration:
    """Its administration API, logged in as the administrator that a new database has."""

    def __init__(self, place):
        self._origin = place.origin
        jar = http.cookiejar.CookieJar(policy=http.cookiejar.DefaultCookiePolicy(strict_domain=False))
        context = ssl.create_default_context(cafile=place.folder / "ca.pem")
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor(jar))
        self._cookie = None
        self.call("POST", "/auth/", {"username": "admin", "password": "password"})

    def call(self, method, path, body):
        # http.cookiejar takes no cookie for "localhost", which has no dot.
        request = urllib.request.Request(
            f"{self._origin}/api{path}", method=method, data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"Cookie": self._cookie} if self._cookie else {})})
        try:
            with self._opener.open(request, timeout=30) as answer:
                cookie = answer.headers.get("Set-Cookie")
                if cookie:
                    self._cookie = cookie.split(";")[0]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read()[:500]}") from error
