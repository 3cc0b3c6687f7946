"""Encrypts values in the database with a key that is stored elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.domain.errors import SettingsError

_SEALED = "fernet:"


class Encryptor:
    """Encrypts with the first key, reads what any of them has encrypted; without keys values stay as they are.

    Raises ValueError for a key that is not 32 bytes in URL-safe base64.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def close(self, text: str) -> str:
        return text if self._fernet is None else _SEALED + self._fernet.encrypt(text.encode()).decode()

    def open(self, text: str) -> str:
        """Raises SettingsError for what was encrypted with a key that is not there any more."""
        if not text.startswith(_SEALED):
            return text
        try:
            if self._fernet is not None:
                return self._fernet.decrypt(text.removeprefix(_SEALED)).decode()
        except InvalidToken:
            pass
        raise SettingsError("The tokens in the database were encrypted with another RAYGEN_OAUTH_KEY.")
