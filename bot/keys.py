"""The vault with the configured keys; the first start of a new database makes a key."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings
from bot.config_checks import keys_text, write_key_file
from bot.config_values import ConfigFaults, Fault, normal_url
from models.vault import KeyFault, Vault, new_key_line, parse_keys


def vault_of(settings: Settings) -> Vault:
    """The vault. Raises ConfigFaults where the keys cannot be used.

    A missing key file is made, for its owner alone, but only beside a database that does not exist yet: a new key would
    not open the fields of an old one.
    """
    where = f"keys.file {settings.keys.file}"
    text = keys_text(settings)
    if text is None:
        url = normal_url(settings.database.url.get_secret_value())
        if url.get_backend_name() == "sqlite" and Path(url.database or "").exists():
            raise ConfigFaults(
                [Fault(where, "no such file", "the key file that belongs to this database; nothing opens without it")]
            )
        write_key_file(Path(settings.keys.file), new_key_line())
        text = keys_text(settings) or ""
    try:
        return Vault(parse_keys(text))
    except KeyFault as error:
        raise ConfigFaults([Fault(where, "(hidden)", f"lines 'id:base64 of 32 bytes'; {error}")]) from None
