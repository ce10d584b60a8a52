from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields_generic(
        self,
        referenced_model,
        src_records,
        dst_record,
        additional_update_records=None,
    ):
        """Not for contacts alone: Odoo merges other records by this, too."""
        result = super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, additional_update_records
        )
        self.env["services.bridge.reference"]._merge(dst_record, src_records)
        return result
