"""Code lists with what their standards say; identifiers, addresses and measurements of parties and items."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


_PRINTED_GTIN = (
    "CASE WHEN gtin LIKE '000000%' THEN right(gtin, 8) WHEN gtin LIKE '00%' THEN right(gtin, 12)"
    " WHEN gtin LIKE '0%' THEN right(gtin, 13) ELSE gtin END"
)
_PARTY = ("region", "postal_code", "street", "tax_id", "gln", "lei", "duns")
_ADDED: Mapping[str, Mapping[str, Any]] = {
    "unit": {"symbol": sa.Text(), "numerator": sa.Numeric(), "denominator": sa.Numeric(), "withdrawn_on": sa.Date()},
    "supplier": dict.fromkeys((*_PARTY, "iban", "bic"), sa.Text()),
    "customer": dict.fromkeys(_PARTY, sa.Text()),
    "item": {
        "gtin": sa.Text(),
        "unspsc": sa.Text(),
        "country_of_origin": sa.Text(),
        "net_weight": sa.Numeric(),
        "gross_weight": sa.Numeric(),
        "weight_unit": sa.Text(),
        "length": sa.Numeric(),
        "width": sa.Numeric(),
        "height": sa.Numeric(),
        "size_unit": sa.Text(),
    },
}
_CHECKS: Mapping[str, Mapping[str, str]] = {
    "unit": {
        "factor_positive_and_whole": "numerator > 0 AND denominator > 0 AND numerator = trunc(numerator)"
        " AND denominator = trunc(denominator)",
        "factor_complete": "(numerator IS NULL) = (denominator IS NULL)",
    },
    "item": {
        "gtin_form": "gtin ~ '^[0-9]{14}$'",
        "weights_in_order": "net_weight > 0 AND gross_weight > 0 AND gross_weight >= net_weight",
        "size_positive": "length > 0 AND width > 0 AND height > 0",
    },
}


def upgrade() -> None:
    _code_lists()
    for table, columns in _ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column("item", sa.Column("gtin_printed", sa.Text(), sa.Computed(_PRINTED_GTIN, persisted=True)))
    for table, checks in _CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table in ("supplier", "customer"):
        op.create_index(
            f"uq_{table}_country_tax_id",
            table,
            ["country", "tax_id"],
            unique=True,
            postgresql_where=sa.text("tax_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        )
        op.create_index(f"uq_{table}_gln", table, ["gln"], unique=True, postgresql_where=sa.text("gln IS NOT NULL"))
    op.create_index("uq_item_gtin", "item", ["gtin"], unique=True)


def _code_lists() -> None:
    op.create_table(
        "country",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("alpha_3", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country")),
    )
    op.create_index("uq_country_code", "country", ["code"], unique=True)
    op.create_table(
        "currency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("minor_units", sa.Integer(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("minor_units BETWEEN 0 AND 4", name=op.f("ck_currency_minor_units_bounded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currency")),
    )
    op.create_index("uq_currency_code", "currency", ["code"], unique=True)


def downgrade() -> None:
    """Indexes and checks go with their columns."""
    op.drop_column("item", "gtin_printed")
    for table, columns in _ADDED.items():
        for name in columns:
            op.drop_column(table, name)
    op.drop_table("currency")
    op.drop_table("country")
