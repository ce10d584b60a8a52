def uninstall_hook(env):
    """Leave no address and no switch behind.

    The secrets go with their table.
    """
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "services_bridge.%")]
    ).unlink()
