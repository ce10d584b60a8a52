from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee


@tagged("post_install", "-at_install")
class TestWorkerDates(BridgeCase):
    """As a user of the service group alone, who may not read contracts."""

    def dates(self, *employees):
        return {
            answer["id"]: (answer["starts_on"], answer["ends_on"])
            for answer in self.as_service.worker_dates([e.id for e in employees])
        }

    def test_of_contracts_and_departure(self):
        none, open_ended, left, twice = (
            make_employee(self.env, name) for name in ("A", "B", "C", "D")
        )
        open_ended.contract_date_start = "2024-03-01"
        left.write(
            {"contract_date_start": "2020-01-01", "departure_date": "2026-06-30"}
        )
        left.active = False
        twice.version_id.write(
            {
                "date_version": "2021-01-01",
                "contract_date_start": "2021-01-01",
                "contract_date_end": "2021-12-31",
            }
        )
        twice.create_version(
            {
                "date_version": "2023-05-01",
                "contract_date_start": "2023-05-01",
                "contract_date_end": "2027-04-30",
            }
        )
        self.assertEqual(
            self.dates(none, open_ended, left, twice),
            {
                none.id: (False, False),
                open_ended.id: ("2024-03-01", False),
                left.id: ("2020-01-01", "2026-06-30"),
                twice.id: ("2021-01-01", "2027-04-30"),
            },
        )

    def test_in_the_order_asked_for_and_nothing_else(self):
        one, two = (make_employee(self.env, name) for name in ("A", "B"))
        answers = self.as_service.worker_dates([two.id, one.id, 999_999_999])
        self.assertEqual([answer["id"] for answer in answers], [two.id, one.id])
        self.assertEqual(
            set(answers[0]), {"id", "starts_on", "ends_on", "employee_type"}
        )
        one.employee_type = "contractor"
        [answer] = self.as_service.worker_dates(one.ids)
        self.assertEqual(answer["employee_type"], "contractor")

    def test_other_company_is_not_told_of(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.env["hr.employee"].create(
            {
                "name": "Grace",
                "company_id": other.id,
                "contract_date_start": "2024-03-01",
            }
        )
        self.assertEqual(self.dates(elsewhere), {})

    def test_rights(self):
        employee = make_employee(self.env).with_user(self.service_user)
        with self.assertRaises(AccessError):
            employee.read(["contract_date_start"])
        with self.assertRaises(UserError):
            self.as_service.worker_dates(["1"])
        with self.assertRaises(UserError):
            self.as_service.worker_dates([])

    def test_queries_do_not_grow(self):
        employees = self.env["hr.employee"].create(
            [{"name": f"E{number}"} for number in range(30)]
        )
        employees.contract_date_start = "2024-03-01"
        self.dates(*employees)
        counts = []
        for many in (2, 30):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.dates(*employees[:many])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
