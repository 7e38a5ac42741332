"""How the process logs: one line per fact, for people at a terminal, as JSON anywhere else."""

import logging
import sys

import structlog

from kernel.settings import LogLevel


def configure_logs(level: LogLevel) -> None:
    """Sends structlog's and the libraries' lines to standard error, from `level` on."""
    people = sys.stderr.isatty()
    # Plain tracebacks: the rich ones print local variables, and take seconds to draw.
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if people
        else structlog.processors.JSONRenderer()
    )
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if people else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(numeric, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
