import base64
import hashlib
import hmac
import uuid

from odoo.tests import BaseCase, tagged

from ..delivery.message import message_id_of
from ..delivery.signature import key_of, new_secret, sign
from ..outbox.uuid7 import uuid7
from .common import OTHER_SECRET, SECRET


@tagged("post_install", "-at_install")
class TestMessage(BaseCase):
    def test_signature_of_the_specification(self):
        # the example of https://www.standardwebhooks.com/
        headers = sign(
            ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        key = base64.b64decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        self.assertEqual(headers["webhook-signature"], f"v1,{expected.decode()}")
        self.assertEqual(headers["webhook-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek")
        self.assertEqual(headers["webhook-timestamp"], "1614265330")

    def test_one_signature_per_secret(self):
        signatures = sign([SECRET, OTHER_SECRET], "msg_1", 1, b"{}")[
            "webhook-signature"
        ].split(" ")
        self.assertEqual(len(set(signatures)), 2)
        self.assertTrue(all(one.startswith("v1,") for one in signatures))

    def test_secrets(self):
        self.assertEqual(len(key_of(new_secret())), 32)
        self.assertNotEqual(new_secret(), new_secret())
        for wrong in ("", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_***"):
            with self.assertRaises(ValueError):
                key_of(wrong)

    def test_same_events_same_message_id(self):
        events = [{"id": uuid7()}, {"id": uuid7()}]
        self.assertEqual(message_id_of(events), message_id_of(list(events)))
        self.assertNotEqual(message_id_of(events), message_id_of(events[:1]))

    def test_uuid7_is_one_and_sorts_by_time(self):
        ids = [uuid7() for _ in range(3)]
        for one in ids:
            parsed = uuid.UUID(one)
            self.assertEqual(parsed.version, 7)
            self.assertEqual(parsed.variant, uuid.RFC_4122)
        self.assertEqual(len(set(ids)), 3)
        self.assertLessEqual(ids[0][:13], ids[2][:13])
