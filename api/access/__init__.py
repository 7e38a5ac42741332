"""The GraphQL of the access policy: why somebody may do something, and what a change of the policy would change."""
