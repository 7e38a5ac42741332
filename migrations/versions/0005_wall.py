"""What row security stands on: the keys of the signed context, and columns by which outsiders see rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


PARTNERS = (("sales_order", "customer_id"), ("purchase_order", "supplier_id"))
"""Documents and the columns by which they and their lines belong to a partner."""


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("inner_pad", sa.LargeBinary(), nullable=False),
        sa.Column("outer_pad", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
    op.create_unique_constraint("uq_policy_state_version", "policy_state", ["version"])
    ids = postgresql.ARRAY(sa.Uuid())
    op.create_table(
        "verified_context",
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("insider", sa.Boolean(), nullable=True),
        sa.Column("entities", ids, nullable=False),
        sa.Column("writable", ids, nullable=False),
        sa.Column("partner", sa.Uuid(), nullable=True),
        sa.Column("partner_entities", ids, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policy_state.version"],
            name=op.f("fk_verified_context_policy_version"),
            onupdate="SET NULL",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("context", name=op.f("pk_verified_context")),
    )
    op.create_index("ix_verified_context_ends_at", "verified_context", ["ends_at"])
    for document, partner in PARTNERS:
        _name_partner(document, partner)
    _publish()
    op.add_column("change_request_line", sa.Column("entity_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE change_request_line l SET entity_id = r.entity_id FROM change_request r WHERE r.id = l.change_request_id"
    )


def _publish() -> None:
    """Items are for partners where they are published; their units repeat it."""
    for table in ("item", "item_unit"):
        published: sa.Column[bool] = sa.Column(
            "is_published", sa.Boolean(), server_default=sa.text("false"), nullable=False
        )
        op.add_column(table, published)
    op.create_unique_constraint("uq_item_id_is_published", "item", ["id", "is_published"])
    op.drop_constraint("fk_item_unit_item_id", "item_unit", type_="foreignkey")
    columns, known = ["item_id", "is_published"], ["id", "is_published"]
    op.create_foreign_key("fk_item_unit_item_id_is_published", "item_unit", "item", columns, known, onupdate="CASCADE")


def _name_partner(document: str, partner: str) -> None:
    line, key = f"{document}_line", ["entity_id", "id", partner]
    op.add_column(line, sa.Column(partner, sa.Uuid(), nullable=True))
    op.execute(
        f"UPDATE {line} l SET {partner} = d.{partner} FROM {document} d"  # noqa: S608 - names of ours
        " WHERE d.entity_id = l.entity_id AND d.id = l.order_id"
    )
    op.alter_column(line, partner, nullable=False)
    op.create_unique_constraint(f"uq_{document}_entity_id_id_{partner}", document, key)
    op.drop_constraint(f"fk_{line}_entity_id_order_id", line, type_="foreignkey")
    columns = ["entity_id", "order_id", partner]
    op.create_foreign_key(f"fk_{line}_entity_id_order_id_{partner}", line, document, columns, key)


def downgrade() -> None:
    op.drop_column("change_request_line", "entity_id")
    op.drop_constraint("fk_item_unit_item_id_is_published", "item_unit", type_="foreignkey")
    op.create_foreign_key("fk_item_unit_item_id", "item_unit", "item", ["item_id"], ["id"])
    op.drop_constraint("uq_item_id_is_published", "item", type_="unique")
    for table in ("item", "item_unit"):
        op.drop_column(table, "is_published")
    for document, partner in PARTNERS:
        line = f"{document}_line"
        op.drop_constraint(f"fk_{line}_entity_id_order_id_{partner}", line, type_="foreignkey")
        op.create_foreign_key(
            f"fk_{line}_entity_id_order_id", line, document, ["entity_id", "order_id"], ["entity_id", "id"]
        )
        op.drop_constraint(f"uq_{document}_entity_id_id_{partner}", document, type_="unique")
        op.drop_column(line, partner)
    op.drop_table("verified_context")
    op.drop_constraint("uq_policy_state_version", "policy_state", type_="unique")
    op.drop_table("signing_key")
