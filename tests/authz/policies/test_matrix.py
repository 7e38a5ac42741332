"""The page of who may do what is what the starting policy says."""

from pathlib import Path

from authz.policies.matrix import matrix_page
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from tests.architecture.sources import ROOT

PAGE = Path(ROOT) / "docs" / "guides" / "access-matrix.md"


def test_the_page_is_what_the_starting_policy_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == matrix_page(starting_policy()), (
        "write it again: python -m authz.policies.matrix > docs/guides/access-matrix.md"
    )


def test_every_role_is_on_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [role for role in Role if f"| {role} |" not in page] == []
    assert "| procurement_approver | read, approve [within_limit], reject |" in page
    assert "| anyone | deny approve [is_submitter], deny reject [is_submitter] |" in page
