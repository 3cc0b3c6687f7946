"""Who may approve a run, how often it has to be approved, and what an approval is bound to."""

from services.approvals.person import Person
from services.approvals.rules import ApprovalPolicy, ApprovalRule, SecondApproverConditions

__all__ = ["ApprovalPolicy", "ApprovalRule", "Person", "SecondApproverConditions"]
