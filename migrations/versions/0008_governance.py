"""Change requests field by field, approvals in steps, and every version of an object."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
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
STATUSES = (
    "draft",
    "submitted",
    "in_review",
    "approved",
    "scheduled",
    "activating",
    "active",
    "failed",
    "returned",
    "rejected",
    "withdrawn",
    "expired",
    "superseded",
    "reverted",
)
"""The statuses of a change request as of this revision."""
STATUSES_BEFORE = ("draft", "submitted", "approved", "active", "failed", "rejected", "withdrawn")
OPERATIONS = ("create", "update", "extend", "block", "retire", "merge", "unmerge")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def upgrade() -> None:
    # What was submitted before was kept line by line; it is decided on field by field from now on.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.drop_constraint(op.f("ck_change_request_status_known"), "change_request")
    op.create_check_constraint(op.f("ck_change_request_status_known"), "change_request", _one_of("status", STATUSES))
    op.execute("UPDATE change_request SET status = 'returned' WHERE status IN ('submitted', 'approved', 'failed')")
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default="100", nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="1", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_distinct", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(_one_of("role", ROLES), name=op.f("ck_approval_rule_role_known")),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_approval_rule_status_known")),
        sa.CheckConstraint("due_hours > 0", name=op.f("ck_approval_rule_due_hours_positive")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_approval_rule_sequence_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_index("uq_approval_rule_code", "approval_rule", ["code"], unique=True)
    op.create_table(
        "approval_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("for_entity_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("is_distinct", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_hours", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'open', 'approved', 'rejected', 'void')", name=op.f("ck_approval_step_status_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
    )
    op.create_index("ix_approval_step_document", "approval_step", ["document_id", "sequence", "id"], unique=False)
    op.create_index(
        "ix_approval_step_open",
        "approval_step",
        ["role", "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "approval_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_person", sa.Text(), nullable=False),
        sa.Column("decided_for", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted_by_person", sa.Text(), nullable=False),
        sa.Column("submitted_for", sa.Text(), nullable=True),
        sa.Column("distinct_person", sa.Text(), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('approved', 'rejected', 'returned')", name=op.f("ck_approval_decision_verdict_known")
        ),
        sa.CheckConstraint("decided_by <> submitted_by", name=op.f("ck_approval_decision_four_eyes")),
        sa.CheckConstraint(
            "decided_by_person <> submitted_by_person AND decided_by_person <> submitted_for AND decided_for <> submitted_by_person AND decided_for <> submitted_for",
            name=op.f("ck_approval_decision_four_eyes_of_people"),
        ),
        sa.ForeignKeyConstraint(["step_id"], ["approval_step.id"], name=op.f("fk_approval_decision_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_decision")),
    )
    op.create_index("ix_approval_decision_document", "approval_decision", ["document_id"], unique=False)
    op.create_index("ix_approval_decision_step_id", "approval_decision", ["step_id", "decided_at", "id"], unique=False)
    op.create_index(
        "uq_approval_decision_distinct",
        "approval_decision",
        ["document_id", "distinct_person"],
        unique=True,
        postgresql_where=sa.text("void_at IS NULL"),
    )
    op.create_index(
        "uq_approval_decision_step",
        "approval_decision",
        ["step_id"],
        unique=True,
        postgresql_where=sa.text("void_at IS NULL"),
    )
    op.create_table(
        "master_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column(
            "owner_id",
            sa.Uuid(),
            sa.Computed("coalesce(entity_id, '00000000-0000-0000-0000-000000000000'::uuid)", persisted=True),
            nullable=False,
        ),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("change_request_id", sa.Uuid(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_request_id"], ["change_request.id"], name=op.f("fk_master_version_change_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_version")),
    )
    op.execute(
        "ALTER TABLE master_version ADD CONSTRAINT uq_master_version_valid_during"
        " UNIQUE (object_id, owner_id, valid_during WITHOUT OVERLAPS)"
    )
    op.create_index("ix_master_version_change_request_id", "master_version", ["change_request_id", "id"], unique=False)
    op.create_index("ix_master_version_noun", "master_version", ["noun", "id"], unique=False)
    op.create_index("uq_master_version_number", "master_version", ["object_id", "owner_id", "number"], unique=True)
    op.create_table(
        "change_request_field",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_request_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("part_id", sa.Uuid(), nullable=True),
        sa.Column("field_group", sa.Text(), nullable=False),
        sa.Column("base", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("proposed", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("current", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_outdated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decision", sa.Text(), server_default="pending", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('pending', 'accepted', 'refused')", name=op.f("ck_change_request_field_decision_known")
        ),
        sa.CheckConstraint("(part IS NULL) = (part_id IS NULL)", name=op.f("ck_change_request_field_part_known")),
        sa.ForeignKeyConstraint(
            ["change_request_id"], ["change_request.id"], name=op.f("fk_change_request_field_change_request_id")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["change_request_line.id"], name=op.f("fk_change_request_field_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request_field")),
    )
    op.create_index(
        "ix_change_request_field_request",
        "change_request_field",
        ["change_request_id", "line_id", "name", "id"],
        unique=False,
    )
    op.create_index("uq_change_request_field_name", "change_request_field", ["line_id", "name"], unique=True)
    op.add_column("change_request", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("change_request", sa.Column("decision_reason", sa.Text(), nullable=True))
    op.add_column("change_request", sa.Column("failure", sa.Text(), nullable=True))
    op.add_column("change_request_line", sa.Column("operation", sa.Text(), server_default="update", nullable=False))
    op.add_column("change_request_line", sa.Column("label", sa.Text(), nullable=True))
    op.add_column("change_request_line", sa.Column("needs", sa.ARRAY(sa.Integer()), nullable=True))
    op.add_column("change_request_line", sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_change_request_line_object_id",
        "change_request_line",
        ["object_id"],
        unique=False,
        postgresql_where=sa.text("result = 'pending'"),
    )
    op.create_check_constraint(
        op.f("ck_change_request_line_operation_known"), "change_request_line", _one_of("operation", OPERATIONS)
    )
    op.drop_index("uq_change_request_line_number", table_name="change_request_line")
    op.create_index(
        "uq_change_request_line_number",
        "change_request_line",
        ["change_request_id", "line_number"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_index(
        "ix_change_request_line_request",
        "change_request_line",
        ["change_request_id", "line_number", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("uq_change_request_line_number", table_name="change_request_line")
    op.execute("DELETE FROM change_request_field")
    op.execute("DELETE FROM change_request_line WHERE replaced_at IS NOT NULL")
    op.create_index(
        "uq_change_request_line_number", "change_request_line", ["change_request_id", "line_number"], unique=True
    )
    op.drop_constraint(op.f("ck_change_request_line_operation_known"), "change_request_line")
    op.drop_index("ix_change_request_line_request", table_name="change_request_line")
    op.drop_index(
        "ix_change_request_line_object_id",
        table_name="change_request_line",
        postgresql_where=sa.text("result = 'pending'"),
    )
    op.drop_column("change_request_line", "replaced_at")
    op.drop_column("change_request_line", "needs")
    op.drop_column("change_request_line", "label")
    op.drop_column("change_request_line", "operation")
    op.drop_column("change_request", "failure")
    op.drop_column("change_request", "decision_reason")
    op.drop_column("change_request", "reason")
    op.drop_index("uq_change_request_field_name", table_name="change_request_field")
    op.drop_index("ix_change_request_field_request", table_name="change_request_field")
    op.drop_table("change_request_field")
    op.drop_index("uq_master_version_number", table_name="master_version")
    op.drop_index("ix_master_version_noun", table_name="master_version")
    op.drop_index("ix_master_version_change_request_id", table_name="master_version")
    op.drop_table("master_version")
    op.drop_index(
        "uq_approval_decision_step", table_name="approval_decision", postgresql_where=sa.text("void_at IS NULL")
    )
    op.drop_index(
        "uq_approval_decision_distinct", table_name="approval_decision", postgresql_where=sa.text("void_at IS NULL")
    )
    op.drop_index("ix_approval_decision_step_id", table_name="approval_decision")
    op.drop_index("ix_approval_decision_document", table_name="approval_decision")
    op.drop_table("approval_decision")
    op.drop_index("ix_approval_step_open", table_name="approval_step", postgresql_where=sa.text("status = 'open'"))
    op.drop_index("ix_approval_step_document", table_name="approval_step")
    op.drop_table("approval_step")
    op.drop_index("uq_approval_rule_code", table_name="approval_rule")
    op.drop_table("approval_rule")
    op.drop_constraint(op.f("ck_change_request_status_known"), "change_request")
    op.execute("UPDATE change_request SET status = 'submitted' WHERE status IN ('in_review', 'returned')")
    op.execute("UPDATE change_request SET status = 'approved' WHERE status IN ('scheduled', 'activating')")
    op.execute("UPDATE change_request SET status = 'withdrawn' WHERE status IN ('expired', 'superseded')")
    op.execute("UPDATE change_request SET status = 'active' WHERE status = 'reverted'")
    op.create_check_constraint(
        op.f("ck_change_request_status_known"), "change_request", _one_of("status", STATUSES_BEFORE)
    )
    op.execute("DROP EXTENSION btree_gist")
