"""Who may approve a run, how often it has to be approved, and what an approval is bound to."""

from services.approvals.person import Person
from services.approvals.rules import ApprovalPolicy, Rule, Second

__all__ = ["ApprovalPolicy", "Person", "Rule", "Second"]
