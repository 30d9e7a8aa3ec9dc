"""Who may open which address. Closed by default: a view that declares nothing is refused, and the start-up check
lists it.

Our own views declare their audience with ``@allow(Audience.…)``. Views of other people's packages cannot, so the
table ``THIRD_PARTY`` speaks for them by the beginning of their route. What a person may do with the object behind an
address is the view's own duty (``visible_to``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.deprecation import MiddlewareMixin

from accounts.monitoring import may_measure

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])

UNDECLARED = "accounts.E001"


class Audience(Enum):
    """Who may open an address. Each but the first three includes administrators, as people."""

    ANYONE = "anyone"
    MONITOR = "a program that monitors: on this machine, or with its token"
    SIGNED_IN = "signed in"
    CURATOR = "curator of a collection"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody: a page of a package that this product does not offer"


# The longest beginning that fits decides. Routes are written as Django resolves them, without the ^ of patterns.
THIRD_PARTY: dict[str, Audience] = {
    "admin/": Audience.ADMINISTRATOR,
    # People are added by administrators (or come with the company's sign-in), and their addresses are kept by
    # administrators, because an address decides whose account a company sign-in opens.
    "accounts/": Audience.NOBODY,
    "accounts/login/": Audience.ANYONE,
    "accounts/login/code/": Audience.NOBODY,
    "accounts/logout/": Audience.ANYONE,
    "accounts/password/change/": Audience.SIGNED_IN,
    "accounts/password/reset/": Audience.ANYONE,
    "accounts/reauthenticate/": Audience.SIGNED_IN,
    "accounts/2fa/": Audience.SIGNED_IN,
    "accounts/2fa/authenticate/": Audience.ANYONE,
    "accounts/oidc/": Audience.ANYONE,
    "accounts/3rdparty/login/": Audience.ANYONE,
}


def allow(audience: Audience) -> Callable[[View], View]:
    """Declares who may open a view, sync or async."""

    def declare(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]  # functions take attributes
        return view

    return declare


def audience_of(view: Callable[..., Any], route: str) -> Audience | None:
    """The declared audience of a view at a route, or None when nobody declared one."""
    declared = getattr(view, "audience", None)
    if isinstance(declared, Audience):
        return declared
    plain = route.replace("^", "")
    fitting = [start for start in THIRD_PARTY if plain.startswith(start)]
    return THIRD_PARTY[max(fitting, key=len)] if fitting else None


_curates: list[Callable[[User], bool]] = []


def register_curators(curates: Callable[[User], bool]) -> None:
    """The knowledge layer, which lies above this one, says here who curates a collection."""
    _curates.append(curates)


def is_curator(user: User) -> bool:
    return user.is_administrator or any(curates(user) for curates in _curates)


def covers(audience: Audience, user: User | AnonymousUser) -> bool:
    """Whether the audience includes this person."""
    if audience is Audience.ANYONE:
        return True
    if audience is Audience.MONITOR or not user.is_authenticated or not user.is_active:
        return False
    if audience is Audience.SIGNED_IN:
        return True
    if audience is Audience.CURATOR:
        return is_curator(user)
    if audience is Audience.REVIEWER:
        return user.is_reviewer
    return audience is Audience.ADMINISTRATOR and user.is_administrator


class PolicyMiddleware(MiddlewareMixin):
    """Refuses what the audience does not cover: sign-in for the anonymous, "not found" for everybody else."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        audience = audience_of(view, match.route if match else "")
        if audience is Audience.MONITOR:
            if may_measure(request):
                return None
            raise Http404
        if audience is not None and covers(audience, request.user):
            return None
        if audience in {None, Audience.NOBODY} or request.user.is_authenticated:
            raise Http404
        return _to_sign_in(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """No browser keeps what somebody read: after signing out, neither Back nor the next person brings it up."""
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        # htmx would put the sign-in page into the fragment's place; this header makes the browser go there.
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    # After signing in, a form that was being sent cannot be sent again, so only pages are returned to.
    target = request.get_full_path() if request.method in {"GET", "HEAD"} else resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirect_to_login(target)


def routes(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Every address of the site: (route, view, name)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback, pattern.name or ""


def check_every_route_declared(**kwargs: Any) -> list[CheckMessage]:
    """Start-up check: lists every address whose view declares no audience."""
    return [
        Error(
            f"The address '{route}' declares no audience, so it would be refused to everybody.",
            hint="Put @allow(Audience.…) on its view, or add its prefix to accounts.policy.THIRD_PARTY.",
            id=UNDECLARED,
        )
        for route, view, _name in routes()
        if audience_of(view, route) is None
    ]
