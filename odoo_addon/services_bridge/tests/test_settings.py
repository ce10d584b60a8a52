from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common import OTHER_SECRET, SECRET, BridgeCase, refused


@tagged("post_install", "-at_install")
class TestSettings(BridgeCase):
    def page(self, **values):
        return self.env["res.config.settings"].create(
            {f"services_bridge_{name}": value for name, value in values.items()}
        )

    def test_page_stores_and_shows(self):
        self.page(
            address=" https://bridge.example.com/ ",
            enabled=True,
            batch_size=250,
            retention_days=3,
        ).execute()
        settings = self.settings._load()
        self.assertEqual(settings.address, "https://bridge.example.com")
        self.assertTrue(settings.enabled)
        self.assertEqual((settings.batch_size, settings.retention_days), (250, 3))
        with Form(self.env["res.config.settings"]) as page:
            self.assertEqual(page.services_bridge_address, "https://bridge.example.com")
            self.assertEqual(page.services_bridge_batch_size, 250)

    def test_wrong_values(self):
        for values in (
            {"address": "bridge.example.com"},
            {"address": "ftp://bridge.example.com"},
            {"address": "https://user:password@bridge.example.com"},
            {"address": "https://bridge.example.com/?secret=x"},
            {"batch_size": 501},
            {"batch_size": 0},
            {"retention_days": 0},
            {"secret": "whsec_short"},
            {"database_uuid": "x"},
            {"database_name": "x"},
            {"nonsense": 1},
        ):
            with self.assertRaises(UserError):
                self.settings.configure(values)

    def test_wrong_secret_is_not_repeated(self):
        with self.assertRaises(UserError) as raised:
            self.settings.configure({"secret": "whsec_my-own-idea"})
        self.assertNotIn("my-own-idea", str(raised.exception))

    def test_added_secret_is_not_kept_on_the_page(self):
        page = self.page(new_secret=OTHER_SECRET, address="http://127.0.0.1:9")
        page.set_values()
        self.assertEqual(self.settings._load().secrets, (SECRET, OTHER_SECRET))
        page.flush_recordset()
        self.env.cr.execute(
            "SELECT services_bridge_new_secret FROM res_config_settings WHERE id = %s",
            [page.id],
        )
        self.assertFalse(self.env.cr.fetchone()[0])

    def test_same_secret_twice_is_one(self):
        self.settings.configure({"secret": SECRET})
        self.assertEqual(self.settings._load().secrets, (SECRET,))

    def test_generate_shows_the_secret_once(self):
        action = self.page().action_services_bridge_generate_secret()
        shown = action["context"]["default_value"]
        self.assertEqual(self.settings._load().secrets, (SECRET, shown))
        page = self.page()
        self.assertNotIn(shown, page.services_bridge_secrets)
        self.assertIn(shown[-4:], page.services_bridge_secrets)

    def test_only_an_administrator(self):
        manager = new_test_user(
            self.env, "manager", groups="services_bridge.group_manager"
        )
        for call in (
            lambda: self.settings.with_user(manager).configure({"enabled": False}),
            lambda: self.settings.with_user(manager).confirm_database(),
            lambda: self.env["services.bridge.secret"].with_user(manager).add(SECRET),
        ):
            with self.assertRaises(UserError):
                call()

    def test_button(self):
        receiver = self.start_receiver()

        def press():
            action = self.page(
                address=receiver.address, enabled=True
            ).action_services_bridge_test()
            return action["params"]["type"], action["params"]["message"]

        kind, message = press()
        self.assertEqual(kind, "success")
        self.assertRegex(message, r"answered in \d+ ms")
        self.assertEqual(receiver.requests[0].events, [])
        self.assertTrue(receiver.requests[0].is_signed_with(SECRET))
        for answer, words in (
            (refused(401, "bad_signature"), "does not know this secret"),
            (refused(409, "wrong_database"), "another database"),
            (refused(500, "x"), "not the way a bridge does"),
        ):
            receiver.answers.append(answer)
            kind, message = press()
            self.assertEqual(kind, "danger")
            self.assertIn(words, message)
        receiver.close()
        self.assertIn("refused the connection", press()[1])

    def test_button_ends_the_wait(self):
        receiver = self.start_receiver()
        circuit = self.env["services.bridge.circuit"]
        circuit._note_failure("The bridge was away.", 3600)
        page = self.page(address=receiver.address, enabled=True)
        self.assertEqual(page.services_bridge_last_error, "The bridge was away.")
        page.action_services_bridge_test()
        self.assertEqual(circuit._enter(), (0, False))

    def test_saved_unchanged_is_not_stored_again(self):
        circuit = self.env["services.bridge.circuit"]
        circuit._note_failure("The bridge was away.", 3600)
        watch = type(self.env["services.bridge.watch"])
        for address in ("http://127.0.0.1:9", ""):
            self.settings.configure({"address": address})
            circuit._note_failure("The bridge was away.", 3600)
            with patch.object(watch, "_forget_watched") as forget:
                self.page().execute()
            forget.assert_not_called()
            self.assertGreater(circuit._enter()[0], 0, "the wait goes on")

    def test_wrong_parameters_keep_nobody_from_saving(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("services_bridge.address", "bridge.local")
        parameters.set_param("services_bridge.batch_size", "9999")
        self.page().execute()
        self.page(retention_days=3).execute()
        self.assertEqual(self.settings._load().retention_days, 3)
        with self.assertRaises(UserError):
            self.page(address="bridge.local.too").execute()
        self.page(address="http://127.0.0.1:9").execute()
        self.assertEqual(self.settings._load().address, "http://127.0.0.1:9")

    def test_buttons_end_the_wait_without_a_change(self):
        circuit = self.env["services.bridge.circuit"]
        for press in (
            "action_services_bridge_test",
            "action_services_bridge_generate_secret",
            "action_services_bridge_confirm_database",
        ):
            circuit._note_failure("The bridge was away.", 3600)
            getattr(self.page(), press)()
            self.assertEqual(circuit._enter(), (0, True), press)

    def test_buttons_are_for_administrators(self):
        manager = new_test_user(
            self.env, "manager", groups="services_bridge.group_manager"
        )
        with self.assertRaises(UserError):
            self.page().with_user(manager).action_services_bridge_test()

    def test_refusals_in_plain_words(self):
        self.env["services.bridge.secret"].search([]).unlink()
        self.assertIn("secret", self.settings._load().refusal(self.env))
        self.settings.configure({"address": ""})
        self.assertIn("address", self.settings._load().refusal(self.env))
        self.settings.configure({"enabled": False})
        self.assertIn("switched off", self.settings._load().refusal(self.env))

    def test_parameters_changed_by_hand(self):
        def set_param(name, value):
            self.env["ir.config_parameter"].set_param(f"services_bridge.{name}", value)
            self.env.flush_all()

        set_param("batch_size", "x")
        self.assertEqual(self.settings._load().batch_size, 100)
        set_param("batch_size", "9999")
        self.assertEqual(self.settings._load().batch_size, 500)
        set_param("enabled", "False")
        self.assertEqual(self.env["services.bridge.watch"]._watched_by_model(), {})
