"""The help: a guide, and the glossary, whose lines also stand behind the labels of all pages."""
