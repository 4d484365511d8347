"""From an order to a frozen notice: what is filled in, what is kept, what is refused and what would work instead."""

import pytest

from tests.areas.invented import collection, country, imported
from tests.issuing.paper import CIRCLE, KYIV, KYIV_OBLAST, LVIV_OBLAST, SEVASTOPOL, Paper, ukraine
from tocsin.alarms import HAZARDS, State
from tocsin.issuing.fitting import collapsed
from tocsin.issuing.meaning import END_TOLD_S, EXPIRES_IN_MIN_S
from tocsin.notice import (
    DEMO,
    ENDINGS,
    NOTICE_SIZE_BYTES_MAX,
    Kind,
    Level,
    Status,
    Text,
    encode_notice,
    geometry_hash,
)

OWN = {"en": Text("Practice text", "Do nothing"), "uk": Text("Навчальний текст", "Нічого не робіть")}
CHANGES = tuple(kind for kind in Kind if kind is not Kind.ALERT)
RAIONS = tuple(ukraine().children(KYIV_OBLAST))


@pytest.fixture
def paper() -> Paper:
    return Paper()


def test_an_alert_begins_an_alarm_of_its_own_name(paper: Paper) -> None:
    notice = paper.issue(Kind.ALERT)
    assert (notice.alarm, notice.version, notice.kind) == (notice.id, 1, Kind.ALERT)
    assert notice.since == notice.sent == notice.effective == paper.now
    assert notice.expires == paper.now + HAZARDS["air_raid"].lasts_default_s
    assert set(notice.text) == {"en", "uk"}


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_is_the_next_version_and_keeps_since(paper: Paper, kind: Kind) -> None:
    alert = paper.issue(Kind.ALERT, shapes=(CIRCLE,), level=Level.YELLOW)
    paper.now += 100
    notice = paper.issue(kind, alarm=alert.alarm)
    assert (notice.alarm, notice.version, notice.since) == (alert.alarm, 2, alert.since)
    assert (notice.regions, notice.level, notice.hazard) == (alert.regions, Level.YELLOW, "air_raid")
    assert (notice.shapes, notice.geometry) == (alert.shapes, alert.geometry)
    assert (alert.alarm in paper.board.ended) == (kind in ENDINGS)


@pytest.mark.parametrize("kind", CHANGES)
def test_nothing_but_an_alert_begins_an_alarm(paper: Paper, kind: Kind) -> None:
    assert paper.refusal(kind, alarm="a" * 26).code == "alarm_unknown"
    assert paper.refusal(kind).code == "alarm_missing"


def test_an_alert_names_no_alarm(paper: Paper) -> None:
    alert = paper.issue(Kind.ALERT)
    assert paper.refusal(Kind.ALERT, alarm=alert.alarm).code == "alarm_named"


class TestUpdate:
    """What an update leaves out stays as it was."""

    def test_the_time_that_was_left_stays(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, expires_in_s=50_000)
        paper.now += 1_000
        assert paper.issue(Kind.UPDATE, alarm=alert.alarm, level=Level.YELLOW).expires == alert.expires

    def test_a_minute_at_least_is_left(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, expires_in_s=60)
        paper.now += 50
        assert paper.issue(Kind.UPDATE, alarm=alert.alarm).expires == paper.now + EXPIRES_IN_MIN_S

    def test_own_words_stay_also_over_a_dispute(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, text=OWN)
        assert paper.issue(Kind.UPDATE, alarm=alert.alarm, level=Level.YELLOW).text == alert.text
        disputed = paper.issue(Kind.DISPUTED, alarm=alert.alarm)
        assert disputed.text["en"].headline.startswith("DEMO: Being checked")
        assert paper.issue(Kind.UPDATE, alarm=alert.alarm).text == alert.text

    def test_prepared_words_are_made_anew(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, level=Level.YELLOW)
        assert "yellow" in alert.text["en"].headline
        red = paper.issue(Kind.UPDATE, alarm=alert.alarm, level=Level.RED)
        assert red.text["en"].headline == "DEMO: Air raid alert, changed"
        assert red.text["uk"].headline == "ДЕМО: Повітряна тривога, зміни"

    def test_shapes_stay_and_so_does_the_hash_of_shapes_that_gave_way(self, paper: Paper) -> None:
        points = " ".join(f"50.{number:03d},30.4" for number in range(150))
        long = f"polygon {points} 50.5,30.5 50.000,30.4"
        alert = paper.issue(Kind.ALERT, shapes=(long,))
        assert alert.shapes == ()
        assert alert.geometry == geometry_hash((long,))
        update = paper.issue(Kind.UPDATE, alarm=alert.alarm, level=Level.YELLOW)
        assert (update.shapes, update.geometry) == ((), alert.geometry)

    def test_new_regions_replace_the_shapes(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, shapes=(CIRCLE,))
        update = paper.issue(Kind.UPDATE, alarm=alert.alarm, regions=(KYIV,))
        assert (update.regions, update.shapes, update.geometry) == ((KYIV,), (), geometry_hash(()))

    def test_a_smaller_set_ends_the_regions_that_left(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST))
        drafted = paper.draft(Kind.UPDATE, alarm=alert.alarm, regions=("Київ",))
        assert drafted.regions_ended == (LVIV_OBLAST,)
        paper.take(drafted)
        assert paper.board.alarms[alert.alarm].notice.regions == (KYIV,)

    def test_children_all_in_are_no_smaller_set_than_their_parent(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, regions=(KYIV_OBLAST,))
        assert paper.draft(Kind.UPDATE, alarm=alert.alarm, regions=RAIONS).regions_ended == ()
        fewer = paper.draft(Kind.UPDATE, alarm=alert.alarm, regions=RAIONS[1:])
        assert fewer.regions_ended == (KYIV_OBLAST,)
        paper.take(fewer)
        assert paper.draft(Kind.UPDATE, alarm=alert.alarm, regions=(KYIV_OBLAST,)).regions_ended == ()


class TestWhichAlarm:
    """An order is never guessed: exactly one alarm, or the candidates."""

    @pytest.mark.parametrize("kind", [Kind.ALL_CLEAR, Kind.FALSE_ALARM])
    def test_the_one_alarm_of_a_hazard_and_regions_is_ended(self, paper: Paper, kind: Kind) -> None:
        alert = paper.issue(Kind.ALERT, regions=("Київ", "UA-46"))
        paper.issue(Kind.ALERT, regions=(KYIV,))
        drafted = paper.draft(kind, hazard="air_raid", regions=("Львівська область", "UA-30"))
        assert drafted.notice.alarm == alert.alarm
        assert drafted.regions_ended == alert.regions

    def test_of_two_alarms_none_is_chosen(self, paper: Paper) -> None:
        alarms = {paper.issue(Kind.ALERT).alarm, paper.issue(Kind.ALERT).alarm}
        refused = paper.refusal(Kind.ALL_CLEAR, hazard="air_raid", regions=(KYIV,))
        assert refused.code == "alarm_not_one"
        assert {one["alarm"] for one in refused.candidates} == alarms

    @pytest.mark.parametrize("regions", [(KYIV,), (KYIV, LVIV_OBLAST, SEVASTOPOL), (SEVASTOPOL,)])
    def test_a_part_or_more_than_its_regions_is_not_the_alarm(self, paper: Paper, regions: tuple[str, ...]) -> None:
        alert = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST))
        refused = paper.refusal(Kind.ALL_CLEAR, hazard="air_raid", regions=regions)
        assert refused.code == "alarm_not_one"
        assert [one["alarm"] for one in refused.candidates] == [alert.alarm]

    def test_an_alarm_of_another_hazard_or_status_is_not_meant(self, paper: Paper) -> None:
        paper.issue(Kind.ALERT, hazard="flood")
        paper.issue(Kind.ALERT, status=Status.EXERCISE)
        assert paper.refusal(Kind.ALL_CLEAR, hazard="air_raid", regions=(KYIV,)).code == "alarm_not_one"

    def test_a_name_is_an_id_or_its_beginning(self, paper: Paper) -> None:
        first = paper.issue(Kind.ALERT)
        assert paper.draft(Kind.UPDATE, alarm=first.alarm[:25]).notice.alarm == first.alarm
        paper.issue(Kind.ALERT)
        assert paper.refusal(Kind.UPDATE, alarm=first.alarm[:10]).code == "alarm_ambiguous"
        for name in ("abc", "a/..", "", "й" * 26, "a" * 27, "a" * 5000):
            refused = paper.refusal(Kind.UPDATE, alarm=name)
            assert refused.code == "alarm_malformed"
            assert len(refused.message) < 200

    def test_a_later_alert_names_its_alarm_too(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        update = paper.issue(Kind.UPDATE, alarm=alert.alarm)
        assert paper.draft(Kind.ALL_CLEAR, alarm=update.id).notice.alarm == alert.alarm

    def test_an_ended_alarm_is_told_from_an_unknown_one_also_when_the_board_forgot_it(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        paper.issue(Kind.ALL_CLEAR, alarm=alert.alarm)
        assert paper.refusal(Kind.UPDATE, alarm=alert.alarm).code == "alarm_ended"
        paper.board.ended.clear()
        assert paper.refusal(Kind.ALL_CLEAR, alarm=alert.alarm).code == "alarm_ended"

    @pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
    def test_an_exercise_cannot_change_what_is_real(self, paper: Paper, status: Status) -> None:
        alert = paper.issue(Kind.ALERT)
        for kind in CHANGES:
            assert paper.refusal(kind, alarm=alert.alarm, status=status).code == "status_differs"

    def test_candidates_are_those_of_the_status(self, paper: Paper) -> None:
        paper.issue(Kind.ALERT)
        exercise = paper.issue(Kind.ALERT, status=Status.EXERCISE)
        refused = paper.refusal(Kind.ALL_CLEAR, status=Status.EXERCISE)
        assert [one["alarm"] for one in refused.candidates] == [exercise.alarm]


class TestExpired:
    """After ``expires`` an alarm is expired, not confirmed clear, and never comes back."""

    @pytest.fixture
    def alarm(self, paper: Paper) -> str:
        alarm = paper.issue(Kind.ALERT, expires_in_s=60).alarm
        paper.now += 60
        assert paper.board.alarms[alarm].state_at(paper.now) is State.EXPIRED
        return alarm

    @pytest.mark.parametrize("kind", [Kind.UPDATE, Kind.DISPUTED])
    def test_it_is_neither_prolonged_nor_disputed(self, paper: Paper, alarm: str, kind: Kind) -> None:
        refused = paper.refusal(kind, alarm=alarm, expires_in_s=3600)
        assert refused.code == "alarm_expired"
        assert "never comes back" in refused.message

    @pytest.mark.parametrize("kind", sorted(ENDINGS))
    def test_its_end_can_be_confirmed(self, paper: Paper, alarm: str, kind: Kind) -> None:
        notice = paper.issue(kind, alarm=alarm)
        assert notice.expires == paper.now + END_TOLD_S
        assert alarm in paper.board.ended


class TestDisputed:
    """A dispute takes one signer, so it never ends, shortens, narrows or quiets the alarm."""

    def test_it_stays_in_force_as_it_was(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST), level=Level.RED, expires_in_s=7_000)
        disputed = paper.issue(Kind.DISPUTED, alarm=alert.alarm, level=Level.YELLOW)
        assert (disputed.regions, disputed.level, disputed.expires) == (alert.regions, Level.RED, alert.expires)
        assert "Stay in shelter" in disputed.text["en"].headline
        assert paper.board.alarms[alert.alarm].state is State.DISPUTED

    def test_it_shortens_nothing(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        refused = paper.refusal(Kind.DISPUTED, alarm=alert.alarm, expires_in_s=60)
        assert refused.code == "expires_shortened"
        longer = HAZARDS["air_raid"].lasts_max_s
        assert paper.draft(Kind.DISPUTED, alarm=alert.alarm, expires_in_s=longer).notice.expires > alert.expires

    def test_it_concerns_the_whole_alarm(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST))
        assert paper.refusal(Kind.DISPUTED, alarm=alert.alarm, regions=(KYIV,)).code == "regions_differ"
        assert paper.refusal(Kind.DISPUTED, alarm=alert.alarm, shapes=(CIRCLE,)).code == "shapes_unexpected"

    def test_it_is_confirmed_or_ended_but_not_disputed_again(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        paper.issue(Kind.DISPUTED, alarm=alert.alarm)
        assert paper.refusal(Kind.DISPUTED, alarm=alert.alarm).code == "alarm_disputed"
        paper.issue(Kind.UPDATE, alarm=alert.alarm)
        assert paper.board.alarms[alert.alarm].state is State.IN_FORCE


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_an_end_in_a_part_is_pointed_to_an_update(paper: Paper, kind: Kind) -> None:
    alert = paper.issue(Kind.ALERT, regions=(KYIV, LVIV_OBLAST))
    refused = paper.refusal(kind, alarm=alert.alarm, regions=(KYIV,))
    assert refused.code == "regions_differ"
    assert "`update`" in refused.message


class TestHazardAndTime:
    @pytest.mark.parametrize("hazard", HAZARDS)
    def test_every_hazard_has_words_in_every_language_for_every_kind(self, paper: Paper, hazard: str) -> None:
        alert = paper.issue(Kind.ALERT, hazard=hazard)
        for kind in CHANGES:
            text = paper.draft(kind, alarm=alert.alarm).notice.text
            assert set(text) == {"en", "uk"}
            assert all(one.headline and one.instruction for one in text.values())

    def test_another_hazard_is_another_alarm(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        assert paper.refusal(Kind.UPDATE, alarm=alert.alarm, hazard="flood").code == "hazard_differs"

    @pytest.mark.parametrize("hazard", HAZARDS)
    def test_each_hazard_lasts_within_its_bounds(self, paper: Paper, hazard: str) -> None:
        most = HAZARDS[hazard].lasts_max_s
        for lasts_s in (EXPIRES_IN_MIN_S, most):
            notice = paper.draft(Kind.ALERT, hazard=hazard, expires_in_s=lasts_s).notice
            assert notice.expires - notice.effective == lasts_s
        for lasts_s in (0, EXPIRES_IN_MIN_S - 1, most + 1, 2**62):
            assert paper.refusal(Kind.ALERT, hazard=hazard, expires_in_s=lasts_s).code == "expires_out_of_range"
        assert paper.refusal(Kind.ALERT, hazard=hazard, expires_in_s=-1).code == "expires_past"

    def test_a_clock_that_was_set_back_makes_no_notice_older_than_the_one_before(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        paper.now -= 500
        assert paper.issue(Kind.UPDATE, alarm=alert.alarm).sent == alert.sent


class TestFirstWords:
    """No order can leave out the word that must come first, and none says it twice."""

    @pytest.mark.parametrize(
        ("authority", "status", "en", "uk"),
        [
            (DEMO, Status.ACTUAL, "DEMO: ", "ДЕМО: "),
            (DEMO, Status.EXERCISE, "DEMO, EXERCISE: ", "ДЕМО, НАВЧАННЯ: "),
            (DEMO, Status.TEST, "DEMO, TEST: ", "ДЕМО, ТЕСТ: "),
            ("duty.example", Status.EXERCISE, "EXERCISE: ", "НАВЧАННЯ: "),
            ("duty.example", Status.TEST, "TEST: ", "ТЕСТ: "),
        ],
    )
    def test_every_kind_begins_with_them_in_every_language(
        self, authority: str, status: Status, en: str, uk: str
    ) -> None:
        paper = Paper(authority)
        for own in ({}, {"de": Text("Übungstext", ""), "en": OWN["en"], "uk-UA": OWN["uk"]}):
            alert = paper.issue(Kind.ALERT, status=status, text=own)
            for notice in (alert, *(paper.draft(kind, alarm=alert.alarm, status=status).notice for kind in CHANGES)):
                for language, text in notice.text.items():
                    first = uk if language.startswith("uk") else en
                    assert text.headline.startswith(first)
                    assert not text.headline.removeprefix(first).startswith(first)

    def test_an_actual_order_of_a_real_authority_has_none(self) -> None:
        assert Paper("duty.example").draft(Kind.ALERT, text=OWN).notice.text == OWN

    @pytest.mark.parametrize("own", ["DEMO: practice", "DEMO practice", "DEMO"])
    def test_own_words_that_have_it_get_no_second(self, paper: Paper, own: str) -> None:
        assert paper.draft(Kind.ALERT, text={"en": Text(own, "")}).notice.text["en"].headline == own

    @pytest.mark.parametrize("own", ["DEMOlition of a dam", "demo", "ДЕМО", " DEMO: x", "D EMO"])
    def test_what_only_looks_like_it_does_not_pass(self, paper: Paper, own: str) -> None:
        assert paper.draft(Kind.ALERT, text={"en": Text(own, "")}).notice.text["en"].headline == f"DEMO: {own}"

    def test_own_words_replace_those_of_all_languages(self, paper: Paper) -> None:
        notice = paper.draft(Kind.ALERT, text={"uk": OWN["uk"]}).notice
        assert set(notice.text) == {"uk"}


class TestArea:
    def test_there_is_no_default_area(self, paper: Paper) -> None:
        assert paper.refusal(Kind.ALERT, regions=()).code == "regions_missing"

    def test_a_region_is_taken_by_code_alias_or_name_and_once(self, paper: Paper) -> None:
        names = ("UA-30", "Київ", "Kyiv", KYIV, "alerts_in_ua:31")
        assert paper.draft(Kind.ALERT, regions=names).notice.regions == (KYIV,)

    def test_a_wrong_region_is_answered_with_the_nearest(self, paper: Paper) -> None:
        refused = paper.refusal(Kind.ALERT, regions=("Вишгородський район", "Вишгарод"))
        assert refused.code == "region_unknown"
        assert "Вишгород" in refused.message

    def test_an_ambiguous_region_is_answered_with_all_that_it_may_mean(self, paper: Paper) -> None:
        refused = paper.refusal(Kind.ALERT, regions=("Миколаївська громада",))
        assert refused.code == "region_ambiguous"
        assert len(refused.candidates) > 1

    def test_a_shape_becomes_the_regions_that_it_touches_beside_those_named(self, paper: Paper) -> None:
        notice = paper.draft(Kind.ALERT, regions=(KYIV,), shapes=(CIRCLE,)).notice
        assert KYIV in notice.regions
        assert "UA32100000000065867" in notice.regions
        assert "UA" not in notice.regions
        assert (notice.shapes, notice.geometry) == ((CIRCLE,), geometry_hash((CIRCLE,)))

    def test_a_shape_that_touches_nothing_warns_nobody(self, paper: Paper) -> None:
        assert paper.refusal(Kind.ALERT, regions=(), shapes=("circle 0,0 1",)).code == "regions_missing"

    @pytest.mark.parametrize("shape", ["polygon 1,1 2,2", "square 50,30 1", "circle", "50,30 2", "circle 99,30 1"])
    def test_a_shape_that_is_none_is_refused(self, paper: Paper, shape: str) -> None:
        assert paper.refusal(Kind.ALERT, shapes=(shape,)).code.startswith(("shape_", "notice_document"))

    def test_an_alarm_of_another_atlas_is_not_changed_blindly(self, paper: Paper) -> None:
        alert = paper.issue(Kind.ALERT)
        paper.atlas = imported(collection(*country()))
        assert paper.refusal(Kind.ALL_CLEAR, alarm=alert.alarm).code == "atlas_differs"


class TestTooLarge:
    """Shapes give way first, then children to a parent where all are in; text is never cut."""

    ALL_RAIONS = tuple(region.code for region in ukraine().regions if region.level == 2)

    def test_shapes_give_way_and_their_hash_and_regions_stay(self, paper: Paper) -> None:
        shapes = tuple(f"circle 50.{number},30.4 5" for number in range(100, 150))
        drafted = paper.draft(
            Kind.ALERT, shapes=shapes, text={"en": Text("Practice", "x" * 1_000), "uk": Text("Практика", "й" * 200)}
        )
        assert drafted.notice.shapes == ()
        assert drafted.notice.geometry == geometry_hash(shapes)
        assert len(drafted.notice.regions) > 1  # those that the shapes touch, too
        assert drafted.cap.count(b"<circle>") == 2 * len(shapes)  # the document has them, in both languages

    def test_children_give_way_only_to_a_parent_whose_children_are_all_in(self, paper: Paper) -> None:
        regions = tuple(code for code in self.ALL_RAIONS if code != RAIONS[0])[:90] + RAIONS[1:]
        notice = paper.draft(Kind.ALERT, regions=regions).notice
        assert len(encode_notice(notice)) <= NOTICE_SIZE_BYTES_MAX
        assert KYIV_OBLAST not in notice.regions
        assert set(RAIONS[1:]) <= set(notice.regions)
        assert RAIONS[0] not in notice.regions
        assert _leaves(notice.regions) == _leaves(regions)

    def test_children_stay_where_it_is_enough_that_the_shapes_go(self, paper: Paper) -> None:
        shapes = tuple(f"circle 50.{number},30.4 5" for number in range(100, 150))
        words = {"en": Text("Practice", "x" * 1_000), "uk": Text("Практика", "й" * 200)}
        notice = paper.draft(Kind.ALERT, regions=RAIONS, shapes=shapes, text=words).notice
        assert notice.shapes == ()
        assert set(RAIONS) <= set(notice.regions)

    def test_a_notice_that_fits_keeps_its_children(self, paper: Paper) -> None:
        assert paper.draft(Kind.ALERT, regions=RAIONS).notice.regions == tuple(sorted(RAIONS))

    def test_the_whole_country_by_its_raions_becomes_its_parents(self, paper: Paper) -> None:
        notice = paper.draft(Kind.ALERT, regions=self.ALL_RAIONS).notice
        assert _leaves(notice.regions) == _leaves(self.ALL_RAIONS)
        assert "UA" not in notice.regions  # Kyiv and Sevastopol have no raions and were not ordered

    def test_text_is_never_cut(self, paper: Paper) -> None:
        fitting = Text("DEMO: " + "x" * 194, "y" * 1_000)
        assert paper.draft(Kind.ALERT, text={"en": fitting}).notice.text["en"] == fitting
        refused = paper.refusal(Kind.ALERT, text={"en": Text("x" * 200, "")})
        assert refused.code == "notice_document"
        assert "headline (en) has 206 characters" in refused.message
        many = {language: Text("Практика", "й" * 1_000) for language in ("en", "uk", "de")}
        assert "shorten the texts" in paper.refusal(Kind.ALERT, text=many).message


def _leaves(codes: tuple[str, ...]) -> set[str]:
    atlas = ukraine()
    every = {one for code in codes for one in (code, *atlas.descendants(code))}
    return {code for code in every if not atlas.children(code)}


def test_collapsing_never_changes_the_area() -> None:
    for codes in (RAIONS, RAIONS[1:], (*RAIONS, KYIV), tuple(TestTooLarge.ALL_RAIONS)):
        assert _leaves(collapsed(codes, ukraine())) == _leaves(codes)


def test_whoever_signs_is_told_that_a_like_alarm_holds_already(paper: Paper) -> None:
    alert = paper.issue(Kind.ALERT)
    (warning,) = paper.draft(Kind.ALERT).warnings
    assert alert.alarm in warning
    assert paper.draft(Kind.ALERT, hazard="flood").warnings == ()
    assert paper.draft(Kind.ALERT, status=Status.EXERCISE).warnings == ()
    paper.now = alert.expires
    assert paper.draft(Kind.ALERT).warnings == ()


@pytest.mark.parametrize("parameters", [{"note": "a\x00b"}, {"a\x07": "b"}, {"x": "￾"}])
def test_a_parameter_that_no_document_can_carry_is_refused(paper: Paper, parameters: dict[str, str]) -> None:
    assert paper.refusal(Kind.ALERT, parameters=parameters).code == "cap_control-characters"
