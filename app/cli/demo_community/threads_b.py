"""Demo threads, part two: thermostats, boilers and floors."""

from app.cli.demo_community.script import AnswerScript, CommentScript, ThreadScript

THREADS: tuple[ThreadScript, ...] = (
    ThreadScript(
        title="Since the update the Dial heats the bedroom to 24° at night, and “Fußbodenheizungsverteilerstellantriebsfehler” is shown",
        by="amara",
        topic="dial-2",
        ago=3.2,
        text="""\
The Dial updated itself on Sunday. Since then the bedroom is at 24° at two in the morning. The schedule in the app still says 17° from 22:00. If I turn the Dial down by hand it obeys for about an hour, then it climbs again.

On the display, for a second or two, this line appears in German although my language is English:

> Fußbodenheizungsverteilerstellantriebsfehler (E-41)

We have a small child in that room, so I have switched the floor heating off at the manifold for now. What can I do that is better than no heating at all?""",
        tags=("schedule", "floor-heating", "e-41"),
        context={
            "device": "Dial 2 with floor kit",
            "firmware": "3.8.0",
            "tried": "Restart, new schedule, language set again",
        },
        up=6,
        me_too=12,
        me_too_this_week=12,
        comments=(
            CommentScript(
                by="jonas",
                after=1.4,
                text="Hello Amara, I have seen this and am reading it with the colleagues now. The exact times help a lot. Until we know more: leaving the manifold off tonight is fine and harms nothing.",
            ),
        ),
    ),
    ThreadScript(
        title="Schedule runs two hours early since firmware 3.8.0, the clock on the display is right",
        by="ilir",
        topic="dial-2",
        ago=61,
        text="""\
The Dial 2 in the kitchen starts to heat at 04:00 instead of 06:00 and goes to night at 20:00 instead of 22:00. Two hours early, each day, both ways. The clock on its display is correct, and so is the time in the app.

Setting the schedule two hours later would be easy, but then it is wrong the day somebody repairs it.""",
        tags=("schedule", "firmware"),
        context={"device": "Dial 2", "firmware": "3.8.0", "tried": "Time zone set again, restart"},
        up=4,
        me_too=9,
        me_too_this_week=7,
        answers=(
            AnswerScript(
                by="siiri",
                after=5,
                text="No solution, but a data point: two Dial 2 here, one on 3.8.0 (early by two hours), one still on 3.7.9 (correct). Same home, same schedule.",
                up=6,
            ),
        ),
        comments=(
            CommentScript(
                by="jonas",
                after=22,
                text="Thank you, both. Ilir, which time zone is shown under Home › Address on your phone, and is it the city you live in or only one in the same zone? We think it happens only with some of the cities.",
                asks_for_information=True,
            ),
        ),
    ),
    ThreadScript(
        title="Dial shows German error texts for a moment although everything is set to English",
        by="hanako",
        topic="thermostats",
        ago=1505,
        text="Sometimes when I touch the ring the Dial shows one long German word for perhaps one second, then the normal English screen. I cannot read it so fast. App language: English. Dial language: English. Should I worry about the word or about the language?",
        tags=("firmware",),
        context={"device": "Dial 2", "firmware": "3.7.9", "tried": "Language to Japanese and back to English"},
        up=7,
        me_too=10,
        answers=(
            AnswerScript(
                by="jonas",
                after=15,
                text="""\
About neither: it is an old message that waits in the display and has no English text. It goes away if you open **Info › Messages** on the Dial once and hold the ring until “Empty” appears.

The display keeps the last message and shows it for a moment when it wakes. For three messages of the floor kit the translation was missing, and then the first language in the list is taken, which is German.

The translations come with 3.9. If a message comes *back* after you have emptied the list, it is a new one; then please write its E number here.""",
                up=12,
                accepted_after=26,
                comments=(
                    CommentScript(
                        by="hanako",
                        after=25.8,
                        text="The list had one message from last winter. Emptied, and no German since yesterday. Thank you very much.",
                    ),
                    CommentScript(by="lukas", after=90, text="As a German: the word was not much help to us either."),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Night temperature ignored with the floor kit: 21° all night, schedule says 18°",
        by="zeynep",
        topic="dial-2",
        ago=2910,
        text="""\
The Dial 2 controls our floor heating through the floor kit. From 23:00 the schedule says 18°. In the morning at six it is still 21° in the room, and the floor is warm.

The app shows “Target 18°” the whole night, so it knows. But the room does not follow. With radiators in the other flat the same schedule works.""",
        tags=("floor-heating", "schedule"),
        context={
            "device": "Dial 2 with floor kit",
            "firmware": "3.7.9",
            "tried": "Schedule written new, restart, target 15°",
        },
        up=9,
        me_too=15,
        answers=(
            AnswerScript(
                by="ewan",
                after=7,
                text="""\
Nothing is broken: a heated floor needs six to ten hours to cool down, so a night of seven hours is over before you notice it. Move the evening step to **about 19:00**, or give up the night setback on the floor altogether.

Two things to look at:

1. *Rooms › your room › Floor*: is **“Keep floor at least”** on? With a minimum of, say, 24° floor temperature, the Dial heats on although the room is warm enough. Set it to 20° or off for the night.
2. Put your hand on the return pipe of that loop at midnight. If it is cold, the valve is closed and all you feel is the stored heat. If it is hot, the actuator does not close, and that is something else.

With a well insulated house the setback saves perhaps two or three per cent with a floor. Many people are happier with 20° day and night.""",
                up=23,
                accepted_after=79,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="zeynep",
                        after=78,
                        text="“Keep floor at least” was on with 25°. Now off for the night, and the step at 20:00: 18.5° in the morning.",
                    ),
                    CommentScript(
                        by="jonas",
                        after=88,
                        text="Very well explained. We will show a hint in the app when the minimum and the night target work against each other.",
                    ),
                ),
            ),
            AnswerScript(
                by="layla",
                after=20,
                text="I have the opposite habit: floor at constant 20.5°, and the windows open before sleeping. The bill did not change, and I stopped to think about it.",
                up=7,
                down=2,
            ),
        ),
    ),
    ThreadScript(
        title="Boiler label says “R & W <24V>”, relay box has COM / NO / NC: which wire goes where?",
        by="chidi",
        topic="boilers-and-floors",
        ago=5020,
        text="""\
I am replacing an old wall thermostat. Two wires come out of the wall, and on the boiler's terminal strip they sit on R and W, with a small label `<24V>` next to it. The Tarn relay box has COM, NO, NC and its own mains connection.

1. Which of COM, NO, NC do I use?
2. Does it matter which of my two wires is on which side?
3. Is it a problem that the relay box has mains and the boiler only 24 V on these wires?""",
        tags=("wiring", "boiler"),
        context={
            "device": "Dial 2 with relay box",
            "heating": "Gas combi boiler, one zone",
            "wiring": "R and W, 24 V, nothing else connected",
        },
        up=8,
        me_too=13,
        answers=(
            AnswerScript(
                by="ewan",
                after=3.5,
                text="""\
Use **COM and NO**, and for a plain two-wire call for heat it does not matter which wire is on which. NC stays empty.

- *COM–NO* is open at rest and closes when the Dial wants heat. That is just what your old thermostat did.
- The relay contact is **potential-free**: it is separate from the mains that feeds the box. 24 V on the contact and mains on the supply side is the normal case. What must never happen is a bridge between L and COM. Some relay boxes come with one fitted for mains-switched boilers, so look for a small wire link and take it out.

The order I work in:

1. Fuse of the boiler **off**, and check with a tester that the strip is dead.
2. Take a photo of the strip as it is.
3. R to COM, W to NO.
4. Cover on, fuse on, then in the app *Rooms › Boiler › Test contact*. The boiler should start within a minute.

The supply side of the box is mains. If you are not used to that, let somebody do that half; it is twenty minutes of work.""",
                up=24,
                accepted_after=44,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="chidi",
                        after=43,
                        text="There was a link between L and COM in the box! Removed it, my neighbour (electrician) did the mains side. Heating runs.",
                    ),
                    CommentScript(
                        by="ewan",
                        after=46,
                        text="Good that you looked. With the link in, 230 V would have gone into the boiler's 24 V board.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="New batteries in the Valve last three weeks instead of two years",
        by="rosa",
        topic="thermostats",
        ago=4720,
        text="Five Valves, bought together. Four have the first batteries. The one in the study eats a pair in three weeks, good brand, always new. It is also the one that makes a noise several times an hour. Do I have a bad Valve?",
        tags=("valve", "battery"),
        context={
            "device": "Valve, five of them",
            "firmware": "3.6.2",
            "tried": "Three brands of batteries, Valve swapped with the hall",
        },
        up=6,
        me_too=12,
        answers=(
            AnswerScript(
                by="ewan",
                after=6,
                text="""\
The Valve is fine, it is turning too often, and each turn costs battery. The most common cause is a **radiator pin that sticks**, so the Valve tries again and again.

1. Unscrew the Valve. Push the metal pin of the radiator with the back of a spoon. It should go in about 3 mm and spring back by itself.
2. If it is stiff: push and release it twenty times. *Do not pull it with pliers*, or you will have water in the study.
3. Valve on again, and in the app *Devices › Valve › Calibrate*.

You wrote that you swapped it with the hall. Did the *noise* stay in the study? Then it is the pin for sure.""",
                up=15,
                accepted_after=140,
                comments=(
                    CommentScript(by="rosa", after=9, text="The noise stayed in the study, yes. I will try tonight."),
                    CommentScript(
                        by="rosa",
                        after=139,
                        text="The pin was like in concrete. After the spoon it moves, the Valve turns perhaps four times a day now. Battery still at 100 %.",
                    ),
                ),
            ),
            AnswerScript(
                by="ilir",
                after=300,
                text="If the pin is free and it still turns a lot: switch the step for this room from 0.1° to 0.5° (*Rooms › Accuracy*). A room with sun moves a tenth of a degree all day.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Can I use Dial 2 with a heat pump that has its own night mode?",
        by="birgit",
        topic="boilers-and-floors",
        ago=152,
        text="""\
Our new heat pump lowers the flow temperature by itself between 22:00 and 05:00. The Dial 2 has a schedule too. I am afraid that they fight: one lowers, the other one sees a cold room and demands more.

Should one of them be switched off, and which one?""",
        tags=("heat-pump", "schedule"),
        context={
            "device": "Dial 2 with floor kit",
            "heating": "Air-to-water heat pump, five zones",
            "wiring": "Floor kit calls the heat pump over a contact",
        },
        up=6,
        me_too=8,
        me_too_this_week=3,
        answers=(
            AnswerScript(
                by="ewan",
                after=9,
                text="""\
Let the heat pump do the night and give the Dial **one temperature for the whole day**. A heat pump is at its best when it runs long and gently; a room thermostat that demands two degrees more at five in the morning makes it run hard and expensive.

What I set up for customers:

- Heat pump: heating curve as low as the coldest room allows, night lowering at most 2 K or off.
- Dial 2: one target per room, no steps. It then only *limits* a room that gets too warm, from the sun or the oven.
- *Rooms › Boiler › Source*: choose **Heat pump**. The Dial waits longer between calls then.""",
                up=14,
                comments=(
                    CommentScript(
                        by="birgit",
                        after=30,
                        text="I have set it like this last night. It will take some cold days until I can say which is better, I leave the question open until then.",
                    ),
                ),
            ),
            AnswerScript(
                by="dele",
                after=13,
                text="We did it the other way round, night mode off in the heat pump and a small step (1°) in the Dial. Works too, the compressor just starts once more in the morning. I prefer to have it in one app.",
                up=5,
                down=1,
            ),
            AnswerScript(
                by="oskar",
                after=40,
                text="Before you decide, look at the display of the heat pump for “starts per day”. Ours went from 19 to 4 only by deleting the schedule in the Dial.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="E-12 “boiler link lost” two or three times a week, always for a few minutes",
        by="joao",
        topic="boilers-and-floors",
        ago=905,
        text="Two or three times a week the Dial shows E-12 and a crossed-out flame, and after some minutes it is gone by itself. The relay box hangs next to the boiler in the laundry room, the Dial is two rooms away. It was no problem in summer, but then we did not heat, so I would not have seen it.",
        tags=("e-12", "boiler", "range"),
        context={
            "device": "Dial 2 with relay box",
            "heating": "Gas condensing boiler, one zone",
            "wiring": "COM and NO",
        },
        up=7,
        me_too=16,
        me_too_this_week=5,
        answers=(
            AnswerScript(
                by="ewan",
                after=5,
                text="""\
The radio link between Dial and relay box is just at its limit, and the washing machine or a closed door tips it over. Look at **Devices › Relay box › Link**: below 40 % you will see E-12.

What has helped in houses I know, cheapest first:

1. Hang the box 50 cm away from the boiler's metal case. *Beside* it is all right, *behind* or on it is not.
2. Keep the door of the laundry room open for a day as a test. If E-12 stays away, it is the distance.
3. A Valve or a second Dial in between forwards the link if it has a power supply. On batteries it does not.

When the link is lost the relay box keeps its last state for 15 minutes and then switches off, so nothing overheats.""",
                up=17,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="tariq", after=60, text="Number 1 did it for me. Mine was screwed directly onto the boiler."
                    ),
                    CommentScript(
                        by="jonas", after=66, text="All correct. Point 3 needs 3.7 or newer on the device in between."
                    ),
                ),
            ),
            AnswerScript(
                by="giulia",
                after=26,
                text="I had E-12 from a cordless telephone that stood on the relay box. Perhaps look for something that transmits nearby.",
                up=4,
            ),
        ),
    ),
    ThreadScript(
        title="Valve on the towel radiator clicks every few seconds, only in the bathroom",
        by="nia",
        topic="thermostats",
        ago=41,
        text="All the Valves are quiet except the one on the towel radiator. It clicks about every five seconds for a quarter of an hour, mostly after somebody had a shower. The radiator gets warm as it should. Is that the Valve or the water?",
        tags=("valve",),
        context={"device": "Valve", "firmware": "3.7.1", "tried": "Calibrated twice, new batteries"},
        up=2,
        me_too=4,
        me_too_this_week=3,
    ),
    ThreadScript(
        title="First-generation Dial: can the display be replaced, or is it the end?",
        by="daan",
        topic="orders",
        ago=15520,
        text="The display of our first Dial has become so dim that I need a torch. It controls everything without fault. Is there a spare part, or somebody who changes the display? It would be a pity to throw away a working thermostat.",
        tags=("repair", "spare-parts"),
        up=5,
        me_too=6,
        answers=(
            AnswerScript(
                by="ruth",
                after=11,
                text="Not as a part, I asked for mine. They offered a lower price on a Dial 2 if I send the old one in. The display is glued to the ring, that is why.",
                up=8,
            ),
        ),
        comments=(
            CommentScript(
                by="daan",
                after=400,
                text="We are having the whole heating replaced in autumn, and the Dial goes with it. Thank you all the same.",
            ),
        ),
        solved_otherwise="no_longer_relevant",
    ),
    ThreadScript(
        title="Holiday mode: what is the lowest temperature that still protects the pipes?",
        by="sofia",
        topic="thermostats",
        ago=7630,
        text="Nine flats, empty from November to March. Holiday mode offers 5° as the lowest. On the island we seldom have frost, but one pipe runs along the north wall. Is 5° in the room enough for a pipe in the wall, or is that wishful thinking?",
        tags=("schedule", "valve"),
        context={
            "device": "Dial and Valve, nine flats",
            "firmware": "3.6.2",
            "tried": "Nothing yet, I want to know first",
        },
        up=10,
        me_too=9,
        answers=(
            AnswerScript(
                by="ewan",
                after=4.5,
                text="""\
For the flat with the pipe on the north wall take **10°**, for the others 7° is plenty. The sensor measures the air at the Dial; a pipe in an outside wall can be six to eight degrees colder.

Besides:

- Leave inner doors open, so the heat reaches the bathroom.
- *Home › Away › Frost watch* sends a message when a room falls below a limit. Set it to 6°, and you know before the pipe does.
- Batteries: change them in October, not in March.
- If you can shut the water off and drain it, do that, and 5° is enough everywhere.""",
                up=16,
                accepted_after=18,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="sofia",
                        after=17,
                        text="10° for the north flat, water off in the others. And a message to my phone. Perfect, thank you.",
                    ),
                ),
            ),
            AnswerScript(
                by="aoife",
                after=30,
                text="One addition from a wet country: below about 12° with no airing you may find mould in spring. We run 12° and a dehumidifier.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="“Window open” several times a day although all windows are closed",
        by="camille",
        topic="dial-2",
        ago=3925,
        text="""\
The Dial 2 in the kitchen announces “Window open, heating paused” four or five times a day. The windows are closed, I swear. It is always 15 minutes, then it goes on.

It began when we moved the Dial from the corridor into the kitchen, onto the wall beside the back door.""",
        tags=("schedule", "notifications"),
        context={"device": "Dial 2", "firmware": "3.7.9", "tried": "Restart"},
        up=5,
        me_too=11,
        answers=(
            AnswerScript(
                by="ingrid",
                after=2,
                text="""\
It is the door: the Dial takes a fall of more than one degree in four minutes for an open window, and a back door does that in one go. Set **Rooms › Kitchen › Window detection** from “Sensitive” to “Slow”, or switch it off for this room.

If you have a real contact sensor on the window, choose “Contact only”. Then the temperature is no longer used for guessing.

The place beside a door is also not the best to measure in. Two metres further, at shoulder height, and the kitchen would be more even too.""",
                up=14,
                accepted_after=50,
                comments=(
                    CommentScript(
                        by="camille",
                        after=49,
                        text="On “Slow” there was one false alarm in two days, and that was me with the oven door and the window at once.",
                    ),
                ),
            ),
            AnswerScript(
                by="kwame",
                after=2900,
                text="In my kitchen it was the extractor hood that pulls cold air in under the door. “Slow” helped there too.",
                up=3,
            ),
        ),
    ),
    ThreadScript(
        title="Dial reads two degrees more than three other thermometers in the same room",
        by="andrei",
        topic="thermostats",
        ago=1120,
        text="Three thermometers on the table say 20.1, 20.3 and 20.0. The Dial on the wall above says 22.2. So it stops heating at what it thinks is 21 and we are freezing. Is there a way to correct it, or is it defective?",
        tags=("wiring", "guarantee"),
        context={"device": "Dial", "firmware": "3.6.2", "tried": "Restart, waited a week"},
        up=6,
        me_too=13,
        answers=(
            AnswerScript(
                by="ewan",
                after=8,
                text="""\
Check the wall first: if a pipe or a warm cable box is behind the Dial, it measures the wall. Take it off its plate, hold your hand over the hole, and feel if **warm air** comes out. Filling the hole around the cable with a little putty often brings one or two degrees.

If the wall is cold: *Devices › Dial › Correction*, **−2.0**. That is what it is for.""",
                up=11,
            ),
            AnswerScript(
                by="fatou",
                after=700,
                text="I corrected mine by −1.5 and it is right in the morning, but wrong in the evening, when the lamp under it is on. So look for lamps also.",
                up=4,
            ),
            AnswerScript(
                by="kwame",
                after=705,
                text="I would not bother with the correction. My cousin's shop has another brand for half the price, write to me and I send you the list.",
                down=4,
                deleted=True,
            ),
        ),
    ),
    ThreadScript(
        title="Is there a way to keep the Dial 2 display completely dark at night?",
        by="leilani",
        topic="dial-2",
        ago=14,
        text="The Dial hangs opposite the bed. “Dim” is still a small moon in the room, and when the cat walks by it wakes up and shows the temperature to all of us. I would like it to stay off between 22:00 and 07:00 and ignore the cat.",
        tags=("lights",),
        context={"device": "Dial 2", "firmware": "3.8.0", "tried": "Brightness on lowest, “Dim” on"},
        up=3,
        me_too=2,
        me_too_this_week=2,
    ),
    ThreadScript(
        title="Boiler starts forty times a day since the Dial is connected. Would OpenTherm be better than the relay?",
        by="lukas",
        topic="boilers-and-floors",
        ago=10230,
        text="""\
Our boiler is a 24 kW gas condensing type in a house that needs perhaps 8 kW on a cold day. With the old room controller it ran long and low. Since the Dial with relay box it starts, heats with everything it has, stops after four minutes, and starts again. I have counted with the local API, one line per start:

```json
{
  "day": "Monday",
  "starts": 41,
  "longest_run_minutes": 9,
  "shortest_run_minutes": 2,
  "burner_minutes_total": 176,
  "outside_mean_celsius": 3.4
}
```

That cannot be good for the boiler, and the gas meter thinks so as well.

The boiler's manual mentions “OT” terminals. The Dial's leaflet mentions OpenTherm in one sentence. My questions:

1. Is it worth the effort to change from relay to OpenTherm?
2. Do I need another box?
3. Can I run both together while I am trying?""",
        tags=("boiler", "wiring"),
        context={
            "device": "Dial 2 with relay box",
            "heating": "Gas condensing boiler, 24 kW, one zone",
            "wiring": "COM and NO on the room thermostat input",
        },
        up=15,
        me_too=18,
        answers=(
            AnswerScript(
                by="ewan",
                after=6,
                text="""\
Yes, it is worth it: with OpenTherm the Dial tells the boiler *how warm* the water should be instead of only “on” and “off”, and a boiler that is three times too large for the house will run long and low again.

**To your three questions**

1. Worth it: with your figures clearly. I would expect six to ten starts on such a day.
2. No other box. The relay box has two terminals marked **OT** on the right, under the small cover. The polarity does not matter.
3. *Not together.* Take the wires off the room thermostat input, and put back the bridge that was there when the boiler was delivered, if its manual says so. With both connected the boiler obeys the one that demands more.

**The change**

1. Boiler off at its switch and at the fuse.
2. The two wires from COM/NO go to OT/OT in the relay box.
3. On the boiler's side they go from the room thermostat input to OT (sometimes called *BUS* or *eBUS/OT*; if it says only *eBUS*, stop, that is something else).
4. Fuse on. In the app choose *Rooms › Boiler › Connection › OpenTherm*.
5. After a minute you should see the water temperature of the boiler under *Boiler › Now*. If you do, they are talking.

**The setting that matters afterwards**

Limit the flow temperature. For radiators start with 55° and lower it by two degrees every few days until a room complains.

| Flow limit | Starts per day (my own house) | Longest run |
| --- | --- | --- |
| 70° | 23 | 14 min |
| 60° | 12 | 38 min |
| 50° | 5 | 3 h 10 min |

**What can go wrong**

- *No water temperature appears.* The boiler may need OpenTherm to be allowed in its service menu; look for a parameter called “room unit” or “bus type”. On a few makes it is a small jumper beside the terminals.
- *Hot tap water is suddenly lukewarm.* Some boilers hand the tap temperature over to the room unit as well. Set it under *Boiler › Hot water*, 50° or what you had before.
- *One radiator far away stays cold at the low flow temperature.* Do not raise the limit at once. Open the lockshield of that radiator half a turn first, and close those of the two nearest to the boiler a little.

And if you cannot or do not want to rewire: *Rooms › Boiler › Shortest run* to **10 minutes** takes the worst out of the relay as well.""",
                up=31,
                accepted_after=200,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="lukas",
                        after=199,
                        text="Seven starts yesterday at 2°. Seven! The kitchen complained at 48°, so I am at 50°. This should be printed on the box.",
                    ),
                    CommentScript(
                        by="jonas",
                        after=220,
                        text="We have put your table into the installer leaflet, Ewan, with your name under it, if you agree.",
                    ),
                    CommentScript(
                        by="ewan",
                        after=226,
                        text="Agreed, @jonas-eriksen. Spell it with a capital A in the middle, please.",
                    ),
                ),
            ),
            AnswerScript(
                by="ravi",
                after=9,
                text="""\
If you want to see the effect, log the burner before and after. This counts the starts of the day from the local API:

```python
import json
import time
import urllib.request

URL = "http://tarn.local/api/v1/heating/boiler"
starts, burning = 0, False

while True:
    with urllib.request.urlopen(URL, timeout=5) as reply:
        state = json.load(reply)
    if state["burner"] and not burning:
        starts += 1
        print(time.strftime("%H:%M"), "start", starts, "flow", state.get("flow_celsius"))
    burning = state["burner"]
    time.sleep(20)
```

With the relay `flow_celsius` is empty, with OpenTherm it is filled. That alone tells you whether the two are talking.""",
                up=12,
            ),
        ),
    ),
    ThreadScript(
        title="Heating goes to “away” as soon as I leave, although my wife is still at home",
        by="giulia",
        topic="thermostats",
        ago=322,
        text="“Away by phone” is on. If I leave the house the Dial goes to 16° within ten minutes, with my wife on the sofa under two blankets. She has the app too, on her own account. Does it only look at the phone that has set it up?",
        tags=("geofence", "home-sharing"),
        context={"device": "Dial 2", "firmware": "3.8.0", "tried": "Location “always” on my phone"},
        up=5,
        me_too=7,
        me_too_this_week=1,
        answers=(
            AnswerScript(
                by="deb",
                after=2,
                text="""\
Her phone has to take part too: on **her** phone, *Home › Away by phone › Include this phone*. Being a member of the home is not enough, each person decides it on their own phone.

On the page you can see who counts. In our home it said “1 of 3 phones” until I went round the family.""",
                up=10,
                accepted_after=8,
                comments=(
                    CommentScript(
                        by="giulia",
                        after=7.8,
                        text="“1 of 2 phones”. Now 2 of 2, and the blankets are back in the cupboard.",
                    ),
                    CommentScript(
                        by="sam",
                        after=30,
                        text="Well explained, Deborah. It is a choice of each person because it uses the location of the phone.",
                    ),
                ),
            ),
            AnswerScript(
                by="ewan",
                after=12,
                text="If somebody at home has no smartphone at all, use a schedule and set “Away by phone” to *only suggest*. It then asks you before it lowers anything.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Two Dials, two zones, one boiler: who decides when the boiler runs?",
        by="anneke",
        topic="boilers-and-floors",
        ago=3315,
        text="Ground floor with floor heating, first floor with radiators, one boiler. I would like a Dial 2 for each. Do I need two relay boxes? And if the first floor wants heat while the ground floor does not, will the warm water go into the floor as well?",
        tags=("boiler", "floor-heating", "wiring"),
        context={
            "device": "Two Dial 2, one relay box",
            "heating": "Gas boiler, two zones with one pump each",
            "wiring": "Not connected yet",
        },
        up=4,
        me_too=8,
        answers=(
            AnswerScript(
                by="ewan",
                after=11,
                text="""\
One relay box per **zone**, and the boiler gets its signal from both together. So with one pump per zone you need a second relay box.

- Box 1 switches the pump of the ground floor, box 2 that of the first floor.
- In the app make one *heat source* and add both zones to it. The Dial that wants heat starts its own pump and calls the boiler, the other pump stays off.
- The floor needs a **mixing valve with its own limit** (usually 45°), because the radiators will ask for hotter water. Please check that this exists before you connect anything.""",
                up=12,
                comments=(
                    CommentScript(
                        by="anneke",
                        after=50,
                        text="There is a mixing valve, the installer confirmed it. I have to find somebody for the second box now.",
                    ),
                ),
            ),
            AnswerScript(
                by="daan",
                after=20,
                text="With **valves** instead of pumps you can do it with one relay box and the floor kit, which has six outputs. That was cheaper for us.",
                up=5,
            ),
        ),
    ),
    ThreadScript(
        title="Floor kit: one of six rooms stays cold, its lamp on the kit is on",
        by="dele",
        topic="boilers-and-floors",
        ago=563,
        text="""\
Five rooms are warm. The sixth, the children's room, is at 17° with a target of 21°. On the floor kit lamp 6 is on, so I think it *wants* to heat. The small white cylinder on the manifold of this room looks like the others.

No error number anywhere. What do I check first?""",
        tags=("floor-heating", "e-41"),
        context={
            "device": "Dial 2 with floor kit",
            "heating": "Gas boiler, six loops",
            "wiring": "Actuators on 1 to 6, 230 V",
        },
        up=6,
        me_too=9,
        answers=(
            AnswerScript(
                by="ewan",
                after=3,
                text="""\
Check if the actuator (the white cylinder) really opens: when it is open, a ring at its top stands about **4 mm out**. It takes up to four minutes after the lamp comes on.

1. Lamp on, ring out, pipe warm: the loop works, look at the flow.
2. Lamp on, ring out, pipe cold: the **flow meter** of this loop is closed or there is air in it.
3. Lamp on, ring in: actuator or its cable. Swap the plugs of 5 and 6 on the kit. If the fault moves to the other room, it is the kit; if not, it is the actuator.

Switch the kit off before you swap the plugs, the actuators have mains.""",
                up=18,
                accepted_after=50,
                recommended_by="jonas",
                comments=(
                    CommentScript(
                        by="dele",
                        after=5,
                        text="The ring of 6 is out like the others. Pipe going in: lukewarm. Pipe coming back: cold.",
                    ),
                    CommentScript(
                        by="ewan",
                        after=6.1,
                        text="Then it is case 2. What do the little glass tubes on the other bar show? Each has a red pin or a float.",
                    ),
                    CommentScript(by="dele", after=7, text="1: 2.0, 2: 2.5, 3: 1.5, 4: 2.0, 5: 1.5, and 6 shows 0."),
                    CommentScript(
                        by="ewan",
                        after=7.4,
                        text="There it is, no water moves. Turn the black ring under tube 6 to the left, slowly, until the pin is at about 1.5.",
                    ),
                    CommentScript(by="dele", after=8.5, text="I can turn it as far as I like, the pin stays at 0."),
                    CommentScript(
                        by="ewan",
                        after=9,
                        text="Air. Close loops 1 to 5 with the caps for ten minutes so that all the water has to go through 6, and open the vent at the end of the bar until no more hiss comes.",
                    ),
                    CommentScript(by="ruth", after=20, text="Have a towel and a bowl ready. I speak from experience."),
                    CommentScript(
                        by="dele",
                        after=29,
                        text="It hissed for a long time, then spat. The pin jumped to 2. I have opened the other five again.",
                    ),
                    CommentScript(
                        by="ewan",
                        after=30,
                        text="Look at the pressure of the boiler as well, after so much air it will be low. Fill to what your manual says, mostly 1.5 bar.",
                    ),
                    CommentScript(
                        by="dele",
                        after=49.5,
                        text="It was at 0.7, now 1.5. Room at 20.4° this evening and rising. @ewan-macaskill you have heated a children's room from Skye. Thank you!",
                    ),
                    CommentScript(
                        by="jonas",
                        after=70,
                        text="A beautiful way to search. I have linked it in our installers' group.",
                    ),
                ),
            ),
            AnswerScript(
                by="layla",
                after=12,
                text="Is there perhaps a new carpet or a large bed without feet in this room? We had one cold room, and it was the mattress on the floor.",
                up=3,
            ),
        ),
    ),
    ThreadScript(
        title="Valve stops with E-07 at every calibration after I painted the radiator",
        by="tariq",
        topic="thermostats",
        ago=232,
        text="I took the Valve off to paint the radiator. Since I put it back, calibration runs for half a minute, then E-07. Batteries are new. The adapter ring is the same as before. What does E-07 want from me?",
        tags=("e-07", "valve"),
        context={"device": "Valve", "firmware": "3.7.1", "tried": "New batteries, three calibrations"},
        up=3,
        me_too=6,
        me_too_this_week=4,
        answers=(
            AnswerScript(
                by="ewan",
                after=4,
                text="E-07 means the Valve found no end stop, so either it is **not screwed on to the last turn**, or the pin does not come out far enough. Before screwing it on, let it drive back fully: *Devices › Valve › Mounting position*.",
                up=8,
            ),
        ),
        comments=(
            CommentScript(
                by="tariq",
                after=26,
                text="I solved it: paint in the thread. It felt tight, but was one and a half turns short. Cleaned it with an old toothbrush and a bit of thinner, E-07 gone.",
            ),
        ),
        solved_otherwise="solved_myself",
    ),
    ThreadScript(
        title="Why does the heating start at 04:10 when my schedule says 06:30?",
        by="hugo",
        topic="dial-2",
        ago=1715,
        text="The first step of the schedule is 06:30, 21°. The boiler starts at 04:10 on weekdays, at 04:50 on Saturdays. No other schedule, no holiday mode. I hear it because the pipe runs behind my pillow.",
        tags=("schedule", "boiler"),
        context={"device": "Dial 2", "firmware": "3.7.9", "tried": "Deleted the schedule and made a new one"},
        up=8,
        me_too=14,
        answers=(
            AnswerScript(
                by="jonas",
                after=14,
                text="""\
That is **Early start**: the Dial has learned how long your house needs and begins early enough that it *is* 21° at 06:30. You can switch it off or limit it under **Rooms › your room › Early start**.

- *Off*: heating starts at 06:30 and the room is warm later.
- *At most 60 minutes*: a good middle way, I would begin with this.

The night is colder on weekdays in your home because the evening step is earlier, therefore 04:10 and not 04:50. If two hours and more are needed for three degrees, a smaller night setback would probably save gas as well.""",
                up=13,
                accepted_after=31,
                comments=(
                    CommentScript(
                        by="hugo",
                        after=30.8,
                        text="60 minutes. I slept. The bathroom was at 20.5° at half past six, nobody noticed.",
                    ),
                    CommentScript(
                        by="maxi",
                        after=200,
                        text="Could this please be mentioned where one makes the schedule? I had written to the installer already.",
                    ),
                    CommentScript(
                        by="jonas",
                        after=214,
                        text="It will be: from app 7.4 on, the schedule shows the early start as a lighter stripe before the step.",
                    ),
                ),
            ),
            AnswerScript(
                by="siiri",
                after=15,
                text="Early start, surely. It learns again after you delete the schedule, that is why a new one did not help.",
                up=6,
            ),
        ),
    ),
)
