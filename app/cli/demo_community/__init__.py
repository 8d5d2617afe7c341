"""A believable support community, as data: people, topics and threads."""

from app.cli.demo_community.people import PEOPLE
from app.cli.demo_community.script import ThreadScript
from app.cli.demo_community.threads_a import THREADS as THREADS_A
from app.cli.demo_community.threads_b import THREADS as THREADS_B
from app.cli.demo_community.threads_c import THREADS as THREADS_C
from app.cli.demo_community.threads_d import THREADS as THREADS_D
from app.cli.demo_community.topics import TOPICS

THREADS: tuple[ThreadScript, ...] = (*THREADS_A, *THREADS_B, *THREADS_C, *THREADS_D)

__all__ = ["PEOPLE", "THREADS", "TOPICS"]
