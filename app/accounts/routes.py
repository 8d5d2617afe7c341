"""Pages of an account: sign up, confirm, sign in and out, reset, settings, theme."""

from typing import Any

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from app.accounts import queries, service
from app.accounts.access import (
    SENT,
    actor,
    forget_kept,
    member,
    needs,
    passwords,
    sign_in,
    sign_out,
    typed_fields,
    whom,
)
from app.accounts.forms import (
    ChangeAddressForm,
    ChangePasswordForm,
    ForgotForm,
    ProfileForm,
    ResetForm,
    SignInForm,
    SignUpForm,
)
from app.extensions import limiter
from app.lib.errors import NotPossible, Refused
from app.lib.web import rejected, safe_path
from app.permissions import Action

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

THEMES = ("auto", "light", "dark")
# trust.md 1.4
SIGN_IN_LIMITS = ("10 per 5 minutes", "50 per 5 minutes")


def _typed_address() -> str:
    return "address " + request.form.get("email", "")[:254].strip().lower()


def _next() -> str:
    return safe_path(request.values.get("next", "")) or url_for("home.page")


@bp.route("/sign-up", methods=["GET", "POST"])
@needs(Action.ACCOUNT_OPEN)
@limiter.limit("5 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303)
def sign_up() -> Any:
    form = SignUpForm()
    if form.validate_on_submit():
        try:
            user = service.sign_up(passwords(), form.name.data, form.email.data, form.password.data)
        except service.NameTaken as taken:
            form.name.errors = [taken.message]
            return rejected("accounts/sign_up.html", form, next=_next())
        sign_in(user, stay=False)
        flash(_("Welcome! We sent a link to %(email)s. Open it to confirm the address.", email=form.email.data))
        return redirect(_next(), 303)
    return rejected("accounts/sign_up.html", form, next=_next())


@bp.route("/sign-in", endpoint="sign_in", methods=["GET", "POST"])
@needs(Action.ACCOUNT_OPEN)
@limiter.limit(SIGN_IN_LIMITS[0], key_func=_typed_address, methods=["POST"])
@limiter.limit(SIGN_IN_LIMITS[1], key_func=get_remote_address, methods=["POST"])
def sign_in_page() -> Any:
    form = SignInForm()
    if form.validate_on_submit():
        user = service.check_password(passwords(), form.email.data, form.password.data)
        if user is not None:
            sign_in(user, form.stay.data)
            return redirect(_next(), 303)
        form.password.errors = [_("Address and password do not belong together. Check both, or choose a new password.")]
    return rejected("accounts/sign_in.html", form, next=_next())


@bp.post("/sign-out", endpoint="sign_out")
@needs(Action.ACCOUNT_OPEN)
def sign_out_page() -> Any:
    sign_out()
    return redirect(url_for("home.page"), 303)


@bp.route("/confirm/<secret>", methods=["GET", "POST"])
@needs(Action.ADDRESS_CONFIRM)
def confirm(secret: str) -> Any:
    if request.method != "POST":
        return render_template("accounts/confirm.html")
    user = service.confirm_address(secret)
    flash(_("Thank you, your address is confirmed. What you posted is public now."))
    return redirect(url_for("home.page") if actor().id == user.id else url_for(".sign_in"), 303)


@bp.post("/confirmation")
@needs(Action.ACCOUNT_MANAGE)
@limiter.limit("3 per hour", key_func=whom, methods=["POST"])
def confirmation() -> Any:
    service.request_confirmation(member())
    flash(_("We sent the confirmation link again."))
    return redirect(url_for(".settings"), 303)


@bp.route("/forgot", methods=["GET", "POST"])
@needs(Action.ACCOUNT_OPEN)
@limiter.limit("3 per hour", key_func=_typed_address, methods=["POST"])
def forgot() -> Any:
    form = ForgotForm()
    if form.validate_on_submit():
        service.request_reset(form.email.data)
        return render_template("accounts/forgot_sent.html", email=form.email.data)
    return rejected("accounts/forgot.html", form)


@bp.route("/reset/<secret>", methods=["GET", "POST"])
@needs(Action.ACCOUNT_OPEN)
def reset(secret: str) -> Any:
    form = ResetForm()
    if form.validate_on_submit():
        service.reset_password(passwords(), secret, form.password.data)
        sign_out()
        flash(_("Your new password is set, and all browsers are signed out. Sign in with it."))
        return redirect(url_for(".sign_in"), 303)
    return rejected("accounts/reset.html", form)


@bp.get("/settings")
@needs(Action.ACCOUNT_MANAGE)
def settings() -> Any:
    return _settings()


@bp.post("/profile")
@needs(Action.ACCOUNT_MANAGE)
def profile() -> Any:
    form = ProfileForm(prefix="profile-")
    if form.validate():
        try:
            service.change_profile(member(), form.name.data, form.about.data)
            flash(_("Your profile is saved."))
            return redirect(url_for(".settings"), 303)
        except service.NameTaken as taken:
            form.name.errors = [taken.message]
    return _settings(profile=form)


@bp.post("/password")
@needs(Action.ACCOUNT_MANAGE)
@limiter.limit("10 per 5 minutes", key_func=whom, methods=["POST"])
def password() -> Any:
    form = ChangePasswordForm(prefix="password-")
    if form.validate():
        person = member()
        try:
            service.change_password(passwords(), person, form.current.data, form.password.data, person.session_token)
            flash(_("Your new password is set. All other browsers were signed out."))
            return redirect(url_for(".settings"), 303)
        except Refused as wrong:
            form.current.errors = [wrong.message]
    return _settings(password=form)


@bp.post("/address")
@needs(Action.ACCOUNT_MANAGE)
@limiter.limit("5 per hour", key_func=whom, methods=["POST"])
def address() -> Any:
    form = ChangeAddressForm(prefix="address-")
    if form.validate():
        try:
            service.request_address_change(passwords(), member(), form.current.data, form.email.data)
            flash(_("We sent a link to %(email)s. The address changes when you open it.", email=form.email.data))
            return redirect(url_for(".settings"), 303)
        except Refused as wrong:
            form.current.errors = [wrong.message]
    return _settings(address=form)


@bp.route("/address/<secret>", methods=["GET", "POST"])
@needs(Action.ADDRESS_CONFIRM)
def change_address(secret: str) -> Any:
    if request.method != "POST":
        return render_template("accounts/change_address.html")
    service.change_address(secret)
    flash(_("Your account uses the new address now."))
    return redirect(url_for(".settings"), 303)


@bp.post("/sessions/<id:session_id>/end")
@needs(Action.ACCOUNT_MANAGE)
def end_session(session_id: int) -> Any:
    service.end_session(member(), session_id)
    flash(_("That browser is signed out."))
    return redirect(url_for(".settings"), 303)


@bp.post("/drafts")
@needs(Action.ACCOUNT_MANAGE)
@limiter.limit("60 per minute", key_func=whom)
def draft() -> Any:
    """Keep what is being typed (script sends it every few seconds), or with `do=end` forget it."""
    path = safe_path(request.form.get("path", ""))
    if path is None or len(path) > 200:
        raise NotPossible(_("This text belongs to no page."), status=422)
    if request.form.get("do") == "end":
        forget_kept(path)
        flash(_("The draft is deleted."))
        flash(path, SENT)
        return redirect(path, 303)
    fields = {name: value for name, value in typed_fields().items() if name != "path"}
    if fields.get("body", "").strip() or fields.get("title", "").strip():
        service.keep_text(path, fields, member(), None)
    else:
        forget_kept(path)
    return "", 204


@bp.post("/theme")
@needs(Action.SITE_READ)
def theme() -> Any:
    """The light or dark switch: remembered by the browser, without an account."""
    choice = request.form.get("theme", "")
    if choice not in THEMES:
        raise NotPossible(_("Choose System, Light or Dark."), status=422)
    response = make_response(redirect(safe_path(request.form.get("next", "")) or url_for("home.page"), 303))
    response.set_cookie(
        "theme", choice, max_age=365 * 86400, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return response


def _settings(**bad: Any) -> Any:
    person = member()
    forms = {
        "profile": bad.get("profile") or ProfileForm(formdata=None, obj=person, prefix="profile-"),
        "password": bad.get("password") or ChangePasswordForm(formdata=None, prefix="password-"),
        "address": bad.get("address") or ChangeAddressForm(formdata=None, prefix="address-"),
    }
    shown = render_template(
        "accounts/settings.html",
        forms=forms,
        sessions=queries.sessions_of(person),
        this_session=g.session_id,
        errors=[form for form in bad.values() if form is not None],
    )
    return shown, 422 if bad else 200
