"""What is counted and in what: numbers in words, units, periods, days and months, in five languages."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.claims.lexicon import UNSURE, by_word

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

UNITS = by_word({
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
SORTS = by_word({
    "working": """working business arbeitstag arbeitstage arbeitstagen werktag werktage werktagen hábiles laborables
        ouvrables ouvrés рабочий рабочих""",
    "calendar": "calendar kalendertag kalendertage kalendertagen naturales calendaires календарных",
})  # fmt: skip

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
ADVERBS = by_word({
    "hour": "hourly stündlich", "day": "daily täglich diariamente quotidiennement ежедневно",
    "week": "weekly wöchentlich semanalmente hebdomadairement еженедельно",
    "month": "monthly monatlich mensualmente mensuellement ежемесячно",
    "quarter": "quarterly vierteljährlich trimestralmente ежеквартально",
    "year": "annually yearly jährlich anualmente annuellement ежегодно", "night": "nightly",
})  # fmt: skip
YEARLY = by_word({  # say with a noun how often: they give a period, and take none
    "day": "tägliche täglichen täglicher", "week": "wöchentliche wöchentlichen", "month": "monatliche monatlichen",
    "year": "annual annum jährliche jährlichen jährlicher anual anuales annuel annuels annuelle",
})  # fmt: skip
TIMES = {
    "once": 1, "twice": 2, "einmal": 1, "zweimal": 2, "dreimal": 3, "una vez": 1, "dos veces": 2, "tres veces": 3,
    "une fois": 1, "deux fois": 2, "trois fois": 3, "раз": 1,
}  # fmt: skip

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
CLOCK_WORDS = by_word({
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
