"""The rows of the risk register."""

Row = tuple[str | int | float, ...]

HEADER: Row = (
    "Risk number", "Risk", "Owner", "Likelihood", "Impact", "Score", "Measure", "Next review",
)  # fmt: skip

# number, risk, owner, likelihood, impact, measure, next review
RISKS: list[tuple[str, str, str, int, int, str, str]] = [
    ("R-01", "Only supplier of optical sensor caps fails", "Jun Tanabe", 3, 5,
     "Qualify a second source by June 2027, safety stock for 10 weeks", "January 2027"),
    ("R-02", "Long outage of Skerry", "Dr. Mirela Voss", 3, 4,
     "Second alarm path, monthly recovery exercise", "December 2026"),
    ("R-03", "Ransomware stops production", "Priya Nandakumar", 2, 5,
     "Offline backups, separate network for the factory", "December 2026"),
    ("R-04", "Failure of the only coating line", "Dr. Mirela Voss", 3, 4,
     "Second line from April 2027", "March 2027"),
    ("R-05", "Price war in buoy loggers", "Oskar Lindqvist", 4, 3,
     "Bundles with Skerry, cost target for revision G", "January 2027"),
    ("R-06", "Loss of key people in firmware", "Hanna Quist", 3, 4,
     "Retention plan for five people, documentation of the boot loader", "February 2027"),
    ("R-07", "Corroded connectors lead to a recall", "Jun Tanabe", 3, 4,
     "Stainless lock rings, provision of EUR 310,000", "January 2027"),
    ("R-08", "Largest customer leaves (9 percent of revenue)", "Oskar Lindqvist", 2, 4,
     "Five-year frame contract under negotiation", "March 2027"),
    ("R-09", "Fire in Upper Marling", "Beatrix Okoro", 1, 5,
     "Sprinklers in the store, insurance of EUR 18 million", "May 2027"),
    ("R-10", "Accident on the water", "Callum Reyes", 2, 5,
     "Training twice a year, no work alone", "February 2027"),
    ("R-11", "Bad debts rise again", "Farid Haddad", 2, 3,
     "Stricter credit rules, monthly list to the CFO", "January 2027"),
    ("R-12", "Modem of the Tarn 500 is discontinued", "Dr. Mirela Voss", 5, 2,
     "New modem in revision G, last-time buy", "December 2026"),
    ("R-13", "New rules for lithium batteries in transport", "Jun Tanabe", 3, 2,
     "Member of the working group of the trade association", "June 2027"),
    ("R-14", "Integration after an acquisition fails", "Ingrid Solheim-Parr", 3, 4,
     "Integration lead named before signing", "December 2026"),
    ("R-15", "Fine for a breach of data protection", "Priya Nandakumar", 2, 3,
     "Yearly audit, training for all staff", "April 2027"),
]  # fmt: skip

SCALES: list[Row] = [
    ("Value", "Likelihood", "Impact on EBITDA"),
    (1, "less than once in 20 years", "below EUR 50,000"),
    (2, "once in 10 to 20 years", "EUR 50,000 to 200,000"),
    (3, "once in 3 to 10 years", "EUR 200,000 to 600,000"),
    (4, "once in 1 to 3 years", "EUR 600,000 to 2 million"),
    (5, "every year", "above EUR 2 million"),
]

NOTES: list[Row] = [
    ("Rule",),
    ("The score is the likelihood multiplied by the impact.",),
    ("Risks with a score of 12 or more are reported to the board every quarter.",),
    ("The owner reviews each risk at the date shown; Tobias Achterberg keeps the register.",),
]


def rows() -> list[Row]:
    """The register with the score of each risk."""
    return [HEADER] + [
        (number, risk, owner, likelihood, impact, likelihood * impact, measure, review)
        for number, risk, owner, likelihood, impact, measure, review in RISKS
    ]
