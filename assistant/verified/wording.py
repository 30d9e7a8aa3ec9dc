"""Words by which two questions can be seen to ask the same although they are put otherwise: words that only carry a
question, words for the same thing, and what kind of thing is wanted."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.lexical import analyse

# Said in the manner of asking; they name nothing.
_LIGHT = """
    "" about actual advance after ahead allow alone already amount annual back be before big can case come
    compare compared concerning consume consumption could count current currently date day department do done
    down during each early employee entitle entitled entitlement euro euros ever every exactly fast figure find
    fine from general generally get go good happen have held here high hold hour keep kg kilogram kind know kwh
    large last late let long make many may mean meaning might mine minute minutes month much must necessary need
    normally number obliged official officially ok okay one our overall people per permit person place please
    policy possible put quantity quickly regarding regulation relative relatively require required respect right
    rule rules second set shall should show since somebody someone soon staff still supposed take team tell
    there thing till time until up us usage use used usually value versus want way week weekday within worker
    would year yearly yours
""".split()  # noqa: SIM905

# Words for the same thing, one group a line; what stands first names the group.
_SAME = """
    leave vacation holiday holidays time-off pto
    gift present
    money cash sum budget budgeted fund funds
    salary pay wage wages earnings
    cost price charge spend expensive expense spending
    pay paid payment payout reimburse reimbursed allowance compensation compensate contribution contribute subsidy
    car vehicle automobile
    mileage kilometre kilometer km
    lift carry raise
    heavy weigh weight
    doctor medical physician
    certificate note attest
    ill sick illness sickness unwell
    headquarters hq head-office
    open opening opened
    close closed shut closure closing
    keep kept stay remain store stored retain retention save saved delete deleted remove removed erase erased gone
    borrow loan lend lent
    private privately personal personally own
    full whole entire total
    talk speak statement
    press media journalist journalists reporter newspaper
    accept receive
    eat lunch
    food meal
    employer company firm business-owner
    probation probationary trial
    investigation inquiry enquiry
    complete completed finish finished end ended
    submit file hand filed submitted
    customer client
    guest head
    supplier vendor
    buy purchase bought purchased
    order ordered
    invoice bill
    electronic digital electronically
    electricity power
    factory plant
    recycle recycled recycling
    survey poll questionnaire
    answer answered respond response reply participant participate participation part took fill filled
    hotel accommodation
    away travel road trip journey
    train rail railway
    flight fly plane
    book reserve booking
    battery cell cells batteries
    last life run
    torque tight tighten tightened
    password passcode
    timestamp time
    format zone
    version release edition
    support supported
    deploy release released ship shipped deployment
    dividend payout
    propose proposed suggest proposal
    approve approved grant granted decide decides authorise authorised authorize agreed agree
    clear resolve sort settle fix
    difference discrepancy deviation
    update upgrade updating
    list catalogue
    score scored rating
    risk risks
    revenue sales turnover
    develop change move evolve trend
    last previous year-before
    overdue late
    block stop blocked stopped suspend
    payment invoice
    review reviewed check checked recheck look revisit
    glasses spectacles
    screen computer monitor display
    add added top extend additional stay
    wind gale
    beaufort wind
    boat vessel ship
    crew manned man
    retire retirement
    step stepwise steps gradual
    reduce reduced fewer less cut
    interview interviewing
    intern trainee
    switch turn off auto automatically
    meter device instrument
    late delay delayed
    elsewhere another other alternative
    meeting appointment
    dog dogs
    child children kid kids
    park parking
    helpdesk desk
    reach contact available staffed attended
    visit visitor
    error code
    login sign-in log-in
    log logs record records
    hire recruit
    lift release cancel
    begin start starting starts beginning
    quit resign
    phone telephone
    mail e-mail email
""".strip()

_PHRASES = tuple(
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), instead)
    for pattern, instead in (
        (r"per ?cent(?:age)?", "percent"),
        (r"(?:my|our|your|their) own", "private"),
        (r"(?:working|calendar|business) days?", "days"),
        (r"per (?:km|kilomet(?:er|re))", "mileage"),
        (r"opening (?:hours|times)", "open"),
        (r"sign[- ]?in|log[- ]?in|login", "login"),
        (r"on[- ]call", "oncall"),
        (r"over[- ]the[- ]air|\bota\b", "overair"),
        (r"warm(?:ing)?[- ]?up", "warmup"),
        (r"take(?:s)? place|took place", ""),
        (r"took part|take part|takes part", "participate"),
        (r"on behalf of|in the name of|in .{0,12} name", "for"),
        (r"look(?:s|ed)? at(?= .{0,40}\bagain\b)", "review"),
        (r"switch(?:es)? (?:itself )?off|turn(?:s)? (?:itself )?off", "switchoff"),
    )
)

_LONG, _ENDING = 5, 3  # letters that two forms of one word share, and by which they differ ("Europe", "European")
PERSON, PLACE, REASON, MANNER, YES_NO = "person", "place", "reason", "manner", "yes_no"
TIME, LONG, OFTEN, AMOUNT = "time", "long", "often", "amount"
# What is asked for by one of these must be asked for by the other as well; the rest may go unsaid.
STRICT = frozenset({PERSON, PLACE, REASON, MANNER})
_SPAN = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|nights?)"
_IS = r"(?:is|are|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|am)"
_FOCUS = tuple(
    (frozenset(kinds), re.compile(pattern, re.IGNORECASE))
    for kinds, pattern in (
        ({PERSON}, rf"^\W*(?:\w+ )?(?:who|whom|whose)\b|\b(?:who|whom) {_IS}\b"),
        ({PERSON}, r"\bwhich (?:person|people|team|department|insurer|firm|colleague)\b"),
        ({PLACE}, r"^\W*where\b|\b(?:which|what) (?:address|floors?|room|building|site)\b"),
        ({REASON}, r"\bwhy\b|\bfor what reason\b"),
        ({OFTEN, TIME, LONG}, rf"\bafter how many (?:\w+ )?{_SPAN}\b|\binterval\b"),
        ({TIME, LONG, AMOUNT}, rf"\bhow many (?:\w+ )?{_SPAN}\b"),
        ({OFTEN}, r"\bhow (?:often|frequently)\b"),
        ({TIME, LONG}, r"\bhow (?:long|soon|early|late|fast|quick(?:ly)?)\b|\bhow much (?:more )?time\b"),
        ({TIME, LONG}, rf"\b(?:which|what) (?:\w+ )?(?:time(?! format| zone)|dates?|hours|{_SPAN}|weekday)\b"),
        ({TIME, LONG, OFTEN}, rf"^\W*(?:\w+ )?when\b|\bwhen {_IS}\b"),
        ({TIME, LONG}, r"\bduration\b|\bdeadline\b|\bweekday\b|\bperiod of\b|\blead time\b|\btime limit\b"),
        ({AMOUNT}, r"\bhow (?:many|much|high|large|big|heavy|expensive|tight|strong|far|low)\b"),
        ({AMOUNT}, r"\b(?:what|which) (?:\w+ )?(?:share|number|value|amount|price|sum|weight|percentage|per ?cent)\b"),
        ({MANNER}, r"\bhow (?:do|does|can|must|should|may|is|are|to)\b"),
        ({YES_NO}, rf"^\W*{_IS}\b"),
    )
)
_HEAD = re.compile(
    rf"\b(?:which|what|how many)\s+(?P<head>(?:(?!{_IS}\b|(?:of|the|in|per|for|from|to)\b)\w+\s+){{1,3}})",
    re.IGNORECASE,
)
# Words that repeat what kind of thing is wanted, by that kind.
_MEASURES = {
    TIME: "duration length period interval deadline lead often frequently frequency regularly weekday",
    AMOUNT: "share percentage percent proportion rate limit",
}
_MOST = "maximum max most highest longest largest upper cap ceiling limit top"
_LEAST = "minimum min least lowest shortest smallest oldest fewest"
_PERMITS = re.compile(r"\b(?:may|can|allowed?|permitted|up to)\b", re.IGNORECASE)
_OBLIGES = re.compile(r"\b(?:must|have to|need(?:ed|s)?|required?|obliged|at least|has to)\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def concepts(question: str) -> frozenset[str]:
    """What a question names, each thing by the name of its group, without what only carries the question."""
    for pattern, instead in _PHRASES:
        question = pattern.sub(instead, question)
    return frozenset(stem for stem in analyse(question) if stem not in light_words() and len(stem) > 1)


@lru_cache(maxsize=4096)
def focus(question: str) -> frozenset[str]:
    """The kinds of thing that may be wanted, of the constants above; empty when the words do not say."""
    found = (kinds for kinds, pattern in _FOCUS if pattern.search(question))
    return next(found, frozenset())


def repeats(stem: str, question: str) -> bool:
    """Whether a word only says once more what a question asks for: "duration" of "how long", "limit" of "may"."""
    measures, most, least = _framing()
    stems, wanted = frozenset(analyse(question)), focus(question)
    amount = AMOUNT in wanted or (not wanted and bool(stems & (most | least)))
    kind = TIME if wanted & {TIME, LONG, OFTEN} else AMOUNT if amount else ""
    if kind and stem in measures[kind]:
        return True
    if stem in _spending():
        return bool(stems & most)
    if stem in most:
        return bool(stems & most) or bool(_PERMITS.search(question))
    return stem in least and (bool(stems & least) or bool(_OBLIGES.search(question)))


def frames(stem: str) -> bool:
    """Whether a word is a measure or a bound, which another wording may leave to "how long" or "may"."""
    measures, most, least = _framing()
    return stem in most or stem in least or any(stem in words for words in measures.values())


@lru_cache(maxsize=1)
def _framing() -> tuple[dict[str, frozenset[str]], frozenset[str], frozenset[str]]:
    def stems(text: str) -> frozenset[str]:
        return frozenset(stem for word in text.split() for stem in (analyse(word) or [word]))

    return {kind: stems(text) for kind, text in _MEASURES.items()}, stems(_MOST), stems(_LEAST)


def heads(question: str) -> frozenset[str]:
    """What is asked for by name: "torque" of "which torque", "screws" of "how many back cover screws"."""
    found = None if focus(question) & {TIME, LONG, OFTEN, PERSON} else _HEAD.search(question)
    return frozenset(stem for stem in concepts(found["head"]) if not frames(stem)) if found else frozenset()


def counted(question: str) -> str:
    """The stem of what is counted: "boat" of "how many boats"; "" when nothing is, or time."""
    found = None if focus(question) & {TIME, LONG, OFTEN} else _HEAD.search(question)
    return (analyse(found["head"]) or [""])[-1] if found and "many" in found.group().lower() else ""


def spends(stem: str) -> bool:
    """Whether a word says that something costs money."""
    return stem in _spending()


@lru_cache(maxsize=1)
def _spending() -> frozenset[str]:
    return frozenset(stem for word in ("cost", "price", "spend", "spending", "expensive") for stem in analyse(word))


@lru_cache(maxsize=1)
def light_words() -> frozenset[str]:
    return frozenset(stem for word in _LIGHT for stem in analyse(word))


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    """Stem → numbers of its groups."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_SAME.splitlines()):
        for word in line.split():
            for stem in analyse(word.replace("-", " "))[:1]:
                found.setdefault(stem, set()).add(number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}


def same_thing(one: str, other: str) -> bool:
    """Whether two stems are the same word or words for the same thing."""
    shorter, longer = sorted((one, other), key=len)
    if one == other or (len(shorter) >= _LONG and len(longer) - len(shorter) <= _ENDING and longer.startswith(shorter)):
        return True
    return bool(_groups().get(one, frozenset()) & _groups().get(other, frozenset()))
