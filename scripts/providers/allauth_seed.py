# SPDX-License-Identifier: Apache-2.0
"""Fills the empty database of the django-allauth site; standard input says with what, as JSON."""
import json
import sys

import django
from django.core.management import call_command

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from allauth.idp.oidc.models import Client  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402

SCOPES = ["openid", "offline_access", "email", "profile"]

call_command("migrate", verbosity=0)
wanted = json.load(sys.stdin)
user = User.objects.create_user(wanted["person"], "alice@example.com", wanted["password"], first_name="Alice")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
for kind in ("public", "confidential"):
    client = Client(id=kind, name=kind, type=kind, scopes="\n".join(SCOPES), default_scopes="openid")
    client.redirect_uris = "\n".join(wanted["redirect_uris"])
    client.grant_types = "\n".join(
        [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN, Client.GrantType.DEVICE_CODE])
    client.set_secret(wanted["client_secret"])
    client.save()
