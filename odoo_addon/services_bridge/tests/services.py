from odoo.fields import Command


def make_service_order(env, product=None, **order_values):
    """Return a quotation for consulting, billed by timesheets.

    :param product: values of the product that are to be others
    """
    customer = env["res.partner"].create({"name": "Customer", "is_company": True})
    product = make_product(env, **(product or {}))
    return env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 10})
            ],
            **order_values,
        }
    )


def make_product(env, **values):
    """Return a consulting hour, billed by timesheets."""
    return env["product.product"].create(
        {
            "name": "Consulting",
            "type": "service",
            "list_price": 100,
            "uom_id": env.ref("uom.product_uom_hour").id,
            "service_policy": "delivered_timesheet",
            "service_tracking": "task_in_project",
            "taxes_id": [],
            **values,
        }
    )


def make_employee(env, name="Ada"):
    return env["hr.employee"].create({"name": name, "hourly_cost": 40})


def timesheet_item(number, order, employee, hours=2.0, day="2026-01-15", **values):
    # those of an archived project, too
    task = order.sudo().with_context(active_test=False).tasks_ids
    return {
        "reference": f"harvest:timesheet:{number}",
        "values": {
            "project_id": task.project_id.id,
            "task_id": task.id,
            "employee_id": employee.id,
            "unit_amount": hours,
            "date": day,
            "name": "Workshop",
            **values,
        },
    }
