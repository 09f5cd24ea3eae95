"""Tasks that never wait share a greenlet; one that waits keeps its own."""

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field

import gevent
from gevent import Greenlet, GreenletExit
from gevent.event import Event

from ingest.sockets.engine.runners import Runners

name: ContextVar[str] = ContextVar("name", default="nobody")


Task = Callable[[], object]


@dataclass
class Job:
    """Runs a task once, and says in which greenlet it waits."""

    task: Task
    context: Context = field(default_factory=copy_context)
    waits_in: list[object] = field(default_factory=list)

    def run(self) -> None:
        self.task()

    def waits(self, greenlet: object) -> None:
        self.waits_in.append(greenlet)


def run_in_hub(runners: Runners, *tasks: Task) -> list[Job]:
    """Have the tasks run together, when the hub runs next."""
    jobs = [Job(task) for task in tasks]

    def callback() -> None:
        for job in jobs:
            runners.add(job)

    gevent.get_hub().loop.run_callback(callback)
    gevent.sleep(0.01)
    return jobs


def test_tasks_that_do_not_wait_run_in_the_same_greenlet_at_once() -> None:
    greenlets: list[object] = []
    run_in_hub(Runners(), *[lambda: greenlets.append(gevent.getcurrent())] * 3)
    assert len(greenlets) == 3
    assert len(set(greenlets)) == 1


def test_a_task_that_waits_keeps_nobody_waiting() -> None:
    runners, go, ended = Runners(), Event(), list[str]()

    def waits() -> None:
        go.wait()
        ended.append("waits")

    waiting, quick = run_in_hub(runners, waits, lambda: ended.append("quick"))
    assert ended == ["quick"]
    assert (len(waiting.waits_in), len(quick.waits_in)) == (1, 0)
    go.set()
    gevent.sleep(0.01)
    assert ended == ["quick", "waits"]
    run_in_hub(runners, lambda: ended.append("after"))
    assert ended[-1] == "after"


def test_closed_runners_end_with_their_task() -> None:
    runners, greenlets = Runners(), list[Greenlet]()

    def remembered() -> None:
        greenlets.append(gevent.getcurrent())

    run_in_hub(runners, remembered)
    assert not greenlets[0].dead
    runners.close()
    run_in_hub(runners, remembered)
    gevent.sleep(0)
    assert len(set(greenlets)) == 2
    assert all(greenlet.dead for greenlet in greenlets)


def test_a_task_that_ends_its_greenlet_leaves_the_others_theirs() -> None:
    runners, ended = Runners(), list[str]()

    def leaves() -> None:
        raise GreenletExit

    run_in_hub(runners, leaves, lambda: ended.append("after"))
    assert ended == ["after"]


def test_a_task_sees_its_own_context() -> None:
    names: list[str] = []
    runners = Runners()
    for person in ("ada", "grace"):
        token = name.set(person)
        run_in_hub(runners, lambda: names.append(name.get()))
        name.reset(token)
    run_in_hub(runners, lambda: names.append(name.get()))
    assert names == ["ada", "grace", "nobody"]
