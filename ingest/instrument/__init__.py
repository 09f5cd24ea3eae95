"""The server agent's face for flask-sock, within this process. Another application installs the
agent as a package instead: `/agents/`, and `docs/servers.md`.
"""

from assets.agents.python.wsmon_agent.flask_sock import monitor

__all__ = ["monitor"]
