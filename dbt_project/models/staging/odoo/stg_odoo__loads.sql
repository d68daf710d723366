{{ stage_loads('odoo') }}
