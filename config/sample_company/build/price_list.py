"""The rows of the price list 2026."""

Row = tuple[str | int | float, ...]

HEADER: Row = (
    "Article number", "Name", "List price EUR", "Partner price EUR", "Lead time in working days",
)  # fmt: skip

INSTRUMENTS: list[Row] = [
    ("T200-STD", "Tarn 200 handheld meter, pH, conductivity and temperature", 1290, 1032, 5),
    ("T200-DO", "Tarn 200 with optical oxygen probe", 1690, 1352, 5),
    ("T200-TU", "Tarn 200 with turbidity head", 1840, 1472, 8),
    ("T200-KIT", "Tarn 200 field kit with case, cup and buffers", 1980, 1584, 8),
    ("T500-B3", "Tarn 500 buoy logger, 3 ports", 7450, 6109, 20),
    ("T500-B6", "Tarn 500 buoy logger, 6 ports", 9850, 8077, 25),
    ("T500-B6S", "Tarn 500 buoy logger, 6 ports, with solar collar", 11400, 9348, 30),
    ("T500-B6A", "Tarn 500 for fish farms, 6 ports, with cage bracket", 10300, 8446, 30),
    ("T500-SAT", "Satellite modem for Tarn 500, fitted at the factory", 1650, 1353, 15),
    ("T500-SOL", "Solar collar for Tarn 500", 1720, 1410, 15),
    ("SEN-DO", "Optical oxygen sensor", 1180, 944, 10),
    ("SEN-PH", "pH sensor", 420, 336, 5),
    ("SEN-EC", "Conductivity sensor", 510, 408, 5),
    ("SEN-TU", "Turbidity sensor", 980, 784, 10),
    ("SEN-CHL", "Chlorophyll a sensor", 2150, 1720, 15),
    ("SEN-NO3", "Nitrate sensor (UV)", 6900, 5658, 35),
    ("SKY-STD", "Skerry Standard, one logger, one year", 498, 423, 1),
    ("SKY-PRO", "Skerry Pro, one logger, one year", 840, 714, 1),
    ("BRK-1", "Brookline licence, one user", 690, 552, 1),
    ("BRK-5", "Brookline licence, five users", 2400, 1920, 1),
]

SPARE_PARTS: list[Row] = [
    ("T200-PRB", "pH probe for Tarn 200", 185, 148, 3),
    ("T200-GSK", "Main gasket for Tarn 200", 14.5, 11.6, 3),
    ("T200-DSP", "Display with frame for Tarn 200", 168, 134.4, 5),
    ("T200-MBD", "Main board for Tarn 200, revision D", 412, 329.6, 10),
    ("T200-BLD", "Battery lid with seal for Tarn 200", 19, 15.2, 3),
    ("T500-BAT", "Battery pack for Tarn 500, 10.4 Ah", 465, 372, 10),
    ("T500-WIP", "Wiper blades for Tarn 500, set of 4", 36, 28.8, 3),
    ("T500-ANO", "Zinc anode for Tarn 500", 42, 33.6, 3),
    ("T500-ORS", "O-ring set for battery tube", 12, 9.6, 3),
    ("T500-DOC", "Oxygen sensor cap", 148, 118.4, 5),
    ("T500-MAST", "Antenna mast with beacon", 390, 312, 10),
    ("T500-MAG", "Service magnet on a lanyard", 28, 22.4, 3),
    ("T500-CHG", "Mains charger, 14.6 V, 4 A", 135, 108, 5),
    ("T500-CAGE", "Sensor cage with wiper", 690, 552, 15),
    ("GEN-BUF", "Buffer set pH 4.01, 7.00 and 10.01, 3 x 250 mL", 39, 31.2, 2),
    ("GEN-CBL", "Service cable for Brookline", 95, 76, 3),
]

SERVICES: list[Row] = [
    ("SRV-CAL2", "Calibration of a Tarn 200 with certificate", 145, 116, 4),
    ("SRV-CAL5", "Calibration of a Tarn 500 sensor with certificate", 160, 128, 6),
    ("SRV-FIX2", "Fixed-price repair of a Tarn 200", 220, 176, 7),
    ("SRV-OVH5", "Overhaul of a Tarn 500 with pressure test", 1150, 920, 15),
    ("SRV-DAY", "Field technician, one day", 980, 833, 10),
    ("SRV-DEP", "Deployment of one logger, boat included", 2350, 1998, 15),
    ("SRV-TRN", "Training at Kestrel Bay, one day, up to eight people", 1800, 1530, 20),
    ("SRV-EXP", "Express surcharge for repairs, per order", 90, 90, 2),
]

CONDITIONS: list[Row] = [
    ("Topic", "Rule"),
    ("Validity", "Prices are valid from 1 January to 31 December 2026, without value added tax."),
    ("Partners", "Partner prices apply only to partners with a signed distribution agreement."),
    ("Volume", "Orders of 10 or more Tarn 500 loggers receive a further 5 percent on the loggers."),
    ("Small orders", "Orders below EUR 150 carry a handling charge of EUR 25."),
    ("Special prices", "Discounts above 12 percent on the list price need the approval of Oskar Lindqvist."),
    (
        "Confidentiality",
        "The list is for sales and finance; partner prices are never shown to end customers.",
    ),
]
