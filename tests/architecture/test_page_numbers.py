"""Numbers that pages explain are those of the code: each sentence is in its page, its constants are so."""

import importlib
from pathlib import Path
from typing import NamedTuple

import pytest

from micboard_tui.domain.battery import BatteryType

PAGES = Path(__file__).parents[2] / "docs"


class Stated(NamedTuple):
    page: str
    text: str
    """As the page has it, lines joined."""
    module: str
    """Below ``micboard_tui``."""
    values: dict[str, object]
    """By the name of the constant."""


ALARMS = "explanation/alarms.md"
FORECAST = "explanation/forecast.md"
RECORDER = "explanation/recorder.md"
RECAP = "explanation/recap.md"
TRUTH = "explanation/truth.md"
WALK = "explanation/walk-test.md"
PLOT = "explanation/mic-plot.md"
DAY_S = 86_400
STATED = (
    Stated(
        ALARMS,
        "A process that keeps sessions judges twice a second",
        "services.alarm.alarm_service",
        {"JUDGE_EVERY_S": 0.5},
    ),
    Stated(
        ALARMS,
        "after 0.3 s while an alarm may be about to be raised",
        "services.alarm.alarm_service",
        {"PENDING_S": 0.3},
    ),
    Stated(
        ALARMS,
        "What happens by itself is stored within half a second",
        "services.alarm.alarm_service",
        {"STORE_EVERY_S": 0.5},
    ),
    Stated(ALARMS, "and in at least two samples", "domain.alarm_rules", {"MIN_SAMPLES": 2}),
    Stated(
        ALARMS,
        "3 devices and half of a location, or of the rig, went offline within 10 s",
        "domain.outage",
        {"MIN_DEVICES": 3, "MIN_SHARE": 0.5, "NETWORK_WINDOW_S": 10.0},
    ),
    Stated(
        ALARMS,
        "3 channels of a device lost their carriers within 3 s",
        "domain.outage",
        {"MIN_CHANNELS": 3, "ANTENNA_WINDOW_S": 3.0},
    ),
    Stated(
        ALARMS,
        "A carrier that goes within 2 s of its battery becoming critical, or with 5 min or less "
        "forecast or reported, 2 % or no bar",
        "domain.outage",
        {"EMPTY_AFTER_S": 2.0, "EMPTY_MINUTES": 5.0, "EMPTY_PERCENT": 2},
    ),
    Stated(
        ALARMS,
        "under -60 dBFS for 60 s, the scene has it on, and others of the location are above -40",
        "domain.channel_watch",
        {"SILENCE_DBFS": -60.0, "SILENCE_S": 60.0, "OTHERS_DBFS": -40.0},
    ),
    Stated(
        ALARMS,
        "3 peaks at -0.5 dBFS in 10 s",
        "domain.channel_watch",
        {"CLIP_PEAKS": 3, "CLIP_WINDOW_S": 10.0},
    ),
    Stated(
        ALARMS,
        "one antenna 15 dB under the other, median of 60 s",
        "domain.channel_watch",
        {"WEAK_ANTENNA_DB": 15.0, "BALANCE_S": 60.0},
    ),
    Stated(
        ALARMS,
        "A pack that was off, or whose carrier was away for 10 s, is not believed for 10 s; where "
        "only bars of other than Li-ion cells are known, for 5 min",
        "domain.channel_watch",
        {"AWAY_S": 10.0, "SETTLE_S": 10.0, "SETTLE_BARS_S": 300.0},
    ),
    Stated(ALARMS, "the percent unchanged for 20 min", "domain.charge_watch", {"STANDSTILL_S": 1200.0}),
    Stated(ALARMS, "on 10 min after the end of the show", "domain.alarm_causes", {"LEFT_ON_S": 600.0}),
    Stated(ALARMS, "the event loop is more than 250 ms late", "domain.alarm_causes", {"LAG_LIMIT_S": 0.25}),
    Stated(ALARMS, "the clock of the device is more than 2 s off", "domain.alarm_causes", {"SKEW_S": 2.0}),
    Stated(
        ALARMS,
        "within 75 kHz, and quality under 70 % or interference",
        "domain.alarm_causes",
        {"POOR_QUALITY_PERCENT": 70},
    ),
    Stated(ALARMS, "within 75 kHz", "domain.intermodulation", {"GUARD_KHZ": {"shure": 75}}),
    Stated(ALARMS, "Between two judgements at most 5 s count", "domain.alarm_rules", {"LONGEST_STEP_S": 5.0}),
    Stated(ALARMS, "for six hours after its end", "domain.alarm_context", {"OVER_S": 6 * 3600.0}),
    Stated(ALARMS, "**15, 10 and 5 minutes left.**", "domain.battery_steps", {"MINUTES_STEPS": (5, 10, 15)}),
    Stated(
        ALARMS,
        "The third raise within 60 s is marked as flapping, and its off-delay becomes 60 s",
        "domain.alarm_rules",
        {"FLAPPING_RAISES": 3, "FLAPPING_WINDOW_S": 60.0, "FLAPPING_OFF_DELAY_S": 60.0},
    ),
    Stated(
        ALARMS,
        "One that flaps four times in ten minutes chatters",
        "domain.chattering",
        {"CHATTER_COUNT": 4, "CHATTER_WINDOW_S": 600.0},
    ),
    Stated(
        ALARMS,
        "More than ten new alarms in ten minutes are a flood (above); so are, by our choice, more "
        "than five in ten seconds. It ends below five in ten minutes",
        "domain.alarm_flood",
        {
            "FLOOD_COUNT": 10,
            "WINDOW_S": 600.0,
            "BURST_COUNT": 5,
            "BURST_S": 10.0,
            "CALM_COUNT": 5,
            "BEARABLE_COUNT": 2,
        },
    ),
    Stated(
        ALARMS,
        "rings at once, after 30 s, and then every two minutes",
        "domain.alarm_bell",
        {"SECOND_RING_S": 30.0, "RING_EVERY_S": 120.0},
    ),
    Stated(
        ALARMS, "Between two bursts are ten seconds at least", "domain.alarm_bell", {"BURST_EVERY_S": 10.0}
    ),
    Stated(
        ALARMS,
        "of what is soon when it lasts ten seconds, and of the rest together every five minutes",
        "domain.alarm_notices",
        {"SOON_AFTER_S": 10.0, "DIGEST_EVERY_S": 300.0},
    ),
    Stated(
        ALARMS,
        "that still lasts after 10 min is unacknowledged again",
        "domain.alarm_rules",
        {"RE_ALARM_S": 600.0},
    ),
    Stated(ALARMS, "at most 4 h ahead", "domain.alarm_rules", {"LONGEST_SHELF_S": 4 * 3600.0}),
    Stated(ALARMS, "a text of at most 200 characters", "domain.alarm_rules", {"MAX_NOTE": 200}),
    Stated(
        ALARMS,
        "a profile counts once it was active for 5 s",
        "services.alarm.condition_reader",
        {"SETTLE_S": 5.0},
    ),
    Stated(
        ALARMS,
        "the events of the last 12 h tell what was done",
        "services.alarm.personal_acts",
        {"UNDO_S": 12 * 3600.0},
    ),
    Stated(ALARMS, "At most 500 cleared alarms are kept", "domain.alarm_rules", {"MAX_CLEARED": 500}),
    Stated(
        FORECAST,
        "are taken with a spread of 6 %. Once they were seen for an hour",
        "domain.battery_forecast",
        {"GAUGE_NOISE": 0.06, "CORRECTION_AFTER_S": 3600.0},
    ),
    Stated(FORECAST, "(by 1.4 at most)", "domain.battery_forecast", {"CORRECTION_LIMITS": (0.7, 1.4)}),
    Stated(FORECAST, "the fall of about the last 45 minutes", "domain.pack_trace", {"KEEP_FOR_S": 2700.0}),
    Stated(
        FORECAST,
        "48 possible runtimes, three standard deviations to both sides of the expected one",
        "domain.battery_forecast",
        {"GRID_SIZE": 48, "GRID_SIGMAS": 3.0},
    ),
    Stated(
        FORECAST,
        "| alkaline | 0.79 | 0.59 | 0.38 | 0.22 | 0.09 | 7 % | | NiMH on a meter for alkaline cells "
        "| 0.92 | 0.30 | 0.10 | 0.05 | 0.01 | 13 % | | Li-ion | 0.8 | 0.6 | 0.4 | 0.2 | 0.05 | 6 % "
        "|",
        "domain.battery_forecast",
        {
            "CUTS": {
                BatteryType.ALKALINE: (0.09, 0.22, 0.38, 0.59, 0.79),
                BatteryType.NIMH: (0.01, 0.05, 0.10, 0.30, 0.92),
                BatteryType.LI_ION: (0.05, 0.2, 0.4, 0.6, 0.8),
            },
            "NOISE": {BatteryType.ALKALINE: 0.07, BatteryType.NIMH: 0.13, BatteryType.LI_ION: 0.06},
        },
    ),
    Stated(
        FORECAST, "they fall with the clock (within 15 %)", "domain.battery_forecast", {"AGREEMENT": 0.15}
    ),
    Stated(
        FORECAST,
        "| good | P10 and P90 are at most 30 minutes apart. | | rough | at most 90 minutes. |",
        "domain.battery_forecast",
        {"GOOD_WIDTH": 30.0, "ROUGH_WIDTH": 90.0},
    ),
    Stated(
        FORECAST,
        "0.8 times the shortest expected runtime",
        "domain.battery_forecast",
        {"UNVOUCHED_SHARE": 0.8},
    ),
    Stated(
        FORECAST,
        "with a full level (5 bars, 95 %)",
        "domain.pack_trace",
        {"FULL_BARS": 5, "FULL_PERCENT": 95},
    ),
    Stated(
        FORECAST,
        "bars that rise by two and stay for 5 minutes, percent that rise by 10 and stay for one "
        "minute, minutes that rise by half and by an hour where nothing else is reported, another "
        "serial number or model, a full level after 4 hours of pause",
        "domain.pack_trace",
        {
            "BARS_RISE": 2,
            "BARS_SETTLE_S": 300.0,
            "PERCENT_RISE": 10,
            "PERCENT_SETTLE_S": 60.0,
            "MINUTES_RISE_SHARE": 0.5,
            "MINUTES_RISE": 60.0,
            "RESTED_S": 4 * 3600.0,
        },
    ),
    Stated(
        FORECAST, "of less than 2 minutes counts as running", "domain.pack_trace", {"SAME_CELLS_S": 120.0}
    ),
    Stated(
        FORECAST,
        "are not used for 60 seconds after the device said that it calculates them, nor when they "
        "jump by more than 20 %",
        "domain.pack_trace",
        {"CALCULATING_S": 60.0, "JUMP_SHARE": 0.2},
    ),
    Stated(
        FORECAST,
        "a scale of four steps (0, 30, 70, 100 %)",
        "domain.pack_trace",
        {"COARSE_LEVELS": frozenset({0, 30, 70, 100})},
    ),
    Stated(
        FORECAST,
        "NiMH cells are taken for 1.25 times and lithium cells for 1.5 times as long as alkaline ones",
        "domain.runtime_priors",
        {"NIMH_SHARE": 1.25, "LITHIUM_SHARE": 1.5},
    ),
    Stated(
        FORECAST,
        "A spread of 25 % allows for some of that",
        "domain.runtime_priors",
        {"UNVERIFIED_SIGMA": 0.25},
    ),
    Stated(
        FORECAST,
        "the median of the last five, with their own spread, but at least 10 % (20 % of less than three)",
        "domain.runtime_priors",
        {"LEARN_FROM": 5, "LEAST_SIGMA": 0.1, "FEW_SIGMA": 0.2, "FEW": 3},
    ),
    Stated(
        FORECAST,
        "from four bars to none within ten minutes is remembered to have NiMH cells",
        "domain.runtime_priors",
        {"SUDDEN_S": 600.0, "HIGH_BARS": 4},
    ),
    Stated(
        FORECAST,
        "looks at all packs every 15 seconds",
        "services.forecast.forecast_service",
        {"LOOK_S": 15.0, "STORE_EVERY_S": 60.0},
    ),
    Stated(FORECAST, "makes a forecast once a minute", "services.forecast.pack_forecasts", {"EVERY_S": 60.0}),
    Stated(FORECAST, "begins within three hours", "domain.show_needs", {"SOON_MIN": 180.0}),
    Stated(
        FORECAST,
        "The latest moment is 15 minutes before P10, moved to the last gap of a minute or more",
        "domain.swap_moment",
        {"SAFETY_MIN": 15.0, "SHORTEST_GAP_S": 60.0},
    ),
    Stated(FORECAST, "go to the most urgent eight packs", "domain.battery_plan", {"MOST_REPLACED": 8}),
    Stated(
        RECORDER,
        "16 bytes a sample | the last 75 s",
        "domain.recording.sample_ring",
        {"SAMPLE_BYTES": 16, "RING_S": 75},
    ),
    Stated(
        RECORDER,
        "the 60 s before and the 15 s after it at full rate | 90 days, at most 5,000",
        "domain.recording.recorded_span",
        {"WINDOW_BEFORE_S": 60.0, "WINDOW_AFTER_S": 15.0},
    ),
    Stated(
        RECORDER,
        "90 days, at most 5,000",
        "storage.recorder.recorder_retention",
        {"WINDOWS_KEPT_S": 90 * DAY_S, "WINDOWS_KEPT": 5000},
    ),
    Stated(
        RECORDER,
        "the last 3,900 seconds that were recorded",
        "storage.recorder.recorder_retention",
        {"SECONDS_KEPT": 3900},
    ),
    Stated(
        RECORDER,
        "chunks of 60 records of one channel | a day",
        "storage.recorder.recorder_retention",
        {"KEPT_S": {10: DAY_S, 60: 90 * DAY_S, 300: 90 * DAY_S}},
    ),
    Stated(
        RECORDER,
        "chunks of 60 records of one channel | two weeks",
        "storage.recorder.recorder_thinning",
        {"THINNED_AFTER_S": 14 * DAY_S},
    ),
    Stated(RECORDER, "chunks of 60 records", "domain.recording.chunk", {"CHUNK_RECORDS": 60}),
    Stated(
        RECORDER,
        "-32768 for a level, -1 for the quality of a sample",
        "domain.recording.reading",
        {"UNKNOWN_LEVEL": -32768, "UNKNOWN_QUALITY": -1, "LEVEL_LIMIT": 3276.7},
    ),
    Stated(
        RECORDER,
        "More than 65,535 readings in one record",
        "domain.recording.summary_columns",
        {"COUNT_LIMIT": 65_535, "UNKNOWN_BYTE": 255},
    ),
    Stated(
        RECORDER,
        "only the oldest 2,000 a minute",
        "storage.recorder.recorder_retention",
        {"ROWS_A_STEP": 2000, "PRUNE_INTERVAL_S": 60},
    ),
    Stated(
        RECORDER,
        "for eight channels a minute at most",
        "storage.recorder.recorder_thinning",
        {"CHANNELS_A_STEP": 8},
    ),
    Stated(
        RECORDER, "One second has 4,096 channels", "domain.recording.second_codec", {"CHANNELS_LIMIT": 4096}
    ),
    Stated(
        RECORDER,
        "and 1,000 readings of each at most",
        "domain.recording.second_maker",
        {"MAX_READINGS": 1000},
    ),
    Stated(
        RECORDER,
        "The newest 120 seconds and the chunks of ten minutes wait; what is dropped is counted. It "
        "is tried again every five seconds",
        "services.recorder.recording_writer",
        {"MAX_SECONDS": 120, "MAX_STEPS": 600, "RETRY_S": 5.0},
    ),
    Stated(
        RECORDER, "(the newest three of these stay)", "storage.recorder.recorder_schema", {"KEPT_DAMAGED": 3}
    ),
    Stated(
        RECORDER,
        "from 60 s on minutes (of five where they are thinned), from 5 s on records of 10 s",
        "domain.recording.span_columns",
        {"COLUMN_OF_STEP_S": ((60.0, 60), (5.0, 10))},
    ),
    Stated(
        RECORDER, "keeps 64 channels at most", "domain.recording.recorded_span", {"MAX_WINDOW_CHANNELS": 64}
    ),
    Stated(
        RECAP,
        "in columns of 10 s; of a span up to ten minutes in columns of 1 s",
        "services.recap.recap_collector",
        {"COLUMN_S": 10.0, "CHANNELS_AT_ONCE": 32, "EVENTS_AT_ONCE": 1000},
    ),
    Stated(RECAP, "in 2000 longer ones", "domain.recording.recorded_span", {"MAX_COLUMNS": 2000}),
    Stated(
        RECAP,
        "Where it rises by 10 % or two bars",
        "domain.recap_channel",
        {"CHANGED_PERCENT": 10, "CHANGED_BARS": 2},
    ),
    Stated(
        RECAP,
        "the same antenna is 10 dB or more weaker on all channels of a receiver, and on two at least",
        "domain.recap_findings",
        {"UNBALANCED_DB": 10.0, "LEAST_BALANCES": 2},
    ),
    Stated(
        RECAP,
        "At most five sentences, each with an action. They stand in this order, the worst of each "
        "kind first, and of one kind two at most",
        "domain.recap_findings",
        {"MAX_FINDINGS": 5, "MAX_OF_A_KIND": 2},
    ),
    Stated(
        RECAP,
        "more than two in ten minutes over the whole span, or more than ten in any ten minutes",
        "domain.recap_findings",
        {"MANY_ALARMS": 2.0, "FLOOD_ALARMS": 10},
    ),
    Stated(RECAP, "| audio clipped | five times or more |", "domain.recap_findings", {"MANY_CLIPS": 5}),
    Stated(
        RECAP,
        "alarms that stood for more than half an hour",
        "domain.recap_alarms",
        {"STANDING_S": 1800.0, "FIGURE_S": 600.0},
    ),
    Stated(
        RECAP,
        "when it was on air for ten minutes both times",
        "domain.recap_comparison",
        {"LEAST_ON_AIR_S": 600.0, "LEAST_RATIO": 1.5},
    ),
    Stated(
        RECAP,
        "P5 of the better antenna minus -95 dBm",
        "domain.walk_test",
        {"FLOOR_DBM": -95.0, "WORSE_DB": 6.0},
    ),
    Stated(
        TRUTH, "Nothing comes from the device for five seconds", "domain.thresholds", {"SILENCE_LIMIT_S": 5.0}
    ),
    Stated(
        TRUTH,
        "A channel whose levels are over two seconds late is *stale*",
        "domain.thresholds",
        {"STALE_AFTER_S": 2.0},
    ),
    Stated(
        TRUTH,
        "What is stored comes every ten seconds, on a database server every 30",
        "domain.thresholds",
        {"STORE_INTERVAL_S": 10.0, "SERVER_STORE_INTERVAL_S": 30.0},
    ),
    Stated(
        TRUTH,
        "was heard by a program in the last 25 seconds, or 45 on a database server",
        "domain.thresholds",
        {
            "SILENCE_LIMIT_S": 5.0,
            "STORED_LATE_S": 10.0,
            "STORE_INTERVAL_S": 10.0,
            "SERVER_STORE_INTERVAL_S": 30.0,
        },
    ),
    Stated(
        TRUTH,
        "a program of which nothing has come for three seconds is called lost",
        "bus.wire.sign_of_life",
        {"SILENT_AFTER_S": 3.0},
    ),
    Stated(
        TRUTH,
        "is past five seconds after the program that sent it was heard last",
        "bus.mirror.publisher_watch",
        {"PAST_AFTER_S": 5.0},
    ),
    Stated(TRUTH, "by more than a quarter of a second", "bus.site_clock", {"FOLLOWED_S": 0.25}),
    Stated(
        TRUTH,
        "that it is gone for five seconds or less, that nothing is heard of its channel or device "
        "for ten minutes at most",
        "domain.thresholds",
        {"DROP_OUT_S": 5.0, "LONGEST_PAUSE_S": 600.0},
    ),
    Stated(TRUTH, "Audio peaks are held for a moment and a half", "domain.thresholds", {"PEAK_HOLD_S": 1.5}),
    Stated(WALK, "for less than 0.3 s", "domain.walk_test", {"DROP_OUT_S": 0.3}),
    Stated(WALK, "less than 10 s at a place", "domain.walk_test", {"MIN_PLACE_S": 10.0}),
    Stated(
        WALK, "6 dB or more below the same place of an earlier walk", "domain.walk_test", {"WORSE_DB": 6.0}
    ),
    Stated(
        WALK,
        "both are 10 dB or more below their medians in the same step",
        "domain.fade_cause",
        {"FALL_DB": 10.0, "STEP_S": 1.0},
    ),
    Stated(
        WALK,
        "one is for three steps or more, and the other is at most 5 dB below in all of them",
        "domain.fade_cause",
        {"ONE_SIDED_STEPS": 3, "HELD_DB": 5.0},
    ),
    Stated(
        WALK,
        "At least ten seconds with levels are needed, and records of two seconds or shorter",
        "domain.fade_cause",
        {"MIN_STEPS": 10, "COARSEST_S": 2.0},
    ),
    Stated(
        PLOT, "planned to take less than 3 minutes together", "domain.mic_plot", {"QUICK_CHANGE_MIN": 3.0}
    ),
    Stated(PLOT, "the first row of the upper 20", "domain.mic_plot_table", {"MAX_TITLE_ROWS": 20}),
    Stated(
        PLOT,
        "At most 10,000 rows and 500 columns are read",
        "domain.mic_plot_table",
        {"MAX_TABLE_ROWS": 10_000, "MAX_TABLE_COLUMNS": 500},
    ),
    Stated(PLOT, "may have 5 MB", "contracts.show", {"MAX_PLOT_BYTES": 5_000_000}),
    Stated(PLOT, "the most cells of the first 30 rows", "storage.plots.separated_text", {"SNIFFED_ROWS": 30}),
    Stated(
        PLOT,
        "with at most 1 GB of memory and ten seconds",
        "storage.plots.sheet_program",
        {"MAX_MEMORY": 1024**3, "MAX_CPU_S": 10},
    ),
    Stated(
        "explanation/show.md",
        "can be taken back for 10 seconds",
        "domain.show_changes",
        {"TAKE_BACK_S": 10.0},
    ),
    Stated("how-to/lock-the-show.md", "up to five minutes", "domain.show_lock", {"MAX_WAIT_S": 300.0}),
    Stated(
        "how-to/use-postgresql.md",
        "stands still for more than 20 seconds",
        "contracts.lease",
        {"LEASE_S": 20.0, "RENEW_INTERVAL_S": 4.0},
    ),
    Stated(
        "how-to/passwords-and-certificates.md",
        "again after 1, 2, 4, 8 and 16 seconds and then every half minute",
        "services.synchronization.reconnect_wait",
        {"FIRST_WAIT_S": 1.0, "LONGEST_WAIT_S": 30.0},
    ),
    Stated(
        "how-to/passwords-and-certificates.md",
        "does not answer for ten seconds",
        "config.secrets.secret_stores",
        {"KEYRING_TIMEOUT_S": 10.0},
    ),
    Stated(
        "how-to/passwords-and-certificates.md",
        "has not been seen for 30 days",
        "services.fleet.box_distribution",
        {"FORGOTTEN_AFTER_S": 30 * DAY_S},
    ),
    Stated(
        "how-to/assign-performers.md",
        "Your last 100 steps are kept",
        "contracts.undo_steps",
        {"MAX_STEPS": 100},
    ),
    Stated(
        "how-to/assign-performers.md",
        "silent for 30 s, and is live with sound again (-45 dBFS)",
        "domain.thresholds",
        {"QUIET_S": 30.0},
    ),
    Stated("how-to/run-a-fleet.md", "up to 7 s", "bus.calls.call_client", {"TAKEN_WITHIN_S": 7.0}),
    Stated("how-to/run-a-fleet.md", "it lets go after 2.4 s", "bus.ownership.send_lease", {"HOLD_S": 2.4}),
)


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: f"{stated.page}: {stated.text}"[:90])
def test_a_number_of_a_page_is_that_of_the_code(stated: Stated) -> None:
    page = " ".join((PAGES / stated.page).read_text(encoding="utf-8").split())
    assert stated.text in page
    module = importlib.import_module(f"micboard_tui.{stated.module}")
    assert {name: getattr(module, name, "no such constant") for name in stated.values} == stated.values
