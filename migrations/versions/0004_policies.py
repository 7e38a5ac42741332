"""The access policy as tables, and change requests that know people from accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


ROLES = (
    "group_admin",
    "entity_admin",
    "steward_item",
    "steward_supplier",
    "steward_customer",
    "steward_location",
    "steward_price",
    "steward_policy",
    "steward_finance",
    "buyer",
    "procurement_approver",
    "planner",
    "customer_service",
    "sales_manager",
    "credit_controller",
    "warehouse",
    "finance",
    "auditor",
    "supplier_user",
    "carrier",
    "integration_operator",
    "partner_machine",
)
"""The roles that there are as of this revision."""


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def upgrade() -> None:
    op.create_table(
        "approval_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "document_kind IN ('purchase_order', 'sales_order', 'supplier_invoice')",
            name=op.f("ck_approval_limit_document_kind_known"),
        ),
        sa.CheckConstraint(
            _one_of("role", ROLES),
            name=op.f("ck_approval_limit_role_known"),
        ),
        sa.CheckConstraint("(role IS NULL) <> (person IS NULL)", name=op.f("ck_approval_limit_role_or_person")),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000", name=op.f("ck_approval_limit_bounded")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_approval_limit_valid_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
    )
    op.create_index(
        "uq_approval_limit",
        "approval_limit",
        ["role", "person", "entity_id", "document_kind", "currency", "valid_from"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "duty_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_role", sa.Text(), nullable=False),
        sa.Column("second_role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.CheckConstraint(
            _one_of("first_role", ROLES),
            name=op.f("ck_duty_pair_first_role_known"),
        ),
        sa.CheckConstraint("scope IN ('same_entity', 'anywhere')", name=op.f("ck_duty_pair_scope_known")),
        sa.CheckConstraint(
            _one_of("second_role", ROLES),
            name=op.f("ck_duty_pair_second_role_known"),
        ),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_duty_pair_status_known")),
        sa.CheckConstraint('first_role COLLATE "C" < second_role', name=op.f("ck_duty_pair_two_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_pair")),
    )
    op.create_index("uq_duty_pair", "duty_pair", ["first_role", "second_role"], unique=True)
    op.create_table(
        "entity_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_group")),
    )
    op.create_index("uq_entity_group_code", "entity_group", ["code"], unique=True)
    op.create_table(
        "entity_group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_group", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_entity_group_member_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_group_member")),
    )
    op.create_index("uq_entity_group_member", "entity_group_member", ["entity_group", "entity_id"], unique=True)
    op.create_table(
        "policy_condition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("tree", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_condition")),
    )
    op.create_index("uq_policy_condition_name", "policy_condition", ["name"], unique=True)
    op.create_table(
        "policy_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), server_default="-", nullable=False),
        sa.Column("effect", sa.Text(), server_default="allow", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.CheckConstraint("effect IN ('allow', 'deny')", name=op.f("ck_policy_rule_effect_known")),
        sa.CheckConstraint(
            _one_of("role", (*ROLES, "anyone")),
            name=op.f("ck_policy_rule_role_known"),
        ),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_policy_rule_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_rule")),
    )
    op.create_index(
        "uq_policy_rule", "policy_rule", ["role", "domain", "resource", "action", "condition", "effect"], unique=True
    )
    op.create_table(
        "policy_state",
        sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("is_current", name=op.f("ck_policy_state_one_row")),
        sa.PrimaryKeyConstraint("is_current", name=op.f("pk_policy_state")),
    )
    op.add_column("change_request", sa.Column("submitted_by_person", sa.Text(), nullable=True))
    op.add_column("change_request", sa.Column("submitted_for", sa.Text(), nullable=True))
    op.add_column("change_request", sa.Column("decided_by_person", sa.Text(), nullable=True))
    op.add_column("change_request", sa.Column("decided_for", sa.Text(), nullable=True))
    # Until now an account was a person.
    op.execute("UPDATE change_request SET submitted_by_person = submitted_by, decided_by_person = decided_by")
    op.alter_column("change_request", "submitted_by_person", nullable=False)
    op.create_check_constraint(
        op.f("ck_change_request_four_eyes_of_people"),
        "change_request",
        "decided_by_person <> submitted_by_person AND decided_by_person <> submitted_for"
        " AND decided_for <> submitted_by_person AND decided_for <> submitted_for",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_change_request_four_eyes_of_people"), "change_request")
    op.drop_column("change_request", "decided_for")
    op.drop_column("change_request", "decided_by_person")
    op.drop_column("change_request", "submitted_for")
    op.drop_column("change_request", "submitted_by_person")
    op.drop_table("policy_state")
    op.drop_index("uq_policy_rule", table_name="policy_rule")
    op.drop_table("policy_rule")
    op.drop_index("uq_policy_condition_name", table_name="policy_condition")
    op.drop_table("policy_condition")
    op.drop_index("uq_entity_group_member", table_name="entity_group_member")
    op.drop_table("entity_group_member")
    op.drop_index("uq_entity_group_code", table_name="entity_group")
    op.drop_table("entity_group")
    op.drop_index("uq_duty_pair", table_name="duty_pair")
    op.drop_table("duty_pair")
    op.drop_index("uq_approval_limit", table_name="approval_limit", postgresql_nulls_not_distinct=True)
    op.drop_table("approval_limit")
