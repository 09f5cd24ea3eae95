"""How often each job runs, as data: pages list it without the jobs and what they import."""

TIMETABLE = (
    ("rollup of reports", 10),
    ("rollup of samples", 10),
    ("places of rollups", 3600),
    ("partitions ahead", 3600),
    ("retention", 3600),
    ("exports", 5),
    ("alerts", 15),
    ("alert history", 3600),
    ("first recipient", 3600),
    ("configuration", 600),
    ("probe", 60),
    ("delivery", 5),
    ("weekly digest", 900),
    ("series of anomalies", 3600),
    ("bands of anomalies", 60),
    ("anomalies", 60),
    ("explanations of anomalies", 60),
    ("session summaries", 60),
    ("segments of sessions", 3600),
    ("ends of connections", 30),
)
