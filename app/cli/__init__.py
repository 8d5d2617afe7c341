"""The `askwell` command."""

import click

from app.cli import demo, doctor, imports, posts, run, search, setup_forum, users


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Askwell, a peer-support forum."""


for command in (
    setup_forum.init,
    run.run,
    run.web,
    run.worker,
    demo.demo,
    users.user,
    doctor.doctor,
    posts.rerender,
    imports.imports,
    search.search,
):
    main.add_command(command)
