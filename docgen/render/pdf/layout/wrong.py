"""Floor 2, edges: what reading and drawing raise where a body says nonsense, in words of RML. Knows no element."""

from __future__ import annotations

import re

from lxml import etree

#: What attributes and texts of RML can bring about, in docgen's code and in that of the libraries it asks.
#: UnicodeError is a ValueError, OverflowError and ZeroDivisionError are ArithmeticErrors.
WRONG = (ValueError, KeyError, ArithmeticError, IndexError, TypeError)
_NUMBERS = (
    (re.compile("could not convert string to float: ['\"](.*)['\"]", re.DOTALL), "number"),
    (re.compile(r"invalid literal for int\(\) with base \d+: ['\"](.*)['\"]", re.DOTALL), "whole number"),
)
#: How messages of Python begin, or go on; the rest of ValueErrors is docgen's own.
_PYTHON = re.compile(
    r"chr\(\)|list index|string index|tuple index|not enough|not all arguments|unsupported|cannot convert|Exceeds the|"
    r"codec can't|math domain|too many values|incomplete format|int too large|int\(\)|.* is not in list|undefined char|"
    r"\w+ arg(?:ument)?\b|\(.*\)$",
    re.DOTALL,
)
_SHOWN = 60


def in_words(error: Exception, element: etree._Element | None = None) -> str:
    """Return what is wrong, as far as the error tells; `element` is where it was raised."""
    text = str(error)
    if isinstance(error, KeyError):
        return _unknown(str(error.args[0]) if error.args else "", element)
    if isinstance(error, ValueError):
        for pattern, kind in _NUMBERS:
            if found := pattern.fullmatch(text):
                return f'"{shortened(found[1])}" is not a {kind}'
        if text and not _PYTHON.match(text):
            return text
    if isinstance(error, OverflowError):
        return "a number in it is too large"
    if isinstance(error, ZeroDivisionError):
        return "a size in it is 0 and cannot be"
    return "one of its attributes, or its text, cannot be read"


def shortened(text: str) -> str:
    """Return a text as a message shows it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _unknown(word: str, element: etree._Element | None) -> str:
    items = element.items() if element is not None else ()
    said = next((f'{name}="{shortened(value)}"' for name, value in items if value.lower() == word.lower()), None)
    return f"{said or chr(34) + shortened(word) + chr(34)} is not known"
