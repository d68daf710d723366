"""What must add up in the sample chain. Every query lists what does not."""

from __future__ import annotations

from typing import Any


def test_opening_and_movements_make_up_the_stock_level(sample: Any) -> None:
    assert (
        sample.rows(
            """
            select * from (select store_id, product_id, sum(quantity) as moved from stock_movements group by all)
            full join stock_levels using (store_id, product_id)
            where coalesce(moved, 0) <> coalesce(on_hand, 0)
            """
        )
        == []
    )


def test_stock_is_never_negative_at_any_moment(sample: Any) -> None:
    assert (
        sample.value(
            """
            select min(running) from (
                select sum(quantity) over (partition by store_id, product_id order by moved_at, movement_id) as running
                from stock_movements)
            """
        )
        == 0
    )


def test_sale_movements_are_the_completed_lines_of_the_day(sample: Any) -> None:
    for movement_type, condition in (("sale", "quantity > 0"), ("return", "quantity < 0")):
        assert (
            sample.rows(
                f"""
                select * from (
                    select store_id, product_id, business_date, -sum(quantity) as moved
                    from movement_days where movement_type = '{movement_type}' group by all)
                full join (
                    select store_id, product_id, business_date, sum(quantity) as sold
                    from counted_lines where line_type = 'goods' and {condition} group by all)
                using (store_id, product_id, business_date)
                where moved is distinct from sold
                """
            )
            == []
        )


def test_cancelled_and_draft_tickets_exist_and_take_no_money(sample: Any) -> None:
    counts = dict(sample.rows("select status, count(*) from sales group by all"))
    assert counts["cancelled"] >= 5
    assert counts["draft"] >= 3
    assert sample.value("select count(*) from payments join sales using (sale_id) where status <> 'completed'") == 0
    assert sample.value("select count(*) from sale_lines join sales using (sale_id) where status <> 'completed'") > 0


def test_payments_make_up_the_ticket_to_the_cent(sample: Any) -> None:
    assert (
        sample.rows(
            """
            select * from (select sale_id, sum(gross_amount) as gross from counted_lines group by all)
            full join (select sale_id, sum(amount) as paid from payments group by all) using (sale_id)
            where coalesce(gross, 0) <> coalesce(paid, 0)
            """
        )
        == []
    )
    tenders = dict(sample.rows("select tender, count(*) from payments group by all"))
    assert set(tenders) == {"card", "cash", "gift_card"}
    assert sample.value("select max(n) from (select count(*) as n from payments group by sale_id)") == 2
    change = "select count(*) from payments join (select sale_id, sum(gross_amount) as g from sale_lines group by all)"
    assert sample.value(f"{change} using (sale_id) where amount < 0 and g > 0 and tender = 'cash'") > 100
    assert sample.value(f"{change} using (sale_id) where amount < 0 and g > 0 and tender <> 'cash'") == 0


def test_line_amounts_follow_from_price_discount_and_tax_rate(sample: Any) -> None:
    assert (
        sample.rows(
            """
            select l.* from sale_lines l join products using (product_id)
            where gross_amount <> net_amount + tax_amount
                or abs(net_amount - (quantity * unit_price - discount_amount)) > 0.001
                or abs(tax_amount - net_amount * tax_rate) > 0.0051
                or discount_amount < 0
                or (line_type = 'goods' and (unit_cost is null) <> (cost is null))
            """
        )
        == []
    )


def test_prices_on_lines_are_the_price_list_of_the_day(sample: Any) -> None:
    assert (
        sample.rows(
            """
            select l.* from counted_lines l left join prices p
                on p.product_id = l.product_id
                and l.business_date between p.valid_from_date and coalesce(p.valid_to_date, date '9999-12-31')
            where l.quantity > 0 and l.line_type = 'goods' and l.unit_price is distinct from p.price
            """
        )
        == []
    )
    assert (
        sample.rows(
            "select * from products join prices using (product_id) where valid_to_date is null and price <> list_price"
        )
        == []
    )


def test_promoted_lines_carry_the_discount_of_their_promotion(sample: Any) -> None:
    promoted = sample.rows(
        """
        select abs(l.discount_amount / l.quantity - l.unit_price * p.discount_rate) > 0.0051 as is_wrong, count(*)
        from counted_lines l join promotions p
            on p.promotion_id = l.promotion_id and p.product_id = l.product_id
            and coalesce(p.store_id, l.store_id) = l.store_id and l.business_date between p.starts_date and p.ends_date
        group by all
        """
    )
    assert [is_wrong for is_wrong, _ in promoted] == [False]
    assert promoted[0][1] == sample.value("select count(*) from counted_lines where promotion_id is not null") > 300
    assert sample.value("select count(*) from counted_lines where promotion_id is null and discount_amount > 0") == 0


def test_returns_give_back_what_an_earlier_sale_in_the_same_store_took(sample: Any) -> None:
    assert (
        sample.rows(
            """
            select r.* from counted_lines r anti join counted_lines s
                on s.store_id = r.store_id and s.product_id = r.product_id and s.quantity > 0
                and s.business_date < r.business_date and s.business_date >= r.business_date - 15
                and abs(s.unit_price - s.discount_amount / s.quantity - r.unit_price) < 0.001
                and s.unit_cost is not distinct from r.unit_cost
            where r.quantity < 0
            """
        )
        == []
    )
    share = sample.value("select avg((quantity < 0)::int) from counted_lines where line_type = 'goods'")
    assert 0.015 <= share <= 0.035
    assert (
        sample.value("select count(*) from (select sale_id from counted_lines group by 1 having max(quantity) < 0)")
        > 20
    )


def test_sales_are_the_true_demand_cut_off_by_empty_shelves(sample: Any) -> None:
    cells = """
        select true_units, coalesce(sold, 0) as sold, on_hand from truth
        left join (
            select store_id, product_id, business_date, -sum(quantity) as sold from movement_days
            where movement_type = 'sale' group by all) using (store_id, product_id, business_date)
        left join closings using (store_id, product_id, business_date)
    """
    assert sample.rows(f"from ({cells}) where sold > true_units") == []
    assert sample.rows(f"from ({cells}) where on_hand > 0 and sold <> true_units") == []
    assert sample.value(f"select sum(true_units - sold) / sum(true_units) from ({cells})") > 0.02


def test_shelves_are_empty_now_and_then_but_not_often(sample: Any) -> None:
    share = sample.value(
        """
        select avg((on_hand = 0)::int) from closings join products using (product_id)
        where category_path not like 'Gifts%'
        """
    )
    assert 0.03 <= share <= 0.15


def test_stores_are_closed_on_christmas_and_thanksgiving(sample: Any) -> None:
    days = {str(day) for (day,) in sample.rows("select distinct business_date from counted_lines")}
    assert not {"2024-12-25", "2024-11-28"} & days
    assert {"2024-12-24", "2024-12-26", "2024-11-27"} <= days


def test_receipts_follow_orders_that_are_sometimes_late_short_or_open(sample: Any) -> None:
    orders = """
        select purchase_order_line_id, o.status, o.ordered_at, o.expected_at, l.quantity,
            sum(r.quantity) as received, min(r.received_at) as first
        from purchase_orders o join purchase_order_lines l using (purchase_order_id)
        left join receipts r using (purchase_order_line_id) group by all
    """
    assert sample.rows(f"from ({orders}) where received > quantity or first < ordered_at") == []
    assert sample.rows(f"from ({orders}) where status in ('cancelled', 'draft') and received is not null") == []
    assert sample.rows(f"from ({orders}) where status = 'closed' and received is null") == []
    for condition in ("received < quantity", "first::date > expected_at::date", "status = 'open'"):
        assert sample.value(f"select count(*) from ({orders}) where {condition}") > 0, condition
    assert (
        sample.rows(
            """
            select * from receipts r full join (from stock_movements where movement_type = 'receipt') m
                on m.reference = r.receipt_id
            where r.quantity is distinct from m.quantity or r.received_at is distinct from m.moved_at
            """
        )
        == []
    )


def test_stock_moves_for_every_reason_there_is(sample: Any) -> None:
    types = {kind for (kind,) in sample.rows("select distinct movement_type from stock_movements")}
    assert types == {"opening", "sale", "return", "receipt", "transfer_in", "transfer_out", "shrinkage", "adjustment"}
    reasons = {
        reason for (reason,) in sample.rows("select distinct reason from stock_movements where reason is not null")
    }
    assert reasons == {"expired", "lost or damaged", "returned, not fit for sale", "stock count"}


def test_about_two_in_five_tickets_show_a_loyalty_card(sample: Any) -> None:
    assert 0.33 <= sample.value("select avg((customer_id is not null)::int) from sales") <= 0.47
    assert sample.rows("from sales anti join customers using (customer_id) where customer_id is not null") == []


def test_fees_are_charges_and_rewards_are_discount_lines(sample: Any) -> None:
    kinds = dict(sample.rows("select line_type, sum(net_amount) from counted_lines group by all"))
    assert kinds["charge"] > 0
    assert kinds["discount"] < 0
    online = "select count(distinct sale_id) from counted_lines where channel = 'online'"
    assert sample.value(online) == sample.value(f"{online} and line_type = 'charge'") > 0
