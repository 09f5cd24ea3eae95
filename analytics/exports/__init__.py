"""Single rows for people and programs: which there are, how they are written, and how they wait.

From the bottom: `cells` (values in, cells out), `datasets` (the registry), `spool` (the file),
`exports` (what the pages and the API ask for). The job of that name prepares the large ones.
"""
