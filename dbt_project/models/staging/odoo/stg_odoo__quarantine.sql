{{ stage_quarantine('odoo') }}
