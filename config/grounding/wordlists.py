"""Words that the rules of saying again and of falsifying work with. The check itself has lists of its own."""

from __future__ import annotations

SPELT = {
    "en": """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""",
    "de": """ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
        siebzehn achtzehn neunzehn zwanzig""",
    "es": """uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
        diecisiete dieciocho diecinueve veinte""",
    "fr": """un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept
        dix-huit dix-neuf vingt""",
}
SPELT_TENS = {"en": {30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}}
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

# What stands for the same: written in one way, it is said in the other.
SPELT_OUT = (
    (r"(\d)\s?%", r"\1 percent"), (r"(\d)\s?percent\b", r"\1 %"), (r"(\d) ?kg\b", r"\1 kilograms"),
    (r"(\d) ?km\b", r"\1 kilometres"), (r"(\d) ?mm\b", r"\1 millimetres"), (r"(\d) ?cm\b", r"\1 centimetres"),
    (r"(\d) ?mg\b(?! ?/)", r"\1 milligrams"), (r"(\d) ?m\b(?! ?[\w/²³])", r"\1 metres"),
    (r"€ ?(\d[\d,.]*\d|\d)", r"\1 euros"),
    (r"\bEUR ?(\d[\d,.]*\d|\d)", r"€\1"), (r"\$ ?(\d[\d,.]*\d|\d)(?! (?:million|billion))", r"\1 dollars"),
    (r"£ ?(\d[\d,.]*\d|\d)(?! (?:million|billion))", r"\1 pounds"), (r"(\d) miles\b", r"\1 mi"),
    (r"(\d) minutes\b", r"\1 min"), (r"(\d) hours\b", r"\1 h"), (r"(\d) ?MB\b", r"\1 megabytes"),
    (r"(\d) ?GB\b", r"\1 gigabytes"), (r"(\d) seconds\b", r"\1 s"), (r"(\d) kilometres\b", r"\1 km"),
)  # fmt: skip
OTHER_UNIT = (
    ("days", "weeks"), ("day", "month"), ("weeks", "months"), ("months", "years"), ("years", "months"),
    ("hours", "minutes"), ("minutes", "seconds"), ("seconds", "minutes"), ("€", "$"), ("EUR", "USD"), ("$", "£"),
    ("£", "€"), ("mg", "g"), ("kg", "g"), ("km", "m"), ("mm", "cm"), ("cm", "mm"), ("miles", "kilometres"),
    ("million", "billion"), ("billion", "million"), ("MB", "GB"), ("GB", "MB"), ("metres", "feet"),
    ("yards", "miles"), ("feet", "metres"), ("percent", "euros"), ("m", "km"), ("Tage", "Wochen"), ("Jahre", "Monate"),
    ("días", "semanas"), ("años", "meses"), ("Stunden", "Minuten"), ("horas", "minutos"), ("Millionen", "Milliarden"),
    ("millones", "mil"), ("jours", "semaines"), ("ans", "mois"), ("heures", "minutes"),
)  # fmt: skip
OPPOSITES = (
    ("at least", "at most"), ("at most", "at least"), ("more than", "less than"), ("less than", "more than"),
    ("before", "after"), ("after", "before"), ("increase", "decrease"), ("increased", "decreased"),
    ("increases", "decreases"), ("minimum", "maximum"), ("maximum", "minimum"), ("highest", "lowest"),
    ("lowest", "highest"), ("higher", "lower"), ("largest", "smallest"), ("above", "below"), ("below", "above"),
    ("first", "last"), ("earliest", "latest"), ("start", "end"), ("begins", "ends"), ("began", "ended"),
    ("internal", "external"), ("always", "never"), ("included", "excluded"), ("including", "excluding"),
    ("up to", "at least"), ("north", "south"), ("northern", "southern"), ("eastern", "western"), ("east", "west"),
    ("with", "without"), ("without", "with"), ("won", "lost"), ("early", "late"), ("open", "closed"),
    ("public", "private"), ("left", "right"), ("within", "after"), ("mandatory", "optional"), ("high", "low"),
    ("large", "small"), ("approve", "reject"), ("older", "younger"), ("vor", "nach"), ("nach", "vor"),
    ("mehr", "weniger"), ("mindestens", "höchstens"), ("más", "menos"), ("antes", "después"), ("mayor", "menor"),
)  # fmt: skip
PERMISSIONS = (
    ("must not", "must"), ("must", "must not"), ("may not", "may"), ("may", "may not"), ("not allowed", "allowed"),
    ("are allowed", "are not allowed"), ("is allowed", "is not allowed"), ("forbidden", "allowed"),
    ("prohibited", "permitted"), ("allowed", "forbidden"), ("permitted", "prohibited"), ("required", "not required"),
    ("can", "cannot"), ("cannot", "can"), ("should", "should not"),
)  # fmt: skip
QUANTIFIERS = (
    ("all", "some"), ("every", "some"), ("each", "some"), ("All", "Some"), ("Every", "Some"), ("Each", "Some"),
    ("most", "all"), ("some", "all"), ("Some", "All"), ("Most", "All"), ("many", "few"), ("Many", "Few"),
    ("few", "many"), ("both", "neither"), ("several", "all"), ("usually", "always"), ("often", "always"),
    ("sometimes", "always"),
)  # fmt: skip
# A verb after which a denying word can stand.
DENIABLE = {
    "en": r"\b(?:is|are|was|were|will|can|could|should|must|may|has|have|does|do|did|would)\b(?! (?:not|no|n't)\b)",
    "de": r"\b(?:ist|sind|war|waren|wird|werden|wurde|wurden|kann|können|muss|müssen|darf|hat|haben|hatte)\b"
    r"(?! nicht)",
    "es": r"(?<!no )\b(?:es|son|fue|fueron|era|eran|está|están|tiene|tienen|puede|pueden|debe|había|ha|han)\b",
    "fr": r"(?<!ne )\b(?:est|sont|était|peut|peuvent|doit|doivent)\b(?! pas)",
    "ru": r"(?<!не )\b(?:был|была|было|были|является|являются|может|могут|стал|стала|имеет)\b",
}
DENIED = (
    (r"\b(is|are|was|were|will|can|could|should|must|may|has|have|does|do|did|would) ?(?:not|n't)\b", r"\1"),
    (r"\bcannot\b", "can"), (r"\bnever\b", "always"), (r"\bno longer\b", "still"),
    (r"\b[Nn]o (?!later|more|less|fewer|longer|one)(?=[a-z])", "a "),
    (r"\bwithout\b", "with"), (r"\bexcept\b", "including"), (r"\bunless\b", "if"), (r"\bnot only\b", "only"),
    (r"\b[Nn]one\b", "all"), (r"\bneither\b", "both"), (r"\bnicht\s", ""), (r"\bkeine(\w*)\b", r"eine\1"),
    (r"\bohne\b", "mit"), (r"\b[Nn]o (?=(?:se|es|ha|era|fue|puede|tiene|est\w+|hay|lo|le)\b)", ""),
    (r"\bnunca\b", "siempre"), (r"\bsin\b", "con"), (r"\bn[e’'] ?(\w+) pas\b", r"\1"), (r"\bне\s", ""),
)  # fmt: skip
# Light rewording that keeps the sense.
SYNONYMS = (
    ("begins", "starts"), ("began", "started"), ("large", "big"), ("purchase", "buy"), ("purchases", "acquisitions"),
    ("obtain", "get"), ("request", "ask for"), ("requires", "needs"), ("required", "needed"), ("employees", "staff"),
    ("approximately", "about"), ("about", "around"), ("many", "numerous"), ("help", "assist"), ("use", "make use of"),
    ("used", "employed"), ("shows", "displays"), ("near", "close to"), ("however", "yet"), ("located", "situated"),
    ("found", "discovered"), ("created", "made"), ("built", "constructed"), ("important", "significant"),
    ("because", "since"), ("also", "as well"), ("such as", "like"), ("provide", "supply"), ("provides", "gives"),
    ("called", "named"), ("company", "firm"), ("ensure", "make sure"), ("must", "has to"),
    ("within", "in no more than"), ("information", "data"), ("collect", "gather"),
    ("site", "website"), ("e-mail", "email"), ("written", "drawn up"), ("sends", "dispatches"), ("sent", "dispatched"),
    ("receive", "get"), ("receives", "gets"), ("annual", "yearly"), ("colleagues", "co-workers"), ("entire", "whole"),
    ("film", "movie"), ("main", "principal"), ("area", "region"), ("during", "in the course of"), ("until", "up to"),
    ("therefore", "thus"), ("often", "frequently"), ("different", "various"), ("world", "globe"), ("keep", "retain"),
)  # fmt: skip
REPHRASED = (
    (r"\bmust not\b", "may not"), (r"\bare not allowed to\b", "must not"), (r"\bdo not\b", "don't"),
    (r"\bdoes not\b", "doesn't"), (r"\bis not\b", "isn't"), (r"\bare not\b", "aren't"), (r"\bcannot\b", "can't"),
    (r"\bwas not\b", "wasn't"), (r"\bdoes n't\b", "does not"), (r"\bno longer\b", "not any more"),
    (r"\bmore than\b", "over"), (r"\bat least\b", "no less than"), (r"\bat most\b", "no more than"),
    (r"\bthe ([a-z]+)s of the ([a-z]+)\b", r"the \2's \1s"), (r"\bin order to\b", "to"), (r"\bis able to\b", "can"),
    (r"\bforbidden\b", "not allowed"), (r"\bprohibited\b", "not permitted"), (r"\ball of the\b", "all the"),
)  # fmt: skip
INTRODUCTIONS = ("According to the document, {}", "The document says that {}", "As stated there, {}")
