"""The hazards Tocsin knows: their CAP category, their names, and how long an order about them lives.

The codes of the Ukrainian APIs come first (``air_raid`` …). What people are told to do stands in
``tocsin.issuing.texts``.
"""

from dataclasses import dataclass

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Hazard:
    """One danger. Durations are seconds: what an order gets if it names none, and the most it may ask for."""

    code: str
    category: str
    english: str
    ukrainian: str
    lasts_default_s: int
    lasts_max_s: int

    def name(self, language: str) -> str:
        return self.ukrainian if language == "uk" else self.english


def _table(*hazards: Hazard) -> dict[str, Hazard]:
    return {hazard.code: hazard for hazard in hazards}


# CAP categories: CAP 1.2, 3.2.2. The longest air raid alert in the history files lasted 88 hours; front-line hromadas
# stay under artillery alerts for months, and are updated meanwhile.
HAZARDS = _table(
    Hazard("air_raid", "Security", "Air raid alert", "Повітряна тривога", 12 * HOUR_S, 96 * HOUR_S),
    Hazard("artillery_shelling", "Security", "Artillery shelling", "Загроза артобстрілу", 24 * HOUR_S, 720 * HOUR_S),
    Hazard("urban_fights", "Security", "Street fighting", "Загроза вуличних боїв", 24 * HOUR_S, 720 * HOUR_S),
    Hazard("chemical", "CBRNE", "Chemical danger", "Хімічна загроза", 12 * HOUR_S, 96 * HOUR_S),
    Hazard("nuclear", "CBRNE", "Radiation danger", "Радіаційна загроза", 24 * HOUR_S, 720 * HOUR_S),
    Hazard("flood", "Met", "Flood", "Загроза повені", 24 * HOUR_S, 240 * HOUR_S),
    Hazard("storm", "Met", "Dangerous storm", "Небезпечна буря", 12 * HOUR_S, 96 * HOUR_S),
    Hazard("wildfire", "Fire", "Wildfire", "Пожежа", 12 * HOUR_S, 240 * HOUR_S),
    Hazard("earthquake", "Geo", "Earthquake", "Землетрус", 2 * HOUR_S, 24 * HOUR_S),
    Hazard("tsunami", "Geo", "Tsunami", "Загроза цунамі", 6 * HOUR_S, 48 * HOUR_S),
    Hazard("dam_failure", "Infra", "Dam failure", "Прорив дамби", 24 * HOUR_S, 240 * HOUR_S),
    Hazard("other_danger", "Other", "Danger", "Небезпека", 6 * HOUR_S, 96 * HOUR_S),
)
