"""What reaches one receiver channel: carriers on its antennas, and what they carry. Pure."""

from random import Random

from micboard_tui.simulator.stage.pack import Pack
from micboard_tui.simulator.stage.voice import FLOOR_DBFS, Voice

NOISE_DBM = -110.0
"""With no transmitter on the frequency; real units show 2 or 3 dB around it.

Source: docs/reference/protocols/shure.md 5.6.
"""
CARRIER_DBM = -96.0
"""Below, no receiver makes sense of it."""
LOUDEST_DBM = -20.0
_INTERFERER_DBM = -88.0
_DROP_DB = 70.0
_DEEP_FADE_DB = 16.0
_SWITCH_DB = 3.0
_WALK_LOSS_DB = 22.0
_ANTENNA_AT = (0.1, 0.9, 0.35, 0.65)
_QUALITY_STEPS = ((-72.0, 5), (-79.0, 4), (-85.0, 3), (-90.0, 2))


class Air:
    """One channel's share of the stage. ``version`` grows with all that is not a meter."""

    __slots__ = (
        "_base_dbm",
        "_dice",
        "_fades_db",
        "_heading",
        "_seen",
        "antenna",
        "antennas",
        "carrier",
        "clipping",
        "dropped",
        "interference",
        "key_mismatch",
        "pack",
        "peak_dbfs",
        "position",
        "rf_dbm",
        "rms_dbfs",
        "tuned_khz",
        "version",
        "voice",
    )

    def __init__(
        self, pack: Pack, voice: Voice, dice: Random, *, antennas: int = 2, carriers: int = 1
    ) -> None:
        self.pack = pack
        self.voice = voice
        self.antennas = antennas
        self.tuned_khz = pack.frequency_khz
        """What the receiver listens to; the pack may be elsewhere."""
        self.rf_dbm = [NOISE_DBM] * (antennas * carriers)
        """Antenna by antenna, then the same for the second carrier."""
        self.antenna = 0
        """The one in use, counted from 0."""
        self.carrier = False
        self.peak_dbfs = self.rms_dbfs = FLOOR_DBFS
        self.dropped = self.interference = self.key_mismatch = self.clipping = False
        self.position = dice.random()
        """Across the stage, 0 to 1."""
        self.version = 0
        self._heading = dice.uniform(0.01, 0.04)
        self._base_dbm = dice.uniform(-46.0, -34.0)
        self._fades_db = [0.0] * len(self.rf_dbm)
        self._dice = dice
        self._seen = pack.version

    @property
    def is_heard(self) -> bool:
        """Whether a transmitter of ours is on this frequency, even during a fade."""
        return self.pack.on_air and self.pack.frequency_khz == self.tuned_khz

    @property
    def quality(self) -> int | None:
        """0 to 5; None without a transmitter."""
        if not self.is_heard:
            return None
        if not self.carrier:
            return 0
        best = max(self.rf_dbm)
        steps = next((value for limit, value in _QUALITY_STEPS if best >= limit), 1)
        return max(1, steps - 3) if self.interference else steps

    def tune(self, frequency_khz: int) -> None:
        """Let the receiver listen elsewhere. Only a pack on ShowLink follows.

        Source: docs/reference/protocols/shure.md 16.
        """
        self.tuned_khz = frequency_khz
        if self.pack.is_remote and self.pack.is_on:
            self.pack.frequency_khz = frequency_khz
        self.version += 1

    def interfere(self, *, on: bool) -> None:
        self.interference = on
        self.version += 1

    def mismatch(self, *, on: bool) -> None:
        self.key_mismatch = on
        self.version += 1

    def step(self, seconds: float, deep_fades_per_s: float) -> None:
        """Let time pass: the performer walks, reflections come and go."""
        if self.pack.version != self._seen:
            self._seen = self.pack.version
            self.version += 1
        self._walk(seconds)
        if self.is_heard:
            self._receive(deep_fades_per_s * seconds)
        else:
            self._receive_noise()
        self._listen(seconds)

    def _walk(self, seconds: float) -> None:
        position = self.position + self._heading * seconds
        if not 0.0 <= position <= 1.0:
            self._heading = -self._heading
            position = min(1.0, max(0.0, position))
        self.position = position

    def _receive(self, deep_chance: float) -> None:
        dice = self._dice.random
        base = self._base_dbm - _DROP_DB if self.dropped else self._base_dbm
        levels, fades = self.rf_dbm, self._fades_db
        for path, fade in enumerate(fades):
            fades[path] = bent = fade * 0.85 + (dice() - 0.5) * 5.0
            if deep_chance and dice() < deep_chance:
                fades[path] = bent = bent - _DEEP_FADE_DB
            away = abs(self.position - _ANTENNA_AT[path % self.antennas])
            level = base + bent - _WALK_LOSS_DB * away
            levels[path] = min(LOUDEST_DBM, level if level > NOISE_DBM else NOISE_DBM + dice() * 2.0)
        best = max(levels)
        self.carrier = best > CARRIER_DBM
        # A receiver stays with an antenna until another is clearly better.
        main = levels[: self.antennas]
        if max(main) > main[self.antenna] + _SWITCH_DB:
            self.antenna = main.index(max(main))

    def _receive_noise(self) -> None:
        floor = _INTERFERER_DBM if self.interference else NOISE_DBM
        dice = self._dice.random
        self.rf_dbm[:] = [floor + (dice() - 0.5) * 4.0 for _ in self.rf_dbm]
        self.carrier = False

    def _listen(self, seconds: float) -> None:
        self.voice.step(seconds, clipping=self.clipping)
        if self.carrier and not self.key_mismatch and not self.pack.is_muted:
            self.peak_dbfs, self.rms_dbfs = self.voice.peak_dbfs, self.voice.rms_dbfs
        else:
            self.peak_dbfs = self.rms_dbfs = FLOOR_DBFS
