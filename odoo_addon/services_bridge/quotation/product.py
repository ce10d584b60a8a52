"""The product that a quotation is about."""

from ..facade.errors import ItemError


def sold_product(env, company, code):
    """Return the one product with an internal reference that the company can sell.

    :raise ItemError: with what has to be done in Odoo so that there is one
    """
    found = (
        env["product.product"]
        .with_context(active_test=False)
        .search([("default_code", "=", code)])
    )
    names = {"code": code, "company": company.name}
    ours = found.filtered(
        lambda product: product.company_id in (company, env["res.company"])
    )
    active = ours.filtered("active")
    if not found:
        raise ItemError(
            "missing",
            env._(
                "No product has the internal reference %(code)s. Make one in Odoo "
                "under Sales, Products, or correct the reference in the bridge's "
                "rules.",
                **names,
            ),
        )
    if not ours:
        raise ItemError(
            "conflict",
            env._(
                "The product with the internal reference %(code)s belongs to another "
                "company than %(company)s. Share it between the companies in Odoo, or "
                "make one for %(company)s.",
                **names,
            ),
        )
    if not active:
        raise ItemError(
            "conflict",
            env._(
                "The product with the internal reference %(code)s is archived. "
                "Unarchive it in Odoo.",
                **names,
            ),
        )
    if len(active) > 1:
        raise ItemError(
            "conflict",
            env._(
                "Several products have the internal reference %(code)s. Give each its "
                "own in Odoo.",
                **names,
            ),
        )
    if not active.sale_ok:
        raise ItemError(
            "conflict",
            env._(
                "The product with the internal reference %(code)s is not for sale. "
                "Switch Sales on in the product in Odoo.",
                **names,
            ),
        )
    return active
