"""What was read for one drawing of the client Overview."""

from analytics.reports.client_answers import Summary
from dashboard.reading import Compared

Reading = Compared[Summary]
