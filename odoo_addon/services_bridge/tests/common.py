import base64
import hashlib
import hmac
import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, TransactionCase, new_test_user
from odoo.tests.common import get_db_name

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()


def accepted(request):
    """The bridge's answer to a batch that it took."""
    return 200, {"accepted": len(request.events), "duplicates": 0}, {}


def refused(status, error, **headers):
    """An answer that refuses every batch."""
    body = {"error": error, "message": f"because {error}"}
    return lambda _request: (
        status,
        body,
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


class Request:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body
        self.message = json.loads(body)
        self.events = self.message["events"]

    def is_signed_with(self, secret):
        """Compute the signature from the specification, not with the addon's code."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join(
            (
                self.headers["webhook-id"].encode(),
                self.headers["webhook-timestamp"].encode(),
                self.body,
            )
        )
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        signature = "v1," + base64.b64encode(digest).decode()
        return signature in self.headers["webhook-signature"].split(" ")


class Receiver:
    """A real HTTP server in the place of the bridge.

    ``answers`` are used up one per request, then everything is accepted.
    """

    def __init__(self):
        self.answers = deque()
        self.requests = []
        self.arrived = threading.Semaphore(0)
        self.released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = Request(self.path, dict(self.headers), body)
                receiver.requests.append(request)
                receiver.arrived.release()
                answer = receiver.answers.popleft() if receiver.answers else accepted
                if answer == "hang":
                    receiver.released.wait(30)
                    answer = accepted
                if answer == "break":
                    self.close_connection = True
                    return
                status, content, headers = answer(request)
                content = json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def event_ids(self):
        return [event["id"] for request in self.requests for event in request.events]

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class BridgeCase(TransactionCase):
    """The addon switched on, in the test's own transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["services.bridge.event"]
        cls.settings = cls.env["services.bridge.settings"]
        cls.facade = cls.env["services.bridge.facade"]
        cls.settings.configure(
            {"address": "http://127.0.0.1:9", "secret": SECRET, "enabled": True}
        )
        cls.service_user = new_test_user(
            cls.env, "bridge", groups="services_bridge.group_service"
        )
        cls.as_service = cls.facade.with_user(cls.service_user)

    def setUp(self):
        super().setUp()
        # set-up data of the class is none of the test's business
        self.forget_events()

    def forget_events(self):
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM services_bridge_event")
        self.events.invalidate_model()

    def events_of(self, records):
        """Return the outbox rows of records, as ``{id: (operation, fields)}``."""
        self.env.cr.flush()
        self.events.invalidate_model()
        rows = self.events.search(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        )
        return {row.res_id: (row.operation, self.fields_of(row)) for row in rows}

    def event_of(self, record):
        return self.events_of(record).get(record.id)

    def row_of(self, record):
        self.env.cr.flush()
        self.events.invalidate_model()
        return self.events.search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )

    def fields_of(self, row):
        return set(filter(None, (row.field_names or "").split(",")))

    def start_receiver(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.settings.configure({"address": receiver.address})
        return receiver

    def deliver(self):
        """Deliver as the sender's thread does, with a cursor that commits."""
        self.env.cr.flush()
        with self.other_cursor() as env:
            return env["services.bridge.delivery"]._deliver_due()

    @contextmanager
    def other_cursor(self):
        with self.enter_registry_test_mode():
            with self.registry.cursor() as cr:
                yield api.Environment(cr, SUPERUSER_ID, {})
        self.env.invalidate_all()


class CommittingCase(BaseCase):
    """Connections of their own that commit; ``clean`` removes what they leave."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # held by the tests' own thread, but other threads look registries up too
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.addCleanup(self.clean)

    @contextmanager
    def committing(self, uid=SUPERUSER_ID):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, uid, {})

    def switch_on(self, **values):
        with self.committing() as env:
            env["services.bridge.settings"].configure(
                {"secret": SECRET, "enabled": True, **values}
            )

    def forget_events(self):
        with self.committing() as env:
            env.cr.execute("DELETE FROM services_bridge_event")

    def make(self, model, values):
        """Create a record that is deleted after the test, and return its id."""
        with self.committing() as env:
            record_id = env[model].create(values).id
        self.addCleanup(self.delete, model, record_id)
        return record_id

    def make_user(self, login, groups):
        with self.committing() as env:
            user = new_test_user(env, login, groups=groups)
            user_id, partner_id = user.id, user.partner_id.id
        self.addCleanup(self.delete, "res.partner", partner_id)
        self.addCleanup(self.delete, "res.users", user_id)
        return user_id

    def call(self, user_id, work, before_commit=None):
        """Do what a request does, repeated as Odoo repeats it, and commit.

        :param work: called with the facade
        """
        with self.committing(user_id) as env:

            def request():
                answer = work(env["services.bridge.facade"])
                if before_commit:
                    before_commit()
                return answer

            return retrying(request, env)

    def race(self, user_id, first, second):
        """Let a second request come while a first one is not yet committed.

        :return: the answers of both
        """
        answers, done, second_waits = {}, threading.Event(), threading.Event()

        def hold():
            done.set()
            second_waits.wait(20)

        def run_first():
            answers["first"] = self.call(user_id, first, hold)

        def run_second():
            done.wait(20)
            answers["second"] = self.call(user_id, second)

        threads = [
            threading.Thread(target=run_first),
            threading.Thread(target=run_second),
        ]
        for thread in threads:
            thread.start()
        done.wait(20)
        self.wait_for_a_blocked_connection()
        second_waits.set()
        for thread in threads:
            thread.join(60)
        return answers["first"], answers["second"]

    def wait_for_a_blocked_connection(self):
        with self.registry.cursor() as cr:
            for _ in range(2000):
                cr.execute(
                    """SELECT 1 FROM pg_stat_activity
                        WHERE datname = current_database()
                          AND wait_event_type = 'Lock'"""
                )
                if cr.fetchone():
                    return
                cr.execute("SELECT pg_sleep(0.01)")
                cr.rollback()
        self.fail("The second call never waited for the first.")

    def delete(self, model, record_id):
        with self.committing() as env:
            env[model].browse(record_id).exists().unlink()

    def clean(self):
        with self.committing() as env:
            env["ir.config_parameter"].search(
                [("key", "=like", "services_bridge.%")]
            ).unlink()
            env["services.bridge.secret"].search([]).unlink()
            env["services.bridge.circuit"]._note_answer()
            env["services.bridge.reference"].search([]).unlink()
            env.registry.clear_all_caches()
        self.forget_events()
