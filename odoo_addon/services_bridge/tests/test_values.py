from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BridgeCase

_NUL, _HALF = "a\0b", "a\ud800b"


@tagged("post_install", "-at_install")
class TestValues(BridgeCase):
    """Malformed values are refused, not cut, rounded or guessed at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service_user.group_ids += cls.env.ref("project.group_project_user")
        cls.project = cls.env["project.project"].create({"name": "Project"})
        cls.writable = cls.env.ref("services_bridge.writable_task")
        cls.writable.active = True
        cls.writable.field_ids += cls.env["ir.model.fields"]._get(
            "project.task", "color"
        )

    def upsert(self, *items):
        return self.as_service.upsert("project.task", list(items))

    def item(self, reference="psa:1", **values):
        values = {"name": "Task", "project_id": self.project.id, **values}
        return {"reference": reference, "values": values}

    def assert_refused(self, name, *wrong):
        items = [
            self.item(f"psa:{number}", **{name: value})
            for number, value in enumerate(wrong)
        ]
        answers = self.upsert(*items, self.item("psa:good"))
        for answer, value in zip(answers, wrong, strict=False):
            self.assertEqual(answer.get("error"), "invalid", repr(value))
            self.assertIn(f"value for the field {name}.", answer["message"])
        self.assertNotEqual(answers[-1]["result"], "error", answers[-1])

    def assert_taken(self, name, *pairs):
        for value, expected in pairs:
            [answer] = self.upsert(self.item(**{name: value}))
            self.assertNotEqual(answer["result"], "error", answer)
            task = self.env["project.task"].browse(answer["id"])
            task.invalidate_recordset()
            found = task[name]
            self.assertEqual(
                found if isinstance(expected, int | float | bool) else str(found),
                expected,
            )

    def test_numbers(self):
        self.assert_refused(
            "allocated_hours",
            *("1_0", " 5 ", "5 ", "5\n", "nan", "inf", "1e3", "", "+5", ".5", "5."),
            *("٣", "9" * 400, True, float("nan"), float("inf"), 10**400, [], {}),
        )
        self.assert_taken(
            "allocated_hours",
            *(("12.50", 12.5), (3, 3), (2.25, 2.25), ("0", 0), (-1.5, -1.5)),
            *(("-2.5", -2.5), ("7.12500000000000000000", 7.125), (None, 0)),
        )

    def test_whole_numbers(self):
        self.assert_refused(
            "color", "1_0", " 5", "7.5", 7.5, True, 2**31, "99999999999", float("nan")
        )
        self.assert_taken("color", ("7", 7), (3, 3), (4.0, 4), (False, 0))

    def test_instants(self):
        self.assert_refused(
            "date_deadline",
            *("2026-01-31garbage", "2026-01-31 09:15:02x", "20260131", "tomorrow"),
            *("2026-02-30", "2026-01-31T09:15:02", "2026-01-31T25:00:00Z", 5, True),
        )
        self.assert_taken(
            "date_deadline",
            ("2026-01-31T09:15:02.000Z", "2026-01-31 09:15:02"),
            ("2026-01-31 10:00:00", "2026-01-31 10:00:00"),
            ("2026-02-01", "2026-02-01 00:00:00"),
            (None, "False"),
        )

    def test_texts(self):
        self.assert_refused("name", {"a": 1}, ["a"], 5, True, _NUL, _HALF)
        self.assert_refused("description", {"a": 1}, 5, _NUL)
        self.assert_taken("name", ("Größe 😀", "Größe 😀"))
        self.assert_taken("description", (False, "False"), ("<p>x</p>", "<p>x</p>"))

    def test_days_and_flags(self):
        timesheets = self.env["account.analytic.line"]
        for name, value in (
            ("date", "2026-01-31garbage"),
            ("date", "20260131"),
            ("date", 5),
            ("date", True),
            ("is_so_line_edited", "false"),
            ("is_so_line_edited", 1),
        ):
            [answer] = self.as_service.upsert(
                timesheets._name, [{"reference": "psa:1", "values": {name: value}}]
            )
            self.assertEqual(answer["error"], "invalid")
            self.assertIn(f"value for the field {name}.", answer["message"])

    def test_references(self):
        answers = self.upsert(self.item(_NUL), self.item(_HALF), self.item("psa:good"))
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["invalid", "invalid", "created"],
        )
        found = self.as_service.lookup("project.task", [_NUL, "psa:good", _HALF])
        self.assertEqual(
            [entry["id"] for entry in found], [False, answers[2]["id"], False]
        )
        self.writable.allow_remove = True
        removed = self.as_service.remove("project.task", [_NUL, _HALF, "absent"])
        self.assertEqual(
            [answer["result"] for answer in removed], ["error", "error", "absent"]
        )
        for answer in (*answers, *found, *removed):
            # the text of an answer is sent as UTF-8
            answer["reference"].encode()
            answer.get("message", "").encode()

    def test_unknown_field_with_half_a_character(self):
        [answer] = self.upsert(self.item(**{_HALF: 1}))
        self.assertEqual(answer["error"], "invalid")
        answer["message"].encode()

    def test_arguments(self):
        for options in (5, "dry", ["dry"], {5: True}):
            with self.assertRaises(UserError):
                self.as_service.upsert("project.task", [self.item()], options)
        for model in (["project.task"], 5, {}):
            with self.assertRaises(UserError):
                self.as_service.upsert(model, [self.item()])
            with self.assertRaises(UserError):
                self.as_service.lookup(model, ["psa:1"])
        for until in (5, ["x"], True, {"a": 1}, "2026-01-31garbage", "20260131"):
            with self.assertRaises(UserError):
                self.as_service.make_draft_invoice([1], until)
