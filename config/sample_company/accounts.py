"""The sample accounts and whether they are still open to everybody who can read company.toml."""

from __future__ import annotations

from accounts.models import User
from config.sample_company.company import Company


def published_passwords(company: Company) -> list[str]:
    """User names of active sample accounts that still have the password printed in company.toml."""
    names = [person.username for person in company.people]
    people = User.objects.filter(username__in=names, is_active=True)
    return sorted(user.username for user in people if user.check_password(company.password))


def sign_in_lines(company: Company, names: list[str]) -> list[str]:
    """What to show a newcomer: each account and what it is for."""
    people = [person for person in company.people if person.username in names]
    return [f"  {person.username:<8} {person.name:<18} {person.does}" for person in people]
