"""The commands of an account. No answer here tells whether an address has an account."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.accounts import queries
from app.accounts.tokens import digest, new_secret
from app.events import (
    AddressChanged,
    AddressChangeRequested,
    AddressConfirmed,
    ConfirmationRequested,
    MemberSignedUp,
    PasswordChanged,
    PasswordResetRequested,
    ProfileChanged,
    Work,
    lock_row,
    unit_of_work,
)
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible, Refused
from app.lib.passwords import Passwords
from app.lib.slugs import handle
from app.models import Actor, KeptText, MemberSession, Role, Site, Token, TokenPurpose, User
from app.permissions import Action, require

# trust.md 1.4
TOKEN_LIFE = {
    TokenPurpose.CONFIRM_ADDRESS: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(minutes=30),
    TokenPurpose.CHANGE_ADDRESS: timedelta(minutes=30),
}
MEMBER_IDLE, MEMBER_ABSOLUTE = timedelta(days=30), timedelta(days=90)
STAFF_IDLE, STAFF_ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
CLAIMS_CHECKED = 4


class NameTaken(NotPossible):
    """Somebody else has this name, or one that reads the same."""

    def __init__(self) -> None:
        super().__init__(_("Somebody here has this name already. Add a letter or a second name."))


def sign_up(passwords: Passwords, name: str, email: str, password: str) -> User:
    """Open an account with an unconfirmed claim to the address. Raises NameTaken.

    An address that has an account already gets a second claim and a mail that says so: the page cannot tell.
    """
    hashed = passwords.hash(password)
    try:
        with unit_of_work(None) as work:
            user = User(name=name, handle=handle(name), email=email, password_hash=hashed)
            db.session.add(user)
            db.session.flush()
            token = _token(user, TokenPurpose.CONFIRM_ADDRESS, email)
            work.record(MemberSignedUp(user_id=user.id, token_id=token.id))
            return user
    except IntegrityError:
        raise NameTaken from None


def check_password(passwords: Passwords, email: str, password: str) -> User | None:
    """The account that this address and password open. Takes the same time whatever the answer."""
    found = None
    candidates: list[User | None] = [*queries.claimants(email)]
    for user in candidates + [None] * (CLAIMS_CHECKED - len(candidates)):
        if passwords.matches(user.password_hash if user else "", password) and found is None:
            found = user
    if found is not None and passwords.is_outdated(found.password_hash):
        hashed = passwords.hash(password)
        with unit_of_work(found, lock=found):
            found.password_hash = hashed
    return found


def start_session(user: User, browser: str, stay: bool) -> str:
    """Sign somebody in on one browser; returns the secret for the cookie."""
    secret = new_secret()
    with unit_of_work(user):
        db.session.add(MemberSession(user_id=user.id, token_hash=digest(secret), browser=browser[:120], stay=stay))
    return secret


def is_over(session: MemberSession, now: datetime) -> bool:
    """Whether a session has ended by itself: idle too long, or too old."""
    staff = session.user.is_staff
    idle, absolute = (STAFF_IDLE, STAFF_ABSOLUTE) if staff else (MEMBER_IDLE, MEMBER_ABSOLUTE)
    return now - session.last_seen_at > idle or now - session.created_at > absolute


def touch_session(session: MemberSession) -> None:
    """Note that the session is in use, at most every five minutes; where that cannot be written now, reading goes on."""
    if clock.now() - session.last_seen_at < SEEN_EVERY:
        return
    session_id = session.id
    try:
        with unit_of_work(None, waits=False):
            seen = update(MemberSession).where(MemberSession.id == session_id).values(last_seen_at=clock.now())
            db.session.execute(seen)
    except OperationalError:
        return


def end_session(actor: User, session_id: int) -> None:
    """Sign one of one's own browsers out; the session of somebody else is as if it did not exist."""
    with unit_of_work(actor):
        require(actor, Action.ACCOUNT_MANAGE)
        db.session.execute(
            delete(MemberSession).where(MemberSession.id == session_id, MemberSession.user_id == actor.id)
        )


def end_session_by_token(token: str) -> None:
    """Sign the browser with this cookie out."""
    with unit_of_work(None):
        db.session.execute(delete(MemberSession).where(MemberSession.token_hash == digest(token)))


def request_confirmation(user: User) -> None:
    """Send the confirmation mail again; older links die."""
    with unit_of_work(user, lock=user) as work:
        require(user, Action.ACCOUNT_MANAGE)
        if user.confirmed_at is not None:
            return
        token = _token(user, TokenPurpose.CONFIRM_ADDRESS, user.email)
        work.record(ConfirmationRequested(user_id=user.id, token_id=token.id))


def confirm_address(secret: str) -> User:
    """Confirm the address a link was sent to. Raises NotPossible when the link is used, too old, or meant for another."""
    with unit_of_work(None) as work:
        token = _use(secret, TokenPurpose.CONFIRM_ADDRESS)
        user = token.user
        _claim(work, user)
        work.record(AddressConfirmed(user_id=user.id))
        return user


def request_reset(email: str) -> None:
    """Send a link to choose a new password, if somebody confirmed this address; silent otherwise."""
    with unit_of_work(None) as work:
        user = queries.owner_of(email)
        if user is None:
            return
        lock_row(user)  # asked for twice at once, the second kills the link of the first
        if user.email != email:
            return
        token = _token(user, TokenPurpose.RESET_PASSWORD, email)
        work.record(PasswordResetRequested(user_id=user.id, token_id=token.id))


def reset_password(passwords: Passwords, secret: str, password: str) -> User:
    """Set a new password with a link from the mail; every session ends. Raises NotPossible for a dead link."""
    hashed = passwords.hash(password)
    with unit_of_work(None) as work:
        user = _use(secret, TokenPurpose.RESET_PASSWORD).user
        _set_password(work, user, hashed, keep=None)
        return user


def change_password(passwords: Passwords, actor: User, current: str, password: str, keep_token: str) -> None:
    """Set a new password; every other session ends and every link that was sent dies. Raises Refused for a wrong one."""
    _reenter(passwords, actor, current)
    hashed = passwords.hash(password)
    with unit_of_work(actor, lock=actor) as work:
        require(actor, Action.ACCOUNT_MANAGE)
        _set_password(work, actor, hashed, keep=digest(keep_token))


def request_address_change(passwords: Passwords, actor: User, current: str, email: str) -> None:
    """Send a link to the new address, and a word to the old one. Raises Refused for a wrong password."""
    _reenter(passwords, actor, current)
    with unit_of_work(actor, lock=actor) as work:
        require(actor, Action.ACCOUNT_MANAGE)
        token = _token(actor, TokenPurpose.CHANGE_ADDRESS, email)
        work.record(AddressChangeRequested(user_id=actor.id, token_id=token.id))


def change_address(secret: str) -> User:
    """Move to the address a link was sent to. Raises NotPossible for a dead link, or when it belongs to somebody else."""
    with unit_of_work(None) as work:
        token = _use(secret, TokenPurpose.CHANGE_ADDRESS)
        user = token.user
        first = user.confirmed_at is None
        user.email = token.address
        _claim(work, user)
        work.record(AddressChanged(user_id=user.id))
        if first:
            work.record(AddressConfirmed(user_id=user.id))
        return user


def change_profile(actor: User, name: str, about: str) -> None:
    """Change name and the lines about oneself. Raises NameTaken."""
    try:
        with unit_of_work(actor, lock=actor) as work:
            require(actor, Action.ACCOUNT_MANAGE)
            actor.name, actor.handle, actor.about = name, handle(name), about
            db.session.flush()
            _changed(work, actor)
    except IntegrityError:
        raise NameTaken from None


def create_user(passwords: Passwords, name: str, email: str, password: str, role: Role, team: str = "") -> User:
    """For the command line: open a confirmed account with a role. Raises NotPossible when name or address is taken."""
    hashed = passwords.hash(password)
    try:
        with unit_of_work(None) as work:
            user = User(name=name, handle=handle(name), email=email, password_hash=hashed, role=role, team=team)
            user.confirmed_at = clock.now()
            db.session.add(user)
            db.session.flush()
            _changed(work, user)
            return user
    except IntegrityError:
        raise NotPossible(_("The name or the e-mail address is taken.")) from None


def promote_user(email: str, role: Role, team: str) -> User:
    """For the command line: give somebody another role. Raises NotPossible when nobody confirmed this address."""
    with unit_of_work(None) as work:
        user = queries.owner_of(email)
        if user is None:
            raise NotPossible(_("Nobody has confirmed this address."))
        user.role, user.team = role, team or user.team
        _changed(work, user)
        return user


def keep_text(path: str, fields: dict[str, str], actor: Actor, token: str | None) -> str | None:
    """Keep what somebody typed at an address, in place of what was kept there before.

    A member's draft is found on every device; a guest's under the secret for the cookie, which is returned.
    """
    secret = None if actor.id is not None else token or new_secret()
    try:
        with unit_of_work(actor, lock=actor if isinstance(actor, User) else None):
            row = queries.kept_text(actor.id, secret, path)
            if row is None or row.user_id != actor.id:
                row = KeptText(user_id=actor.id, token_hash=digest(secret) if secret else None, path=path)
                db.session.add(row)
            row.fields, row.saved_at = fields, clock.now()
    except IntegrityError:  # a guest's form, sent twice in the same moment
        return keep_text(path, fields, actor, secret)
    return secret


def forget_kept_text(path: str, actor: Actor, token: str | None) -> None:
    """The text was sent, or is no longer wanted."""
    with unit_of_work(actor):
        while (row := queries.kept_text(actor.id, token, path)) is not None:
            db.session.delete(row)
            db.session.flush()


def forget_expired() -> None:
    """Delete links, sessions and kept texts whose time is over."""
    now = clock.now()
    with unit_of_work(None):
        db.session.execute(delete(Token).where(Token.expires_at < now - timedelta(days=1)))
        db.session.execute(delete(KeptText).where(KeptText.saved_at < now - KEPT_FOR))
        old = (MemberSession.last_seen_at < now - MEMBER_IDLE) | (MemberSession.created_at < now - MEMBER_ABSOLUTE)
        db.session.execute(delete(MemberSession).where(old))


def arm_token(token_id: int) -> tuple[Token, str] | None:
    """Give a waiting token its secret, just before the mail goes out; a new try replaces it. None when it is dead."""
    secret = new_secret()
    with unit_of_work(None):
        token = db.session.get(Token, token_id)
        if token is None or token.used_at is not None or token.expires_at < clock.now():
            return None
        token.token_hash = digest(secret)
    return token, secret


def _token(user: User, purpose: TokenPurpose, address: str) -> Token:
    """A fresh one-use link; an older one for the same purpose dies."""
    kill = update(Token).where(Token.user_id == user.id, Token.purpose == purpose, Token.used_at.is_(None))
    db.session.execute(kill.values(used_at=clock.now()))
    token = Token(user_id=user.id, purpose=purpose, address=address, expires_at=clock.now() + TOKEN_LIFE[purpose])
    db.session.add(token)
    db.session.flush()
    return token


def _use(secret: str, purpose: TokenPurpose) -> Token:
    token = db.session.scalar(
        select(Token).where(Token.token_hash == digest(secret), Token.purpose == purpose).with_for_update()
    )
    if token is None or token.used_at is not None or token.expires_at < clock.now():
        raise NotPossible(_("This link was used already or is too old. Ask for a new one."), status=410)
    token.used_at = clock.now()
    return token


def _claim(work: Work, user: User) -> None:
    """Make the account the owner of its address."""
    user.confirmed_at = user.confirmed_at or clock.now()
    try:
        db.session.flush()
    except IntegrityError:
        raise NotPossible(_("This address belongs to another account. Sign in with that one.")) from None
    _kill_links(user)
    _changed(work, user)


def _set_password(work: Work, user: User, hashed: str, keep: str | None) -> None:
    user.password_hash = hashed
    _kill_links(user)
    others = delete(MemberSession).where(MemberSession.user_id == user.id)
    if keep is not None:
        others = others.where(MemberSession.token_hash != keep)
    db.session.execute(others)
    work.record(PasswordChanged(user_id=user.id))


def _kill_links(user: User) -> None:
    alive = update(Token).where(Token.user_id == user.id, Token.used_at.is_(None))
    db.session.execute(alive.values(used_at=clock.now()))


def _reenter(passwords: Passwords, actor: User, current: str) -> None:
    if not passwords.matches(actor.password_hash, current):
        raise Refused(_("This is not your password."))


def _changed(work: Work, user: User) -> None:
    """Name, avatar or role stand on many pages: whatever was cached of them is old."""
    site = db.session.get_one(Site, 1)
    site.version = Site.version + 1  # counted by the database: two people at once must not end in the same number
    work.record(ProfileChanged(user_id=user.id))
