"""master data and the connected workflow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# Document numbers. Autogenerate does not see sequences.
NUMBERED = ("so", "po", "to", "rc", "sh", "cr")


def upgrade() -> None:
    for prefix in NUMBERED:
        op.execute(sa.schema.CreateSequence(sa.Sequence(f"{prefix}_number", start=100_001)))
    op.create_table(
        "allocation_decision",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_allocation_decision")),
    )
    op.create_index(
        "ix_allocation_decision_entity_id_document_id",
        "allocation_decision",
        ["entity_id", "document_id"],
        unique=False,
    )
    op.create_table(
        "change_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'CR-' || nextval('cr_number')"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'approved', 'active', 'failed', 'rejected', 'withdrawn')",
            name=op.f("ck_change_request_status_known"),
        ),
        sa.CheckConstraint("decided_by <> submitted_by", name=op.f("ck_change_request_four_eyes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index("ix_change_request_status", "change_request", ["status", "submitted_at", "id"], unique=False)
    op.create_index("uq_change_request_number", "change_request", ["number"], unique=True)
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_normalised", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        sa.Column("when_short", sa.Text(), server_default="backorder", nullable=False),
        sa.Column("credit_status", sa.Text(), server_default="good", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("credit_status IN ('good', 'hold')", name=op.f("ck_customer_credit_status_known")),
        sa.CheckConstraint("status IN ('active', 'blocked', 'retired')", name=op.f("ck_customer_status_known")),
        sa.CheckConstraint(
            "when_short IN ('backorder', 'partial', 'refuse')", name=op.f("ck_customer_when_short_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(
        "ix_customer_name_normalised",
        "customer",
        ["name_normalised"],
        unique=False,
        postgresql_ops={"name_normalised": "text_pattern_ops"},
    )
    op.create_index("uq_customer_code", "customer", ["code"], unique=True)
    op.create_table(
        "exception_case",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("severity", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("occurrences", sa.Integer(), server_default="1", nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'in_work', 'awaiting_approval', 'resolved', 'dismissed', 'auto_closed')",
            name=op.f("ck_exception_case_status_known"),
        ),
        sa.CheckConstraint(
            "type IN ('shortage', 'partial_fill', 'promise_at_risk', 'match_variance')",
            name=op.f("ck_exception_case_type_known"),
        ),
        sa.CheckConstraint("severity >= 0 AND occurrences > 0", name=op.f("ck_exception_case_not_negative")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_exception_case")),
    )
    op.create_index(
        "ix_exception_case_entity_id_status", "exception_case", ["entity_id", "status", "opened_at", "id"], unique=False
    )
    op.create_index(
        "uq_exception_case_open",
        "exception_case",
        ["entity_id", "type", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('auto_closed', 'dismissed', 'resolved')"),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_currency", sa.Text(), nullable=False),
        sa.Column("to_currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
    )
    op.create_index(
        "uq_exchange_rate_day", "exchange_rate", ["from_currency", "to_currency", "valid_from"], unique=True
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_normalised", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("base_increment", sa.Numeric(), server_default="1", nullable=False),
        sa.Column("tracking", sa.Text(), server_default="none", nullable=False),
        sa.Column("valuation_method", sa.Text(), server_default="moving_average", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status IN ('active', 'blocked', 'retired')", name=op.f("ck_item_status_known")),
        sa.CheckConstraint("tracking IN ('none', 'lot', 'serial')", name=op.f("ck_item_tracking_known")),
        sa.CheckConstraint(
            "valuation_method IN ('moving_average', 'fifo')", name=op.f("ck_item_valuation_method_known")
        ),
        sa.CheckConstraint("base_increment > 0", name=op.f("ck_item_base_increment_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index(
        "ix_item_name_normalised",
        "item",
        ["name_normalised"],
        unique=False,
        postgresql_ops={"name_normalised": "text_pattern_ops"},
    )
    op.create_index("uq_item_sku", "item", ["sku"], unique=True)
    op.create_table(
        "key_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_mapping")),
    )
    op.create_index("ix_key_mapping_object_id", "key_mapping", ["object_id"], unique=False)
    op.create_index("uq_key_mapping_key", "key_mapping", ["source_system", "noun", "external_key"], unique=True)
    op.create_table(
        "legal_entity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_legal_entity_country_iso_3166")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_legal_entity_currency_iso_4217")),
        sa.ForeignKeyConstraint(["parent_id"], ["legal_entity.id"], name=op.f("fk_legal_entity_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_entity")),
    )
    op.create_index("uq_legal_entity_code", "legal_entity", ["code"], unique=True)
    op.create_table(
        "open_item",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("open_quantity", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("open_amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "account IN ('goods_received_not_invoiced', 'payables')", name=op.f("ck_open_item_account_known")
        ),
        sa.CheckConstraint("open_amount BETWEEN 0 AND amount", name=op.f("ck_open_item_open_amount_within")),
        sa.CheckConstraint("open_quantity BETWEEN 0 AND quantity", name=op.f("ck_open_item_open_quantity_within")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_open_item")),
    )
    op.create_index("ix_open_item_entity_id_document_id", "open_item", ["entity_id", "document_id"], unique=False)
    op.create_index("ix_open_item_entity_id_line_id", "open_item", ["entity_id", "line_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("domain_kind", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(domain_kind = 'entity') = (entity_id IS NOT NULL)", name=op.f("ck_role_grant_entity_named")
        ),
        sa.CheckConstraint(
            "(partner_id IS NOT NULL) = (role IN ('supplier_user', 'carrier', 'partner_machine'))",
            name=op.f("ck_role_grant_partner_named"),
        ),
        sa.CheckConstraint("domain_kind IN ('entity', 'group')", name=op.f("ck_role_grant_domain_kind_known")),
        sa.CheckConstraint(
            "role IN ('group_admin', 'entity_admin', 'steward_item', 'steward_supplier', 'steward_customer', 'steward_location', 'steward_price', 'steward_policy', 'steward_finance', 'buyer', 'procurement_approver', 'planner', 'customer_service', 'sales_manager', 'credit_controller', 'warehouse', 'finance', 'auditor', 'supplier_user', 'carrier', 'integration_operator', 'partner_machine')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_role_grant_valid_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_subject", "role_grant", ["subject"], unique=False)
    op.create_table(
        "supplier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_normalised", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), server_default="14", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_supplier_currency_iso_4217")),
        sa.CheckConstraint("status IN ('active', 'blocked', 'retired')", name=op.f("ck_supplier_status_known")),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_supplier_lead_time_days_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    op.create_index(
        "ix_supplier_name_normalised",
        "supplier",
        ["name_normalised"],
        unique=False,
        postgresql_ops={"name_normalised": "text_pattern_ops"},
    )
    op.create_index("uq_supplier_code", "supplier", ["code"], unique=True)
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index("uq_unit_code", "unit", ["code"], unique=True)
    op.create_table(
        "change_request_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_request_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", sa.Text(), server_default="pending", nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "result IN ('pending', 'created', 'updated', 'unchanged', 'refused')",
            name=op.f("ck_change_request_line_result_known"),
        ),
        sa.ForeignKeyConstraint(
            ["change_request_id"], ["change_request.id"], name=op.f("fk_change_request_line_change_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request_line")),
    )
    op.create_index(
        "uq_change_request_line_number", "change_request_line", ["change_request_id", "line_number"], unique=True
    )
    op.create_table(
        "item_unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_item_unit_factor_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_unit_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_unit")),
    )
    op.create_index("uq_item_unit_item_id_unit", "item_unit", ["item_id", "unit"], unique=True)
    op.create_table(
        "journal_entry",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("debit_account", sa.Text(), nullable=False),
        sa.Column("credit_account", sa.Text(), nullable=False),
        sa.Column("debit_key", sa.Uuid(), nullable=True),
        sa.Column("credit_key", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("transaction_amount", sa.Numeric(), nullable=False),
        sa.Column("transaction_currency", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "credit_account IN ('stock', 'goods_received_not_invoiced', 'payables', 'cost_of_sales', 'invoice_variance', 'inventory_adjustment', 'opening_balance')",
            name=op.f("ck_journal_entry_credit_account_known"),
        ),
        sa.CheckConstraint(
            "credit_account NOT IN ('stock', 'goods_received_not_invoiced', 'payables') OR credit_key IS NOT NULL",
            name=op.f("ck_journal_entry_credit_has_its_key"),
        ),
        sa.CheckConstraint(
            "debit_account IN ('stock', 'goods_received_not_invoiced', 'payables', 'cost_of_sales', 'invoice_variance', 'inventory_adjustment', 'opening_balance')",
            name=op.f("ck_journal_entry_debit_account_known"),
        ),
        sa.CheckConstraint(
            "debit_account NOT IN ('stock', 'goods_received_not_invoiced', 'payables') OR debit_key IS NOT NULL",
            name=op.f("ck_journal_entry_debit_has_its_key"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_journal_entry_amount_positive")),
        sa.CheckConstraint("debit_account <> credit_account", name=op.f("ck_journal_entry_two_accounts")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_journal_entry_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_journal_entry")),
    )
    op.create_index(
        "ix_journal_entry_entity_id_credit_account",
        "journal_entry",
        ["entity_id", "credit_account", "accounting_date"],
        unique=False,
    )
    op.create_index(
        "ix_journal_entry_entity_id_debit_account",
        "journal_entry",
        ["entity_id", "debit_account", "accounting_date"],
        unique=False,
    )
    op.create_index(
        "ix_journal_entry_entity_id_document_id", "journal_entry", ["entity_id", "document_id"], unique=False
    )
    op.create_table(
        "location",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(site_id IS NULL) = (kind IN ('supplier', 'customer', 'adjustment'))",
            name=op.f("ck_location_only_virtual_places_have_no_site"),
        ),
        sa.CheckConstraint(
            "kind IN ('site', 'zone', 'bin', 'in_transit', 'quarantine', 'supplier', 'customer', 'adjustment')",
            name=op.f("ck_location_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "parent_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_location_entity_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"], ["location.entity_id", "location.id"], name=op.f("fk_location_entity_id_site_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["legal_entity.id"], name=op.f("fk_location_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_location")),
    )
    op.create_index(
        "ix_location_entity_id_site_id", "location", ["entity_id", "site_id", "priority", "code"], unique=False
    )
    op.create_index("uq_location_entity_id_code", "location", ["entity_id", "code"], unique=True)
    op.create_table(
        "match_tolerance",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_percent", sa.Numeric(), nullable=False),
        sa.Column("quantity_percent", sa.Numeric(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "price_percent >= 0 AND quantity_percent >= 0", name=op.f("ck_match_tolerance_not_negative")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["legal_entity.id"], name=op.f("fk_match_tolerance_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_match_tolerance")),
    )
    op.create_index("uq_match_tolerance_entity_id", "match_tolerance", ["entity_id"], unique=True)
    op.create_table(
        "price_list",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_price_list_currency_iso_4217")),
        sa.ForeignKeyConstraint(["entity_id"], ["legal_entity.id"], name=op.f("fk_price_list_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_price_list")),
    )
    op.create_index("uq_price_list_entity_id_code", "price_list", ["entity_id", "code"], unique=True)
    op.create_table(
        "supplier_invoice",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_item_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(status = 'posted') = (open_item_id IS NOT NULL)", name=op.f("ck_supplier_invoice_posted_opens_a_payable")
        ),
        sa.CheckConstraint(
            "status IN ('blocked', 'posted', 'cancelled')", name=op.f("ck_supplier_invoice_status_known")
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_supplier_invoice_total_not_negative")),
        sa.ForeignKeyConstraint(
            ["entity_id", "open_item_id"],
            ["open_item.entity_id", "open_item.id"],
            name=op.f("fk_supplier_invoice_entity_id_open_item_id"),
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_invoice_supplier_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_supplier_invoice")),
    )
    op.create_index(
        "ix_supplier_invoice_entity_id_recorded_at",
        "supplier_invoice",
        ["entity_id", "recorded_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_supplier_invoice_number", "supplier_invoice", ["entity_id", "supplier_id", "number"], unique=True
    )
    op.create_table(
        "supplier_price",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("minimum_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("order_multiple", sa.Numeric(), server_default="1", nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_supplier_price_currency_iso_4217")),
        sa.CheckConstraint(
            "amount >= 0 AND minimum_quantity >= 0 AND order_multiple > 0",
            name=op.f("ck_supplier_price_terms_not_negative"),
        ),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_supplier_price_lead_time_days_not_negative")),
        sa.ForeignKeyConstraint(["entity_id"], ["legal_entity.id"], name=op.f("fk_supplier_price_entity_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_supplier_price_item_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_price_supplier_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_supplier_price")),
    )
    op.create_index("uq_supplier_price_line", "supplier_price", ["entity_id", "item_id", "supplier_id"], unique=True)
    op.create_table(
        "valuation_layer",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 OR value = 0", name=op.f("ck_valuation_layer_nothing_is_worth_nothing")),
        sa.CheckConstraint("quantity >= 0 AND value >= 0", name=op.f("ck_valuation_layer_not_negative")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_valuation_layer_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_valuation_layer")),
    )
    op.create_index("uq_valuation_layer_entity_id_item_id", "valuation_layer", ["entity_id", "item_id"], unique=True)
    op.create_table(
        "bin_balance",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("held", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("pinned", sa.Numeric(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "held >= 0 AND pinned >= 0 AND pinned + held <= on_hand", name=op.f("ck_bin_balance_no_overpick")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "location_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_bin_balance_entity_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_bin_balance_entity_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_bin_balance_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_bin_balance")),
    )
    op.create_index(
        "ix_bin_balance_entity_id_site_id_item_id", "bin_balance", ["entity_id", "site_id", "item_id"], unique=False
    )
    op.create_index(
        "uq_bin_balance_entity_id_item_id_location_id",
        "bin_balance",
        ["entity_id", "item_id", "location_id"],
        unique=True,
    )
    op.create_table(
        "demand",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_quantity", sa.Numeric(), nullable=False),
        sa.Column("reserved", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("pegged", sa.Numeric(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('sales_order_line', 'transfer_order_line')", name=op.f("ck_demand_kind_known")),
        sa.CheckConstraint(
            "reserved >= 0 AND pegged >= 0 AND reserved + pegged <= open_quantity", name=op.f("ck_demand_covered_once")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"], ["location.entity_id", "location.id"], name=op.f("fk_demand_entity_id_site_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_demand_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_demand")),
    )
    op.create_index("ix_demand_entity_id_document_id", "demand", ["entity_id", "document_id"], unique=False)
    op.create_index(
        "ix_demand_waiting",
        "demand",
        ["entity_id", "item_id", "site_id", "priority", "promised_at"],
        unique=False,
        postgresql_where=sa.text("open_quantity > reserved"),
    )
    op.create_index("uq_demand_entity_id_line_id", "demand", ["entity_id", "line_id"], unique=True)
    op.create_table(
        "inventory_policy",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("reorder_level", sa.Numeric(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("reorder_level >= 0", name=op.f("ck_inventory_policy_reorder_level_not_negative")),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_inventory_policy_entity_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_inventory_policy_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_inventory_policy")),
    )
    op.create_index("uq_inventory_policy_line", "inventory_policy", ["entity_id", "item_id", "site_id"], unique=True)
    op.create_table(
        "lane",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_site_id", sa.Uuid(), nullable=False),
        sa.Column("to_site_id", sa.Uuid(), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("cost_per_unit", sa.Numeric(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("from_site_id <> to_site_id", name=op.f("ck_lane_between_two_sites")),
        sa.CheckConstraint(
            "lead_time_days >= 0 AND cost_per_unit >= 0", name=op.f("ck_lane_time_and_cost_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "from_site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_lane_entity_id_from_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "to_site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_lane_entity_id_to_site_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_lane")),
    )
    op.create_index(
        "uq_lane_entity_id_from_site_id_to_site_id", "lane", ["entity_id", "from_site_id", "to_site_id"], unique=True
    )
    op.create_table(
        "movement",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.CheckConstraint("from_location_id <> to_location_id", name=op.f("ck_movement_between_two_places")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_movement_quantity_positive")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_movement_value_not_negative")),
        sa.ForeignKeyConstraint(
            ["entity_id", "from_location_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_movement_entity_id_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "to_location_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_movement_entity_id_to_location_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_movement_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_entity_id_document_id", "movement", ["entity_id", "document_id"], unique=False)
    op.create_index(
        "ix_movement_entity_id_item_id", "movement", ["entity_id", "item_id", "recorded_at", "id"], unique=False
    )
    op.create_index("uq_movement_entity_id_reference", "movement", ["entity_id", "reference"], unique=True)
    op.create_table(
        "price",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("minimum_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["entity_id", "price_list_id"],
            ["price_list.entity_id", "price_list.id"],
            name=op.f("fk_price_entity_id_price_list_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_price_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_price")),
    )
    op.create_index(
        "uq_price_line",
        "price",
        ["entity_id", "item_id", "price_list_id", "minimum_quantity", "valid_from"],
        unique=True,
    )
    op.create_table(
        "purchase_order",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'PO-' || nextval('po_number')"), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="issued", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('issued', 'confirmed', 'partially_received', 'received', 'cancelled', 'closed')",
            name=op.f("ck_purchase_order_status_known"),
        ),
        sa.CheckConstraint("exchange_rate > 0 AND total >= 0", name=op.f("ck_purchase_order_rate_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_purchase_order_entity_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_purchase_order")),
    )
    op.create_index(
        "ix_purchase_order_entity_id_ordered_at", "purchase_order", ["entity_id", "ordered_at", "id"], unique=False
    )
    op.create_index(
        "ix_purchase_order_entity_id_status",
        "purchase_order",
        ["entity_id", "status", "ordered_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_purchase_order_entity_id_supplier_id",
        "purchase_order",
        ["entity_id", "supplier_id", "ordered_at", "id"],
        unique=False,
    )
    op.create_index("uq_purchase_order_entity_id_number", "purchase_order", ["entity_id", "number"], unique=True)
    op.create_table(
        "sales_order",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'SO-' || nextval('so_number')"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="allocated", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("when_short", sa.Text(), nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('allocated', 'backordered', 'partially_shipped', 'shipped', 'cancelled', 'closed')",
            name=op.f("ck_sales_order_status_known"),
        ),
        sa.CheckConstraint(
            "when_short IN ('backorder', 'partial', 'refuse')", name=op.f("ck_sales_order_when_short_known")
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_sales_order_total_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sales_order_customer_id")),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_sales_order_entity_id_site_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_sales_order")),
    )
    op.create_index(
        "ix_sales_order_entity_id_customer_id",
        "sales_order",
        ["entity_id", "customer_id", "placed_at", "id"],
        unique=False,
    )
    op.create_index("ix_sales_order_entity_id_placed_at", "sales_order", ["entity_id", "placed_at", "id"], unique=False)
    op.create_index(
        "ix_sales_order_entity_id_status", "sales_order", ["entity_id", "status", "placed_at", "id"], unique=False
    )
    op.create_index(
        "uq_sales_order_entity_id_external_reference", "sales_order", ["entity_id", "external_reference"], unique=True
    )
    op.create_index("uq_sales_order_entity_id_number", "sales_order", ["entity_id", "number"], unique=True)
    op.create_table(
        "site_balance",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("held", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("reserved", sa.Numeric(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "held >= 0 AND reserved >= 0 AND reserved + held <= on_hand", name=op.f("ck_site_balance_no_oversell")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_site_balance_entity_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_site_balance_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_site_balance")),
    )
    op.create_index(
        "uq_site_balance_entity_id_item_id_site_id", "site_balance", ["entity_id", "item_id", "site_id"], unique=True
    )
    op.create_table(
        "supply",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("expected_date", sa.Date(), nullable=False),
        sa.Column("open_quantity", sa.Numeric(), nullable=False),
        sa.Column("pegged", sa.Numeric(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('purchase_order_line', 'transfer_order_line')", name=op.f("ck_supply_kind_known")),
        sa.CheckConstraint("pegged >= 0 AND pegged <= open_quantity", name=op.f("ck_supply_no_overpromise")),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"], ["location.entity_id", "location.id"], name=op.f("fk_supply_entity_id_site_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_supply_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_supply")),
    )
    op.create_index(
        "ix_supply_open",
        "supply",
        ["entity_id", "item_id", "site_id", "expected_date"],
        unique=False,
        postgresql_where=sa.text("open_quantity > 0"),
    )
    op.create_index("uq_supply_entity_id_line_id", "supply", ["entity_id", "line_id"], unique=True)
    op.create_table(
        "transfer_order",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'TO-' || nextval('to_number')"), nullable=False),
        sa.Column("from_site_id", sa.Uuid(), nullable=False),
        sa.Column("to_site_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("ship_date", sa.Date(), nullable=False),
        sa.Column("arrival_date", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'in_transit', 'received', 'cancelled')", name=op.f("ck_transfer_order_status_known")
        ),
        sa.CheckConstraint("from_site_id <> to_site_id", name=op.f("ck_transfer_order_between_two_sites")),
        sa.ForeignKeyConstraint(
            ["entity_id", "from_site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_transfer_order_entity_id_from_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "to_site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_transfer_order_entity_id_to_site_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_transfer_order")),
    )
    op.create_index(
        "ix_transfer_order_entity_id_created_at", "transfer_order", ["entity_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_transfer_order_entity_id_status",
        "transfer_order",
        ["entity_id", "status", "created_at", "id"],
        unique=False,
    )
    op.create_index("uq_transfer_order_entity_id_number", "transfer_order", ["entity_id", "number"], unique=True)
    op.create_table(
        "purchase_order_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=False),
        sa.Column("first_confirmed_date", sa.Date(), nullable=True),
        sa.Column("confirmed_date", sa.Date(), nullable=True),
        sa.Column("confirmed_quantity", sa.Numeric(), nullable=True),
        sa.Column("received_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("invoiced_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.CheckConstraint("invoiced_quantity >= 0", name=op.f("ck_purchase_order_line_invoiced_not_negative")),
        sa.CheckConstraint(
            "quantity > 0 AND amount >= 0 AND unit_price >= 0", name=op.f("ck_purchase_order_line_quantity_positive")
        ),
        sa.CheckConstraint(
            "received_quantity BETWEEN 0 AND quantity", name=op.f("ck_purchase_order_line_received_within_ordered")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "order_id"],
            ["purchase_order.entity_id", "purchase_order.id"],
            name=op.f("fk_purchase_order_line_entity_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_purchase_order_line_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_purchase_order_line")),
    )
    op.create_index(
        "ix_purchase_order_line_entity_id_item_id", "purchase_order_line", ["entity_id", "item_id"], unique=False
    )
    op.create_index(
        "uq_purchase_order_line_number", "purchase_order_line", ["entity_id", "order_id", "line_number"], unique=True
    )
    op.create_table(
        "receipt",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'RC-' || nextval('rc_number')"), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id", "purchase_order_id"],
            ["purchase_order.entity_id", "purchase_order.id"],
            name=op.f("fk_receipt_entity_id_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_receipt")),
    )
    op.create_index(
        "ix_receipt_entity_id_purchase_order_id", "receipt", ["entity_id", "purchase_order_id"], unique=False
    )
    op.create_index("uq_receipt_entity_id_number", "receipt", ["entity_id", "number"], unique=True)
    op.create_table(
        "reservation",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("supply_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("open_quantity", sa.Numeric(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'active') = (open_quantity > 0)", name=op.f("ck_reservation_active_while_open")),
        sa.CheckConstraint("status IN ('active', 'consumed', 'released')", name=op.f("ck_reservation_status_known")),
        sa.CheckConstraint(
            "quantity > 0 AND open_quantity BETWEEN 0 AND quantity", name=op.f("ck_reservation_open_quantity_within")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "demand_id"],
            ["demand.entity_id", "demand.id"],
            name=op.f("fk_reservation_entity_id_demand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "supply_id"],
            ["supply.entity_id", "supply.id"],
            name=op.f("fk_reservation_entity_id_supply_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_entity_id_demand_id", "reservation", ["entity_id", "demand_id"], unique=False)
    op.create_index(
        "ix_reservation_entity_id_item_id_site_id",
        "reservation",
        ["entity_id", "item_id", "site_id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_reservation_entity_id_supply_id",
        "reservation",
        ["entity_id", "supply_id"],
        unique=False,
        postgresql_where=sa.text("supply_id IS NOT NULL AND status = 'active'"),
    )
    op.create_table(
        "sales_order_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("entered_quantity", sa.Numeric(), nullable=False),
        sa.Column("entered_unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("shipped_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("cancelled_quantity", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("price_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("status", sa.Text(), server_default="allocated", nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=False),
        sa.Column("first_promised_date", sa.Date(), nullable=True),
        sa.Column("last_promised_date", sa.Date(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('allocated', 'backordered', 'shipped', 'cancelled', 'closed')",
            name=op.f("ck_sales_order_line_status_known"),
        ),
        sa.CheckConstraint(
            "quantity > 0 AND amount >= 0 AND unit_price >= 0", name=op.f("ck_sales_order_line_quantity_positive")
        ),
        sa.CheckConstraint(
            "shipped_quantity >= 0 AND cancelled_quantity >= 0 AND shipped_quantity + cancelled_quantity <= quantity",
            name=op.f("ck_sales_order_line_shipped_within_ordered"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "order_id"],
            ["sales_order.entity_id", "sales_order.id"],
            name=op.f("fk_sales_order_line_entity_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "price_id"],
            ["price.entity_id", "price.id"],
            name=op.f("fk_sales_order_line_entity_id_price_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_sales_order_line_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_sales_order_line")),
    )
    op.create_index("ix_sales_order_line_entity_id_item_id", "sales_order_line", ["entity_id", "item_id"], unique=False)
    op.create_index(
        "uq_sales_order_line_number", "sales_order_line", ["entity_id", "order_id", "line_number"], unique=True
    )
    op.create_table(
        "shipment",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("'SH-' || nextval('sh_number')"), nullable=False),
        sa.Column("sales_order_id", sa.Uuid(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tracking_reference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id", "sales_order_id"],
            ["sales_order.entity_id", "sales_order.id"],
            name=op.f("fk_shipment_entity_id_sales_order_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_shipment")),
    )
    op.create_index("ix_shipment_entity_id_sales_order_id", "shipment", ["entity_id", "sales_order_id"], unique=False)
    op.create_index("uq_shipment_entity_id_number", "shipment", ["entity_id", "number"], unique=True)
    op.create_table(
        "shortage",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="detected", nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('detected', 'proposed', 'executing', 'resolved', 'withdrawn')",
            name=op.f("ck_shortage_status_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shortage_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "demand_id"], ["demand.entity_id", "demand.id"], name=op.f("fk_shortage_entity_id_demand_id")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "site_id"], ["location.entity_id", "location.id"], name=op.f("fk_shortage_entity_id_site_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_shortage_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_shortage")),
    )
    op.create_index(
        "ix_shortage_entity_id_status", "shortage", ["entity_id", "status", "detected_at", "id"], unique=False
    )
    op.create_index(
        "uq_shortage_open",
        "shortage",
        ["entity_id", "demand_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('resolved', 'withdrawn')"),
    )
    op.create_table(
        "transfer_order_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_order_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "order_id"],
            ["transfer_order.entity_id", "transfer_order.id"],
            name=op.f("fk_transfer_order_line_entity_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_transfer_order_line_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_transfer_order_line")),
    )
    op.create_index(
        "uq_transfer_order_line_number", "transfer_order_line", ["entity_id", "order_id", "line_number"], unique=True
    )
    op.create_table(
        "receipt_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order_line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("open_item_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND value >= 0", name=op.f("ck_receipt_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "location_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_receipt_line_entity_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "open_item_id"],
            ["open_item.entity_id", "open_item.id"],
            name=op.f("fk_receipt_line_entity_id_open_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "purchase_order_line_id"],
            ["purchase_order_line.entity_id", "purchase_order_line.id"],
            name=op.f("fk_receipt_line_entity_id_purchase_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "receipt_id"],
            ["receipt.entity_id", "receipt.id"],
            name=op.f("fk_receipt_line_entity_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_receipt_line_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_receipt_line")),
    )
    op.create_index(
        "ix_receipt_line_entity_id_purchase_order_line_id",
        "receipt_line",
        ["entity_id", "purchase_order_line_id"],
        unique=False,
    )
    op.create_index("ix_receipt_line_entity_id_receipt_id", "receipt_line", ["entity_id", "receipt_id"], unique=False)
    op.create_table(
        "shipment_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("sales_order_line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND value >= 0", name=op.f("ck_shipment_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "location_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_shipment_line_entity_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "sales_order_line_id"],
            ["sales_order_line.entity_id", "sales_order_line.id"],
            name=op.f("fk_shipment_line_entity_id_sales_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "shipment_id"],
            ["shipment.entity_id", "shipment.id"],
            name=op.f("fk_shipment_line_entity_id_shipment_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_shipment_line_item_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_shipment_line")),
    )
    op.create_index(
        "ix_shipment_line_entity_id_sales_order_line_id",
        "shipment_line",
        ["entity_id", "sales_order_line_id"],
        unique=False,
    )
    op.create_index(
        "ix_shipment_line_entity_id_shipment_id", "shipment_line", ["entity_id", "shipment_id"], unique=False
    )
    op.create_table(
        "sourcing_option",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shortage_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="offered", nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("from_site_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("arrival_date", sa.Date(), nullable=False),
        sa.Column("landed_cost", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=False),
        sa.Column("score_terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(kind = 'buy') = (supplier_id IS NOT NULL)", name=op.f("ck_sourcing_option_buy_has_a_supplier")
        ),
        sa.CheckConstraint(
            "(kind = 'transfer') = (from_site_id IS NOT NULL)", name=op.f("ck_sourcing_option_transfer_has_a_giver")
        ),
        sa.CheckConstraint("kind IN ('transfer', 'buy')", name=op.f("ck_sourcing_option_kind_known")),
        sa.CheckConstraint("status IN ('offered', 'chosen', 'lapsed')", name=op.f("ck_sourcing_option_status_known")),
        sa.CheckConstraint("quantity > 0 AND landed_cost >= 0", name=op.f("ck_sourcing_option_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["entity_id", "from_site_id"],
            ["location.entity_id", "location.id"],
            name=op.f("fk_sourcing_option_entity_id_from_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "shortage_id"],
            ["shortage.entity_id", "shortage.id"],
            name=op.f("fk_sourcing_option_entity_id_shortage_id"),
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_sourcing_option_supplier_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_sourcing_option")),
    )
    op.create_index(
        "ix_sourcing_option_entity_id_shortage_id",
        "sourcing_option",
        ["entity_id", "shortage_id", "rank"],
        unique=False,
    )
    op.create_table(
        "supplier_invoice_line",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("purchase_order_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("match_result", sa.Text(), nullable=False),
        sa.Column("price_variance", sa.Numeric(), nullable=False),
        sa.Column("quantity_variance", sa.Numeric(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "match_result IN ('matched', 'price_variance', 'quantity_variance', 'price_and_quantity_variance')",
            name=op.f("ck_supplier_invoice_line_match_result_known"),
        ),
        sa.CheckConstraint(
            "quantity > 0 AND unit_price >= 0 AND amount >= 0", name=op.f("ck_supplier_invoice_line_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_id"],
            ["supplier_invoice.entity_id", "supplier_invoice.id"],
            name=op.f("fk_supplier_invoice_line_entity_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "purchase_order_line_id"],
            ["purchase_order_line.entity_id", "purchase_order_line.id"],
            name=op.f("fk_supplier_invoice_line_entity_id_purchase_order_line_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_supplier_invoice_line")),
    )
    op.create_index(
        "ix_supplier_invoice_line_order_line",
        "supplier_invoice_line",
        ["entity_id", "purchase_order_line_id"],
        unique=False,
    )
    op.create_index(
        "uq_supplier_invoice_line_number",
        "supplier_invoice_line",
        ["entity_id", "invoice_id", "line_number"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_supplier_invoice_line_number", table_name="supplier_invoice_line")
    op.drop_index("ix_supplier_invoice_line_order_line", table_name="supplier_invoice_line")
    op.drop_table("supplier_invoice_line")
    op.drop_index("ix_sourcing_option_entity_id_shortage_id", table_name="sourcing_option")
    op.drop_table("sourcing_option")
    op.drop_index("ix_shipment_line_entity_id_shipment_id", table_name="shipment_line")
    op.drop_index("ix_shipment_line_entity_id_sales_order_line_id", table_name="shipment_line")
    op.drop_table("shipment_line")
    op.drop_index("ix_receipt_line_entity_id_receipt_id", table_name="receipt_line")
    op.drop_index("ix_receipt_line_entity_id_purchase_order_line_id", table_name="receipt_line")
    op.drop_table("receipt_line")
    op.drop_index("uq_transfer_order_line_number", table_name="transfer_order_line")
    op.drop_table("transfer_order_line")
    op.drop_index(
        "uq_shortage_open", table_name="shortage", postgresql_where=sa.text("status NOT IN ('resolved', 'withdrawn')")
    )
    op.drop_index("ix_shortage_entity_id_status", table_name="shortage")
    op.drop_table("shortage")
    op.drop_index("uq_shipment_entity_id_number", table_name="shipment")
    op.drop_index("ix_shipment_entity_id_sales_order_id", table_name="shipment")
    op.drop_table("shipment")
    op.drop_index("uq_sales_order_line_number", table_name="sales_order_line")
    op.drop_index("ix_sales_order_line_entity_id_item_id", table_name="sales_order_line")
    op.drop_table("sales_order_line")
    op.drop_index(
        "ix_reservation_entity_id_supply_id",
        table_name="reservation",
        postgresql_where=sa.text("supply_id IS NOT NULL AND status = 'active'"),
    )
    op.drop_index(
        "ix_reservation_entity_id_item_id_site_id",
        table_name="reservation",
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_index("ix_reservation_entity_id_demand_id", table_name="reservation")
    op.drop_table("reservation")
    op.drop_index("uq_receipt_entity_id_number", table_name="receipt")
    op.drop_index("ix_receipt_entity_id_purchase_order_id", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("uq_purchase_order_line_number", table_name="purchase_order_line")
    op.drop_index("ix_purchase_order_line_entity_id_item_id", table_name="purchase_order_line")
    op.drop_table("purchase_order_line")
    op.drop_index("uq_transfer_order_entity_id_number", table_name="transfer_order")
    op.drop_index("ix_transfer_order_entity_id_status", table_name="transfer_order")
    op.drop_index("ix_transfer_order_entity_id_created_at", table_name="transfer_order")
    op.drop_table("transfer_order")
    op.drop_index("uq_supply_entity_id_line_id", table_name="supply")
    op.drop_index("ix_supply_open", table_name="supply", postgresql_where=sa.text("open_quantity > 0"))
    op.drop_table("supply")
    op.drop_index("uq_site_balance_entity_id_item_id_site_id", table_name="site_balance")
    op.drop_table("site_balance")
    op.drop_index("uq_sales_order_entity_id_number", table_name="sales_order")
    op.drop_index("uq_sales_order_entity_id_external_reference", table_name="sales_order")
    op.drop_index("ix_sales_order_entity_id_status", table_name="sales_order")
    op.drop_index("ix_sales_order_entity_id_placed_at", table_name="sales_order")
    op.drop_index("ix_sales_order_entity_id_customer_id", table_name="sales_order")
    op.drop_table("sales_order")
    op.drop_index("uq_purchase_order_entity_id_number", table_name="purchase_order")
    op.drop_index("ix_purchase_order_entity_id_supplier_id", table_name="purchase_order")
    op.drop_index("ix_purchase_order_entity_id_status", table_name="purchase_order")
    op.drop_index("ix_purchase_order_entity_id_ordered_at", table_name="purchase_order")
    op.drop_table("purchase_order")
    op.drop_index("uq_price_line", table_name="price")
    op.drop_table("price")
    op.drop_index("uq_movement_entity_id_reference", table_name="movement")
    op.drop_index("ix_movement_entity_id_item_id", table_name="movement")
    op.drop_index("ix_movement_entity_id_document_id", table_name="movement")
    op.drop_table("movement")
    op.drop_index("uq_lane_entity_id_from_site_id_to_site_id", table_name="lane")
    op.drop_table("lane")
    op.drop_index("uq_inventory_policy_line", table_name="inventory_policy")
    op.drop_table("inventory_policy")
    op.drop_index("uq_demand_entity_id_line_id", table_name="demand")
    op.drop_index("ix_demand_waiting", table_name="demand", postgresql_where=sa.text("open_quantity > reserved"))
    op.drop_index("ix_demand_entity_id_document_id", table_name="demand")
    op.drop_table("demand")
    op.drop_index("uq_bin_balance_entity_id_item_id_location_id", table_name="bin_balance")
    op.drop_index("ix_bin_balance_entity_id_site_id_item_id", table_name="bin_balance")
    op.drop_table("bin_balance")
    op.drop_index("uq_valuation_layer_entity_id_item_id", table_name="valuation_layer")
    op.drop_table("valuation_layer")
    op.drop_index("uq_supplier_price_line", table_name="supplier_price")
    op.drop_table("supplier_price")
    op.drop_index("uq_supplier_invoice_number", table_name="supplier_invoice")
    op.drop_index("ix_supplier_invoice_entity_id_recorded_at", table_name="supplier_invoice")
    op.drop_table("supplier_invoice")
    op.drop_index("uq_price_list_entity_id_code", table_name="price_list")
    op.drop_table("price_list")
    op.drop_index("uq_match_tolerance_entity_id", table_name="match_tolerance")
    op.drop_table("match_tolerance")
    op.drop_index("uq_location_entity_id_code", table_name="location")
    op.drop_index("ix_location_entity_id_site_id", table_name="location")
    op.drop_table("location")
    op.drop_index("ix_journal_entry_entity_id_document_id", table_name="journal_entry")
    op.drop_index("ix_journal_entry_entity_id_debit_account", table_name="journal_entry")
    op.drop_index("ix_journal_entry_entity_id_credit_account", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_index("uq_item_unit_item_id_unit", table_name="item_unit")
    op.drop_table("item_unit")
    op.drop_index("uq_change_request_line_number", table_name="change_request_line")
    op.drop_table("change_request_line")
    op.drop_index("uq_unit_code", table_name="unit")
    op.drop_table("unit")
    op.drop_index("uq_supplier_code", table_name="supplier")
    op.drop_index(
        "ix_supplier_name_normalised", table_name="supplier", postgresql_ops={"name_normalised": "text_pattern_ops"}
    )
    op.drop_table("supplier")
    op.drop_index("ix_role_grant_subject", table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_open_item_entity_id_line_id", table_name="open_item")
    op.drop_index("ix_open_item_entity_id_document_id", table_name="open_item")
    op.drop_table("open_item")
    op.drop_index("uq_legal_entity_code", table_name="legal_entity")
    op.drop_table("legal_entity")
    op.drop_index("uq_key_mapping_key", table_name="key_mapping")
    op.drop_index("ix_key_mapping_object_id", table_name="key_mapping")
    op.drop_table("key_mapping")
    op.drop_index("uq_item_sku", table_name="item")
    op.drop_index("ix_item_name_normalised", table_name="item", postgresql_ops={"name_normalised": "text_pattern_ops"})
    op.drop_table("item")
    op.drop_index("uq_exchange_rate_day", table_name="exchange_rate")
    op.drop_table("exchange_rate")
    op.drop_index(
        "uq_exception_case_open",
        table_name="exception_case",
        postgresql_where=sa.text("status NOT IN ('auto_closed', 'dismissed', 'resolved')"),
    )
    op.drop_index("ix_exception_case_entity_id_status", table_name="exception_case")
    op.drop_table("exception_case")
    op.drop_index("uq_customer_code", table_name="customer")
    op.drop_index(
        "ix_customer_name_normalised", table_name="customer", postgresql_ops={"name_normalised": "text_pattern_ops"}
    )
    op.drop_table("customer")
    op.drop_index("uq_change_request_number", table_name="change_request")
    op.drop_index("ix_change_request_status", table_name="change_request")
    op.drop_table("change_request")
    op.drop_index("ix_allocation_decision_entity_id_document_id", table_name="allocation_decision")
    op.drop_table("allocation_decision")
    for prefix in NUMBERED:
        op.execute(sa.schema.DropSequence(sa.Sequence(f"{prefix}_number")))
