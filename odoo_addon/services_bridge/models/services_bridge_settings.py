from typing import NamedTuple
from urllib.parse import urlsplit

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, str2bool

from ..delivery.sender import resume

DEFAULT_BATCH_SIZE = 100
LARGEST_BATCH_SIZE = 500
DEFAULT_RETENTION_DAYS = 14

_PREFIX = "services_bridge."
_OPEN_NAMES = ("address", "enabled", "batch_size", "retention_days")
_NAMES = (*_OPEN_NAMES, "database_uuid", "database_name")


class Settings(NamedTuple):
    address: str
    enabled: bool
    batch_size: int
    retention_days: int
    # id and name of the database that the bridge was switched on for, and of this one
    expected_database: str
    expected_name: str
    database: str
    name: str
    neutralized: bool
    secrets: tuple

    def collects(self):
        """Whether changes are written to the outbox."""
        return self.enabled and not self.neutralized

    def is_copy(self):
        """Whether this database is another one than the one that was set up.

        Odoo gives a copy an id of its own, PostgreSQL only a name of its own.
        """
        expected = self.expected_database, self.expected_name
        return bool(self.expected_database) and expected != (self.database, self.name)

    def refusal(self, env):
        """Return why nothing may be sent, in plain words; ``""`` when it may."""
        if self.neutralized:
            return env._(
                "This database is neutralized: it is a copy for testing, and never "
                "sends anything."
            )
        if not self.enabled:
            return env._("The bridge is switched off in the settings.")
        if self.is_copy():
            return env._(
                "This database is a copy of the one that the bridge was switched on "
                "for, or was renamed, so nothing is sent. If the bridge shall now "
                "listen to this database, confirm that in the settings."
            )
        if not self.address:
            return env._("The bridge's address is missing in the settings.")
        if not self.secrets:
            return env._("There is no secret yet. Generate one in the settings.")
        return ""


class ServicesBridgeSettings(models.AbstractModel):
    """The bridge's settings, typed. They live in system parameters and secrets."""

    _name = "services.bridge.settings"
    _description = "Settings of the Services Bridge"

    @api.model
    def configure(self, values):
        """Set some of the settings, as the settings page does; for set-up by RPC.

        :param dict values: any of ``address``, ``secret`` (added to those there are),
            ``enabled``, ``batch_size``, ``retention_days``
        :return: ``True``
        :raise UserError: when a value cannot be
        """
        self._check_system()
        unknown = set(values) - {*_OPEN_NAMES, "secret"}
        if unknown:
            raise UserError(
                self.env._("There is no setting named %s.", ", ".join(sorted(unknown)))
            )
        values = dict(values)
        if secret := values.pop("secret", None):
            self.env["services.bridge.secret"].add(secret)
        self._store(values)
        self._resume()
        return True

    @api.model
    def confirm_database(self):
        """Let this database send, although it is a copy of the one that was set up."""
        self._check_system()
        self._store(self._identity(self._load()))
        return True

    @api.model
    def _resume(self):
        """Try at once: whatever kept the bridge from being reached may be mended."""
        self._check_system()
        self.env["services.bridge.circuit"]._leave()
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: resume(dbname))

    def _identity(self, settings):
        return {"database_uuid": settings.database, "database_name": settings.name}

    def _check_system(self):
        if not self.env.is_system():
            raise UserError(
                self.env._("Only an administrator may change the bridge's settings.")
            )

    def _store(self, values):
        parameters = self.env["ir.config_parameter"].sudo()
        before = self._load()
        if "address" in values:
            values["address"] = self._checked_address(values["address"])
        if "batch_size" in values:
            values["batch_size"] = self._checked_number(
                self.env._("The batch size"), values["batch_size"], LARGEST_BATCH_SIZE
            )
        if "retention_days" in values:
            values["retention_days"] = self._checked_number(
                self.env._("The number of days"), values["retention_days"], 3650
            )
        if values.get("enabled") and not before.expected_database:
            values |= self._identity(before)
        for name, value in values.items():
            parameters.set_param(_PREFIX + name, str(value) if value else False)
        self.env["services.bridge.watch"]._forget_watched()

    def _checked_address(self, address):
        address = (address or "").strip().rstrip("/")
        if not address:
            return ""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UserError(
                self.env._(
                    "%s is no address of a bridge. It looks like "
                    "https://bridge.example.com.",
                    address,
                )
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise UserError(
                self.env._(
                    "The bridge's address must not carry a user, a password, or "
                    "anything after the path. The secret has its own place."
                )
            )
        return address

    def _checked_number(self, label, number, largest):
        if not isinstance(number, int) or not 1 <= number <= largest:
            raise UserError(
                self.env._(
                    "%(label)s must be between 1 and %(largest)s.",
                    label=label,
                    largest=largest,
                )
            )
        return number

    @api.model
    def _load(self):
        """Return the ``Settings`` as they are in the database now.

        Read by SQL: a thread that sends must not trust a cache, and whoever makes a
        change may not read the parameters.
        """
        self.env["ir.config_parameter"].flush_model(["key", "value"])
        parameters = dict(
            self.env.execute_query(
                SQL(
                    "SELECT key, value FROM ir_config_parameter WHERE key IN %s",
                    (
                        *(_PREFIX + name for name in _NAMES),
                        "database.uuid",
                        "database.is_neutralized",
                    ),
                )
            )
        )
        secrets = self.env.execute_query(
            SQL("SELECT value FROM services_bridge_secret ORDER BY id")
        )
        return Settings(
            address=parameters.get("services_bridge.address") or "",
            enabled=str2bool(parameters.get("services_bridge.enabled") or "", False),
            batch_size=_number(
                parameters.get("services_bridge.batch_size"),
                DEFAULT_BATCH_SIZE,
                LARGEST_BATCH_SIZE,
            ),
            retention_days=_number(
                parameters.get("services_bridge.retention_days"),
                DEFAULT_RETENTION_DAYS,
                3650,
            ),
            expected_database=parameters.get("services_bridge.database_uuid") or "",
            expected_name=parameters.get("services_bridge.database_name") or "",
            database=parameters.get("database.uuid") or "",
            name=self.env.cr.dbname,
            neutralized=str2bool(
                parameters.get("database.is_neutralized") or "", False
            ),
            secrets=tuple(value for (value,) in secrets),
        )


def _number(text, default, largest):
    """A number that someone may have changed by hand among the system parameters."""
    try:
        return min(max(int(text), 1), largest)
    except (TypeError, ValueError):
        return default
