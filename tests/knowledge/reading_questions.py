"""Questions with the sentence that answers them first, and sentences on the same things that do not."""

from __future__ import annotations

QUESTIONS: list[tuple[str, str, list[str]]] = [
    (
        "How many days of leave do new employees get?",
        "New employees get 28 days of leave in their first year.",
        ["New employees ask their manager for leave.", "Days of leave are entered in the calendar.",
         "Leave is planned together with the team."],
    ),
    (
        "When was the warehouse in Lyon opened?",
        "The warehouse in Lyon was opened in March 2011.",
        ["The warehouse in Lyon is run by two shifts.", "The gates of the warehouse are painted blue.",
         "Lyon also has an office for customers."],
    ),
    (
        "Who approves travel expenses?",
        "Travel expenses are approved by the head of finance.",
        ["Travel expenses are handed in on a form.", "Expenses for meals need a receipt.",
         "Trains are preferred for travel inside the country."],
    ),
    (
        "Where is the spare key of the server room kept?",
        "The spare key of the server room is kept in the safe at the reception.",
        ["The server room must always be locked.", "A lost key is reported at once.",
         "The server room was cooled anew in spring."],
    ),
    (
        "What is the maximum load of the lift?",
        "The lift carries at most 900 kilograms.",
        ["The lift is inspected every spring.", "Nobody uses the lift when there is a fire.",
         "Heavy goods are brought up in the morning."],
    ),
    (
        "Which language is used in meetings with suppliers?",
        "Meetings with suppliers are held in English.",
        ["Meetings with suppliers are announced a week before.", "Suppliers send their offers by mail.",
         "Minutes are written after all meetings."],
    ),
    (
        "How often are the fire extinguishers checked?",
        "The fire extinguishers are checked every two years by a company from outside.",
        ["The fire extinguishers hang beside every staircase.", "A fire is reported by pressing the red button.",
         "Extinguishers that were used are replaced."],
    ),
    (
        "Why was the old printer replaced?",
        "The old printer was replaced because its drum could no longer be bought.",
        ["The old printer stood on the second floor.", "Paper for the printer lies in the cabinet.",
         "The new printer prints on both sides."],
    ),
    (
        "Who founded the company?",
        "The company was founded by Marta Olsen and her brother.",
        ["The company has its seat in Bergen.", "The company makes pumps and valves.",
         "The company grew quickly in its second decade."],
    ),
    (
        "What colour are the pipes for compressed air?",
        "Pipes for compressed air are light blue.",
        ["Pipes for compressed air are tested once a year.", "Compressed air drives the presses.",
         "Nobody hangs anything on the pipes."],
    ),
    (
        "How much does a visitor pay for parking?",
        "Visitors pay four euros a day for parking.",
        ["Visitors find the parking behind the main building.", "Parking is free of snow in winter.",
         "A visitor signs the book at the door."],
    ),
    (
        "At what time does the canteen close?",
        "The canteen closes at half past two.",
        ["The canteen is on the ground floor.", "The canteen cooks one dish without meat.",
         "Trays are brought back by everybody."],
    ),
    (
        "How long must invoices be kept?",
        "Invoices must be kept for ten years.",
        ["Invoices are checked by two people.", "Invoices without an order number are sent back.",
         "The archive for invoices is in the cellar."],
    ),
    (
        "Which company cleans the offices?",
        "The offices are cleaned by Brightwell Services.",
        ["The offices are cleaned after six in the evening.", "Offices with carpets take more time.",
         "Every company that works here signs the house rules."],
    ),
    (
        "What must be worn in the laboratory?",
        "In the laboratory everybody wears goggles and a white coat.",
        ["The laboratory is closed on Fridays.", "Samples leave the laboratory in sealed boxes.",
         "The laboratory was built anew after the flood."],
    ),
    (
        "How many people work in the branch in Porto?",
        "The branch in Porto has 64 employees.",
        ["The branch in Porto moved to the harbour.", "People from Porto visit twice a year.",
         "Work in the branch begins at nine."],
    ),
    (
        "When must a damaged parcel be reported?",
        "A damaged parcel must be reported within 24 hours of its arrival.",
        ["A damaged parcel is photographed from all sides.", "Parcels are weighed at the gate.",
         "The reported weight stands on the label."],
    ),
    (
        "Who repairs the forklifts?",
        "Forklifts are repaired by the workshop of Hansen & Sons.",
        ["Forklifts are driven only with a licence.", "Forklifts are charged during the night.",
         "Repairs are written into the log book."],
    ),
    (
        "What is the password of guests for the wireless network?",
        "Guests use the password that is printed on their badge.",
        ["The wireless network reaches the yard.", "Guests are met at the door.",
         "The network was made faster in May."],
    ),
    (
        "How far must pallets stand from the wall?",
        "Pallets stand at least 50 centimetres away from the wall.",
        ["Pallets are made of pine.", "The wall was painted in summer.", "Broken pallets stand in the yard."],
    ),
    (
        "In which month is the stock counted?",
        "The stock is counted in November.",
        ["The stock is counted by two people.", "The stock is kept in three halls.",
         "Differences in the stock are looked into."],
    ),
    (
        "What happens to unsold bread?",
        "Bread that was not sold goes to the food bank in the evening.",
        ["Bread is baked from four in the morning.", "Bread is sold at the counter.",
         "Bread is made of rye and wheat."],
    ),
    (
        "Who is told about an accident first?",
        "After an accident the shift leader is told before anybody else.",
        ["An accident is described on the red form.", "Accidents became fewer last year.",
         "Everybody is told how accidents are avoided."],
    ),
    (
        "How is the boiler switched off?",
        "The boiler is switched off with the lever on its left side.",
        ["The boiler heats both buildings.", "The boiler was bought second-hand.", "The boiler room is kept dry."],
    ),
]  # fmt: skip
