"""Web pages of our own making, in the ways in which news sites build theirs, each with what is to be found in it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass

PUBLISHER, SITE = "The Daily Pass", "pass.example"


@dataclass(frozen=True)
class Story:
    """What a page tells: paragraphs of text under a title, published on a day."""

    slug: str
    title: str
    day: str
    text: tuple[str, ...]


STORIES = (
    Story("crossing-closed", "Torkham crossing closed after exchange of fire", "2025-10-12", (
        "LANDI KOTAL: The Torkham border crossing was closed to all traffic on Sunday after guards of the two "
        "sides exchanged fire for several hours, officials and residents said.",
        "Two soldiers were injured when a mortar shell landed near a post above the gate, a security official "
        "said. The other side did not say whether it had losses.",
        "Some 400 lorries with fruit, cement and coal were standing on both sides of the gate by the evening, "
        "according to an office holder of the customs agents.",
        "“We have food for two days,” said a driver who had come from Jalalabad with grapes. “After that the load"
        " is worth nothing.”",
        "Elders of the Shinwari tribe are to meet officers of both sides on Monday and ask for a truce at the "
        "gate.")),
    Story("policemen-killed", "Three policemen killed in attack on check post in Lakki Marwat", "2025-03-04", (
        "LAKKI MARWAT: Armed men attacked a police check post on the Indus Highway late on Monday night and "
        "killed three policemen, the district police officer said.",
        "The attackers came from two directions and used heavy weapons, he said. The shooting went on for nearly "
        "an hour until reinforcements arrived from the city.",
        "A spokesman for the banned Tehreek-i-Taliban Pakistan claimed the attack in a message to reporters. His "
        "figure of five killed could not be confirmed.",
        "The funeral prayers were held at the police lines on Tuesday. A search of the villages nearby went on.")),
    Story("families-return", "More than 2,000 families return through Chaman in a week", "2025-04-21", (
        "CHAMAN: More than 2,000 Afghan families went back to their country through the Friendship Gate within a "
        "week, an official of the provincial government said on Monday.",
        "Most of them had lived in Karachi and Quetta and held no papers. Camps had been put up on both sides of "
        "the border to register them, he added.",
        "A worker of an aid agency said that water was short in the camp at Spin Boldak and that many children "
        "had fallen ill.",
        "Afghanistan’s acting government asked for a slower pace. Islamabad has said that the deadline will not "
        "be moved.",
        "Traders in Chaman complained that the queue of returning families had brought trade to a standstill.",
        "The gate is to stay open for two hours longer each day from Wednesday on.")),
    Story("talks-istanbul", "Second round of talks ends without agreement", "2025-10-29", (
        "ISLAMABAD: The second round of talks between Pakistan and Afghanistan ended on Wednesday without an "
        "agreement on how a truce would be watched over, two diplomats said.",
        "The delegations sat for eleven hours. Mediators from Qatar and Turkey carried drafts from one room to "
        "the other.",
        "Kabul’s side would not sign a text that named the group, one of the diplomats said; the other blamed a "
        "change of instructions from Islamabad.",
        "A third round may follow next week. Until then the ceasefire of Oct 19 holds, both sides said.")),
    Story("drone-strike", "Drone strike kills four in Barmal, residents say", "2025-11-25", (
        "KHOST: Four people, two of them children, were killed when a drone hit a house in the Barmal district of"
        " Paktika province on Monday night, residents said.",
        "The province’s governor blamed Pakistan for the strike. Pakistan’s military did not comment; a security "
        "official in Peshawar denied it.",
        "A resident, Gul Rahman, said by telephone that three wounded had been taken to a hospital in Sharana, as"
        " the road to Khost was under water.",
        "Officials in Kabul called the chargé d’affaires to the ministry on Tuesday and handed him a note of "
        "protest.")),
)
NAV = "<nav><ul>" + "".join(f'<li><a href="/{one.lower()}">{one}</a></li>' for one in (
    "Home", "Latest", "World", "Business", "Sport", "Opinion", "Magazines", "E-paper")) + "</ul></nav>"
RELATED = ('<aside class="related"><h3>Read more</h3><ul><li><a href="/a">Five things to know about the budget</a></li>'
           '<li><a href="/b">Home side wins the toss in Multan</a></li><li><a href="/c">Rain expected in '
           "the north until Thursday</a></li></ul></aside>")
NEWSLETTER = '<div class="newsletter"><p>Sign up for our newsletter and get the best stories in your inbox.</p></div>'
FOOTER = ("<footer><p>Copyright 2025 The Daily Pass. All rights reserved.</p><p><a href='/terms'>Terms of use</a> "
          "<a href='/privacy'>Privacy policy</a> <a href='/contact'>Contact us</a></p></footer>")
COOKIES = ('<div id="cookie-banner" role="dialog"><p>We value your privacy. We and our partners store information on a '
           "device, such as cookies.</p><button>Accept all</button></div>")
SHARE = '<ul class="share"><li>Share on Facebook</li><li>Share on X</li><li>Copy link</li></ul>'
COMMENTS = ('<section id="comments"><h3>Comments (2)</h3><div class="comment"><p>Great reporting, when '
            "will it open again? My uncle is stuck there.</p></div><div class='comment'><p>Why does nobody speak about "
            "the traders?</p></div></section>")
BIO = '<div class="author-bio"><p>The writer is a reporter of The Daily Pass and likes long walks.</p></div>'


def _safe(text: str) -> str:
    return html.escape(text, quote=False)


def _paragraphs(story: Story, tag: str = "p") -> str:
    return "".join(f"<{tag}>{_safe(one)}</{tag}>" for one in story.text)


def _page(story: Story, body: str, head: str = "", *, about: bool = True, attributes: str = ' lang="en"') -> str:
    told = (f'<meta property="og:title" content="{story.title}"><meta property="og:site_name" content="{PUBLISHER}">'
            f'<meta property="article:published_time" content="{story.day}T08:10:00+05:00">') if about else ""
    return (f'<!DOCTYPE html><html{attributes}><head><meta charset="utf-8"><title>{story.title} - {PUBLISHER}</title>'
            f"{told}{head}</head><body>{body}</body></html>")


def _described(story: Story, kind: object = "NewsArticle", **more: object) -> str:
    value = {"@context": "https://schema.org", "@type": kind, "headline": story.title, "datePublished":
             f"{story.day}T03:10:00Z", "publisher": {"@type": "Organization", "name": PUBLISHER}, **more}
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def _classic(story: Story) -> str:
    return _page(story, f"<header>{NAV}</header><main><article><h1>{story.title}</h1>{_paragraphs(story)}</article>"
                        f"{RELATED}</main>{FOOTER}")


def _boxes(story: Story) -> str:
    return _page(story, f'<div class="menu">{NAV}</div><div class="wrap"><div class="story"><h2>{story.title}</h2>'
                        f'<div class="story__content">{_paragraphs(story)}</div>{SHARE}</div><div class="sidebar">'
                        f'{RELATED}{NEWSLETTER}</div></div><div class="footer">{FOOTER}</div>')


def _table(story: Story) -> str:
    return _page(story, f'<table width="100%"><tr><td>{NAV}</td><td><font size="5"><b>{story.title}</b></font><br>'
                        + "<br><br>".join(_safe(one) for one in story.text)
                        + f"</td><td>{RELATED}</td></tr></table>{FOOTER}")


def _amp(story: Story) -> str:
    head = (f'<link rel="canonical" href="https://{SITE}/news/{story.slug}">'
            f'<script async src="https://cdn.ampproject.org/v0.js"></script>{_described(story)}')
    return _page(story, f"<amp-sidebar>{NAV}</amp-sidebar><article><h1>{story.title}</h1>"
                        f"<amp-img src='/a.jpg' alt='Gate' width=9 height=9></amp-img>{_paragraphs(story)}"
                        f"</article><amp-ad width=9 height=9></amp-ad>{FOOTER}", head, about=False, attributes=" amp")


def _graph(story: Story) -> str:
    graph = {"@graph": [{"@type": "WebSite", "name": PUBLISHER}, {"@type": ["NewsArticle", "Article"], "headline":
             story.title, "datePublished": f"{story.day}T10:00:00+05:00", "publisher": {"name": PUBLISHER}}]}
    return _page(story, f"{NAV}<div class='entry-content'><h1 class='entry-title'>{story.title}</h1>"
                        f"{_paragraphs(story)}{BIO}</div>{COMMENTS}{FOOTER}",
                 f'<script type="application/ld+json">{json.dumps(graph)}</script>', about=False)


def _microdata(story: Story) -> str:
    return _page(story, f'{NAV}<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">'
                        f'{story.title}</h1><time itemprop="datePublished" datetime="{story.day}T09:00:00+05:00">'
                        f'on that day</time><div itemprop="articleBody">{_paragraphs(story)}</div></div>{FOOTER}',
                 f'<meta property="og:site_name" content="{PUBLISHER}">', about=False)


def _bare(story: Story) -> str:
    return (f"<html><head><title>{story.title}</title></head><body><h1>{story.title}</h1><p>Published: {story.day}</p>"
            f"{_paragraphs(story)}</body></html>")


def _cookies(story: Story) -> str:
    return _page(story, f"{COOKIES}{NAV}<main><h1>{story.title}</h1><div class='article-body'>{_paragraphs(story)}"
                        f"</div></main>{NEWSLETTER}{FOOTER}")


def _interrupted(story: Story) -> str:
    parts = [f"<p>{_safe(one)}</p>" for one in story.text]
    parts.insert(2, f"{RELATED}<figure><img src='/a.jpg'><figcaption>Lorries near the gate. Photo: The Daily Pass"
                    "</figcaption></figure>")
    parts.insert(1, "<div class='ad'><p>Advertisement</p></div>")
    return _page(story, f"{NAV}<article><h1>{story.title}</h1>{SHARE}{''.join(parts)}{BIO}</article>{FOOTER}")


def _commented(story: Story) -> str:
    return _page(story, f"{NAV}<article><h1>{story.title}</h1>{_paragraphs(story)}</article>{COMMENTS * 6}{FOOTER}")


def _divided(story: Story) -> str:
    return _page(story, f"{NAV}<div id='main'><h1>{story.title}</h1><div class='body-text'>"
                        f"{_paragraphs(story, 'div')}</div></div>{RELATED}{FOOTER}")


def _scripted(story: Story) -> str:
    return _page(story, "<div id='root'></div><noscript>Please turn JavaScript on.</noscript>",
                 _described(story, articleBody="\n\n".join(story.text)))


def teaser(story: Story) -> str:
    """What a reader without subscription gets to see: the first paragraph."""
    return _page(story, f"{NAV}<article><h1>{story.title}</h1><p>{_safe(story.text[0])}</p></article>{FOOTER}",
                 '<meta property="article:content_tier" content="locked">')


def _live(story: Story) -> str:
    posts = "".join(f"<div class='post'><time datetime='{story.day}T1{i}:00:00+05:00'>1{i}:00</time>"
                    f"<p>{_safe(one)}</p></div>" for i, one in enumerate(story.text))
    return _page(story, f"{NAV}<article><h1>{story.title}</h1>{posts}</article>{FOOTER}",
                 _described(story, ["LiveBlogPosting"], liveBlogUpdate=[{"@type": "BlogPosting"}]))


def _metered(story: Story) -> str:
    head = _described(story, hasPart={"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".pay"})
    return _page(story, f"{NAV}<article><h1>{story.title}</h1>{_paragraphs(story)}<div class='pay'><p>Subscribe to "
                        f"read the full story.</p></div></article>{FOOTER}", head)


LAYOUTS: dict[str, Callable[[Story], str]] = {
    "article element": _classic, "boxes with classes": _boxes, "table": _table, "AMP copy": _amp,
    "JSON-LD graph": _graph, "microdata": _microdata, "nothing but text": _bare, "cookie banner": _cookies,
    "links and captions between": _interrupted, "many comments": _commented, "paragraphs as div": _divided,
    "live blog": _live, "metered": _metered, "built by a script": _scripted,
}
