"""The figures of the budget 2026, in thousand EUR where nothing else is said."""

Row = tuple[str | int | float, ...]

QUARTERS = ("Q1", "Q2", "Q3", "Q4")

OPERATING: dict[str, tuple[int, int, int, int]] = {
    "Engineering": (1310, 1340, 1325, 1365),
    "Production overhead": (690, 705, 700, 725),
    "Field Service": (520, 585, 610, 535),
    "Sales and Marketing": (760, 815, 740, 845),
    "IT and Security": (330, 325, 340, 345),
    "Human Resources": (175, 180, 178, 187),
    "Finance": (195, 190, 188, 207),
    "Facilities": (240, 215, 210, 255),
    "Quality": (150, 155, 152, 163),
    "Executive office and board": (125, 120, 118, 137),
}

REVENUE: dict[str, tuple[int, int, int, int]] = {
    "Tarn 200 and accessories": (2350, 2600, 2450, 2700),
    "Tarn 500 and sensors": (4900, 5400, 5250, 6100),
    "Skerry subscriptions": (1080, 1110, 1150, 1190),
    "Brookline licences": (270, 290, 300, 340),
    "Service and spare parts": (1200, 1300, 1350, 1570),
}

CAPITAL: list[Row] = [
    ("Project", "Department", "Planned quarter", "Thousand EUR"),
    ("Wave tank", "Engineering", "Q2", 155),
    ("Second coating line, first payment", "Production", "Q3", 190),
    ("Replacement of two service vans", "Field Service", "Q4", 108),
    ("Renewal of the network in Upper Marling", "IT and Security", "Q3", 86),
    ("Window replacement, building A", "Facilities", "Q2", 74),
    ("Layer thickness gauge", "Quality", "Q1", 17),
    ("Loan pool, 10 further Tarn 500 loggers", "Field Service", "Q2", 60),
]

ASSUMPTIONS: list[Row] = [
    ("Assumption", "Value"),
    ("Gross margin", "53.5 percent"),
    ("General pay rise from 1 April 2026", "3.1 percent"),
    ("Average number of employees", "240"),
    ("Electricity price", "EUR 0.19 per kWh"),
    ("US dollar", "1.12 USD per EUR"),
    ("Reserve held by the CFO, not included in the departments", "EUR 250 thousand"),
    ("Approved by the board", "11 December 2025"),
]


def with_totals(figures: dict[str, tuple[int, int, int, int]], first: str, total: str) -> list[Row]:
    """The rows of a sheet: one for each name, with its sum over the year, and the sums of all."""
    rows: list[Row] = [(first, *QUARTERS, "Year")]
    rows += [(name, *values, sum(values)) for name, values in figures.items()]
    sums = [sum(column) for column in zip(*figures.values(), strict=True)]
    return [*rows, (total, *sums, sum(sums))]
