from odoo.modules.module import get_manifest
from odoo.tests import tagged
from odoo.tools import file_open

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestDatabaseCopy(BridgeCase):
    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()

    def change(self):
        self.env["res.partner"].create({"name": "Ada"})
        self.env.cr.flush()

    def test_neutralized_database_never_sends(self):
        self.change()
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.deliver()
        self.assertFalse(self.receiver.requests)
        accepted, message = self.env["services.bridge.delivery"]._test()
        self.assertFalse(accepted)
        self.assertIn("neutralized", message)
        self.assertFalse(self.receiver.requests)

    def test_neutralized_database_collects_nothing(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.change()
        self.assertFalse(self.events.search([]))

    def test_neutralize_script(self):
        self.change()
        sent = self.events.search([])[0]
        sent._note_sent(sent.ids)
        self.env["res.partner"].create({"name": "Grace"})
        self.env.cr.flush()
        with file_open("services_bridge/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        settings = self.settings._load()
        self.assertEqual(settings.address, "")
        self.assertFalse(settings.enabled)
        self.assertEqual(settings.secrets, ())
        self.assertEqual(settings.expected_database, "")
        self.assertEqual(settings.expected_name, "")
        self.assertEqual(self.events.search([]), sent)

    def test_copy_sends_only_after_confirmation(self):
        self.change()
        self.env["ir.config_parameter"].set_param("database.uuid", "another-uuid")
        self.deliver()
        self.assertFalse(self.receiver.requests)
        refusal = self.settings._load().refusal(self.env)
        self.assertIn("copy", refusal)
        page = self.env["res.config.settings"].create({})
        self.assertTrue(page.services_bridge_is_copy)
        self.assertEqual(page.services_bridge_refusal, refusal)

        page.action_services_bridge_confirm_database()
        self.deliver()
        [request] = self.receiver.requests
        self.assertEqual(request.message["database"], "another-uuid")

    def test_copy_with_the_id_of_its_original(self):
        """As createdb --template or a restored dump makes it: only the name differs."""
        self.change()
        self.assertEqual(self.settings._load().expected_name, self.env.cr.dbname)
        self.env["ir.config_parameter"].set_param(
            "services_bridge.database_name", "original"
        )
        self.deliver()
        self.assertFalse(self.receiver.requests)
        accepted, message = self.env["services.bridge.delivery"]._test()
        self.assertFalse(accepted)
        self.assertIn("copy", message)

        self.settings.configure({"enabled": False})
        self.settings.configure({"enabled": True})
        self.assertTrue(self.settings._load().is_copy(), "switching is no confirmation")

        self.settings.confirm_database()
        self.deliver()
        self.assertEqual(len(self.receiver.requests), 1)

    def test_restored_elsewhere(self):
        """Transaction ids start lower there; old rows must not meet new ones."""
        self.change()
        self.env.cr.execute(
            "UPDATE services_bridge_event SET transaction_id = 4611686018427387904"
        )
        self.events._forget_earlier_life()
        row = self.events.search([])[0]
        self.assertEqual(row.transaction_id, -4611686018427387904)
        [(_row_id, event)] = self.events._claim(1)
        self.assertEqual(event["transaction"], "4611686018427387904")

        self.change()
        self.events._forget_earlier_life()
        newest = self.events.search([], order="id desc", limit=1)
        self.assertGreater(newest.transaction_id, 0, "of this life")

    def test_version_of_the_manifest(self):
        self.assertEqual(
            self.as_service.describe()["addon"],
            get_manifest("services_bridge")["version"],
        )
