"""The first day: what knocks, whom to allow, and the snippets that make a page or server knock."""
