"""Accounts, delegations, keys of partners; agreements between legal entities."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_subject", "account", ["subject"], unique=True)
    op.create_index("ix_account_person", "account", ["person"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delegator", sa.Text(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("delegate <> delegator", name=op.f("ck_delegation_two_subjects")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_delegation_valid_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("uq_delegation_delegator", "delegation", ["delegator", "delegate"], unique=True)
    op.create_index("ix_delegation_delegate", "delegation", ["delegate"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cost_per_minute", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("prefix ~ '^[0-9a-f]{12}$'", name=op.f("ck_api_key_prefix_form")),
        sa.CheckConstraint("secret_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_api_key_secret_hashed")),
        sa.CheckConstraint("cost_per_minute > 0", name=op.f("ck_api_key_cost_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_index("uq_api_key_prefix", "api_key", ["prefix"], unique=True)
    _agreements()


def _agreements() -> None:
    op.create_table(
        "inter_company_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("giver_entity_id", sa.Uuid(), nullable=False),
        sa.Column("taker_entity_id", sa.Uuid(), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("markup_percent", sa.Numeric(), nullable=False),
        sa.Column("title_transfer", sa.Text(), nullable=False),
        sa.Column("pair_limit_amount", sa.Numeric(), nullable=False),
        sa.Column("pair_limit_currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "covers IN ('offers', 'pairs', 'offers_and_pairs')", name=op.f("ck_inter_company_agreement_covers_known")
        ),
        sa.CheckConstraint("giver_entity_id <> taker_entity_id", name=op.f("ck_inter_company_agreement_two_entities")),
        sa.CheckConstraint(
            "markup_percent >= 0 AND pair_limit_amount >= 0", name=op.f("ck_inter_company_agreement_not_negative")
        ),
        sa.CheckConstraint(
            "pair_limit_currency ~ '^[A-Z]{3}$'",
            name=op.f("ck_inter_company_agreement_pair_limit_currency_iso_4217"),
        ),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_inter_company_agreement_status_known")),
        sa.CheckConstraint(
            "title_transfer IN ('at_shipment', 'at_receipt')",
            name=op.f("ck_inter_company_agreement_title_transfer_known"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_inter_company_agreement_valid_in_order")),
        sa.ForeignKeyConstraint(
            ["giver_entity_id"], ["legal_entity.id"], name=op.f("fk_inter_company_agreement_giver_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["taker_entity_id"], ["legal_entity.id"], name=op.f("fk_inter_company_agreement_taker_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inter_company_agreement")),
    )
    op.create_index(
        "uq_inter_company_agreement_giver", "inter_company_agreement", ["giver_entity_id", "code"], unique=True
    )
    op.create_index("ix_inter_company_agreement_taker", "inter_company_agreement", ["taker_entity_id", "code"])
    op.create_index("ix_inter_company_agreement_code", "inter_company_agreement", ["code", "id"])


def downgrade() -> None:
    op.drop_table("inter_company_agreement")
    op.drop_table("api_key")
    op.drop_table("delegation")
    op.drop_index("ix_account_person", table_name="account")
    op.drop_table("account")
