"""An index behind every order, filter and search of the API."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


ADDED = {
    "bin_balance": {"entity_id_location_id_item_id": "entity_id location_id item_id"},
    "change_request": {"submitted_at": "submitted_at id"},
    "customer": {"country": "country code", "credit_status": "credit_status code", "status": "status code"},
    "demand": {"entity_id_item_id": "entity_id item_id due_date id"},
    "exception_case": {
        "entity_id_opened_at": "entity_id opened_at id",
        "entity_id_owner_role": "entity_id owner_role opened_at id",
        "entity_id_type": "entity_id type opened_at id",
    },
    "item": {"category": "category sku", "status": "status sku"},
    "journal_entry": {"entity_id_accounting_date": "entity_id accounting_date id"},
    "location": {"entity_id_kind": "entity_id kind code", "entity_id_parent_id": "entity_id parent_id code"},
    "movement": {"entity_id_recorded_at": "entity_id recorded_at id"},
    "open_item": {
        "entity_id_account": "entity_id account opened_at id",
        "entity_id_opened_at": "entity_id opened_at id",
    },
    "price": {"list_line": "entity_id price_list_id item_id minimum_quantity valid_from"},
    "receipt": {"entity_id_received_at": "entity_id received_at id"},
    "shipment": {"entity_id_shipped_at": "entity_id shipped_at id"},
    "shortage": {
        "entity_id_detected_at": "entity_id detected_at id",
        "entity_id_item_id": "entity_id item_id detected_at id",
    },
    "site_balance": {"entity_id_site_id_item_id": "entity_id site_id item_id"},
    "supplier": {"country": "country code", "status": "status code"},
    "supplier_invoice": {
        "entity_id_number": "entity_id number recorded_at id",
        "entity_id_status": "entity_id status recorded_at id",
    },
    "supplier_price": {"entity_id_supplier_id": "entity_id supplier_id item_id"},
    "supply": {"entity_id_item_id": "entity_id item_id expected_date id"},
}
LENGTHENED = {
    "journal_entry": {
        "entity_id_credit_account": ("entity_id credit_account accounting_date", "id"),
        "entity_id_debit_account": ("entity_id debit_account accounting_date", "id"),
    },
    "receipt": {"entity_id_purchase_order_id": ("entity_id purchase_order_id", "received_at id")},
    "receipt_line": {"entity_id_receipt_id": ("entity_id receipt_id", "id")},
    "reservation": {"entity_id_demand_id": ("entity_id demand_id", "reserved_at id")},
    "shipment": {"entity_id_sales_order_id": ("entity_id sales_order_id", "shipped_at id")},
    "shipment_line": {"entity_id_shipment_id": ("entity_id shipment_id", "id")},
    "sourcing_option": {"entity_id_shortage_id": ("entity_id shortage_id rank", "id")},
}
# Names were indexed for prefixes; now they are ordered by, and searched anywhere.
SEARCHED = {"customer": "code", "item": "sku", "supplier": "code"}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, indexes in ADDED.items():
        for name, columns in indexes.items():
            op.create_index(f"ix_{table}_{name}", table, columns.split())
    for table, lengthened in LENGTHENED.items():
        for name, (before, added) in lengthened.items():
            op.drop_index(f"ix_{table}_{name}", table)
            op.create_index(f"ix_{table}_{name}", table, [*before.split(), *added.split()])
    for table, code in SEARCHED.items():
        op.drop_index(f"ix_{table}_name_normalised", table)
        op.create_index(f"ix_{table}_name_normalised", table, ["name_normalised", "id"])
        op.execute(
            f"CREATE INDEX ix_{table}_search ON {table} "
            f"USING gin (lower({code}) gin_trgm_ops, name_normalised gin_trgm_ops)"
        )


def downgrade() -> None:
    for table in SEARCHED:
        op.drop_index(f"ix_{table}_search", table)
        op.drop_index(f"ix_{table}_name_normalised", table)
        operators = {"name_normalised": "text_pattern_ops"}
        op.create_index(f"ix_{table}_name_normalised", table, ["name_normalised"], postgresql_ops=operators)
    for table, lengthened in LENGTHENED.items():
        for name, (before, _) in lengthened.items():
            op.drop_index(f"ix_{table}_{name}", table)
            op.create_index(f"ix_{table}_{name}", table, before.split())
    for table, indexes in ADDED.items():
        for name in indexes:
            op.drop_index(f"ix_{table}_{name}", table)
    op.execute("DROP EXTENSION pg_trgm")
