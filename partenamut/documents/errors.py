"""What goes wrong with documents."""


class RenderingRefused(RuntimeError):
    """Raised where a template asks for something that is not bundled, or cannot be made into a PDF."""


class UploadRefused(ValueError):
    """Raised for a file that is not taken; `code` is stable, `message` tells the person what to do next."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class KeyReused(ValueError):
    """Raised where a business key was used before for a document with other words."""
