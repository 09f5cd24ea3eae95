"""The limit of open files, and so of connections: each one is an open file."""

import resource

SUFFICIENT_LIMIT = 16_384
MAX_LIMIT = 65_536


def raise_limit() -> str | None:
    """Raise the soft limit as far as permitted; returns a warning if that is too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = MAX_LIMIT if hard == resource.RLIM_INFINITY else min(hard, MAX_LIMIT)
    if soft != resource.RLIM_INFINITY and soft < target:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
        soft = target
    if soft == resource.RLIM_INFINITY or soft >= SUFFICIENT_LIMIT:
        return None
    return (
        f"One worker may hold only about {soft - 100} connections: `ulimit -n` is {soft}. "
        f"Raise it (LimitNOFILE= in systemd, `ulimit -n {SUFFICIENT_LIMIT}` in a shell) for more."
    )
