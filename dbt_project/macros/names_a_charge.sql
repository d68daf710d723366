{#- Whether the name of something that keeps no stock says that it is carriage, postage or a fee, and no service that a
    shop sells (repairs, alterations, grinding), which counts as sales. -#}
{% macro names_a_charge(text) -%}
regexp_matches(
    lower({{ text }}),
    '(\b(shipping|shipment|postage|freight|carriage|delivery|handling fees?|surcharge|'
    || '(booking|service|processing|cancellation) fees?|portokosten|frais (de|d''|annexes)|livraison|'
    || 'versand\w*|fracht\w*|liefer\w*|zustell\w*|verzend\w*|bezorg\w*|spedizione|consegna|frete|flete|env[ií]os?|'
    || 'gastos de env[ií]o)\b|geb(ü|ue)hr)'
)
{%- endmacro %}
