# SPDX-License-Identifier: Apache-2.0
"""Settings of a Django site that is nothing but an identity provider."""
import os
import pathlib
import secrets

FOLDER = pathlib.Path(os.environ["SITE_FOLDER"])

SECRET_KEY = secrets.token_hex()
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "allauth_pages"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "allauth", "allauth.account", "allauth.idp", "allauth.idp.oidc"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware"]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "database", "OPTIONS": {"timeout": 20}}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_RATE_LIMITS = False
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

IDP_OIDC_ADAPTER = "allauth_pages.Adapter"
IDP_OIDC_PRIVATE_KEY = (FOLDER / "key.pem").read_text()
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = IDP_OIDC_ID_TOKEN_EXPIRES_IN = int(os.environ["SITE_ACCESS"])
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = int(os.environ["SITE_REFRESH"])
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 120
IDP_OIDC_DEVICE_CODE_INTERVAL = 1
IDP_OIDC_RATE_LIMITS = False
