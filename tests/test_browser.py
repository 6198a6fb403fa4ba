"""The guards of the browser fixtures bite."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGES = {
    "/quiet": "<!doctype html><title>Quiet</title><p>Nothing happens.</p>",
    "/foreign": '<!doctype html><title>Foreign</title><img src="http://elsewhere.example/pixel.png" alt="">',
    "/error": "<!doctype html><title>Error</title><script>nobody.knows()</script>",
    "/policy": "<!doctype html><title>Policy</title><script>document.title = 'run'</script>",
    "/zone": "<!doctype html><title>Zone</title>",
}


class Site(BaseHTTPRequestHandler):
    """Serves the pages above."""

    def do_GET(self):
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path == "/policy":
            self.send_header("Content-Security-Policy", "script-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Write nothing."""


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_quiet_page_is_left_alone(page, site, complaints):
    page.goto(f"{site}/quiet")
    assert page.title() == "Quiet"
    assert complaints == []


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/foreign", "request to another host: http://elsewhere.example/pixel.png"),
        ("/error", "script error: "),
        ("/policy", "policy violation: "),
    ],
)
def test_a_page_that_misbehaves_is_seen(page, site, complaints, path, complaint):
    page.goto(f"{site}{path}", wait_until="networkidle")
    seen = list(complaints)
    complaints.clear()  # provoked on purpose
    assert [line for line in seen if line.startswith(complaint)]


def test_the_visitor_is_belgian(page, site):
    page.goto(f"{site}/zone")
    assert page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]") == [
        "fr-BE",
        "Europe/Brussels",
    ]
