from odoo import api, models, tools

# says, until the transaction ends, that it has changed the settings
_CHANGED = "services_bridge_watched_changed"
# names, in the cursor's cache, the view of such a transaction: another one after a
# savepoint that is undone, because that clears this cache
_OWN_VIEW = "services_bridge_own_view"


class _SnapshotIsOlder(Exception):
    """What this transaction sees is not what others should go by."""


class ServicesBridgeWatch(models.Model):
    """What the write hooks go by, remembered by each process for all transactions."""

    _inherit = "services.bridge.watch"

    @api.model
    def _forget_watched(self):
        """Let every process look again once this transaction is committed.

        Until then it alone goes by what it has changed.
        """
        cr, registry = self.env.cr, self.env.registry
        cr.postcommit.data[_CHANGED] = True
        # known before it is flushed, because it may be asked for in the middle of that,
        # where the ORM must not be entered again; and read again by SQL after it
        self._watched_by_model()
        self.env.flush_all()
        cr.cache.pop(_OWN_VIEW, None)
        registry.clear_cache("stable")

        def committed():
            registry.clear_cache("stable")
            # now, as not everybody tells other processes after the commit by themselves
            if registry.ready:
                registry.signal_changes()

        cr.postcommit.add(committed)

    @api.model
    def _watched_by_model(self):
        """Return ``{model: Watched}``; empty while nothing may be sent."""
        cr, registry = self.env.cr, self.env.registry
        if _CHANGED in cr.postcommit.data:
            return self._own_watched(cr.cache.setdefault(_OWN_VIEW, object()))
        try:
            return self._shared_watched(
                registry.registry_sequence, registry.cache_sequences["stable"]
            )
        except _SnapshotIsOlder:
            return self._watched_now()

    @tools.ormcache("view", cache="stable")
    def _own_watched(self, view):
        return self._watched_now()

    @tools.ormcache("registry_sequence", "sequence", cache="stable")
    def _shared_watched(self, registry_sequence, sequence):
        """Return what ``_watched_by_model`` does, remembered for other transactions.

        A transaction sees the database as it was when it began. One that began before
        the bridge was switched on, and looks first after that, must not leave to all
        others that nothing is watched.

        :param int registry_sequence: how many changes of the registry this process
            knows of
        :param int sequence: how many of all that Odoo remembers under ``stable``
        :raise _SnapshotIsOlder: when the transaction began before the last of them
        """
        known = self.env.registry.get_sequences(self.env.cr)
        if (known[0], known[1]["stable"]) != (registry_sequence, sequence):
            raise _SnapshotIsOlder
        return self._watched_now()

    def _watched_now(self):
        if not self.env["services.bridge.settings"]._load().collects():
            return {}
        return self._configured()
