"""What happens to attachments by the clock."""

from datetime import timedelta

from flask import current_app

from app.attachments import service
from app.events import job


@job(every=timedelta(hours=1))
def forget_unused(_subject: int) -> None:
    """Hourly: delete pictures that were uploaded and never posted."""
    service.forget_unused(current_app.extensions["storage"])
