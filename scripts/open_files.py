"""How many connections the operating system lets us hold: each one is an open file."""

import resource

COMFORTABLE = 16_384
MOST_WANTED = 65_536


def raise_limit() -> str | None:
    """Raise the soft limit to what we may; answers a warning when that is little."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_WANTED if hard == resource.RLIM_INFINITY else min(hard, MOST_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft == resource.RLIM_INFINITY or soft >= COMFORTABLE:
        return None
    return (
        f"One worker may hold only about {soft - 100} connections: `ulimit -n` is {soft}. "
        f"Raise it (LimitNOFILE= in systemd, `ulimit -n {COMFORTABLE}` in a shell) for more."
    )
