"""The same data in SQL by hand: rows to JSON by PostgreSQL's own functions, keyset pages by index, entity first.

Public ids are part of the answer, so PostgreSQL writes them here too, by the expression that the compiler uses.
"""


def _public_id(type_name: str, key: str) -> str:
    encoded = f"encode('{type_name}:'::bytea || {key}, 'base64')"
    return f"rtrim(replace(replace({encoded}, '+', '-'), '/', '_'), '=')"


def owned_id(type_name: str, row: str) -> str:
    """The public id of a row that an entity owns."""
    return _public_id(type_name, f"uuid_send({row}.entity_id) || uuid_send({row}.id)")


def shared_id(type_name: str, row: str) -> str:
    """The public id of a row of the whole group."""
    return _public_id(type_name, f"uuid_send({row}.id)")


_OWN = "= $1"
_ANY_OWN = "= ANY($1::uuid[])"

ITEM = f"""
SELECT row_to_json(i)::text FROM (
    SELECT {shared_id("Item", "item")} AS id, sku, name, category, base_unit AS "baseUnit",
        base_increment::text AS "baseIncrement", upper(tracking) AS tracking,
        upper(valuation_method) AS "valuationMethod", upper(status) AS status, version
    FROM item WHERE sku = $1
) AS i
"""  # noqa: S608

ORDER = f"""
SELECT row_to_json(o)::text FROM (
    SELECT {owned_id("SalesOrder", "o")} AS id, o.number, upper(o.status) AS status,
        to_json(o.placed_at AT TIME ZONE 'UTC') #>> '{{}}' || 'Z' AS "placedAt", o.requested_date AS "requestedDate",
        json_build_object('amount', o.total::text, 'currency', o.currency) AS total,
        (SELECT row_to_json(c) FROM (SELECT code, name FROM customer WHERE id = o.customer_id) AS c) AS customer,
        json_build_object('nodes', (SELECT json_agg(l) FROM (
            SELECT {owned_id("SalesOrderLine", "l")} AS id, l.line_number AS "lineNumber", l.quantity::text,
                l.unit_price::text AS "unitPrice", l.amount::text, upper(l.status) AS status,
                (SELECT row_to_json(i) FROM (SELECT sku, name FROM item WHERE id = l.item_id) AS i) AS item
            FROM sales_order_line AS l WHERE l.entity_id = $1 AND l.order_id = o.id ORDER BY l.line_number
        ) AS l)) AS lines
    FROM sales_order AS o WHERE o.entity_id = $1 AND o.number = $2
) AS o
"""  # noqa: S608

STOCK = f"""
SELECT json_build_object('nodes', coalesce(json_agg(i), '[]'))::text FROM (
    SELECT {shared_id("Item", "i")} AS id, i.sku, i.name, i.base_unit AS "baseUnit",
        json_build_object('nodes', (SELECT coalesce(json_agg(b), '[]') FROM (
            SELECT b.on_hand::text AS "onHand", b.held::text, b.reserved::text,
                (b.on_hand - b.held - b.reserved)::text AS available,
                (SELECT row_to_json(s) FROM (
                    SELECT code, name FROM location WHERE entity_id = b.entity_id AND id = b.site_id
                ) AS s) AS site
            FROM site_balance AS b WHERE b.entity_id = $1 AND b.item_id = i.id ORDER BY b.item_id, b.site_id
        ) AS b)) AS balances
    FROM item AS i WHERE i.sku > $2 ORDER BY i.sku LIMIT 50
) AS i
"""  # noqa: S608


def _nested_page(own: str, orders: str) -> str:
    return f"""
SELECT json_build_object('nodes', coalesce(json_agg(o), '[]'))::text FROM (
    SELECT {owned_id("SalesOrder", "o")} AS id, o.number, upper(o.status) AS status,
        to_json(o.placed_at AT TIME ZONE 'UTC') #>> '{{}}' || 'Z' AS "placedAt",
        json_build_object('amount', o.total::text, 'currency', o.currency) AS total,
        json_build_object('nodes', (SELECT coalesce(json_agg(l), '[]') FROM (
            SELECT {owned_id("SalesOrderLine", "l")} AS id, l.line_number AS "lineNumber", l.quantity::text,
                l.unit_price::text AS "unitPrice", upper(l.status) AS status,
                (SELECT row_to_json(i) FROM (
                    SELECT {shared_id("Item", "i")} AS id, i.sku, i.name, i.base_unit AS "baseUnit",
                        json_build_object('nodes', (SELECT coalesce(json_agg(p), '[]') FROM (
                            SELECT json_build_object('amount', p.amount::text, 'currency', p.currency) AS price,
                                p.lead_time_days AS "leadTimeDays",
                                (SELECT row_to_json(s) FROM (
                                    SELECT {shared_id("Supplier", "s")} AS id, s.code, s.name
                                    FROM supplier AS s WHERE s.id = p.supplier_id
                                ) AS s) AS supplier
                            FROM supplier_price AS p WHERE p.entity_id {own} AND p.item_id = i.id ORDER BY p.supplier_id
                        ) AS p)) AS "supplierPrices"
                    FROM item AS i WHERE i.id = l.item_id
                ) AS i) AS item
            FROM sales_order_line AS l
            WHERE l.entity_id = o.entity_id AND l.order_id = o.id ORDER BY l.line_number
        ) AS l)) AS lines
    FROM ({orders}) AS o ORDER BY o.placed_at DESC, o.id DESC
) AS o
"""  # noqa: S608


_PAGE = """
        SELECT * FROM sales_order WHERE entity_id {own} AND (placed_at, id) < ($2, $3)
        ORDER BY placed_at DESC, id DESC LIMIT 20
    """
ORDERS_PAGE = _PAGE.format(own=_OWN)
"""The rows of a page of orders behind a place ($2, $3), of one entity ($1)."""

ORDERS = _nested_page(_OWN, ORDERS_PAGE)
ORDERS_OF_SEVERAL = _nested_page(
    _ANY_OWN,
    f"""
        SELECT page.* FROM unnest($1::uuid[]) AS own (id), LATERAL ({_PAGE.format(own="= own.id")}) AS page
        ORDER BY placed_at DESC, id DESC LIMIT 20
    """,  # noqa: S608
)
