"""Every role says what it is for, in errors."""

from __future__ import annotations

from sqltoolkit_core.sql import roles


def test_every_role_is_listed_and_described():
    found = {name for name, value in vars(roles).items() if isinstance(value, type) and name.endswith("Role")}
    assert found == set(roles.__all__) - {"UsesInspection"}
    for name in found - {"AllowsLambdaRole"}:
        role = getattr(roles, name)
        assert issubclass(role, roles.SQLRole) and isinstance(role.role_name, str)


def test_what_roles_allow():
    assert roles.WhereHavingRole.allows_lambda and not roles.LimitOffsetRole.allows_lambda
    assert roles.FromClauseRole.uses_inspection and not roles.OrderByRole.uses_inspection
