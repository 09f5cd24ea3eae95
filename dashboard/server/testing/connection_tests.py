"""Where the connection tests stand, above the load tests.

`assets/dashboard/connection_tests.js` fills it and runs them, since one of the two ends is this
browser.
"""

from dash import html
from dash.development.base_component import Component


def layout() -> Component:
    """An empty section."""
    return html.Section(id="connection-tests", className="connection-tests")
