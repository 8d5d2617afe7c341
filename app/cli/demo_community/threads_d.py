"""Demo threads, part four: scripts, orders, privacy, and the long thread about the lights."""

from app.cli.demo_community.script import AnswerScript, CommentScript, ThreadScript

# Who, hours after the question, helpful votes, and what they saw.
LIGHTS: tuple[tuple[str, float, int, str], ...] = (
    (
        "ruth",
        1.2,
        14,
        "Hub 1, **green and red in turn**, like a small disco. In the end it was the update: it does that for four minutes and one must not pull the plug. I pulled the plug.",
    ),
    (
        "pavel",
        2,
        12,
        "Mesh 3 Pro, **short blue blink every ten seconds**. A cable in the 2.5 G port that had only connected at 1 G. Harmless, but good to know.",
    ),
    ("deb", 2.6, 9, "Hub 1. Green. Always green. I am happy for you all."),
    (
        "oskar",
        4,
        11,
        "Mesh 2 as a satellite, **amber, breathing slowly**: waiting to be added. I had forgotten to press “Add” in the app, it waited for two days without complaint.",
    ),
    (
        "layla",
        5.5,
        10,
        "Mesh 3, **violet**. I searched for an hour. It was the pairing of a new thermostat that my husband had begun in the next room.",
    ),
    (
        "sofia",
        7,
        13,
        "Flat 6, Mesh 3, **no light at all**, but internet for everybody. A guest had switched the light off in the app so he could sleep. Guests should perhaps not have that button.",
    ),
    (
        "ravi",
        9,
        8,
        "**White with a hint of pink.** The light guide was yellowed by the sun, the router was fine. It stands in a south window since.",
    ),
    (
        "siiri",
        11,
        7,
        "Mesh 2, **red for one second at each start**. That is only the self-test. I had written a long letter to support before I timed it.",
    ),
    (
        "ewan",
        14,
        10,
        "Relay box, not a router, but it belongs here: **orange, two blinks**. No contact to the Dial. Door of the boiler cupboard is metal.",
    ),
    (
        "meiling",
        20,
        9,
        "**Blue, steady, for weeks.** WPS had got stuck because a child sat on the button. Literally sat.",
    ),
    ("daan", 26, 6, "Mesh 3, amber at eight in the evening. The channel, as so often."),
    (
        "birgit",
        31,
        5,
        "Duo speaker: **white dot going round**. It means the microphone is off, which nobody would guess.",
    ),
    (
        "dele",
        40,
        8,
        "Mesh 3, **fast amber**. Cable between modem and router was in the *telephone* socket of the modem. It fits. It should not fit.",
    ),
    (
        "giulia",
        52,
        6,
        "Hub 1, **half of the ring lit**. One of the lamps inside is dead. Works for four years like this.",
    ),
    (
        "wibisono",
        70,
        5,
        "Mesh 2, red steady. Power supply of the old router with the same plug, but 9 V instead of 12 V. Please look at the label, it nearly went wrong.",
    ),
    (
        "lukas",
        95,
        7,
        "Mesh 3, **white, but pulsing**. Somebody has opened the “find my router” page. Three phones in the family, nobody admitted it.",
    ),
    (
        "aoife",
        130,
        6,
        "Amber and white in turn, one second each. It had found *two* internet lines, because I had plugged the old modem in too.",
    ),
    (
        "rosa",
        180,
        4,
        "Mesh 3, **green**, only at night. It is not the router, it is the reflection of the smoke detector. I am a little ashamed.",
    ),
    (
        "joao",
        260,
        5,
        "Mesh 3 satellite, amber steady, speed fine. Spare link on 2.4 GHz. A fish tank in between. Water is a wall.",
    ),
    (
        "maria",
        300,
        31,
        """\
A wonderful collection. Here is the official list for Mesh 3 and Mesh 3 Pro, so that the thread has it in one place:

| Light | Meaning | What to do |
| --- | --- | --- |
| white | all well | nothing |
| white, pulsing | somebody uses “Find my router” | nothing |
| amber, steady | satellite on its spare link | move or turn it |
| amber, slow | waiting to be added | app, *Add* |
| amber, fast | no signal from modem or router | check the cable |
| amber and white | two internet lines found | unplug one |
| blue, steady | WPS is open | wait two minutes |
| blue, one blink in 10 s | port slower than it could be | check the cable |
| violet | a device is being added | finish or cancel |
| red, one second | self-test | nothing |
| red, steady | hardware or power | check the power supply, then repair |

Hub 1 and Mesh 2 have fewer colours; there red and green in turn is the update.""",
    ),
    ("andrei", 330, 5, "The table explains my violet of last week. I had pressed “Add device” and gone to dinner."),
    ("anneke", 420, 4, "Mesh 2, no light, no Wi-Fi. The switch at the socket strip. Behind the sofa. Of course."),
    (
        "camille",
        600,
        4,
        "Mesh 3, **amber, fast**, every Thursday at ten. The cleaner needs a socket for the vacuum cleaner, and the modem's is the nicest.",
    ),
    (
        "minh",
        810,
        3,
        "Mesh 3, red for a second at each power cut. Self-test, as in the table. We have many power cuts.",
    ),
    (
        "hugo",
        1100,
        5,
        "White, amber, white, amber with pauses of about three seconds. Power supply dying. A new one and it is quiet.",
    ),
    (
        "tomasz",
        1500,
        6,
        "Mesh 3 satellite, **amber for one afternoon**. The new armchair stood in front of it, and it has steel springs. Armchair or satellite, one of them had to move.",
    ),
    (
        "hanako",
        1900,
        4,
        "Mesh 3, blue for more than an hour. The table says two minutes. A restart closed it and it never came back.",
    ),
    (
        "ilir",
        2300,
        3,
        "Dial 2 shows a **small blue point** at the edge: it is on cooling. I did not know that it can cool.",
    ),
    ("zeynep", 2700, 4, "Amber, steady, with a sticker on top. White, according to the sticker."),
    (
        "chidi",
        3200,
        3,
        "Mesh 3, amber fast, because the fibre was bitten by a marten. I have a photo of the marten too.",
    ),
    ("yuna", 3800, 2, "Pink at sunset. I believe @ravi-subramanian now."),
    (
        "leilani",
        4100,
        3,
        "Satellite in the garden house, red steady in winter mornings, white at noon. It was below zero in there, its limit is 0°.",
    ),
    (
        "maxi",
        4600,
        2,
        "Mesh 3 Pro, no light: in the app *Light* was on “by day only”, and the time zone was on the other side of the world.",
    ),
    (
        "nia",
        5000,
        3,
        "Amber and white in turn. Two lines found, mine and the one of the new flatmate, who had plugged in his modem “to see if it works”.",
    ),
    ("tariq", 5400, 2, "Relay box, orange, two blinks. I see I am not alone with boilers in metal cupboards."),
    ("kwame", 5900, 2, "Mesh 3, steady white since the first day. I read all of this for nothing and enjoyed it."),
    ("fatou", 6262, 2, "Steady amber, mirror. My own thread has the whole story."),
)

BRIDGE_CONFIG = """\
bridge:
  router: tarn.local
  token_file: /run/secrets/tarn_token
  poll_seconds: 15

mqtt:
  host: broker.lan
  port: 8883
  tls: true
  base_topic: tarn
  retain: true

publish:
  - path: /api/v1/heating/rooms
    topic: heating/{room}/temperature
    field: celsius
    only_if_changed_by: 0.1
  - path: /api/v1/heating/rooms
    topic: heating/{room}/target
    field: target_celsius
  - path: /api/v1/network/satellites
    topic: network/{satellite}/link
    field: link"""


THREADS: tuple[ThreadScript, ...] = (
    ThreadScript(
        title="Which light colour have you seen on your Tarn, and what was it in the end?",
        by="ingrid",
        topic="routers",
        ago=6510,
        text="""\
Every week somebody asks about a colour that I have never seen. I would like to collect them in one place: **which device, which colour, and what it was in the end**. One or two sentences are enough.

I begin: Mesh 3, *amber and quick*, for a whole Sunday. It was the cat, who slept on the modem's power button.

Please no long searches for faults here; open a question of your own for that, it gets more eyes.""",
        tags=("lights", "amber-light"),
        context={"device": "All of them"},
        up=34,
        me_too=11,
        me_too_this_week=4,
        answers=tuple(
            AnswerScript(by=by, after=after, up=up, text=text, recommended_by="sam" if by == "maria" else None)
            for by, after, up, text in LIGHTS
        ),
        comments=(
            CommentScript(
                by="sam",
                after=28,
                text="A lovely idea. I let this one run although it is a collection rather than a question.",
            ),
            CommentScript(by="ingrid", after=304, text="Thank you, Maria. I have waited for that table for years."),
        ),
    ),
    ThreadScript(
        title="Publishing room temperatures over MQTT: values arrive, but every restart of the broker loses all of them",
        by="ravi",
        topic="automation",
        ago=5840,
        text=f"""\
I publish the room temperatures from the local API to MQTT with a small bridge of my own. It runs well. But when the broker restarts, all topics are empty until a value *changes*, and a bedroom at night does not change for hours. So the panel in the hall shows dashes.

`retain` is on. This is the configuration:

```yaml
{BRIDGE_CONFIG}
```

Has anybody a better idea than publishing everything every minute?""",
        tags=("api", "mqtt"),
        context={"setup": "Own bridge in Python, Mosquitto in a container", "api": "1.6"},
        up=9,
        me_too=6,
        answers=(
            AnswerScript(
                by="ravi",
                after=46,
                text="""\
Two things were wrong, and both were mine. The broker ran **without persistence**, so “retained” lived only in memory; and the bridge did not notice the new connection.

For the broker, three lines:

```ini
persistence true
persistence_location /mosquitto/data/
autosave_interval 300
```

In a container the folder must of course be a volume, otherwise you keep it until the next update.

For the bridge: send everything once after each *connect*, not only at the start of the program.

```python
def on_connect(client, userdata, flags, reason_code, properties):
    last_sent.clear()  # forget what was sent, so that the next round publishes all of it
    client.publish("tarn/bridge", "online", qos=1, retain=True)


client.will_set("tarn/bridge", "offline", qos=1, retain=True)
client.on_connect = on_connect
```

The *will* at the end lets the panel show “bridge offline” rather than old numbers. Since then three restarts of the broker, no dashes.""",
                up=13,
                accepted_after=50,
                comments=(
                    CommentScript(
                        by="pavel",
                        after=70,
                        text="The `last_sent.clear()` is elegant. I publish the lot every five minutes and am a little jealous.",
                    ),
                    CommentScript(
                        by="oskar",
                        after=120,
                        text="Note for others: `reason_code, properties` is the newer callback signature of the library. With the older one you have one argument less.",
                    ),
                ),
            ),
            AnswerScript(
                by="siiri",
                after=20,
                text="Not elegant, but it works: a timer in the panel that asks the local API directly when a topic is empty for more than a minute.",
                up=3,
            ),
        ),
    ),
    ThreadScript(
        title="Local API answers 401 “token not valid for this path”, the same token works for the heating",
        by="minh",
        topic="automation",
        ago=644,
        text="""\
I read the room temperatures with a token, that works. With the same token the list of satellites gives:

```json
{"error": "forbidden_path", "status": 401, "message": "token not valid for this path", "path": "/api/v1/network/satellites"}
```

My call:

```bash
curl -s -H "Authorization: Bearer $TARN_TOKEN" http://tarn.local/api/v1/network/satellites
```

Do I need another token for each part?""",
        tags=("api",),
        context={"setup": "Shell script on a small Linux box", "api": "1.7"},
        up=3,
        me_too=5,
        answers=(
            AnswerScript(
                by="ravi",
                after=5,
                text="""\
One token is enough, but it needs the right **network: read**. Rights are fixed when a token is made, so create a new one with both ticks: *Home › Advanced › Local API › New token*, then “heating: read” and “network: read”.

It is a bit confusing that the API says 401. It would be a 403, going by [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110).

Delete the old token afterwards, they never expire by themselves.""",
                up=8,
            ),
            AnswerScript(
                by="pavel",
                after=9,
                text="And keep the token out of the script. A file that only your user may read, then `TARN_TOKEN=$(cat ~/.config/tarn/token)`. Sooner or later one posts one's script in a forum.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Can the local API tell me when somebody presses the ring of the Dial, without polling?",
        by="kwame",
        topic="automation",
        ago=33,
        text="""\
I would like to switch a lamp when somebody presses the ring of the Dial twice. The press is in `/api/v1/heating/events`, but only if I ask often enough. At one request per second I miss about every third double press, and the Dial feels slower.

Is there a stream, web socket or something similar? I have found `Accept: text/event-stream` mentioned in one old thread, but I get plain JSON back.""",
        tags=("api", "mqtt"),
        context={"setup": "Node-RED on a small computer", "api": "1.7"},
        up=3,
        me_too=2,
        me_too_this_week=2,
    ),
    ThreadScript(
        title="Does the guarantee move with the thermostat when we sell the house?",
        by="anneke",
        topic="orders",
        ago=2755,
        text="We are selling our house with three Dial 2 in it, one and a half years old. The buyer asks if the guarantee still counts for them, because my name is on the bill. Is there a form to be filled in?",
        tags=("guarantee", "home-sharing"),
        up=8,
        me_too=7,
        answers=(
            AnswerScript(
                by="ruth",
                after=2,
                text="""\
Yes, and without a form: the guarantee belongs to the **device**, not to the person. The new owner only adds the thermostats to a home of their own.

For that you have to let them go first:

1. *Home › Devices › Dial › Remove from this home*, for each of the three.
2. Leave a **copy of the bill** in the house, your name on it does not matter.
3. The buyer adds them within the app as new. The date of purchase stays what it was.

I have bought and sold a flat like this. The repair of a Dial half a year later was no question at all.""",
                up=15,
                accepted_after=26,
                recommended_by="sam",
                comments=(
                    CommentScript(
                        by="anneke",
                        after=25,
                        text="Clear and short. I have put the three bills into the folder with the keys.",
                    ),
                    CommentScript(
                        by="sam",
                        after=30,
                        text="Confirmed. Without the bill we take the date on which the device was first added to a home, so not even a lost bill is the end.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Order shows “delivered” but the parcel locker is empty",
        by="katarina",
        topic="orders",
        ago=92,
        text="The two satellites are “delivered to the parcel locker” since yesterday at noon. I opened the locker with the code, the door opened, and it was empty. The carrier's hotline says, ask the sender. What do I do now?",
        tags=("delivery",),
        up=3,
        me_too=2,
        answers=(
            AnswerScript(
                by="ruth",
                after=2,
                text="Take a photo of the open, empty compartment if you still can, and note the time when you opened it. These lockers keep a record of each opening and of the weight. With the time it was sorted out for me in two days.",
                up=7,
            ),
        ),
        comments=(
            CommentScript(
                by="sam",
                after=4,
                text="I am sorry, Katarína, we will sort this out. Did the locker show a compartment number when it opened, and was it yesterday or today? Please write only that here; the order number goes into “Private details” at your question, where only staff can read it.",
                asks_for_information=True,
            ),
        ),
    ),
    ThreadScript(
        title="Speaker was a present: how long can it be returned, and by whom?",
        by="leilani",
        topic="orders",
        ago=202,
        text="I received a Duo for my birthday, and I already own one. It is in its box, unopened. The friend bought it five weeks ago in your shop. Can *I* return it or only she, and is it already too late? I would rather not tell her.",
        tags=("return",),
        up=4,
        me_too=3,
        me_too_this_week=1,
        answers=(
            AnswerScript(
                by="ruth",
                after=3,
                text="""\
Unopened things can be given back for **60 days**, and anybody can send them in who has the number on the box. The money goes back the way it was paid, though, so your friend would see it.

What you can do without her noticing: an **exchange**. In *Orders › Without an account* choose “Exchange a present” and take, say, two Mono for it. The difference is paid or credited to you.""",
                up=9,
            ),
            AnswerScript(
                by="sam",
                after=20,
                text="Ruth has it right. For an exchange you only need the code under the bar code on the box; no bill, no name. Please don't post the code here.",
                up=5,
            ),
        ),
    ),
    ThreadScript(
        title="Two-step sign-in asks for a code that never comes",
        by="dele",
        topic="privacy",
        ago=1255,
        text="I sign in on a new computer, it says “We have sent you a code”, and nothing comes, neither as a message nor as mail. I have tried five times, now it says I should wait. On the phone I am still signed in. Where is the code sent?",
        tags=("two-step", "sign-in"),
        up=7,
        me_too=17,
        me_too_this_week=3,
        answers=(
            AnswerScript(
                by="priya",
                after=3.5,
                text="""\
The code goes to the **app on the phone that is still signed in**, not by message or mail. Open the Tarn app there, and it shows the code on the first screen, under the name of the home.

If you do not see it:

1. Pull the first screen down once, so that it loads again.
2. *Profile › Security › Two-step sign-in*: the first line says where codes go. You can change it to an authenticator app there.
3. After five attempts there is a pause of 30 minutes. It is for your protection, and nobody can shorten it, me included.

The sentence “We have sent you a code” will soon say where.""",
                up=14,
                accepted_after=5,
                recommended_by="sam",
                comments=(
                    CommentScript(
                        by="dele",
                        after=4.7,
                        text="It was on the first screen, in large digits. I had looked in three mailboxes.",
                    ),
                    CommentScript(by="rosa", after=30, text="Same. I had the phone in my hand the whole time."),
                ),
            ),
            AnswerScript(
                by="ingrid",
                after=4,
                text="Look into the app on your phone, the code is at the top. I recommend an authenticator app for later; it works also when the phone has no internet ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238), if you wonder how).",
                up=7,
            ),
        ),
    ),
    ThreadScript(
        title="I have lost the phone with the authenticator and the paper with the backup codes lies in the house that I cannot unlock without the app",
        by="layla",
        topic="privacy",
        ago=3635,
        text="""\
It sounds like a riddle. The phone is gone. The authenticator was on it. The backup codes are on paper, in a drawer, in a house whose door opens with the app. I am at my sister's with a borrowed laptop.

I know my password. Is there any way that takes less than the 24 hours of “I cannot get a code”?""",
        tags=("two-step", "sign-in", "home-sharing"),
        up=11,
        me_too=4,
        answers=(
            AnswerScript(
                by="sofia",
                after=0.7,
                text="""\
Is there anybody else in your home's list of people? A second person with the role **Family** or **Owner** can open the door from *their* phone right now, and you get to your paper. No code of yours is needed for that.

In my flats I always keep a second owner for exactly this riddle.

If there is nobody: the 24 hours cannot be shortened, but start them at once (*Sign in › I cannot get a code*), they count from the first click. And most locks have a mechanical key, or contacts for a battery below the handle.""",
                up=19,
                accepted_after=3,
                comments=(
                    CommentScript(
                        by="layla",
                        after=2.8,
                        text="My husband! He is “Family”, at work, and opened the door from there. The paper is in my hand. شكراً جزيلاً",
                    ),
                    CommentScript(by="ingrid", after=9, text="May I suggest that the next paper lives in the wallet."),
                ),
            ),
            AnswerScript(
                by="sam",
                after=2,
                text="I can only confirm the 24 hours, and that we in support have no button for it either. That is on purpose: whoever could talk us into it could be somebody else. Glad there is a second person.",
                up=8,
            ),
        ),
    ),
    ThreadScript(
        title="“Too many attempts” although I have not tried to sign in for days",
        by="yuna",
        topic="privacy",
        ago=1480,
        text="Today the sign-in page says “Too many attempts, try again in 30 minutes”. It was my first attempt this week. After half an hour it says the same. Is somebody trying to get into my account?",
        tags=("sign-in", "account", "two-step"),
        up=4,
        me_too=5,
        answers=(
            AnswerScript(
                by="ingrid",
                after=2,
                text="Look at *Profile › Security › Sign-ins* on a device that is still signed in: each attempt is listed with town and kind of device. If it is not you, change the password; if it is you, some forgotten device has the old password.",
                up=8,
            ),
        ),
        comments=(
            CommentScript(by="yuna", after=8, text="All attempts come from my own town, every ten minutes, “Tablet”."),
            CommentScript(
                by="yuna",
                after=9.5,
                text="It was the old tablet in the kitchen drawer, still on, with last year's password. Switched off, and I am in. Sorry for the alarm.",
            ),
        ),
        solved_otherwise="solved_myself",
    ),
    ThreadScript(
        title="Does the Duo send my voice anywhere when I only use it for music?",
        by="wibisono",
        topic="privacy",
        ago=4910,
        text="I never use the voice commands. The small hole of the microphone is there all the same. If I have not set up any assistant, is something recorded or sent? I would like to know what *really* happens, not what is written on the box.",
        tags=("privacy", "data-export"),
        up=15,
        me_too=18,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="priya",
                after=6,
                text="""\
No: without an assistant the microphone has **no power**, there is nothing to record. In detail, for the Duo and the Mono:

- *Assistant not set up* (the state it leaves the factory in): the microphone's supply is switched off by the same transistor that the slider on the back works on.
- *Room measurement*: on for about 20 seconds while you measure. The sound is worked on in the speaker; only the resulting curve, 31 numbers, is stored in your home.
- *Assistant set up*: listens for the wake word inside the speaker. Only after the word sound leaves the device.

You do not have to believe me: **Speaker › Privacy › Transfers** lists each connection of the last 30 days with its size. A group of music streams and a few kilobytes for the time is what you should see.""",
                up=21,
                recommended_by="sam",
                comments=(
                    CommentScript(
                        by="pavel",
                        after=20,
                        text="I have had one on a mirror port for a week, out of curiosity. Radio, time, update check. Nothing else.",
                    ),
                ),
            ),
            AnswerScript(
                by="birgit",
                after=9,
                text="The slider on the back really cuts the supply, I have opened one (broken anyway). With the slider on red you also cannot do the room measurement, so switch it for that minute.",
                up=14,
            ),
        ),
    ),
    ThreadScript(
        title="What is in the data export, and why are there two files for the heating?",
        by="ilir",
        topic="privacy",
        ago=2410,
        text="I asked for my data. The archive has `profile.json`, `network.json`, `heating-1.csv` and `heating-2.csv`. The two heating files have the same columns but different numbers. Which one is right?",
        tags=("data-export", "privacy"),
        up=4,
        me_too=3,
        answers=(
            AnswerScript(
                by="ruth",
                after=9,
                text="""\
Both are: file 1 has the **last 30 days in full** (a line every five minutes), file 2 has **everything older as one line per hour**. Where they seem to overlap, the last day is in both, once as it was and once as an average.

The columns, as far as I found out with mine:

| Column | Meaning |
| --- | --- |
| `t` | time, UTC |
| `room` | the name you gave it |
| `c` | measured, °C |
| `target` | wanted, °C |
| `call` | share of the time in which heat was wanted, 0 to 1 |

In file 1 `call` is only ever 0 or 1.""",
                up=10,
                recommended_by="ada",
                comments=(
                    CommentScript(
                        by="ada",
                        after=20,
                        text="That is correct, thank you. We add a short read-me to the archive with the next version.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="My father has died: what happens to his account and to the thermostats in the house?",
        by="birgit",
        topic="privacy",
        ago=5610,
        text="""\
My father had the heating of his house in the app, on his own account. I have his phone, but not his password. The house has to stay heated over the winter until it is sold.

I do not want to do anything wrong by simply going on with his phone. What is the right way, and what can wait?""",
        tags=("account", "home-sharing", "privacy"),
        up=17,
        me_too=6,
        answers=(
            AnswerScript(
                by="ruth",
                after=2,
                text="""\
I am sorry for your loss, Birgit. Nothing has to be done today: the heating goes on with its schedule whether somebody signs in or not.

When you find the time, as long as the phone is signed in:

1. *Home › People › Invite*, invite **yourself** and choose the role “Owner”.
2. Accept on your own phone. From then on you have everything, and his account can be left in peace.
3. His account can be closed later, or never.

I did it this way for my mother.""",
                up=26,
                comments=(
                    CommentScript(
                        by="birgit",
                        after=20,
                        text="Thank you, Ruth. That is done, and it was easier than I had feared.",
                    ),
                ),
            ),
            AnswerScript(
                by="sam",
                after=5,
                text="""\
My condolences, Birgit. Two things from our side, without any hurry:

- If the phone should be locked or lost, we can move the home to you. For that we need a document that shows that you may act for the estate; please use *Help › Account of a person who has died*, never this page.
- Closing the account deletes the history of the heating after 30 days. If you need it for the sale (energy certificate), ask for the data export first.

If you would like this question to be hidden from search engines, tell me, and I will do it.""",
                up=19,
            ),
        ),
    ),
    ThreadScript(
        title="Which power supply fits the Mesh 3 satellite? The dog has eaten the cable",
        by="fatou",
        topic="orders",
        ago=288,
        text="The dog is well. The cable of the satellite is not. Can I buy the power supply alone, or use another one with the same plug? I have one of a laptop with 19 V and one of a router with 12 V.",
        tags=("spare-parts", "satellite"),
        up=6,
        me_too=4,
        me_too_this_week=1,
        answers=(
            AnswerScript(
                by="ruth",
                after=1,
                text="""\
The **12 V** one, if it gives at least **2 A** and has plus in the middle; the 19 V one would kill the satellite. All of this is printed on the label: look for the small circle with `+` at the dot.

The original is in the shop under *Spare parts › Power › Mesh 3*. It was in stock yesterday, when I looked for mine.

Unplug what is left of the old one before the dog finds it again.""",
                up=12,
                accepted_after=3,
                comments=(
                    CommentScript(
                        by="fatou",
                        after=2.8,
                        text="12 V, 2.5 A, plus in the middle. White light! The original is ordered, with the cable *behind* the cupboard this time.",
                    ),
                    CommentScript(
                        by="maria",
                        after=20,
                        text="2 A is right for the Mesh 3. The Mesh 3 Pro needs 3 A, in case somebody with a Pro and a dog reads this.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Is it worth having a Mesh 3 Pro repaired after the guarantee? Port 2 dead after a thunderstorm",
        by="tariq",
        topic="orders",
        ago=17,
        text="Thunderstorm on Saturday, since then port 2 has no link with any cable. Everything else works. It is three months out of the guarantee. Does anybody know about what a repair costs, and if they repair single ports at all or change the whole board?",
        tags=("repair", "guarantee", "ethernet"),
        up=1,
        me_too=1,
        me_too_this_week=1,
    ),
    ThreadScript(
        title="Second-hand Mesh 3 “belongs to another home”, and the seller does not answer any more",
        by="hugo",
        topic="orders",
        ago=2315,
        text="I bought a Mesh 3 at a flea market, with box and bill. When I want to add it: “This device belongs to another home. Ask its owner to remove it.” The seller does not answer my messages. I have reset it with the pin, twice. Is it worthless now?",
        tags=("reset", "setup", "account"),
        up=5,
        me_too=9,
        answers=(
            AnswerScript(
                by="ruth",
                after=4,
                text="Not worthless, since you have the **bill**. Use *Help › Repair › Device belongs to another home*, attach a photo of the bill, and Tarn writes to the old owner. If there is no objection within 14 days, it is free for you.",
                up=11,
            ),
            AnswerScript(
                by="sam",
                after=18,
                text="""\
As Ruth says. To explain why the reset does not do it: the tie to a home is a protection against theft, so it must not disappear with a pin.

When you buy one: ask the seller to remove it in the app *while you stand there*. It takes ten seconds, and the light turns slow amber.""",
                up=10,
                comments=(CommentScript(by="hugo", after=40, text="Sent. I will report after the 14 days."),),
            ),
            AnswerScript(
                by="joao",
                after=60,
                text="I would give it back. With no answer from the seller one has to wonder whether it was theirs to sell.",
                up=4,
                down=2,
            ),
            AnswerScript(
                by="mateus",
                after=2100,
                text="There are programs that remove the lock, search for the name of the chip and “unlock”.",
                down=3,
                deleted=True,
            ),
        ),
    ),
    ThreadScript(
        title="Script that lowers the night temperature after sunset & raises it with the sun: how do I stop it from fighting with the weekly schedule?",
        by="siiri",
        topic="automation",
        ago=7210,
        text="""\
I live at 65° north, and “evening” here is either at two in the afternoon or never. So I wrote a script that sets the living room by the sun instead of by the clock. It works until the next step of the schedule, which overwrites it. Then my script sets it again. The Dial logs this faithfully:

```text
14:07 api: living room target 19.0 (token "sun")
16:00 schedule: living room target 21.0
16:05 api: living room target 19.0 (token "sun")
22:00 schedule: living room target 17.0
22:05 api: living room target 19.0 (token "sun")
```

I do not want to delete the schedule, it is the safety net for the day on which my script dies. What is the clean way?""",
        tags=("api", "schedule"),
        context={"setup": "Python 3.12 on a small Linux box, from cron every five minutes", "api": "1.4"},
        up=12,
        me_too=5,
        answers=(
            AnswerScript(
                by="ravi",
                after=3,
                text="""\
Use a **hold with an end** instead of a plain target. A hold stands above the schedule until its end, and if your script dies the schedule takes over by itself, which is just the safety net you want.

```python
#!/usr/bin/env python3
\"\"\"Set the living room by the sun; run every five minutes.\"\"\"

import datetime as dt
import json
import pathlib
import urllib.request

ROOM = "living-room"
BASE = "http://tarn.local/api/v1/heating/rooms"
TOKEN = pathlib.Path("~/.config/tarn/token").expanduser().read_text().strip()

DAY, NIGHT = 21.0, 19.0
HOLD = dt.timedelta(minutes=12)  # a little more than two runs


def call(method: str, url: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def main() -> None:
    sun = call("GET", "http://tarn.local/api/v1/home/sun")
    target = DAY if sun["elevation_degrees"] > -3 else NIGHT
    until = dt.datetime.now(dt.timezone.utc) + HOLD
    call("PUT", f"{BASE}/{ROOM}/hold", {"celsius": target, "until": until.isoformat(timespec="seconds")})


if __name__ == "__main__":
    main()
```

What to know about it:

- `hold` came with API 1.4, so you have it. The format of `until` is that of [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339), with the zone.
- Somebody who turns the ring by hand ends the hold. Your next run would take the room back after five minutes; read `hold.ended_by` first and be polite if it says `"ring"`.
- −3° as the limit is a matter of taste. At 65° north you may want to put a clock below it for June.""",
                up=18,
                accepted_after=25,
                comments=(
                    CommentScript(
                        by="siiri",
                        after=24.5,
                        text="The hold is what I was missing. I have added the polite part for the ring, my husband insisted.",
                    ),
                    CommentScript(
                        by="oskar", after=80, text="Same latitude, same problem, now the same script. Thank you both."
                    ),
                ),
            ),
            AnswerScript(
                by="dele",
                after=10,
                text="Without a script: since 3.6 a step of the schedule can begin “at sunset” with an offset. It is hidden behind the clock symbol. Not as flexible, but nobody has to maintain it.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="Mesh 3 Pro ordered on the first day, the delivery date moves every week",
        by="lukas",
        topic="orders",
        ago=11050,
        text="Ordered on the first day, and the date has moved by a week four times now. I do not mind waiting, I only want to know if it is real. Has anybody who ordered on the first day received one?",
        tags=("delivery",),
        up=13,
        me_too=26,
        answers=(
            AnswerScript(
                by="sam",
                after=7,
                text="The first series went to the orders of the first **six hours**; the rest of the first day leaves with the second series. The dates moved because of a part of the housing, not because of the number of orders. I will write here when the second series is in the store.",
                up=11,
            ),
            AnswerScript(
                by="daan",
                after=30,
                text="Ordered on the first morning, received last Friday. So they exist.",
                up=6,
            ),
        ),
        comments=(
            CommentScript(
                by="lukas",
                after=340,
                text="I have found one at a shop in town and cancelled the order, which went without any trouble. So this is no longer needed.",
            ),
        ),
        solved_otherwise="no_longer_relevant",
    ),
    ThreadScript(
        title="The app signs me out every day since I changed my address",
        by="maxi",
        topic="app",
        ago=262,
        text="Since I changed the mail address of my account I have to sign in every single morning, on the phone and on the tablet. During the day it is fine. The new address is confirmed.",
        tags=("sign-in", "account"),
        context={"phone": "iPhone and iPad, iOS 18", "version": "7.4.0"},
        up=3,
        me_too=6,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="ravi",
                after=6,
                text="Sign out on **all** devices once (*Profile › Security › Sign out everywhere*), then in again. After I changed my address an old session of the tablet threw the new one out each night.",
                up=5,
            ),
        ),
        comments=(
            CommentScript(
                by="maxi",
                after=40,
                text="I signed out everywhere yesterday. This morning: signed out again, both of them.",
            ),
            CommentScript(
                by="priya",
                after=46,
                text="Thank you for trying that. Could you look at Profile › Security › Sign-ins tomorrow morning and tell us the time and the reason in the last line, for example “04:00, expired” or “04:00, replaced”? Please leave out the addresses.",
                asks_for_information=True,
            ),
        ),
    ),
    ThreadScript(
        title="Moving to another country: does the account have to be closed, or can its country be changed?",
        by="kwame",
        topic="privacy",
        ago=48,
        text="I am moving abroad next month with a router, two speakers and one thermostat. In the profile the country is grey. If I have to open a new account, what happens to the history of the heating and to the apps of my family? And do the Wi-Fi channels of the router follow the country of the account or the place where it stands?",
        tags=("account", "data-export"),
        up=2,
        me_too=1,
    ),
)
