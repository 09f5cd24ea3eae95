"""What was read for one drawing of the client Overview."""

from analytics.reports.client_answers import Summary
from dashboard.page.data import Compared

Reading = Compared[Summary]
