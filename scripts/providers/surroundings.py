# SPDX-License-Identifier: Apache-2.0
"""What every provider needs: a folder, ports, a certificate of its own authority, a person and a client's secrets."""
import base64
import ctypes
import datetime
import hashlib
import ipaddress
import random
import secrets
import signal
import socket
import ssl
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Below the range from which Linux gives ports to outgoing connections, so that none of those takes one meanwhile.
PORTS = range(20000, 32000)
# Several, because some providers match the redirect URI with its port, and logins may happen side by side.
REDIRECT_PORTS = 6


def die_with_parent():
    """Asks Linux to kill this process when its parent has gone, however that ended."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_ports(count):
    """Ports that nobody listens on now, on either loopback address."""
    found = []
    for port in random.sample(PORTS, len(PORTS)):
        if len(found) == count:
            break
        try:
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                with socket.socket(family) as probe:
                    probe.bind((address, port))
        except OSError:
            continue
        found.append(port)
    return found


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class Place:
    """One start of one provider."""

    def __init__(self, folder, access, refresh):
        self.folder = folder
        self.access = access
        self.refresh = refresh
        folder.mkdir(mode=0o700)
        self.port, *self.redirect_ports = free_ports(1 + REDIRECT_PORTS)
        self.origin = f"https://localhost:{self.port}"
        self.person = "alice"
        self.password = secrets.token_urlsafe(12)
        self.client_secret = secrets.token_urlsafe(24)
        self.write("client-secret", self.client_secret + "\n")
        self._make_certificate()

    def write(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    @property
    def redirect_uris(self):
        return [f"http://127.0.0.1:{port}/" for port in self.redirect_ports]

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def answers(self, path):
        """Whether this very provider answers: another one on its port would have another certificate."""
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        try:
            urllib.request.urlopen(self.origin + path, timeout=5, context=context).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def description(self):
        return {
            "certificateAuthority": str(self.folder / "ca.pem"),
            "pinnedKey": self.pinned_key,
            "log": str(self.folder / "log"),
            "listenAddresses": [f"127.0.0.1:{port}" for port in self.redirect_ports],
            "person": self.person,
            "password": self.password,
            "clientSecretFile": str(self.folder / "client-secret"),
            "accessLifetime": self.access,
            "refreshLifetime": self.refresh,
        }

    def _make_certificate(self):
        authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider tests")])
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        root = self._certificate(authority, authority, authority_key.public_key()) \
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True) \
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False) \
            .sign(authority_key, hashes.SHA256())
        host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        leaf = self._certificate(host, authority, key.public_key()) \
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True) \
            .add_extension(names, critical=False) \
            .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False) \
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False) \
            .sign(authority_key, hashes.SHA256())
        self.write("ca.pem", root.public_bytes(serialization.Encoding.PEM).decode())
        self.write("server.pem", leaf.public_bytes(serialization.Encoding.PEM).decode())
        self.write("server.key", pem(key))
        spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.pinned_key = base64.b64encode(hashlib.sha256(spki).digest()).decode()

    @staticmethod
    def _certificate(subject, issuer, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        return x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key) \
            .serial_number(x509.random_serial_number()) \
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=2))
