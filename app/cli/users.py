"""`askwell user`: accounts from the command line."""

import sys

import click
from werkzeug.datastructures import MultiDict

from app import create_app
from app.accounts import service
from app.accounts.forms import SignUpForm
from app.cli.console import console
from app.lib.errors import NotPossible
from app.lib.passwords import MIN_LENGTH
from app.models import Role

ROLES = [role.value for role in (Role.MEMBER, Role.STAFF, Role.MODERATOR, Role.ADMIN)]


@click.group()
def user() -> None:
    """Create members and staff, or give somebody another role."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The name others see.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
@click.option("--team", default="", help="Shown beside the name of staff.")
@click.password_option(help=f"At least {MIN_LENGTH} characters; asked for when left out.")
def create(email: str, name: str, role: str, team: str, password: str) -> None:
    """Create a confirmed account with the address EMAIL."""
    app = create_app()
    typed = MultiDict({"name": name, "email": email, "password": password})
    with app.test_request_context():
        form = SignUpForm(formdata=typed)
        if not form.validate():
            sys.exit("\n".join(f"{field}: {problems[0]}" for field, problems in form.errors.items()))
        try:
            person = service.create_user(
                app.extensions["passwords"], form.name.data, form.email.data, password, Role(role), team
            )
        except NotPossible as problem:
            sys.exit(problem.message)
        console.print(f"{person.name} can sign in as {email} ({role}).")


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", default="", help="Shown beside the name of staff.")
def promote(email: str, role: str, team: str) -> None:
    """Give the owner of EMAIL another role."""
    with create_app().test_request_context():
        try:
            person = service.promote_user(email.strip().lower(), Role(role), team)
        except NotPossible as problem:
            sys.exit(problem.message)
        console.print(f"{person.name} is {role} now.")
