"""Names of people and of companies that do not exist."""

from __future__ import annotations

import unicodedata

from grantwatch.lab.ids import Mint

__all__ = ["Namer", "company"]

# fmt: off
FIRST = [
    "Ada", "Agnes", "Alba", "Alexei", "Amara", "Amir", "Andrei", "Anna", "Anton", "Aoife", "Arjun", "Astrid", "Aylin",
    "Beatriz", "Bence", "Birgit", "Bojan", "Bruno", "Camille", "Carla", "Chen", "Chloé", "Clara", "Daniel", "Daria",
    "David", "Dina", "Diogo", "Ebru", "Edgar", "Eline", "Emeka", "Emil", "Enzo", "Erik", "Esther", "Eva", "Farah",
    "Fatima", "Felix", "Filip", "Finn", "Freya", "Gabriel", "Georg", "Greta", "Hana", "Haruto", "Helena", "Hugo",
    "Ibrahim", "Ida", "Ilse", "Imran", "Ingrid", "Irina", "Isaac", "Ivan", "Jan", "Jana", "João", "Joel", "Jonas",
    "Judith", "Kaito", "Karim", "Katja", "Kenji", "Klara", "Kofi", "Laila", "Lars", "Laura", "Lea", "Leon", "Lina",
    "Linh", "Lukas", "Luna", "Maja", "Malik", "Marco", "Mariana", "Marta", "Mateo", "Maya", "Mei", "Mila", "Milan",
    "Mira", "Nadia", "Naomi", "Nikhil", "Nils", "Noor", "Nora", "Olga", "Oskar", "Otto", "Paula", "Pavel", "Petra",
    "Priya", "Quentin", "Rafael", "Rania", "Rasmus", "Renata", "Rosa", "Ruben", "Samir", "Sanne", "Sara", "Selma",
    "Simon", "Sofia", "Stefan", "Sunita", "Tariq", "Teresa", "Theo", "Tomas", "Uma", "Valentina", "Vera", "Viktor",
    "Wei", "Yara", "Yusuf", "Zeynep", "Zoë",
]
LAST = [
    "Abadi", "Acosta", "Adler", "Almeida", "Andersen", "Arslan", "Baran", "Bauer", "Becker", "Bianchi", "Blom",
    "Borges", "Brandt", "Castro", "Chaudhary", "Cho", "Costa", "Dahl", "Dias", "Dubois", "Eklund", "Fabre", "Falk",
    "Ferrari", "Fischer", "Fonseca", "Forsberg", "Fuchs", "Garcia", "Grant", "Greco", "Haas", "Hansen", "Hartmann",
    "Hassan", "Horvat", "Huber", "Ito", "Ivanov", "Jansen", "Jensen", "Kaplan", "Kaya", "Keller", "Khan", "Kim",
    "Klein", "Koch", "Kovač", "Kowalski", "Krause", "Kumar", "Lang", "Larsen", "Laurent", "Leroy", "Lim", "Lind",
    "Lopes", "Lorenz", "Maier", "Marek", "Martin", "Mendes", "Meyer", "Miller", "Mori", "Moreau", "Müller", "Nair",
    "Nakamura", "Navarro", "Nguyen", "Nielsen", "Novak", "Okafor", "Olsen", "Ortega", "Osei", "Öztürk", "Park",
    "Patel", "Pereira", "Petrov", "Pinto", "Popescu", "Quist", "Rahman", "Ramos", "Reid", "Ricci", "Rossi", "Roth",
    "Saito", "Salgado", "Sand", "Santos", "Schmid", "Schulz", "Silva", "Simić", "Singh", "Soto", "Stein", "Svensson",
    "Tanaka", "Tran", "Varga", "Vega", "Vogel", "Walsh", "Weber", "Winter", "Wolf", "Yamada", "Yilmaz", "Zhang",
    "Zimmer",
]
FIRMS = [
    "Alder", "Amber", "Beacon", "Birch", "Cedar", "Cobalt", "Copper", "Coral", "Delta", "Ember", "Fern", "Flint",
    "Garnet", "Glacier", "Harbor", "Hazel", "Heron", "Indigo", "Ivory", "Juniper", "Kestrel", "Larch", "Linden",
    "Lupine", "Maple", "Marble", "Meadow", "Nimbus", "Northlight", "Oak", "Onyx", "Orchard", "Osprey", "Pebble",
    "Pine", "Quarry", "Raven", "Ridge", "Rowan", "Sable", "Saffron", "Sierra", "Slate", "Sparrow", "Spruce", "Summit",
    "Tamarack", "Thistle", "Tidal", "Umber", "Velvet", "Willow",
]
TRADES = [
    "Analytics", "Bearings", "Biotech", "Castings", "Ceramics", "Chemicals", "Coatings", "Dairy", "Design", "Energy",
    "Foods", "Freight", "Fittings", "Glass", "Instruments", "Insurance", "Labs", "Lighting", "Logistics", "Machines",
    "Materials", "Mills", "Optics", "Packaging", "Pharma", "Plastics", "Pumps", "Rail", "Robotics", "Seeds",
    "Shipping", "Solar", "Steel", "Systems", "Textiles", "Timber", "Tools", "Toys", "Turbines", "Valves", "Water",
    "Wind", "Works",
]
# fmt: on


def company(mint: Mint) -> tuple[str, str]:
    """A company's name and its domain, which ends in `.example`."""
    firm, trade = mint.pick(FIRMS), mint.pick(TRADES)
    return f"{firm} {trade}", f"{firm}-{trade}.example".lower()


class Namer:
    """Gives out names, none of them twice in one tenant."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._taken: dict[str, int] = {}

    def person(self) -> tuple[str, str]:
        """Display name and alias: `Zoë Müller`, `zoe.muller`, with a number where the alias is taken."""
        first, last = self._mint.pick(FIRST), self._mint.pick(LAST)
        return f"{first} {last}", self.alias(f"{first}.{last}")

    def alias(self, text: str) -> str:
        """The alias for a text, in lower case without accents."""
        plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
        number = self._taken[plain] = self._taken.get(plain, 0) + 1
        return plain if number == 1 else f"{plain}{number}"
