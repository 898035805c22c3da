"""`make bench`: what pages, feeds and registrations cost, beside a bare Flask hello-world on the same server in the same run.

The server is gunicorn sync with one worker on PostgreSQL; CPU is that of the web process and of the database's, apart, read from the
kernel; the Stripe stand-in, the job worker and this client are not counted. Nothing here is asserted: figures are read, not tested.
"""
