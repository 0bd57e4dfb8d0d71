# SPDX-License-Identifier: Apache-2.0
"""Addresses of the django-allauth site, and what allauth asks it; apart from the settings, which may import no models."""
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.http import HttpResponse
from django.urls import include, path


class Adapter(DefaultOIDCAdapter):
    """Names the scope that its own page of consent does not know."""

    scope_display = {**DefaultOIDCAdapter.scope_display, "offline_access": "Stay logged in"}


urlpatterns = [
    path("", include("allauth.idp.urls")),
    path("accounts/", include("allauth.urls")),
    path("accounts/profile/", lambda request: HttpResponse("logged in")),
]
