"""Which environment variables usually hold a secret, by their names."""

from __future__ import annotations

import pytest

from services.policy.credentials import is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        "PGPASSWORD",
        "MYSQL_PASSWORD",
        "DBPASSWD",
        "PASSWORD_FILE",
        "SSH_PASSPHRASE",
        "CLIENTSECRET",
        "OPENAI_API_KEY",
        "GITHUB_TOKEN",
        "TOKENS",
        "AWS_SECRET_ACCESS_KEY",
        "DATABASE_DSN",
        "DB_PASS",
        "MYSQL_PWD",
        "OPENAIAPIKEY",
    ],
)
def test_a_secret_by_its_name(name: str):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["HOME", "PGHOST", "KEYBOARD", "TOKENIZERS_PARALLELISM", "AUTHOR", "MONKEY", "OLDPWD", "PASSENGERS"],
)
def test_no_secret_by_its_name(name: str):
    assert not is_secret_name(name)
