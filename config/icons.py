"""The drawings of the pages: ``{% icon "name" %}`` anywhere in a template.

Icons never stand alone for a meaning: a word or a label is beside them. A page has hundreds, so they are looked up, not
chosen by a template of their own.
"""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

register = template.Library()
_AROUND = '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>'
_DRAWINGS = {
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "more": '<path d="M5 10h.01M10 10h.01M15 10h.01" stroke-width="2.6"/>',
    "search": '<circle cx="9" cy="9" r="5"/><path d="m13 13 3.5 3.5"/>',
    "send": '<path d="M10 16V4.5M5 9.5l5-5 5 5"/>',
    "stop": '<rect x="5.5" y="5.5" width="9" height="9" rx="1" fill="currentColor"/>',
    "retry": '<path d="M15.5 7A6.5 6.5 0 1 0 16.5 11M16 3.5V7h-3.5"/>',
    "edit": '<path d="m4 16 .8-3.4 8.6-8.6 2.6 2.6-8.6 8.6zM11.6 5.8l2.6 2.6"/>',
    "copy": (
        '<rect x="7" y="7" width="9" height="9" rx="1.5"/>'
        '<path d="M13 7V5.5A1.5 1.5 0 0 0 11.5 4h-6A1.5 1.5 0 0 0 4 5.5v6A1.5 1.5 0 0 0 5.5 13H7"/>'
    ),
    "thumb-up": '<path d="M7 9v7H4V9zM7 9l3-6c1.2 0 2 .8 2 2v3h3.2c.9 0 1.5.8 1.3 1.7l-1 5c-.1.7-.7 1.3-1.5 1.3H7"/>',
    "thumb-down": (
        '<path d="M13 11V4h3v7zM13 11l-3 6c-1.2 0-2-.8-2-2v-3H4.8c-.9 0-1.5-.8-1.3-1.7l1-5C4.6 4.6 5.2 4 6 4h7"/>'
    ),
    "left": '<path d="m12 4.5-5.5 5.5 5.5 5.5"/>',
    "right": '<path d="m8 4.5 5.5 5.5L8 15.5"/>',
    "zoom": '<circle cx="9" cy="9" r="5"/><path d="m13 13 3.5 3.5M9 7v4M7 9h4"/>',
    "download": '<path d="M10 4v8.5M6.5 9.5 10 13l3.5-3.5M4 16h12"/>',
    "upload": '<path d="M10 13V4.5M6.5 8 10 4.5 13.5 8M4 16h12"/>',
    "document": '<path d="M5.5 3H12l3.5 3.5V17h-10zM12 3v3.5h3.5M8 10h5M8 13h5"/>',
    "info": '<circle cx="10" cy="10" r="6.5"/><path d="M10 9.5V13M10 7h.01"/>',
    "warn": '<path d="M10 4 17 16H3zM10 9v3M10 14h.01"/>',
    "check": '<path d="m4.5 10.5 3.5 3.5 7.5-8"/>',
    "lock": '<rect x="5" y="9" width="10" height="7.5" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "sun": (
        '<circle cx="10" cy="10" r="3.2"/>'
        '<path d="M10 3v1.2M10 15.8V17M3 10h1.2M15.8 10H17M5 5l.9.9M14.1 14.1l.9.9M15 5l-.9.9M5.9 14.1l-.9.9"/>'
    ),
    "moon": '<path d="M16 11.8A6.5 6.5 0 0 1 8.2 4 6.5 6.5 0 1 0 16 11.8z"/>',
    "half": '<circle cx="10" cy="10" r="6.2"/><path d="M10 3.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/>',
    "share": '<circle cx="7.5" cy="7" r="2.8"/><path d="M2.5 16.5c0-3 2.2-5 5-5s5 2 5 5M15 7v6M12 10h6"/>',
    "print": '<path d="M6 8V3.5h8V8M6 14H3.5V8h13v6H14M6 12h8v5H6z"/>',
    "trash": '<path d="M4 6h12M8 6V4h4v2M6 6l.7 10.5h6.6L14 6"/>',
    "bell": '<path d="M5 14V9a5 5 0 0 1 10 0v5l1.2 1.5H3.8zM8.5 17.5h3"/>',
    "out": '<path d="M11 4H5v12h6M9 10h8M14 7l3 3-3 3"/>',
    "sort-up": '<path d="m6 12 4-4 4 4"/>',
    "sort-down": '<path d="m6 8 4 4 4-4"/>',
}
_ICONS = {name: SafeString(_AROUND.format(drawing)) for name, drawing in _DRAWINGS.items()}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Raises KeyError for a name that has no drawing."""
    return _ICONS[name]
