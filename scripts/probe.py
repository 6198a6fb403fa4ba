"""The health check of the web container: ends well when the page of readiness answers 200."""

import os
import sys
from urllib.request import Request, urlopen


def main() -> int:
    """0 when the portal is ready; the answer of the portal itself is the error otherwise."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    port = os.environ.get("PORT", "8000")
    request = Request(f"http://127.0.0.1:{port}/health/ready", headers={"Host": host})
    with urlopen(request, timeout=4) as response:  # noqa: S310
        return 0 if response.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
