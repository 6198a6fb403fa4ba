"""Several calls at the same moment, each with a connection and a transaction of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import get_language, override

from partenamut.workflow import TransitionRefused


def at_once(*calls):
    """What each call gave or was refused with, all started together, in the language of the caller."""
    gate, language = threading.Barrier(len(calls)), get_language()

    def run(call):
        try:
            with override(language):
                gate.wait(timeout=10)
                return call()
        except (TransitionRefused, ValidationError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refusals(results):
    """The calls that were refused."""
    return [result for result in results if isinstance(result, Exception)]
