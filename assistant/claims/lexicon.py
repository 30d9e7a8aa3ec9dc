"""Words by which two texts can be seen to agree or to differ, in English, German, Spanish, French and some
Russian."""

from __future__ import annotations

import re
from decimal import Decimal


def _by_word(groups: dict[str, str]) -> dict[str, str]:
    return {word.replace("_", " "): meaning for meaning, words in groups.items() for word in words.split()}


_COUNTED = {
    "en": """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""",
    "de": """null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
        siebzehn achtzehn neunzehn zwanzig""",
    "es": """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
        diecisiete dieciocho diecinueve veinte""",
    "fr": """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept
        dix-huit dix-neuf vingt""",
}
_TENS = {
    "en": "thirty forty fifty sixty seventy eighty ninety",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
}
# In running text these are articles more often than counts.
_ARTICLES = {"fr": {"un"}, "es": {"uno"}}
COUNTS: dict[str, dict[str, int]] = {
    language: {word: value for value, word in enumerate(words.split()) if word not in _ARTICLES.get(language, ())}
    | {word: 10 * value for value, word in enumerate(_TENS[language].split(), start=3)}
    for language, words in _COUNTED.items()
}
COUNTS["en"] |= {"dozen": 12, "twice": 2}
_GERMAN_ONES = {"ein": 1} | {word: COUNTS["de"][word] for word in _COUNTED["de"].split()[2:10]}
COUNTS["de"] |= {
    f"{one}und{ten}": value + COUNTS["de"][ten]
    for one, value in _GERMAN_ONES.items()
    for ten in ("zwanzig", *_TENS["de"].split())
} | {f"{one}hundert": 100 * value for one, value in _GERMAN_ONES.items()}
COUNTS["es"] |= {
    word: value
    for value, word in enumerate(
        "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve".split(),  # noqa: SIM905
        start=21,
    )
}
# Every case of a Russian number in which it is met before a unit.
COUNTS["ru"] = {
    word: value
    for value, words in {
        2: "два две двух", 3: "три трёх трех", 4: "четыре четырёх четырех", 5: "пять пяти", 6: "шесть шести",
        7: "семь семи", 8: "восемь восьми", 9: "девять девяти", 10: "десять десяти", 11: "одиннадцать одиннадцати",
        12: "двенадцать двенадцати", 13: "тринадцать тринадцати", 14: "четырнадцать четырнадцати",
        15: "пятнадцать пятнадцати", 16: "шестнадцать шестнадцати", 17: "семнадцать семнадцати",
        18: "восемнадцать восемнадцати", 19: "девятнадцать девятнадцати", 20: "двадцать двадцати",
        30: "тридцать тридцати", 40: "сорок сорока", 50: "пятьдесят пятидесяти", 60: "шестьдесят шестидесяти",
        70: "семьдесят семидесяти", 80: "восемьдесят восьмидесяти", 90: "девяносто девяноста", 100: "сто ста",
    }.items()
    for word in words.split()
}  # fmt: skip
SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "hundert": 100,
    "tausend": 1000, "millionen": 10**6, "milliarde": 10**9, "milliarden": 10**9, "mil": 1000, "millón": 10**6,
    "millones": 10**6, "mille": 1000, "millions": 10**6, "milliard": 10**9, "milliards": 10**9, "cien": 100,
    "billions": 10**9, "thousands": 1000,
}  # fmt: skip
ORDINALS = {
    word: value
    for words in (
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth""",
        """erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte""",
        """primera segunda tercera cuarta quinta sexta séptima octava novena décima""",
        """primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo""",
        """premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième""",
    )
    for value, word in enumerate(words.split(), start=1)
}
ORDINALS |= {f"{word}{ending}": ORDINALS[word] for word in list(ORDINALS)[12:22] for ending in ("n", "r", "s", "m")}

_MONTH_LISTS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
MONTHS = {name: number for names in _MONTH_LISTS for number, name in enumerate(names.split(), start=1)}
MONTHS["sept"] = 9

UNITS = _by_word({
    "EUR": "€ eur euro euros", "USD": "$ usd dollar dollars us$ dólares", "GBP": "£ gbp pounds pound_sterling",
    "CHF": "chf", "JPY": "¥ jpy yen", "CNY": "cny rmb yuan", "INR": "₹ inr rupees", "PLN": "zł pln", "SEK": "sek",
    "RUB": "₽ rub руб рубль рубля рублей",
    "%": "% percent per_cent prozent por_ciento pour_cent pct процент процента процентов",
    "second": "second seconds sec secs s sekunde sekunden segundo segundos seconde secondes секунда секунды секунд",
    "minute": "minute minutes min mins minuten minuto minutos минута минуты минут",
    "hour": "hour hours h hr hrs stunde stunden hora horas heure heures час часа часов",
    "day": """day days tag tage tagen arbeitstag arbeitstage arbeitstagen werktag werktage werktagen kalendertag
        kalendertage kalendertagen día días jour jours день дня дней""",
    "week": "week weeks woche wochen semana semanas semaine semaines неделя недели недель неделю",
    "month": "month months monat monate monaten mes meses mois месяц месяца месяцев",
    "quarter": "quarter quarters quartal quartale",
    "year": "year years yr yrs jahr jahre jahren año años an ans année années год года лет",
    "decade": "decade decades jahrzehnt jahrzehnte década décadas décennies",
    "century": "century centuries jahrhundert jahrhunderte siglo siglos siècle siècles",
    "night": "night nights nacht nächte noche noches nuit nuits ночь ночи ночей",
    "mm": "mm millimetre millimetres millimeter millimeters", "cm": """cm centimetre centimetres centimeter
        centimeters""",
    "m": "m metre metres meter meters metern metro metros mètre mètres",
    "km": "km kilometre kilometres kilometer kilometers kilometern kilómetro kilómetros kilomètres",
    "mile": "mile miles mi meilen millas", "foot": "foot feet ft", "inch": "inch inches",
    "yard": "yard yards yd yardas",
    "g": "g gram grams gramme grammes gramm gramos", "kg": "kg kilogram kilograms kilo kilos kilogramm kilogramos",
    "mg": "mg milligram milligrams", "µg": "µg μg mcg microgram micrograms",
    "tonne": "t tonne tonnes ton tons tonnen",
    "lb": "lb lbs", "l": "l litre litres liter liters litros",
    "ml": "ml millilitre millilitres milliliter milliliters",
    "kb": "kb kilobyte kilobytes", "mb": "mb megabyte megabytes", "gb": "gb gigabyte gigabytes",
    "tb": "tb terabyte terabytes",
    "V": "v volt volts", "mV": "mv", "A": "a amp amps ampere", "mA": "ma", "mAh": "mah", "W": "w watt watts",
    "kW": "kw kilowatt kilowatts", "kWh": "kwh", "Hz": "hz hertz", "kHz": "khz", "MHz": "mhz", "GHz": "ghz",
    "°C": "°c degrees_celsius", "°F": "°f degrees_fahrenheit", "ppm": "ppm", "NTU": "ntu",
    "bar": "bar", "mbar": "mbar", "psi": "psi", "Pa": "pa", "hPa": "hpa", "kPa": "kpa", "MPa": "mpa",
    "mg/l": "mg/l",
    "acre": "acre acres", "hectare": "hectare hectares ha", "km²": "km² km2 sq_km", "mph": "mph", "km/h": "km/h",
    "people": "people persons person employees employee",
})  # fmt: skip
# Written small and next to a figure, or not a unit at all.
TERSE = frozenset({"s", "h", "m", "g", "l", "t", "v", "w", "an", "a", "bar", "ha", "mi", "ma", "pa"})

# What kind of day (or other unit) is counted.
SORTS = _by_word({
    "working": """working business arbeitstag arbeitstage arbeitstagen werktag werktage werktagen hábiles laborables
        ouvrables ouvrés рабочий рабочих""",
    "calendar": "calendar kalendertag kalendertage kalendertagen naturales calendaires календарных",
})  # fmt: skip

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
        (r"non-(\w+)", r" non\1 "),
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

QUANTIFIERS = _by_word({
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
FORCES = _by_word({
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
MONEY = frozenset({"EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "PLN", "SEK", "RUB"})
LASTING = frozenset(
    {"second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "night"}
)
# Lengths of time that can be told in each other's units: in seconds, and in months.
EXACT = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
LONG = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}

# Parts of a whole in words, in percent; a third is cut to whole percents.
_PARTS = (
    (r"half(?= (?:of|the|a|an|its|their|our|all)\b)|die hälfte|la mitad|la moitié|половин[аыуе]", "50"),
    (r"(?:a|one) third(?= of)|ein drittel|un tercio|un tiers|треть", "33"),
    (r"two[ -]thirds|zwei drittel|dos tercios|deux tiers|две трети", "66"),
    (r"(?:a|one) quarter(?= of)|ein viertel|una cuarta parte|un quart(?= de)|четверть", "25"),
    (r"three[ -]quarters|drei viertel|tres cuartas partes|trois quarts|три четверти", "75"),
)
PARTS = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), Decimal(value)) for pattern, value in _PARTS)
GLYPHS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.33", "⅔": "0.66", "⅛": "0.125"}

# By what something is counted, and how often it comes round.
PERIODS = frozenset({"hour", "day", "week", "month", "quarter", "year", "night", "people"})
ADVERBS = _by_word({
    "hour": "hourly stündlich", "day": "daily täglich diariamente quotidiennement ежедневно",
    "week": "weekly wöchentlich semanalmente hebdomadairement еженедельно",
    "month": "monthly monatlich mensualmente mensuellement ежемесячно",
    "quarter": "quarterly vierteljährlich trimestralmente ежеквартально",
    "year": "annually yearly jährlich anualmente annuellement ежегодно", "night": "nightly",
})  # fmt: skip
TIMES = {
    "once": 1, "twice": 2, "einmal": 1, "zweimal": 2, "dreimal": 3, "una vez": 1, "dos veces": 2, "tres veces": 3,
    "une fois": 1, "deux fois": 2, "trois fois": 3, "раз": 1,
}  # fmt: skip
# Before a figure: it is an end of something.
BOUNDING = UPWARD | DOWNWARD | frozenset("from until till ab bis desde hasta dès jusqu до с".split())  # noqa: SIM905

_DAY_LISTS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mondays tuesdays wednesdays thursdays fridays saturdays sundays",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "montags dienstags mittwochs donnerstags freitags samstags sonntags",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "понедельник вторник среда четверг пятница суббота воскресенье",
    "понедельника вторника среды четверга пятницы субботы воскресенья",
    "понедельникам вторникам средам четвергам пятницам субботам воскресеньям",
)
WEEKDAYS = {name: number for names in _DAY_LISTS for number, name in enumerate(names.split(), start=1)}
WEEKDAYS |= {"среду": 3, "пятницу": 5, "субботу": 6}
CLOCK_WORDS = _by_word({
    "720": "noon midday mediodía midi полдень", "0": "midnight mitternacht medianoche minuit полночь",
})  # fmt: skip
# Months without a day: those of English and German have a capital, the others are known in their own language.
CAPITAL_MONTHS = {
    name: number for names in (_MONTH_LISTS[0], _MONTH_LISTS[2]) for number, name in enumerate(names.split(), start=1)
}
BARE_MONTHS = {
    language: {name: number for names in lists for number, name in enumerate(names.split(), start=1)}
    for language, lists in {
        "es": _MONTH_LISTS[3:4],
        "fr": _MONTH_LISTS[4:5],
        "ru": (
            _MONTH_LISTS[5],
            "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
            "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        ),
        UNSURE: _MONTH_LISTS[3:5],
    }.items()
}
ALSO_WORDS = frozenset({"may", "march"})  # months only behind one of the next
MONTH_FOLLOWS = frozenset(
    """in of by until till from since before after during early late mid next last each every to and through""".split()  # noqa: SIM905
)
