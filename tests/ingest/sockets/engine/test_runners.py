"""Tasks that never wait share a greenlet; one that waits keeps its own."""

from contextvars import ContextVar, copy_context

import gevent
from gevent import Greenlet
from gevent.event import Event

from ingest.sockets.engine.runners import Runners, Task

name: ContextVar[str] = ContextVar("name", default="nobody")


def run_in_hub(runners: Runners, *tasks: Task) -> None:
    """Run the tasks in one callback of the hub, one after the other."""
    context, done = copy_context(), Event()

    def callback() -> None:
        for task in tasks:
            runners.run(task, context)
        done.set()

    gevent.get_hub().loop.run_callback(callback)
    assert done.wait(2)


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

    run_in_hub(runners, waits, lambda: ended.append("quick"))
    assert ended == ["quick"]
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


def test_a_task_sees_its_own_context() -> None:
    names: list[str] = []
    runners = Runners()
    for person in ("ada", "grace"):
        token = name.set(person)
        run_in_hub(runners, lambda: names.append(name.get()))
        name.reset(token)
    run_in_hub(runners, lambda: names.append(name.get()))
    assert names == ["ada", "grace", "nobody"]
