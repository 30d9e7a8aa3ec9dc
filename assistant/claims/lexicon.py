"""Words by which two texts can be seen to agree or to differ, in English, German, Spanish, French and some
Russian."""

from __future__ import annotations

import re


def by_word(groups: dict[str, str]) -> dict[str, str]:
    return {word.replace("_", " "): meaning for meaning, words in groups.items() for word in words.split()}


# Phrases that bound a figure, made one word each before the text is read.
BOUNDS = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), word)
    for pattern, word in (
        (r"at least|no less than|no fewer than|not less than|a minimum of|no sooner than|no earlier than|mindestens|"
         r"al menos|por lo menos|como mínimo|au moins|au minimum", " atleast "),
        (r"at most|at the most|no more than|not more than|up to|a maximum of|no later than|not later than|"
         r"in no more than|höchstens|maximal|como máximo|a lo sumo|au plus|au maximum", " atmost "),
        (r"(?:more|greater|longer|older|higher|larger) than|(?:over|above|exceeding)(?= ?[€$£]?\d)|mehr als|"
         r"über(?= \d)|"
         r"más de|plus de", " morethan "),
        (r"(?:less|fewer|shorter|younger|lower|smaller) than|(?:under|below)(?= ?[€$£]?\d)|weniger als|unter(?= \d)|"
         r"menos de|moins de", " lessthan "),
        (r"no longer|not any (?:more|longer)", " nolonger "),
        (r"(?:it|this|that) is (?:not (?:the case|true|correct|right)|wrong|false|untrue|a myth) that|"
         r"es (?:ist nicht (?:der fall|wahr|richtig|so)|ist falsch|stimmt nicht|trifft nicht zu), dass|"
         r"no es (?:cierto|verdad) que|es falso que|(?:il|ce) n'est pas (?:vrai|exact) que|il est faux que|"
         r"неверно, что|неправда, что|не верно, что", " nottrue "),
        (r"provid(?:ed|ing) that|(?<=, )provided(?= (?:the|a|an|they|he|she|it|you|we)\b)|as long as|so long as|"
         r"on (?:the )?condition that|subject to|in case(?: of)?|es sei denn|unter der (?:bedingung|voraussetzung)|"
         r"a menos que|a no ser que|siempre que|siempre y cuando|con tal de que|a condición de(?: que)?|"
         r"à moins que|à condition (?:que|de)|pourvu que|sous réserve|en cas de|при условии|за исключением|"
         r"в случае", " onlyif "),
        (r"(?:do|does|did) not (?:have|need) to|(?:don't|doesn't|didn't) (?:have|need) to|need not|needn't|"
         r"(?:is|are|was|were) not (?:required|obliged) to|(?:isn't|aren't) (?:required|obliged) to|"
         r"no (?:tiene|tienen) que|не (?:обязан|обязана|обязаны)", " neednot "),
        (r"(?:have|has|need|needs) to|(?:is|are) (?:required|obliged) to|(?:tiene|tienen) que", " must "),
        (r"(?:is|are) (?:allowed|permitted) to", " may "),
        (r"(?:is|are) (?:recommended|advised|encouraged) to", " should "),
        (r"s'(ils?|elles?)", r"si \1"),
        (r"(per|pro) (\w+) (?:and|und) (person)", r"\1 \2 \1 \3"),
        (r"non-?(\w+[ai]ble)", r" not \1 "),
        (r"not only|not just|not least|whether or not|if not|nicht nur|no sólo|no solo|non seulement", " notonly "),
    )
)  # fmt: skip
SHOWN = {
    "nolonger": "no longer", "atleast": "at least", "atmost": "at most", "morethan": "more than",
    "lessthan": "less than", "nottrue": "not true", "onlyif": "provided that",
    "neednot": "need not",
}  # fmt: skip
UPWARD, DOWNWARD = frozenset({"atleast", "morethan"}), frozenset({"atmost", "lessthan"})

_OPPOSITES = """before/after earlier/later minimum/maximum least/most increase/decrease increases/decreases
    increased/decreased increasing/decreasing rise/fall rises/falls rose/fell rising/falling higher/lower
    highest/lowest
    high/low more/less more/fewer above/below over/under allowed/forbidden permitted/prohibited allow/forbid
    mandatory/voluntary mandatory/optional required/optional approve/reject approved/rejected accept/refuse
    accepted/refused accept/reject accepted/rejected include/exclude included/excluded includes/excludes
    including/excluding paid/unpaid internal/external always/never open/closed opens/closes opened/closed start/end
    starts/ends started/ended begin/end begins/ends began/ended first/last earliest/latest early/late
    largest/smallest
    larger/smaller large/small big/small longest/shortest longer/shorter long/short oldest/youngest
    older/younger old/new
    older/newer north/south northern/southern east/west eastern/western northeast/southwest northwest/southeast
    left/right public/private with/without within/after won/lost win/lose wins/loses gain/loss gained/lost
    success/failure
    succeeded/failed passed/failed buy/sell bought/sold import/export imports/exports debit/credit add/remove
    added/removed
    enable/disable enabled/disabled on/off inside/outside indoors/outdoors upper/lower up/down maximum/minimal
    strong/weak
    stronger/weaker hot/cold warm/cold hard/soft fast/slow faster/slower heavy/light heavier/lighter full/empty
    rich/poor
    true/false correct/incorrect valid/invalid legal/illegal possible/impossible positive/negative active/passive
    active/inactive present/absent temporary/permanent major/minor majority/minority male/female men/women
    summer/winter
    morning/evening monthly/annually daily/weekly weekly/monthly best/worst better/worse good/bad easy/difficult
    safe/dangerous agree/disagree supports/opposes supported/opposed arrive/depart arrived/left entered/left
    import/export
    former/latter previous/next ancient/modern domestic/foreign locked/unlocked encrypted/unencrypted written/oral
    vor/nach mehr/weniger mindestens/höchstens minimum/maximal größer/kleiner höher/niedriger erlaubt/verboten
    erhöht/gesenkt steigen/sinken gestiegen/gesunken innerhalb/außerhalb immer/nie mit/ohne früher/später
    erste/letzte
    ersten/letzten größte/kleinste hoch/niedrig norden/süden osten/westen nördlich/südlich offen/geschlossen
    más/menos antes/después mayor/menor mínimo/máximo aumentar/disminuir aumentó/disminuyó permitido/prohibido
    siempre/nunca con/sin primero/último primera/última alto/bajo norte/sur este/oeste dentro/fuera
    avant/après plus/moins minimum/maximum augmenter/diminuer augmenté/diminué autorisé/interdit
    toujours/jamais avec/sans
    from/until since/until from/till spätestens/frühestens bis/ab до/после
    premier/dernier nord/sud est/ouest dedans/dehors supérieur/inférieur"""
OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in _OPPOSITES.split():
    _one, _other = _pair.split("/")
    OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_other}
    OPPOSITES[_other] = OPPOSITES.get(_other, frozenset()) | {_one}
# Pairs of which one word means something else in another language.
LANGUAGE_OF_PAIR = {
    "est": "fr",
    "este": "es",
    "con": "es",
    "sur": "es",
    "plus": "fr",
    "mit": "de",
    "nach": "de",
    "vor": "de",
    "bis": "de",
    "ab": "de",
}
# These are opposites only before a time.
BEFORE_TIME = frozenset({"from", "until", "till", "since", "bis", "ab"})

DENIALS = {
    "en": """not nottrue neednot nolonger no never none nobody nothing neither nor without cannot nowhere except unless
        forbidden prohibited forbids prohibits banned refuse refused refuses hardly barely lack lacks lacking excluding
        excluded fails failed""",
    "de": """nicht kein keine keinen keinem keiner keines nie niemals ohne weder nirgends niemand nichts
        verboten untersagt außer""",
    "es": "no nunca sin ni tampoco ningún ninguna ninguno jamás nada nadie excepto salvo prohibido prohibida prohíbe",
    "fr": "ne n pas jamais sans aucun aucune ni sauf interdit interdite rien personne",
    "ru": "не нет никогда без ни нельзя",
}
DENYING = {language: frozenset(words.split()) for language, words in DENIALS.items()}
UNSURE = ""  # the language of a text that does not show one: whatever denies in any of them denies
DENYING[UNSURE] = frozenset().union(*DENYING.values())
PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")

QUANTIFIERS = by_word({
    "all": """all every each always everyone everybody everything alle jeder jede jedes immer todos todas cada tous
        toutes chaque""",
    "some": """some several sometimes certain occasionally einige manche algunos algunas varios quelques certains
        plusieurs""",
    "most": "most mostly usually generally meisten meistens mayoría plupart",
    "many": "many often frequently numerous",
    "few": "few rarely seldom", "none": "none neither", "both": "both", "half": "half",
})  # fmt: skip
# Nobody is misled by one of these in the place of the other.
NEAR_QUANTITIES = (frozenset({"many", "most"}), frozenset({"all", "both"}), frozenset({"some", "many"}))
ONLY = frozenset(
    """only solely exclusively merely nur ausschließlich lediglich solo sólo solamente únicamente seulement
    uniquement exclusivement""".split()  # noqa: SIM905
)
# Plain verbs, before which the subject stands.
_VERBS = {
    "en": """is are was were has have had will would can could cannot may might must shall should do does did be
        been isn't aren't wasn't weren't hasn't haven't won't can't couldn't mustn't shouldn't doesn't don't didn't""",
    "de": """ist sind war waren hat haben hatte wird werden wurde wurden kann können muss müssen darf dürfen soll
        sollen""",
    "es": "es son fue fueron era eran está están ha han tiene tienen puede pueden debe deben",
    "fr": "est sont était étaient a ont avait peut peuvent doit doivent sera seront",
    "ru": "был была было были является являются может могут",
}
VERBS = {language: frozenset(words.split()) for language, words in _VERBS.items()}
VERBS[UNSURE] = VERBS["en"]
# How a sentence is joined to the one before it: no part of what it speaks of.
OPENERS = frozenset(
    """lastly finally additionally moreover furthermore however therefore thus overall case addition example
    instance summary general particular likewise similarly currently generally typically yes no note außerdem
    daher jedoch zudem schließlich además finalmente sin embargo general ejemplo enfin ainsi exemple""".split()  # noqa: SIM905
)

# Words with which a condition or an exception begins.
CONDITIONS = frozenset(
    """if unless except onlyif wenn falls sofern soweit außer vorausgesetzt si salvo excepto sauf если
    кроме""".split()  # noqa: SIM905
)
# What stands before "if" where it asks or grants, and sets no condition.
WHETHER = frozenset(
    """ask asks asked check checks checked see know knows decide decides whether tell wonder determine find even as
    auch selbst même incluso comme como même даже""".split()  # noqa: SIM905
)
# With "that": somebody says it, the document does not.
ATTRIBUTING = frozenset(
    """claim claims claimed allege alleges alleged argue argues argued propose proposes proposed suggest suggests
    suggested believe believes believed think thinks thought assume assumes assumed rumoured rumored demand demands
    demanded behauptet behaupten vorgeschlagen fordert fordern glaubt glauben afirma afirman propone proponen cree
    creen exige prétend prétendent propose proposent croit croient exigent утверждает утверждают предлагает
    предлагают считает считают""".split()  # noqa: SIM905
)
THAT = frozenset({"that", "dass", "que", "qu", "что"})
ALWAYS = frozenset({"always", "invariably", "immer", "stets", "siempre", "toujours", "всегда"})

# What modal words do to their verbs.
MUST, SHOULD, MAY, WILL, NEED_NOT, MUST_NOT = "must", "should", "may", "will", "neednot", "must not"
FORCES = by_word({
    MUST: """must shall muss müssen debe deben doit doivent должен должна должно должны обязан обязана обязаны""",
    SHOULD: """should ought soll sollen sollte sollten debería deberían devrait devraient следует
        рекомендуется""",
    MAY: """may can might darf dürfen kann können puede pueden peut peuvent может могут можно""",
    WILL: "will",
})  # fmt: skip
NO_DUTY_DENIED = frozenset({"muss", "müssen"})  # denied, these say that there is no duty, not that it is forbidden
MIGHT = frozenset({"may", "might", "может", "могут"})
# Words that give leave without a modal one.
GRANTING = frozenset(
    """could would allowed permitted possible optional option options entitled eligible possibly perhaps sometimes
    able free welcome permission возможно разрешено""".split()  # noqa: SIM905
)

# Common words that tell two clauses apart ("in capital cities" and "in all other cities").
CONTRASTING = frozenset(
    """other others otherwise before after during under over above below andere anderen vor nach während unter über
    otros otras antes después durante autres avant après pendant других до после""".split()  # noqa: SIM905
)
# Between two figures, each of these begins what the second one is said of.
JOINING = frozenset("and but und aber y pero et mais и".split())  # noqa: SIM905
PARTING = frozenset("while whereas während mientras tandis а".split())  # noqa: SIM905
# Before a figure: it is an end of something.
BOUNDING = UPWARD | DOWNWARD | frozenset("from until till ab bis desde hasta dès jusqu до с".split())  # noqa: SIM905
