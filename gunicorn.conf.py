"""How gunicorn serves the portal, here and in production; it reads this file by itself."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
preload_app = True  # the code is read once, not once per worker
# Threads: a slow download of a long export holds one of them, not the whole worker.
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 4
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"
control_socket_disable = True
