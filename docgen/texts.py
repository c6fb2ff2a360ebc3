"""Floor 1, rules: words in the record's language: texts with placeholders, plural forms, lists. No Jinja here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from docgen.errors import TemplateError, TextMissing, did_you_mean

_PLACE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=256)
def babel_locale(identifier: str) -> Locale:
    """Return Babel's locale for `de`, `de_AT` or `de-AT`.

    Raises:
        TemplateError: Babel knows no such locale.
    """
    try:
        return Locale.parse(identifier.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise TemplateError(f'"{identifier}" is not a language docgen knows', hint="such as: en, de_AT, lt") from error


def chain(identifier: str) -> list[str]:
    """Return where to look for texts: the region's own first, then its language's. Never another language."""
    parts = identifier.replace("-", "_").split("_")
    return ["_".join(parts[:count]) for count in range(len(parts), 0, -1)]


class Texts(Mapping[str, object]):
    """The texts of one template in one language; a key that is not there is a fault."""

    def __init__(self, locale: str, texts: Mapping[str, Mapping[str, object]]) -> None:
        self.locale = locale
        self._all = texts
        known = {language.replace("-", "_"): keys for language, keys in texts.items()}
        self._levels = [known[language] for language in chain(locale) if language in known]

    def __getitem__(self, key: str) -> object:
        for level in self._levels:
            if key in level:
                return level[key]
        raise self._missing(key)

    def __iter__(self) -> Iterator[str]:
        return iter({key: None for level in self._levels for key in level})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: object) -> bool:
        return any(key in level for level in self._levels)

    def in_language(self, locale: str) -> Texts:
        """Return the same texts in another language, for documents in two."""
        return Texts(locale, self._all)

    def _missing(self, key: str) -> TextMissing:
        language = chain(self.locale)[-1]
        elsewhere = {key for keys in self._all.values() for key in keys}
        if key in elsewhere:
            name = babel_locale(self.locale).get_language_name("en") or language
            return TextMissing(
                f'the text "{key}" is not there in {name}',
                field=key,
                hint=f"add it in template.yaml: texts › {language}",
            )
        hint = did_you_mean(key, elsewhere) or "the template has no texts"
        return TextMissing(f'there is no text "{key}"', field=key, hint=hint)

    def say(self, key: str, placeholders: Mapping[str, str], count: object = None) -> str:
        """Return a text with its placeholders filled in.

        Args:
            key: which text.
            placeholders: name -> what to write in place of `{name}`.
            count: what decides the plural form, where the text has forms.
        """
        text = self[key]
        if isinstance(text, Mapping):
            text = choose_form(count, text, self.locale, key)
        if not isinstance(text, str):
            raise TextMissing(f'the text "{key}" is not a text', field=key)
        return text if "{" not in text else _PLACE.sub(lambda match: self._fill(key, match[1], placeholders), text)

    def _fill(self, key: str, name: str, placeholders: Mapping[str, str]) -> str:
        if name not in placeholders:
            hint = did_you_mean(name, placeholders) or f'write t("{key}", {name}=…)'
            raise TextMissing(f'the text "{key}" needs {{{name}}}', field=key, hint=hint)
        return placeholders[name]


def plural_category(count: object, locale: str) -> str:
    """Return the CLDR category of a number: zero, one, two, few, many, other. Trailing zeros count, as in `1.0`."""
    if isinstance(count, bool) or not isinstance(count, int | float | Decimal):
        raise TemplateError("the number that decides the plural is not a number", hint="give it as n=…")
    number = Decimal(repr(count)) if isinstance(count, float) else Decimal(count)
    return str(babel_locale(locale).plural_form(abs(number)))


def choose_form(count: object, forms: Mapping[str, object], locale: str, key: str = "") -> str:
    """Return the form that a number asks for; `other` serves where a form is not given.

    Args:
        count: the number.
        forms: category -> text; `=0` and the like win over categories.
        locale: whose plural rules apply.
        key: the text's key, for the message.
    """
    category = plural_category(count, locale)
    form = forms.get(f"={count}", forms.get(category, forms.get("other")))
    if isinstance(form, str):
        return form
    name = f'the text "{key}"' if key else "the plural"
    raise TextMissing(f"{name} has no form for {count} ({category})", field=key, hint=f'give "{category}" or "other"')
