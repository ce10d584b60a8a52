from odoo import api, models, tools

# names, in a cursor's cache, the view of a transaction that has changed the settings
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
        # flushed first, because the map is read by SQL: it may be asked for in the
        # middle of a flush, where the ORM must not be entered again
        self.env.flush_all()
        cr, registry = self.env.cr, self.env.registry
        cr.cache[_OWN_VIEW] = object()
        registry.clear_cache("stable")

        def committed():
            cr.cache.pop(_OWN_VIEW, None)
            registry.clear_cache("stable")

        cr.postcommit.add(committed)

    @api.model
    def _watched_by_model(self):
        """Return ``{model: Watched}``; empty while nothing may be sent."""
        registry, own_view = self.env.registry, self.env.cr.cache.get(_OWN_VIEW)
        try:
            return self._shared_watched(registry.cache_sequences["stable"], own_view)
        except _SnapshotIsOlder:
            return self._watched_now()

    @tools.ormcache("sequence", "own_view", cache="stable")
    def _shared_watched(self, sequence, own_view):
        """Return what ``_watched_by_model`` does, remembered for other transactions.

        A transaction sees the database as it was when it began. One that began before
        the bridge was switched on, and looks first after that, must not leave to all
        others that nothing is watched.

        :param int sequence: how many changes this process knows of, of all that Odoo
            remembers under ``stable``
        :param own_view: of a transaction that has changed the settings itself
        :raise _SnapshotIsOlder: when the transaction began before the last of them
        """
        if own_view is None:
            registry = self.env.registry
            _registry_sequence, sequences = registry.get_sequences(self.env.cr)
            if sequences["stable"] != sequence:
                raise _SnapshotIsOlder
        return self._watched_now()

    def _watched_now(self):
        if not self.env["services.bridge.settings"]._load().collects():
            return {}
        return self._configured()
