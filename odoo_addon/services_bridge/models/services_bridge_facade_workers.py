from odoo import api, models


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def worker_dates(self, employee_ids):
        """Tell from when until when employees work here, as what, and nothing else.

        Contract dates need rights that show wages too.

        :return: ``[{"id", "starts_on", "ends_on", "employee_type"}]`` of those that the
            caller may read
        """
        self = self._entered()
        employees = (
            self._checked_records(
                "hr.employee", employee_ids, self.env._("employee_ids")
            )
            .exists()
            ._filtered_access("read")
        )
        no_version = self.env["hr.version"].sudo().with_context(active_test=False)
        versions = no_version.search(
            [
                ("employee_id", "in", employees.ids),
                ("contract_date_start", "!=", False),
            ],
            order="contract_date_start, date_version",
        ).grouped("employee_id")
        return [
            {
                "id": employee.id,
                "starts_on": _day(contracts[:1].contract_date_start),
                "ends_on": _day(
                    employee.departure_date or contracts[-1:].contract_date_end
                ),
                "employee_type": employee.employee_type,
            }
            for employee in employees.sudo()
            for contracts in [versions.get(employee, no_version)]
        ]


def _day(value):
    return value.isoformat() if value else False
