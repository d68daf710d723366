{{ stage_capabilities('odoo') }}
