"""The set-up page: a snippet for a page or server, what knocks, and the first chart."""
