"""How does a page look? HTML without scripts, and the headers that let it load and do nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from sanic import HTTPResponse

from service.account_page.forms import Form, make_token
from service.account_page.texts import LANGUAGES, WORDS
from service.auth import codes, password_rules
from service.auth.schemas import InvalidEmail
from service.base.settings import Settings
from service.http.errors import ApiError
from service.http.web import Answer

_CSS = """
body { margin: 0 auto; max-width: 32rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.5rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input[type=text], input[type=password] { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit;
  border: 1px solid #767676; border-radius: .3rem; }
input[aria-invalid] { border-color: #a40000; }
button { margin: 1rem 0; padding: .6rem 1rem; font: inherit; color: #fff; background: #0b5394; border: 0; border-radius: .3rem; }
a, footer button { color: #0b5394; }
footer button { margin: 0; padding: 0; background: none; text-decoration: underline; }
footer { margin-top: 2rem; border-top: 1px solid #ccc; padding-top: 1rem; }
.about { margin: .2rem 0; color: #555; }
.error { margin: .2rem 0; color: #a40000; }
""".strip()
_STYLE = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE}'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_FIELDS: dict[str, tuple[type[ApiError], ...]] = {
    "email": (InvalidEmail,),
    "code": codes.REFUSALS,
    "newPassword": password_rules.REFUSALS,
}


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: `path` as it was asked for, `posted` whether by a form, `form` what was typed into that.

    `refusal` stands next to the field that it is about, or above all. Nothing typed is trusted.
    """

    settings: Settings
    language: str
    path: str
    posted: bool = False
    form: dict[str, str] = field(default_factory=dict)
    refusal: ApiError | None = None

    @property
    def is_shown_alone(self) -> bool:
        """Whether the form came only to be shown in the other language."""
        return "show" in self.form

    @property
    def email(self) -> str:
        return self.form.get("email", "").strip().lower()

    def say(self, word: str) -> str:
        return escape(WORDS[word][self.language])

    def link(self, path: str, language: str | None = None) -> str:
        """The way to one of our pages, relative, so that it holds below `/v1` too."""
        return f"{'../' * (self.path.count('/') - 1)}{path}?lang={language or self.language}"

    def error(self, name: str | None) -> str:
        """The refusal in the page's language, when it is about this field (None: about no field of the page)."""
        if self.refusal is None or name != self._field():
            return ""
        place = f' id="{name}-error"' if name else ""
        return f'<p class="error" role="alert"{place}>{escape(self.refusal.text(self.language))}</p>'

    def _field(self) -> str | None:
        found = (name for name, refusals in _FIELDS.items() if isinstance(self.refusal, refusals))
        return next(found, None)

    def input(self, name: str, word: str, attributes: str, value: str = "") -> str:
        """A labelled field with its refusal below."""
        error = self.error(name)
        marks = f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
        shown = f' value="{escape(value)}"' if value else ""
        return (
            f'<label for="{name}">{self.say(word)}</label>'
            f'<input id="{name}" name="{name}" {attributes}{shown}{marks}>{error}'
        )


def start(view: View) -> HTTPResponse:
    """Where everything begins."""
    links = "".join(
        f'<p><a href="{view.link(f"account/{task}")}">{view.say(task)}</a></p>' for task in ("password", "deletion")
    )
    return _answer(view, "title", f"<p>{view.say('start')}</p>{links}", own="account")


def ask_password(view: View) -> HTTPResponse:
    """The form that asks for a code for a new password."""
    return _ask(view, "password", Form.ASK_PASSWORD)


def ask_deletion(view: View) -> HTTPResponse:
    """The form that asks for a code for the deletion."""
    return _ask(view, "deletion", Form.ASK_DELETION)


def set_password(view: View, development_code: str | None = None) -> HTTPResponse:
    """The form that takes the code and the new password. The same for every address."""
    checked = " checked" if "startOver" in view.form else ""
    fields = (
        view.input("newPassword", "new_password", 'type="password" autocomplete="new-password"')
        + f'<p class="about">{view.say("new_password_about")}</p>'
        + f'<label for="startOver"><input id="startOver" type="checkbox" name="startOver" value="true"{checked}> '
        + f'{view.say("start_over")}</label><p class="about">{view.say("start_over_about")}</p>'
    )
    return _take_code(view, "password", Form.SET_PASSWORD, fields, "set_password", development_code)


def delete(view: View, development_code: str | None = None) -> HTTPResponse:
    """The form that takes the code of a deletion. The same for every address."""
    fields = f'<p class="about">{view.say("delete_about")}</p>'
    return _take_code(view, "deletion", Form.DELETE, fields, "delete", development_code)


def password_set(view: View) -> HTTPResponse:
    """The end of a new password."""
    return _done(view, "password", f"<p>{view.say('password_done')}</p>")


def deleted(view: View, complete_by: datetime) -> HTTPResponse:
    """The end of a deletion; the day is in UTC, as in the mail."""
    return _done(view, "deletion", f"<p>{view.say('deletion_done')}</p><p><strong>{complete_by:%Y-%m-%d}</strong></p>")


def _ask(view: View, task: str, form: Form) -> HTTPResponse:
    fields = view.input(
        "email",
        "email",
        'type="text" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="320"',
        view.email,
    )
    path = f"account/{task}"
    body = f"<p>{view.say(f'{task}_about')}</p>{_form(view, path, form, '', fields, 'ask')}"
    return _answer(view, task, body, own=path)


def _take_code(
    view: View, task: str, form: Form, fields: str, button: str, development_code: str | None
) -> HTTPResponse:
    code = view.input(
        "code",
        "code",
        'type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="20"',
        "" if isinstance(view.refusal, codes.REFUSALS) else view.form.get("code", ""),
    )
    path = f"account/{task}/code"
    email = f'<input type="hidden" name="email" value="{escape(view.email)}">'
    shown = f"<p>{view.say('development_code')}: {escape(development_code)}</p>" if development_code else ""
    body = (
        f"<p><strong>{escape(view.email)}</strong></p><p>{view.say('code_sent')}</p>{shown}"
        f"{_form(view, path, form, view.email, email + code + fields, button)}"
        f'<p><a href="{view.link(f"account/{task}")}">{view.say("another_code")}</a></p>'
    )
    return _answer(view, task, body, own=path)


def _done(view: View, task: str, text: str) -> HTTPResponse:
    body = f'{text}<p><a href="{view.link("account")}">{view.say("back")}</a></p>'
    return _answer(view, task, body, own="account", has_form=False)


def _form(view: View, path: str, form: Form, email: str, fields: str, button: str) -> str:
    """A form with a token of its own. The browser checks nothing, because it would speak its own language."""
    token = make_token(form, email, view.settings)
    return (
        f'<form id="form" method="post" action="{view.link(path)}" novalidate>'
        f'<input type="hidden" name="token" value="{token}">{fields}'
        f'<button type="submit">{view.say(button)}</button></form>'
    )


def _switch(view: View, own: str, has_form: bool) -> str:
    """The way to the other language: a link, or on a posted page a button that sends the form to be shown alone."""
    other = "en" if view.language == "id" else "id"
    name, to = LANGUAGES[other], view.link(own, other)
    if view.posted and has_form:
        button = f'form="form" formaction="{to}" formnovalidate name="show" value="true" lang="{other}"'
        return f"<button {button}>{name}</button>"
    return f'<a href="{to}" hreflang="{other}" lang="{other}">{name}</a>'


def _answer(view: View, title: str, body: str, *, own: str, has_form: bool = True) -> HTTPResponse:
    heading = view.say(title)
    text = (
        f'<!doctype html>\n<html lang="{view.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{heading} · Jembatan</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        f"{view.error(None)}{body}\n</main>\n<footer>{_switch(view, own, has_form)}</footer>\n</body>\n</html>\n"
    )
    status = view.refusal.status_code if view.refusal else 200
    return Answer(text, status=status, headers=dict(_HEADERS), content_type="text/html; charset=utf-8")
