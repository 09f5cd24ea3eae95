"""The data of the client Overview."""

from analytics.reports.client_answers import Summary
from dashboard.page.data import ComparedPageData

OverviewData = ComparedPageData[Summary]
