"""Demo threads, part three: speakers and the app."""

from app.cli.demo_community.script import AnswerScript, CommentScript, ThreadScript

THREADS: tuple[ThreadScript, ...] = (
    ThreadScript(
        title="Two Mono speakers in one group, one is half a second late after a phone call",
        by="maxi",
        topic="multi-room",
        ago=2705,
        text="""\
Kitchen and dining room are one open space with a Mono on each side, grouped. Music is perfectly together until I take a call on the left one. After the call the left one continues half a second late, which sounds like a church.

If I pause and start again, it stays late. Only taking the group apart and making it again helps.""",
        tags=("group", "sync"),
        context={"device": "Two Mono", "firmware": "6.1.0", "tried": "Restart of both, new group"},
        up=9,
        me_too=14,
        answers=(
            AnswerScript(
                by="birgit",
                after=3,
                text="""\
The call takes the left speaker out of the group's clock. **Group › Sync now** brings it back without a restart; it takes about five seconds.

To avoid it in the first place:

1. *Devices › Mono left › Calls*: off, or
2. *Group › Advanced › Keep rooms in time*: on. The group then checks its clock every minute and draws a late speaker back gently, you hear it for two or three bars.

With number 2 there is a little more delay between pressing play and the sound. For music I do not notice it, for the television I would leave it off.""",
                up=20,
                accepted_after=23,
                recommended_by="priya",
                comments=(
                    CommentScript(
                        by="maxi",
                        after=22.5,
                        text="“Keep rooms in time” it is. Took a call in the middle of a quartet, and they found each other again.",
                    ),
                    CommentScript(
                        by="priya",
                        after=30,
                        text="Thank you, Birgit. From 6.2 a speaker joins in time after a call without that switch.",
                    ),
                ),
            ),
            AnswerScript(
                by="meiling",
                after=7,
                text="Mine did it only when the left one was on the satellite and the right one on the router. Since both are on the same box I have not heard it again.",
                up=7,
            ),
        ),
    ),
    ThreadScript(
        title="Speaker clicks when the fridge starts",
        by="kwame",
        topic="speakers",
        ago=111,
        text="Each time the fridge starts, the Mono on the worktop makes a loud click, also when no music is playing. They are on different sockets, one metre apart. Should I be worried about the speaker?",
        tags=("sound",),
        context={"device": "Mono, one", "firmware": "6.1.2", "tried": "Another socket on the same wall"},
        up=3,
        me_too=5,
        me_too_this_week=3,
        answers=(
            AnswerScript(
                by="ewan",
                after=9,
                text="The compressor of the fridge makes a short spike on the mains when it starts. A mains filter socket for the **fridge** (not for the speaker) usually cures it, they are not expensive.",
                up=5,
            ),
        ),
        comments=(
            CommentScript(
                by="birgit",
                after=27,
                text="Does it also click when nothing is plugged into the line-in, and the speaker stands in another room on an extension lead? With those two answers we know whether it comes over the mains, over a cable or through the air.",
                asks_for_information=True,
            ),
        ),
    ),
    ThreadScript(
        title="Mono smells of hot plastic after about two hours at normal volume, case is warm at the back",
        by="layla",
        topic="speakers",
        ago=481,
        text="The new Mono smells of hot plastic after two hours, at medium volume. The back is warm, I can still touch it. It has stood on a shelf between books for a week. I unplug it now when I leave the house. Is this the smell of a new thing, or a fault?",
        tags=("sound", "guarantee", "return"),
        context={"device": "Mono, one, one week old", "firmware": "6.1.2", "tried": "Unplugged"},
        up=8,
        me_too=3,
        answers=(
            AnswerScript(
                by="priya",
                after=2.2,
                text="""\
Please leave it unplugged, and we exchange it; you do not need to test anything. A Mono may be lukewarm, but it should not smell.

1. In the app choose *Help › Repair › Exchange* and pick “Smell or heat” as the reason. It puts you in front.
2. You receive a label. Send the speaker **with** its power supply, we want to look at both.
3. The new one leaves our store the same day, not only when yours arrives.

For the new one: a hand's breadth of free space behind it. Between books the warm air cannot get away, although that alone does not explain a smell.""",
                up=15,
                accepted_after=24,
                comments=(
                    CommentScript(
                        by="layla",
                        after=23.8,
                        text="Reported at nine, label at ten. Thank you for not asking me to try it again first.",
                    ),
                    CommentScript(
                        by="priya",
                        after=310,
                        text="For everybody reading: it was a damaged power supply. We have checked the others of the same day in the store and found no more.",
                    ),
                ),
            ),
            AnswerScript(
                by="ruth",
                after=3,
                text="Leave it unplugged, whatever else anybody writes. Exchange was quick when my Duo buzzed, four days in all.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="Wohnzimmerlautsprechergruppensynchronisierung: where is it in the English app?",
        by="lukas",
        topic="multi-room",
        ago=3730,
        text="My father's app is in German and has “Wohnzimmerlautsprechergruppensynchronisierung” in the settings, and it helped him. I would like to switch it on too, but my app is in English, and I do not find anything that looks like it. What is its English name?",
        tags=("group", "sync"),
        context={"device": "Duo and Mono", "firmware": "6.0.4", "tried": "Searched for “synchronisation”"},
        up=6,
        me_too=2,
        answers=(
            AnswerScript(
                by="birgit",
                after=1.2,
                text="""\
It is called **“Keep rooms in time”** and sits under *Group › Advanced* since version 7.2 of the app.

The German name is made of the room name your father has given the group: “Wohnzimmer” + “Lautsprechergruppe” + “Synchronisierung”. With a group “Bad” it would have been much shorter.""",
                up=17,
                accepted_after=2,
                comments=(
                    CommentScript(
                        by="lukas",
                        after=1.9,
                        text="Found. I am a native speaker and did not see that the room was part of the word.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Bar as television sound: lips and voice do not match when two Mono play along at the back",
        by="ewan",
        topic="multi-room",
        ago=2210,
        text="""\
Heating I can do, sound I cannot. The Bar alone under the television is fine. If I group two Mono with it for the back of the room, the voice comes visibly after the lips, perhaps a fifth of a second. The television has no “audio delay” below zero, of course.

Is it possible at all to have these as rear speakers without the delay?""",
        tags=("group", "sync", "line-in"),
        context={
            "device": "Bar and two Mono",
            "firmware": "6.1.0",
            "tried": "HDMI and optical, “Keep rooms in time” off",
        },
        up=7,
        me_too=12,
        answers=(
            AnswerScript(
                by="birgit",
                after=5,
                text="""\
Do not make a *group*, make a **room with rear speakers**: *Devices › Bar › Rear speakers › Add*. A group buffers the sound for all rooms (about 180 ms), a room with rears uses a direct link with some 25 ms, and lips forgive that.

Two conditions:

- Both rears must be the same model, and within about eight metres of the Bar.
- The Bar must be on **5 GHz** or on cable. On 2.4 GHz the entry is grey.

You can still join the whole room to a group for music. As soon as the television plays, the app leaves the group for you.""",
                up=13,
                comments=(
                    CommentScript(
                        by="ewan",
                        after=27,
                        text="The entry is grey, so I need a cable to the Bar first. The next dry weekend. Thank you already.",
                    ),
                ),
            ),
            AnswerScript(
                by="giulia",
                after=40,
                text="If the television is able to delay the *picture* (ours calls it “lip sync, video”), 180 ms there works with the group as well.",
                up=4,
            ),
        ),
    ),
    ThreadScript(
        title="Does the alarm still ring when the internet is down?",
        by="ruth",
        topic="speakers",
        ago=6820,
        text="Last night the internet was away until ten, and my Duo did not wake me at six. I had set a radio station as the alarm. Before I buy a clock with two bells on top: is there any setting that makes it ring in any case?",
        tags=("alarm",),
        context={"device": "Duo, one", "firmware": "5.9.8", "tried": "Nothing, I was asleep"},
        up=14,
        me_too=16,
        answers=(
            AnswerScript(
                by="birgit",
                after=4,
                text="""\
Yes: set **Alarm › If the sound is not available** to “Chime”. The chime is stored in the speaker and needs neither internet nor router.

The Duo keeps its own time for about a week without internet. What it cannot do is ring without *power*. A Mono with the battery base can.

To try it: set an alarm in three minutes' time and pull the cable out of the router.""",
                up=18,
                accepted_after=9,
                recommended_by="priya",
                comments=(
                    CommentScript(
                        by="ruth",
                        after=8.7,
                        text="Tried it as you say. The chime is friendly and very awake. Thank you.",
                    ),
                    CommentScript(by="deb", after=20, text="Why is “silence” even an option in that list?"),
                    CommentScript(
                        by="priya",
                        after=28,
                        text="A fair question. For new alarms it is “Chime” by default from 6.0 on.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Duo: left and right are swapped when it lies on its side",
        by="anneke",
        topic="speakers",
        ago=20,
        text="I have put the Duo on its side because it fits the shelf only like that. Now the violins are on the right. Turning it the other way does not work because of the cable. Can it be told which way it lies?",
        tags=("sound", "setup"),
        context={"device": "Duo, one", "firmware": "6.1.2", "tried": "Looked in every menu of the speaker"},
        up=2,
        me_too=1,
        me_too_this_week=1,
    ),
    ThreadScript(
        title="Speakers in their own VLAN: the app finds them, but a group across two VLANs never starts to play",
        by="pavel",
        topic="multi-room",
        ago=1455,
        text="""\
For once it is me who asks. In the hotel the speakers of the breakfast room are in VLAN 30 and those of the lobby in VLAN 40, with a firewall in between. An mDNS repeater is running, and the app finds all of them. Each speaker plays alone. A group of 30 and 40 shows “playing”, but the second half is silent.

Firewall log when I press play:

```text
DROP in=vlan30 out=vlan40 proto=udp src=10.0.30.21 dst=10.0.40.17 sport=319 dport=319
DROP in=vlan30 out=vlan40 proto=udp src=10.0.30.21 dst=10.0.40.17 sport=320 dport=320
DROP in=vlan30 out=vlan40 proto=udp src=10.0.30.21 dst=239.192.7.1 dport=5740
```

319 and 320 I recognise, that is the precision clock. But 5740 goes to a multicast address. Is it enough to open these ports, or do I need multicast routing?""",
        tags=("vlan", "group", "sync"),
        context={
            "device": "Six Mono",
            "firmware": "6.1.0",
            "tried": "mDNS repeater, all between 30 and 40 allowed for a minute: then it works for some seconds",
        },
        up=9,
        me_too=4,
        answers=(
            AnswerScript(
                by="ravi",
                after=7,
                text="""\
You need both: UDP 319/320 in each direction **and** multicast routing for `239.192.0.0/16`, because the group's sound is sent once for all. The “some seconds” you saw are the buffer that arrives by unicast at the start.

With a Linux firewall the small `smcroute` is enough:

```ini
# /etc/smcroute.conf
mgroup from vlan30 group 239.192.7.1
mroute from vlan30 group 239.192.7.1 to vlan40
mgroup from vlan40 group 239.192.7.1
mroute from vlan40 group 239.192.7.1 to vlan30
```

The speakers send with a TTL of 1, so you also have to raise it on the way:

```bash
iptables -t mangle -A PREROUTING -i vlan30 -d 239.192.0.0/16 -j TTL --ttl-set 4
iptables -t mangle -A PREROUTING -i vlan40 -d 239.192.0.0/16 -j TTL --ttl-set 4
```

On Wi-Fi, switch “multicast to unicast” on for these networks, or the slowest client decides the speed.""",
                up=12,
                comments=(
                    CommentScript(
                        by="pavel",
                        after=52,
                        text="The TTL was what I missed. It plays; in the afternoon one speaker falls out, I am still searching why.",
                    ),
                ),
            ),
            AnswerScript(
                by="priya",
                after=30,
                text="""\
A group over two networks is not something we test, and I would not promise it. The supported way is one network for **all** speakers, and to let the phones reach that one.

The ports, so you have them in one place: UDP 319 and 320 (clock), UDP 5740–5755 (sound, multicast 239.192.7.0/24), TCP 5741 (control).""",
                up=8,
                recommended_by="maria",
            ),
        ),
    ),
    ThreadScript(
        title="My local radio station has disappeared from the list",
        by="deb",
        topic="speakers",
        ago=5430,
        text="The small station of our valley is gone from the radio list since yesterday. I can hear it on the telephone with its own app. Who decides what is in the list?",
        context={"device": "Mono, two", "firmware": "6.0.4", "tried": "Searched by name and by town"},
        up=4,
        me_too=3,
        answers=(
            AnswerScript(
                by="birgit",
                after=6,
                text="The list comes from a public directory of stations. If a station changes the address of its stream and does not tell anybody, it falls out. Until it is back you can add it by hand: *Radio › Own stations › Address*.",
                up=6,
            ),
        ),
        comments=(
            CommentScript(
                by="deb",
                after=170,
                text="The station has stopped for good, there was a little party. So nothing to repair. Thank you, Birgit.",
            ),
        ),
        solved_otherwise="no_longer_relevant",
    ),
    ThreadScript(
        title="Android widget shows yesterday's temperature until I tap it",
        by="tomasz",
        topic="app",
        ago=1012,
        text="The widget on my home screen shows 19.5° all day. If I tap it, it jumps to the real value. In the app everything is current. I have looked at the phone's battery settings but I am not sure what to change there.",
        tags=("widgets", "android", "notifications"),
        context={"phone": "Android 15, mid-range phone", "version": "7.3.1"},
        up=7,
        me_too=15,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="ingrid",
                after=3,
                text="""\
The phone puts the app to sleep and the widget with it. Take the Tarn app out of battery saving: *Settings › Apps › Tarn › Battery › **Not restricted***.

Then remove the widget and place it again. It only asks the system for its timer at the moment when it is placed.""",
                up=12,
                accepted_after=20,
                comments=(
                    CommentScript(
                        by="tomasz",
                        after=19.7,
                        text="It needed the second step too, removing and placing it again. Since then never older than ten minutes. Thanks!",
                    ),
                ),
            ),
            AnswerScript(
                by="priya",
                after=25,
                text="""\
With app **7.4** you do not need the battery exception any more. The widget is then updated by a message from us when a value has changed by half a degree, and the app can go on sleeping.

1. Update to 7.4 or newer.
2. *Profile › Notifications › Silent updates*: on. It is on by default for new homes, but stays off in old ones.
3. You may set the battery setting back to “Optimised”.

This is kinder to the battery than the exception, so I would do it this way where 7.4 is available.""",
                up=10,
                recommended_by="ada",
                comments=(
                    CommentScript(
                        by="yuna", after=400, text="7.4 did it for me, without touching the battery settings."
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="I shared the home with my husband: he sees everything but cannot change anything",
        by="nia",
        topic="app",
        ago=1915,
        text="I invited my husband into our home. He accepted, sees all the rooms and the temperatures, but each button is grey for him. He now shouts the temperature he wants through the house. What have I set wrong?",
        tags=("home-sharing",),
        context={"phone": "Two iPhones, iOS 18", "version": "7.3.1"},
        up=8,
        me_too=13,
        answers=(
            AnswerScript(
                by="deb",
                after=1.6,
                text="""\
He is in as a **guest**. Open *Home › People*, tap his name, and change the role to “Family”. It works at once, he does not have to accept again.

I made the same mistake: the invitation has a small line “as guest” which one can tap before sending.

- Guest: look only
- Family: change everything, except people and payment
- Owner: everything""",
                up=16,
                accepted_after=3,
                recommended_by="priya",
                comments=(CommentScript(by="nia", after=2.9, text="He is family again. It is quiet. Thank you!"),),
            ),
        ),
    ),
    ThreadScript(
        title="App closes by itself on the tablet as soon as I open “Energy”, on the phone it works",
        by="mateus",
        topic="app",
        ago=5.5,
        text="""\
On the phone I can look at the energy page. On the tablet the app closes after a second when I tap *Energy*. Everything else on the tablet is fine. Both are signed in with the same account.

1. Installed new: the same.
2. Tablet upright instead of lying: then it stays open about three seconds, I can see the first column of the chart.
3. Only the home with two Dials; in my parents' home (one Dial) the page opens.""",
        tags=("android",),
        context={"phone": "Android tablet, 11 inch, Android 14", "version": "7.4.0"},
        up=1,
        me_too=3,
        me_too_this_week=3,
    ),
    ThreadScript(
        title="Notifications arrive hours late, all at once, when I unlock the phone",
        by="zeynep",
        topic="app",
        ago=241,
        text="The washing machine sensor says “finished” at 10:00, the phone tells me at 13:20, together with four other messages, in the moment I unlock it. Battery saving is off for the app. Mail and chat arrive on time.",
        tags=("notifications", "android"),
        context={"phone": "Android 14", "version": "7.3.1"},
        up=5,
        me_too=11,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="ravi",
                after=4,
                text="Look at **Profile › Notifications › Importance** in the Tarn app: on “Normal” Android is allowed to collect them while the phone sleeps. On “High” they come through at once. I have “High” for doors and leaks only, the rest can wait.",
                up=8,
                comments=(
                    CommentScript(
                        by="zeynep", after=28, text="A little better, minutes instead of hours, but still not at once."
                    ),
                ),
            ),
            AnswerScript(
                by="minh",
                after=30,
                text="Some makers have a second list besides battery saving, “sleeping apps” or “app start management”. Mine put the app back on that list after each update of the app. Worth a look.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="One speaker in the group is always louder, whatever I do with the group volume",
        by="camille",
        topic="multi-room",
        ago=2115,
        text="Three Mono in a group. The one in the bathroom is always louder than the other two. If I turn it down alone, it is right, until somebody moves the group volume, then it is loud again. It is as if it had a will of its own.",
        tags=("group", "sound"),
        context={"device": "Three Mono", "firmware": "6.1.0", "tried": "New group, restart"},
        up=5,
        me_too=9,
        answers=(
            AnswerScript(
                by="birgit",
                after=2,
                text="""\
Give the bathroom a fixed offset: **Group › Rooms › Bathroom › Trim**, about −6 dB. The trim stays when the group volume moves; a change on the speaker itself is forgotten at the next move, as you saw.

A tiled bathroom really is 4 to 8 dB louder than a room with carpet and curtains with the same speaker. So nothing is wrong with your Mono, it just has the best acoustics of the house.""",
                up=14,
                accepted_after=19,
                comments=(
                    CommentScript(by="camille", after=18.5, text="−5 it is. And now I know why I sing better there."),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="How do I understand voices in films at night without waking the children? Bar, “Night” makes all of it dull",
        by="meiling",
        topic="speakers",
        ago=884,
        text="After eight we watch with the Bar at volume 6. Explosions are still explosions, voices are a whisper. “Night” makes everything equally quiet but dull, as if under a blanket. Is there something better, or do we go back to subtitles?",
        tags=("sound",),
        context={"device": "Bar", "firmware": "6.1.2", "tried": "“Night” on, bass −4"},
        up=7,
        me_too=10,
        answers=(
            AnswerScript(
                by="birgit",
                after=5,
                text="""\
Leave “Night” off and use **“Voice” on 2 or 3** with the bass at −6. “Night” squeezes everything together, “Voice” lifts only the middle of the stereo picture, where films put the speech.

Then tell the *television* to send multi-channel sound (“Bitstream” or “Auto”, not “PCM stereo”). Only then the Bar gets speech as a channel of its own, and “Voice” has something to lift.""",
                up=12,
            ),
            AnswerScript(
                by="aoife",
                after=25,
                text="We move the sofa. Truly: one metre nearer and two steps less volume, children asleep, voices clear.",
                up=8,
                down=1,
            ),
            AnswerScript(
                by="leilani",
                after=70,
                text="Headphones on the Bluetooth of the Bar: *Bar › Headphones*. Only one pair at a time, so it depends on your marriage.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="Speaker between two mesh boxes stops for ten seconds several times in the evening",
        by="oskar",
        topic="speakers",
        ago=1345,
        text="The Mono in the hall hears the router and the satellite about equally well, and in the evening it stops for ten seconds, four or five times. In the router's list I see that it changes from one to the other each time. Can I nail it to one?",
        tags=("satellite", "sound", "slow-wifi"),
        context={"device": "Mono, one", "firmware": "6.1.0", "tried": "Another place on the same shelf"},
        up=6,
        me_too=11,
        answers=(
            AnswerScript(
                by="ingrid",
                after=3,
                text="""\
Yes: **Devices › Mono › Connect only to › Router**. The setting is at the speaker's entry in the *router's* device list, not in the speaker section, that is why one does not find it.

A thing that does not move should not have to choose. I have done it for all speakers and the television.

If that box is ever off, the Mono will be offline too; it does not go to the other one as a fallback.""",
                up=16,
                recommended_by="priya",
                comments=(
                    CommentScript(
                        by="maria",
                        after=17,
                        text="Right. It needs 4.2 on the router; before that the list has no such entry.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="New phone, old one is broken: how do I get into the app again without losing the home?",
        by="aoife",
        topic="app",
        ago=4420,
        text="My phone fell into the sea. New phone, same number, and the app asks me whether I want to “create a home” or “join a home”. I am afraid that if I create one, the old one is gone, with all the schedules in it. Which button is mine?",
        tags=("sign-in", "account", "backup"),
        context={"phone": "Android 15, new", "version": "7.2.4"},
        up=6,
        me_too=8,
        answers=(
            AnswerScript(
                by="ingrid",
                after=1.1,
                text="""\
Neither of the two. Press **“I already have an account”**, the small line at the bottom, and sign in with your old address; your home appears by itself. Homes live in your account, not in the phone.

If you have two-step sign-in and the code was on the lost phone, use one of the backup codes you printed. No codes? Then “I cannot get a code” on the same page, which takes 24 hours for your safety.

And afterwards: *Profile › Devices*, remove the phone in the sea.""",
                up=13,
                accepted_after=2,
                comments=(
                    CommentScript(
                        by="aoife", after=1.9, text="All there, schedules included. I removed the phone. Rest in peace."
                    ),
                    CommentScript(
                        by="priya",
                        after=20,
                        text="We have made that small line a proper button. Thank you, Aoife, and sorry for the fright.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Hum on the line-in of the Duo as soon as the record player is connected, gone when I touch the metal",
        by="wibisono",
        topic="speakers",
        ago=55,
        text="Record player with its own pre-amplifier into the line-in of the Duo. A deep hum, with or without a record. If I touch the metal of the tone arm, it is gone. There is a thin wire with a fork at the record player and I do not know where the Duo would have a screw for it.",
        tags=("line-in", "sound"),
        context={"device": "Duo", "firmware": "6.1.2", "tried": "Another cable, another socket"},
        up=3,
        me_too=2,
        me_too_this_week=1,
    ),
    ThreadScript(
        title="Too much bass from the Duo on a wooden floor, the neighbours below hear every beat",
        by="giulia",
        topic="speakers",
        ago=3055,
        text="""\
Old house, wooden floor. The Duo stands on a sideboard. The neighbours below say they hear “only the drums”. The music itself is not loud, we talk over it.

I have turned the bass down to −3. What else can one do, besides moving?""",
        tags=("sound", "setup"),
        context={"device": "Duo", "firmware": "6.1.0", "tried": "Bass −3"},
        up=6,
        me_too=8,
        answers=(
            AnswerScript(
                by="birgit",
                after=4,
                text="""\
Take the speaker's *vibration* off the wood: a **soft, heavy base** between Duo and sideboard. A stone slab (a kitchen tile of 2 cm will do) on four pieces of soft foam or a folded towel. Soft alone is not enough, heavy alone neither, it is the two together.

Then:

1. 20 cm away from the wall, more from a corner. A corner adds about 6 dB of bass.
2. *Speaker › Room › Measure*, standing where you listen. Do it after moving, not before.
3. Only now turn the bass down, if it is still needed.

Ask the neighbours after each step. You cannot hear it from your side.""",
                up=17,
                accepted_after=98,
                comments=(
                    CommentScript(
                        by="giulia", after=97, text="Tile and towel! The neighbours asked whether we were away."
                    ),
                    CommentScript(by="layla", after=130, text="As an architect: the same works for washing machines."),
                ),
            ),
            AnswerScript(
                by="tomasz",
                after=9,
                text="I hung mine on the wall with the bracket, on the brick side. Less bass below, but more in the flat next door, so look which neighbour you prefer.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="iPhone: “No devices found in your network” although router, thermostat and both speakers are online and the old tablet still sees all of them",
        by="hanako",
        topic="app",
        ago=171,
        text="On my phone the app finds nothing at home since I have changed to a new phone. From outside, on mobile data, everything works! On the tablet everything works at home too. I find it strange that it is better when I am away.",
        tags=("ios", "sign-in", "setup"),
        context={"phone": "iPhone, iOS 18", "version": "7.4.0"},
        up=4,
        me_too=9,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="ingrid",
                after=0.8,
                text="""\
The phone does not allow the app to look into the local network. *Settings › Privacy & Security › **Local Network** › Tarn*: on.

iOS asks this once, in the first minute, and one quickly taps “Don't allow”. From outside the app goes over the internet, that is why it works when you are away.

If the switch is already on, put it off and on again and restart the phone; the system forgets it sometimes.""",
                up=13,
                accepted_after=6,
                comments=(
                    CommentScript(
                        by="hanako",
                        after=5.6,
                        text="It was off. Now everything is there, also at home. ありがとうございます, and thank you for explaining the reason.",
                    ),
                ),
            ),
        ),
    ),
)
