"""One composer for every text: preview, personal-data guard, kept texts, conflicts. Used by the routes that post."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.access import SENT, forget_kept, kept_text
from app.attachments.receiving import received_picture
from app.lib.errors import NotPossible
from app.models import Post
from app.posts.forms import kinds_of, mask_personal, personal_findings
from app.posts.rendering import Text, render
from app.posts.service import StaleEdit


def compose(form: Any, template: str, save: Callable[[Text], Any], texts: list[Any], **context: Any) -> Any:
    """Show the composer, or preview, or take the words and call `save`, which returns the response.

    A picture that comes along ends up in the text, whatever button was pressed. `texts` are the fields the personal-data
    guard reads. Whatever stands against posting (a form error, personal data, a rule, somebody else's edit), the page
    comes back with everything that was typed.
    """

    picture = None

    def page(status: int, **more: Any) -> tuple[str, int]:
        alt = "" if picture else request.form.get("picture-alt", "")
        return render_template(template, form=form, picture_alt=alt, **{**context, **more}), status

    def not_possible(problem: NotPossible) -> tuple[str, int]:
        if problem.retry_after is not None:
            g.retry_after = problem.retry_after
        return page(problem.status, problem=problem.message)

    if request.method != "POST":
        return page(200)
    do = request.form.get("do")
    try:
        if picture := received_picture(required=do == "picture"):
            form.body.data = f"{form.body.data or ''}\n\n{picture}".lstrip()
    except NotPossible as problem:
        return not_possible(problem)
    if do == "picture":
        flash(_("The picture stands at the end of your text."))
    if do in ("picture", "fields"):
        return page(200)
    if not form.validate() or context.get("context_errors"):
        return page(422)
    if mask_personal(*texts):
        return page(422, masked=True, preview=render(form.body.data))
    if do == "preview":
        return page(200, preview=render(form.body.data))
    if findings := personal_findings(*texts):
        return page(422, personal=kinds_of(findings))
    words = render(form.body.data)
    try:
        response = save(words)
    except StaleEdit as stale:
        return page(409, problem=stale.message, current=stale.current)
    except NotPossible as problem:
        return not_possible(problem)
    if words.lacks_description:
        flash(_("A picture has no description. Some people cannot see it: edit your text to say what it shows."))
    forget_kept(request.path)
    flash(request.path, SENT)
    return response


def posted(post: Post, words: str) -> None:
    """Tell the author: posted, with twenty seconds to take it back; or waiting for the confirmed address."""
    if post.is_visible:
        flash(words, "undo:" + url_for("posts.undo", post_id=post.id))
    else:
        flash(_("Your text is kept. It becomes public when you open the link we sent to your address."))


def with_kept(form_class: Any, path: str | None = None, **options: Any) -> Any:
    """The form as it was typed and not yet sent to this address (`path`, else this one's); else as usual."""
    if request.method != "POST" and (kept := kept_text(path or request.path)):
        g.kept_at = kept.saved_at
        return form_class(formdata=None, **{**options, "data": options.get("data", {}) | kept.fields})
    return form_class(**options)
