"""What a restart knows of what was told, whatever became of the file that says so."""

from __future__ import annotations

import json

from counterpoise.alerts.book import AGAIN_S, FORGET_S, UNSURE_S
from counterpoise.alerts.earlier import Keeper, restore, written
from counterpoise.alerts.items import CALM_S
from counterpoise.bootstrap.telling import DAMAGED
from simulation.scripts.booking import OVER, RAISED, STARTED, Desk, steps
from simulation.scripts.claims import Claims, refusal, told
from tests.alerts.parts import zero
from tests.fakes import FakeClock


def lives(made: Claims) -> None:
    """See that a restart repeats little, loses nothing, and ends what ended meanwhile."""
    for down_s, wanted in ((10.0, []), (AGAIN_S, [RAISED]), (-3_600.0, [RAISED])):
        desk = steps(made, "before", [(0, (zero(),), [RAISED])]).after(down_s)
        desk.stand(zero())
        found = desk.phases()
        made.claim("I-42", found == wanted, f"again after {down_s:.0f} s: {found}")
    for down_s in (10.0, AGAIN_S):
        desk = steps(made, "before", [(0, (zero(),), [RAISED])]).after(down_s)
        desk.stand()
        desk.stand(after_s=UNSURE_S - 1)
        made.claim("I-42", not desk.phases(), "over before anybody could see it")
        desk.stand(after_s=1)
        made.claim("I-42", desk.phases() == [OVER], "what ended meanwhile is never over")
    desk = steps(made, "before", [(0, (zero(),), [RAISED])]).after(10)
    desk.stand(zero())
    desk.stand(after_s=10)
    desk.stand(after_s=CALM_S)
    made.claim("I-42", desk.phases() == [OVER], "what is seen again ends later than anything")
    ended = steps(made, "before", [(0, (zero(),), [RAISED]), (1, (), []), (CALM_S, (), [OVER])])
    made.claim("I-42", json.loads(written(ended.book)) == {"items": []}, "what is over is kept")
    messages, loop = 0, Desk()
    for _ in range(720):  # two hours, a start every ten seconds
        loop.book.happened(STARTED)
        loop.stand(zero())
        messages += len(loop.notices())
        loop = loop.after(10)
    made.claim("I-42", 4 <= messages <= 8, f"{messages} messages of a crash loop")
    loop = Desk()
    for _ in range(3):
        loop.book.happened(zero("", "stopped"))
        made.claim("I-42", loop.phases() == ["stopped noted"], "a stop is not told")
        loop = loop.after(10)
    endless = steps(made, "before", [(0, (zero(),), [RAISED])])
    infinite = written(endless.book).replace('"times": 1', '"times": Infinity')
    for down_s, wanted in ((10.0, []), (FORGET_S, ["started noted"]), (-99.0, ["started noted"])):
        before = Desk()
        before.book.happened(STARTED)
        before.notices()
        next_ = before.after(down_s)
        next_.book.happened(STARTED)
        found = next_.phases()
        made.claim("I-42", found == wanted, f"a start {down_s:.0f} s after another: {found}")
    for text in ("", "[]", "{}", '{"items": [1]}', '{"items": [{"id": 1}]}', infinite):
        error = refusal(lambda text=text: restore(Desk().book, text, FakeClock()))  # type: ignore[misc]
        known = isinstance(error, DAMAGED)
        made.claim("I-17", known, f"{text!r}: {error!r}")
    saved: list[str] = []
    kept = Desk()
    keeper = Keeper(kept.book, saved.append)
    kept.book.kept = keeper.keep
    kept.stand(zero("ETH"), zero())
    kept.notices()
    made.claim("I-42", len(saved) == 1, "what was told is not written down")
    keeper.keep()
    made.claim("I-42", len(saved) == 1, f"written {len(saved)} times")


SCRIPTS = {"lives": told(lives, "I-42")}
