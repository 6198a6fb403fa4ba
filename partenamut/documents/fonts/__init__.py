"""The two bundled fonts: Portal Sans, a subset of Source Sans 3 under the SIL Open Font License (OFL.txt)."""

from pathlib import Path

FOLDER = Path(__file__).parent
FAMILY = "Portal Sans"
REGULAR = "portal-sans-regular.ttf"
BOLD = "portal-sans-bold.ttf"
