"""The roster: a school's own tables of pupils and staff, read from CSV or XLSX into the database, all or nothing.

The way of a roster: files are read (reading), each sheet's kind is told by its headings (headings), each row is checked
(cells, checks) and put aside in a private place on disk (staging); then, within one transaction, rows are compared with
each other and with the database (crosscheck) and written in chunks (apply). What changes is counted (plan).
"""
