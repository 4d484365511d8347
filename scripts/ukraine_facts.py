"""What no package tells about the regions of Ukraine: names used abroad, ids in other APIs, names before a renaming.

Codes are the first characters of KATOTTG: four for an oblast, six for a raion, nine for a hromada. The ids of
alerts.in.ua and ukrainealarm are one numbering; they are public numbers, written down here by hand. A region that is
not listed has no id that we know of, and says so.
"""

# KATOTTG prefix: uid, ISO 3166-2, name abroad. The two digits of KATOTTG and ISO differ for five of them.
FIRST_LEVEL = {
    "UA01": (29, "UA-43", "Autonomous Republic of Crimea"),
    "UA05": (4, "UA-05", "Vinnytsia Oblast"),
    "UA07": (8, "UA-07", "Volyn Oblast"),
    "UA12": (9, "UA-12", "Dnipropetrovsk Oblast"),
    "UA14": (28, "UA-14", "Donetsk Oblast"),
    "UA18": (10, "UA-18", "Zhytomyr Oblast"),
    "UA21": (11, "UA-21", "Zakarpattia Oblast"),
    "UA23": (12, "UA-23", "Zaporizhzhia Oblast"),
    "UA26": (13, "UA-26", "Ivano-Frankivsk Oblast"),
    "UA32": (14, "UA-32", "Kyiv Oblast"),
    "UA35": (15, "UA-35", "Kirovohrad Oblast"),
    "UA44": (16, "UA-09", "Luhansk Oblast"),
    "UA46": (27, "UA-46", "Lviv Oblast"),
    "UA48": (17, "UA-48", "Mykolaiv Oblast"),
    "UA51": (18, "UA-51", "Odesa Oblast"),
    "UA53": (19, "UA-53", "Poltava Oblast"),
    "UA56": (5, "UA-56", "Rivne Oblast"),
    "UA59": (20, "UA-59", "Sumy Oblast"),
    "UA61": (21, "UA-61", "Ternopil Oblast"),
    "UA63": (22, "UA-63", "Kharkiv Oblast"),
    "UA65": (23, "UA-65", "Kherson Oblast"),
    "UA68": (3, "UA-68", "Khmelnytskyi Oblast"),
    "UA71": (24, "UA-71", "Cherkasy Oblast"),
    "UA73": (26, "UA-77", "Chernivtsi Oblast"),
    "UA74": (25, "UA-74", "Chernihiv Oblast"),
    "UA80": (31, "UA-30", "Kyiv"),
    "UA85": (30, "UA-40", "Sevastopol"),
}

# ukrainealarm has another id for Crimea, and none for Sevastopol.
UKRAINEALARM_DIFFERS: dict[int, int | None] = {29: 9999, 30: None}

# Other names of first-level regions that people type or other lists show.
OTHER_NAMES = {
    "UA01": ("Крим", "АР Крим", "Crimea"),
    "UA23": ("Zaporizhia Oblast",),
    "UA80": ("м. Київ", "Kyiv City"),
    "UA85": ("м. Севастополь", "Sevastopol City"),
}

# uid: name of the raion, by oblast. The names of raions are unique in the country.
RAION_IDS = {
    "UA05": {32: "Тульчинський", 33: "Могилів-Подільський", 34: "Хмільницький", 35: "Жмеринський", 36: "Вінницький",
             37: "Гайсинський"},
    "UA07": {38: "Володимирський", 39: "Луцький", 40: "Ковельський", 41: "Камінь-Каширський"},
    "UA12": {42: "Кам’янський", 43: "Самарівський", 44: "Дніпровський", 45: "Павлоградський", 46: "Криворізький",
             47: "Нікопольський", 48: "Синельниківський"},
    "UA14": {49: "Кальміуський", 50: "Краматорський", 51: "Горлівський", 52: "Маріупольський", 53: "Донецький",
             54: "Бахмутський", 55: "Волноваський", 56: "Покровський"},
    "UA18": {57: "Бердичівський", 58: "Коростенський", 59: "Житомирський", 60: "Звягельський"},
    "UA21": {61: "Берегівський", 62: "Хустський", 63: "Рахівський", 64: "Тячівський", 65: "Мукачівський",
             66: "Ужгородський"},
    "UA23": {145: "Пологівський", 146: "Василівський", 147: "Бердянський", 148: "Мелітопольський", 149: "Запорізький"},
    "UA26": {67: "Верховинський", 68: "Івано-Франківський", 69: "Косівський", 70: "Коломийський", 71: "Калуський",
             72: "Надвірнянський"},
    "UA32": {73: "Білоцерківський", 74: "Вишгородський", 75: "Бучанський", 76: "Обухівський", 77: "Фастівський",
             78: "Бориспільський", 79: "Броварський"},
    "UA35": {80: "Олександрійський", 81: "Кропивницький", 82: "Голованівський", 83: "Новоукраїнський"},
    "UA44": {84: "Сіверськодонецький", 85: "Сватівський", 86: "Старобільський", 87: "Щастинський",
             1801: "Луганський", 1802: "Ровеньківський", 1803: "Алчевський", 1804: "Довжанський"},
    "UA46": {88: "Самбірський", 89: "Стрийський", 90: "Львівський", 91: "Дрогобицький", 92: "Шептицький",
             93: "Яворівський", 94: "Золочівський"},
    "UA48": {95: "Вознесенський", 96: "Баштанський", 97: "Первомайський", 98: "Миколаївський"},
    "UA51": {99: "Подільський", 100: "Березівський", 101: "Ізмаїльський", 102: "Білгород-Дністровський",
             103: "Роздільнянський", 104: "Одеський", 105: "Болградський"},
    "UA53": {106: "Лубенський", 107: "Кременчуцький", 108: "Миргородський", 109: "Полтавський"},
    "UA56": {110: "Вараський", 111: "Дубенський", 112: "Рівненський", 113: "Сарненський"},
    "UA59": {114: "Сумський", 115: "Шосткинський", 116: "Роменський", 117: "Конотопський", 118: "Охтирський"},
    "UA61": {119: "Тернопільський", 120: "Кременецький", 121: "Чортківський"},
    "UA63": {122: "Чугуївський", 123: "Куп’янський", 124: "Харківський", 125: "Ізюмський", 126: "Богодухівський",
             127: "Берестинський", 128: "Лозівський"},
    "UA65": {129: "Бериславський", 130: "Скадовський", 131: "Каховський", 132: "Херсонський", 133: "Генічеський"},
    "UA68": {134: "Хмельницький", 135: "Кам’янець-Подільський", 136: "Шепетівський"},
    "UA71": {150: "Звенигородський", 151: "Уманський", 152: "Черкаський", 153: "Золотоніський"},
    "UA73": {137: "Чернівецький", 138: "Вижницький", 139: "Дністровський"},
    "UA74": {140: "Чернігівський", 141: "Новгород-Сіверський", 142: "Ніжинський", 143: "Прилуцький",
             144: "Корюківський"},
}  # fmt: skip

# Raions of occupied Luhansk oblast: known to alerts.in.ua alone.
ALERTS_IN_UA_ONLY = frozenset({1801, 1802, 1803, 1804})

# The only hromadas whose uid follows from public facts: two that ukrainealarm treats as states, one that is often
# polled, and four whose city has the uid of its hromada plus 5000 (Kryvyi Rih, Zaporizhzhia and Kharkiv show the
# rule).
HROMADA_IDS = {
    "UA1206017": 279,  # Kryvyi Rih
    "UA1202001": 332,  # Dnipro
    "UA1208001": 349,  # Marhanets
    "UA1208005": 351,  # Nikopol
    "UA2306007": 564,  # Zaporizhzhia
    "UA3508017": 786,  # Svitlovodsk
    "UA6312027": 1293,  # Kharkiv
}

# Names before a renaming, raions by the new name (unique), hromadas by code with the old name of their town.
OLD_RAION_NAMES = {
    "Володимирський": "Володимир-Волинський",
    "Самарівський": "Новомосковський",
    "Звягельський": "Новоград-Волинський",
    "Сіверськодонецький": "Сєвєродонецький",
    "Шептицький": "Червоноградський",
    "Берестинський": "Красноградський",
}
OLD_HROMADA_NAMES = {
    "UA1214021": ("Першотравенська", "Першотравенськ"),
    "UA4804025": ("Южноукраїнська", "Южноукраїнськ"),
    "UA4806027": ("Первомайська", None),
    "UA4808015": ("Синюхинобрідська", None),
    "UA7102003": ("Ватутінська", "Ватутіне"),
}
