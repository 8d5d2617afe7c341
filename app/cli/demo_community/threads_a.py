"""Demo threads, part one: routers and mesh."""

from app.cli.demo_community.script import AnswerScript, CommentScript, ThreadScript


def _restart_log() -> str:
    """A router log that goes in circles: the same boot, eleven times, a little more than a minute apart."""
    lines = []
    minute, second = 2 * 60 + 14, 7
    for boot in range(1, 12):
        clock = minute * 60 + second
        steps = (
            (0, f"boot: mesh3pro 4.3.0-r2, slot B, attempt {boot}"),
            (1, "boot: last reset cause watchdog" if boot > 1 else "boot: last reset cause update"),
            (3, "mtd: config partition ok, 214 entries"),
            (4, "net: eth0 up 2500 full, eth1 up 1000 full, eth2 down"),
            (6, "acs: using stored channels 6 / 44"),
            (9, "wlan0: up, 20 MHz, channel 6"),
            (11, "wlan1: up, 80 MHz, channel 44"),
            (14, "wan: dhcp lease ok, renew in 3600 s"),
            (16, "time: set from network"),
            (19, f"filter: loading list family-default, {48211 + boot} entries"),
            (24, "filter: loading list custom, 312 entries"),
            (25, "filter: warning, entry 188 has an empty host name"),
            (31, "filterd: memory 61 MB, limit 64 MB"),
            (47, "filterd: memory 64 MB, limit 64 MB, killed"),
            (48, "init: filterd ended, restart 1 of 3"),
            (63, "init: filterd ended, restart 3 of 3"),
            (64, "watchdog: service filterd not answering, resetting"),
        )
        for offset, text in steps:
            now = clock + offset
            lines.append(f"{now // 3600:02d}:{now // 60 % 60:02d}:{now % 60:02d} {text}")
        second += 71
    return "\n".join(lines)


RESTART_LOG = _restart_log()


THREADS: tuple[ThreadScript, ...] = (
    ThreadScript(
        title="Mesh 3 satellite drops its link every evening around eight and stays amber until I restart it",
        by="tomasz",
        topic="mesh-3",
        ago=702,
        text="""\
Every evening at about eight the satellite in the living room loses the router. The light goes amber, phones hang on to it without internet, and nothing happens until I pull the plug. In the morning all is well again.

It sits where it sat for two years; the trouble began about three weeks ago. What I did so far:

- another network cable between the modem and the router
- satellite two metres closer, now 7 m and one wall
- one factory reset of the satellite, set up again from the app

Same time, same light. I can live with many things, but not with the football stopping at eight.""",
        tags=("amber-light", "satellite", "channel", "radar"),
        context={"device": "Mesh 3, one satellite", "firmware": "4.2.1", "provider": "Cable, 500 Mbit/s"},
        up=24,
        me_too=37,
        me_too_this_week=5,
        answers=(
            AnswerScript(
                by="ingrid",
                after=12.5,
                text="""\
Your router is moving to a radar channel at eight, and the satellite cannot follow it. Fix the 5 GHz channel between 36 and 48 and the evening drop is gone.

1. Open the Tarn app and go to **Network › Wi-Fi › Advanced**.
2. Set **5 GHz channel** from “Automatic” to **44**.
3. Wait two minutes until the satellite is white again. No restart needed.

You can check it before you change anything. Open *Help › Network log*. If yours has lines like these around eight, this is your problem:

```text
20:00:03 acs: scan done, best channel 116 (load 4 %)
20:00:04 wlan1: switching 44 -> 116, DFS, CAC 60 s
20:01:05 wlan1: radar detected on 116, leaving
20:01:06 backhaul: satellite lost, retry in 30 s
20:01:36 backhaul: satellite lost, retry in 60 s
```

Why 44? Only the lowest four channels need no radar check in Europe:

| Channels | Radar check | Wait before use | What the satellite does |
| --- | --- | --- | --- |
| 36–48 | no | 0 s | stays |
| 52–64 | yes | 60 s | usually comes back |
| 100–116 | yes | 60 s | often lost |
| 120–128 | yes, weather radar | 600 s | lost |

It starts at eight because the nightly channel scan is set to the hour when your neighbours' networks are busiest, so a “quiet” radar channel looks attractive just then.""",
                up=36,
                down=1,
                accepted_after=61,
                recommended_by="maria",
                comments=(
                    CommentScript(
                        by="tomasz",
                        after=60.5,
                        text="Channel 44 since Saturday, not one drop. Thank you! The log had the exact lines, only with 120 instead of 116.",
                    ),
                    CommentScript(
                        by="dele", after=66, text="Does it slow the 5 GHz down? I have three neighbours on 36."
                    ),
                    CommentScript(
                        by="ingrid",
                        after=68.2,
                        text="@dele-adeyemi A little, in the evening. A stable link at 400 beats 600 that vanishes. You can also try 36 and 40, they share one block of 80 MHz anyway.",
                    ),
                    CommentScript(
                        by="maria",
                        after=71,
                        text="Exactly right, thank you Ingrid. From 4.2.3 on a router with satellites does not choose these channels by itself. After that update you can go back to “Automatic”.",
                    ),
                    CommentScript(
                        by="sofia",
                        after=120,
                        text="Same on a Mesh 3 Pro with two satellites, near an airport. Fixed with 40.",
                    ),
                ),
            ),
            AnswerScript(
                by="layla",
                after=15,
                text="""\
If you do not want to fix a channel: switch **Band steering** off on the satellite only. It then stays on the old channel until the router is back.

It helped in our flat, but phones change rooms more slowly since.""",
                up=11,
                down=2,
            ),
            AnswerScript(
                by="maria",
                after=114,
                text="""\
Please update to 4.2.3 (`mesh3-4.2.3-r1`). From this version on, a router that has satellites does not choose channels above 64 by itself.

It reaches all routers over the next nights; **Settings › Update now** fetches it today. If your satellite still drops after the update, write here with the time of the drop and I will look at what we can see from our side.""",
                up=19,
            ),
        ),
    ),
    ThreadScript(
        title="Can I run Mesh 3 with a wired backhaul and still roam between the floors?",
        by="daan",
        topic="mesh-3",
        ago=5210,
        text="""\
We had Cat 6 pulled to every floor during the renovation. I would like to connect both satellites by cable so they do not eat Wi-Fi for the link, but my partner walks around during calls and I do not want her call to drop on the stairs.

Does roaming still work when the satellites are wired? And do they have to go straight into the router, or is a switch in between allowed?""",
        tags=("backhaul", "ethernet", "satellite"),
        context={"device": "Mesh 3, two satellites", "firmware": "4.1.9", "provider": "Fibre, 1 Gbit/s"},
        up=9,
        me_too=16,
        answers=(
            AnswerScript(
                by="pavel",
                after=3,
                text="""\
Yes to both: roaming works the same over a cable, and a switch in between is fine as long as it is a plain one or leaves the mesh's own frames alone.

How it behaves:

- The satellites notice the cable by themselves within a minute. In the app the line under the satellite changes from “Wi-Fi link” to “Cable link”.
- Roaming (802.11r and 802.11k/v) is agreed between router and satellites over the local network, whichever way that network runs.
- The 5 GHz radio that carried the link is then free for your devices. In the hotel that was worth about 40 % in the far rooms.

Two traps with switches:

1. Switch off **IGMP snooping** on cheap “smart” switches, or the satellites find each other and lose each other again every few minutes.
2. Never plug a satellite into the switch *and* leave it in range of a second satellite that is also on that switch with **spanning tree** off on the switch. You would build a loop for some seconds at every start.""",
                up=27,
                accepted_after=31,
                recommended_by="maria",
                comments=(
                    CommentScript(
                        by="daan",
                        after=30.5,
                        text="Two cables, one unmanaged switch, no trouble. A call from the cellar to the attic without a gap. Thank you.",
                    ),
                    CommentScript(
                        by="anneke",
                        after=600,
                        text="Is it still true with 4.2? My satellite says “Wi-Fi link” although the cable is in.",
                    ),
                    CommentScript(
                        by="pavel",
                        after=603,
                        text="@anneke-de-wit Still true here. Look whether the port's little light is on; in my case it was a cable with only two pairs.",
                    ),
                ),
            ),
            AnswerScript(
                by="wibisono",
                after=20,
                text="I have the same set-up with one satellite on cable and one on Wi-Fi. Mixed is allowed too, and the handover is not noticeable in calls.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Mesh 2 and Mesh 3 mixed: satellite joins, then leaves again after ten minutes",
        by="chidi",
        topic="mesh-3",
        ago=131,
        text="""\
I bought a Mesh 3 as the new router and kept my old Mesh 2 as a satellite, because the box said it can join. It joins, the light goes white, the app is happy. About ten minutes later the light breathes amber and the satellite is “offline” until I power it off and on.

Is this supported at all, or do I have to buy the second Mesh 3?""",
        tags=("satellite", "amber-light", "setup"),
        context={
            "device": "Mesh 3 as router, Mesh 2 as satellite",
            "firmware": "4.2.3 and 3.9.4",
            "provider": "DSL, 100 Mbit/s",
        },
        up=5,
        me_too=8,
        me_too_this_week=4,
        answers=(
            AnswerScript(
                by="oskar",
                after=2.5,
                text="It is supported, I run exactly this. A Mesh 2 can be a satellite of a Mesh 3, but not the other way round. Mine needed **3.9.6** before it stayed; 3.9.4 left every time the key was renewed, which is every ten minutes.",
                up=7,
            ),
            AnswerScript(
                by="tariq",
                after=9,
                text="Mine also did this until I set the network from “WPA3 only” to “WPA2 and WPA3”. The Mesh 2 can do WPA3, but not for the link between the boxes.",
                up=4,
                down=1,
            ),
        ),
        comments=(
            CommentScript(
                by="chidi",
                after=10.5,
                text="I changed it to WPA2 and WPA3. It holds longer, but went amber after about an hour.",
            ),
            CommentScript(
                by="maria",
                after=20,
                text="Thank you both, these are the two usual reasons. Chidi, could you update the Mesh 2 to 3.9.6 (Devices › Mesh 2 › Update) and then post the ten lines of Help › Network log around the moment it leaves? I would like to know if it says “key” or “link”.",
                asks_for_information=True,
            ),
            CommentScript(
                by="oskar",
                after=44,
                text="For what it is worth, my log said `link: rekey timeout` before the update and nothing since.",
            ),
        ),
    ),
    ThreadScript(
        title="PPPoE over VLAN 7: Mesh 3 says “wrong user name or password”, the old router takes the same one",
        by="lukas",
        topic="mesh-3",
        ago=3120,
        text="""\
Fibre with a separate ONT, the provider wants PPPoE with VLAN tag 7. In the app I chose *Internet › PPPoE*, typed user name and password three times (once read aloud by my wife), and every time the Mesh 3 says “wrong user name or password”.

The provider's old router, with the same data, is online in ten seconds. So the data are right. The log:

```text
18:22:10 wan: eth0 link up 1000 full
18:22:11 pppoe: PADI sent
18:22:14 pppoe: PADI sent
18:22:20 pppoe: PADI sent
18:22:32 pppoe: no PADO received, giving up
18:22:32 wan: authentication failed
```

I also waited thirty minutes with everything off, because a friend said the provider blocks a new device for a while.""",
        tags=("pppoe", "vlan", "setup"),
        context={"device": "Mesh 3", "firmware": "4.1.9", "provider": "Fibre with ONT, 250 Mbit/s"},
        up=8,
        me_too=13,
        answers=(
            AnswerScript(
                by="ingrid",
                after=1.5,
                text="""\
The password was never asked for: there is no answer to the very first packet, so the VLAN tag is missing. Set it under **Internet › Advanced › VLAN**, not in the PPPoE form.

Look at your log: `PADI sent` is your router calling “is anybody there”. The answer would be a `PADO`. Only after that come user name and password. The app shows the wrong message here.

1. *Internet › Advanced › VLAN*: switch on, ID **7**, priority 0.
2. Leave “Tag local ports too” **off**.
3. Go back and press *Connect*. The ONT can stay on.

If there is still no `PADO`, the ONT may already add the tag. Then it is the reverse: VLAN off. The steps of the protocol are in [RFC 2516](https://www.rfc-editor.org/rfc/rfc2516), section 5, if you like to read along.""",
                up=21,
                accepted_after=4,
                recommended_by="maria",
                comments=(
                    CommentScript(
                        by="lukas",
                        after=3.8,
                        text="VLAN 7 in the other menu, online at once. I would never have looked there.",
                    ),
                    CommentScript(
                        by="maria",
                        after=16,
                        text="The message is wrong, you are right. From 4.2 on the app says “The provider does not answer” in this case and links to the VLAN page.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="Port forwarding is set, but nothing arrives from outside. Is my provider in the way?",
        by="minh",
        topic="routers",
        ago=1904,
        text="""\
I want to reach the camera recorder at home when I am away. I set a forwarding from port 8443 to the recorder, in the app it is green. At home, with the local address, the page opens. From my phone on mobile data: nothing, it just waits.

The app shows my internet address as `100.72.18.5`, but a “what is my address” page shows a completely different one. Does that mean something?""",
        tags=("port-forwarding", "ipv6"),
        context={"device": "Mesh 3", "firmware": "4.2.1", "provider": "Fibre, 300 Mbit/s"},
        up=6,
        me_too=11,
        answers=(
            AnswerScript(
                by="ingrid",
                after=5,
                text="""\
Yes, it means everything: an address that begins with 100.64 to 100.127 is shared by your provider among many customers. A forwarding on your router cannot work, because the packet never reaches it.

The range is reserved for exactly this ([RFC 6598](https://www.rfc-editor.org/rfc/rfc6598)). You have three ways out:

- **Ask for an own address.** Many providers switch it on for free if you say “I need a public IPv4 address, no carrier NAT”.
- **Use IPv6.** If your recorder has an IPv6 address, open it under *Network › Firewall › IPv6 access*. Your phone's provider needs IPv6 as well.
- **Use a VPN service that dials out from your home**, so nothing needs to come in.

I would not put a camera recorder openly on the internet in any case. With a VPN nobody but you can even see that it exists.""",
                up=15,
                comments=(
                    CommentScript(
                        by="minh",
                        after=30,
                        text="I wrote to the provider. They want a small fee each month. I will try the IPv6 way first and report.",
                    ),
                ),
            ),
            AnswerScript(
                by="pavel",
                after=8,
                text="One test so you are sure: run `tracert` (Windows) or `traceroute` to your *own* public address from the “what is my address” page. If there are two or more steps before it answers, there is another router between you and the internet.",
                up=5,
            ),
        ),
    ),
    ThreadScript(
        title="Guests should be able to print, but not to see our NAS. Is that possible with the guest Wi-Fi?",
        by="aoife",
        topic="routers",
        ago=6130,
        text="""\
My mother-in-law prints knitting patterns. Many knitting patterns. She is on the guest Wi-Fi, the printer is in our network, so each time I print for her.

If I switch “Guests may see local devices” on, she can print, but she can also see the NAS with our tax papers. Is there something between all and nothing?""",
        tags=("guest-wifi",),
        context={"device": "Mesh 3, one satellite", "firmware": "4.1.7", "provider": "Cable, 250 Mbit/s"},
        up=12,
        me_too=19,
        answers=(
            AnswerScript(
                by="sofia",
                after=6.5,
                text="""\
Leave the switch off and share only the printer: **Network › Guest Wi-Fi › Shared devices › Add**. Guests then reach this one device and nothing else.

I do it in all my holiday flats. Two things to know:

- Give the printer a fixed address first (*Devices › your printer › Always the same address*). Otherwise the permission points to an old address after a power cut.
- Phones find the printer by themselves only if “Announce shared devices” is on, right below the list. Without it she has to type the address.""",
                up=18,
                accepted_after=28,
                comments=(
                    CommentScript(
                        by="aoife",
                        after=27.5,
                        text="She has printed four cardigans this morning, alone. I am free. Thank you!",
                    ),
                ),
            ),
            AnswerScript(
                by="deb",
                after=9,
                text="I simply put the printer into the guest network and print from there too when I need it. Not clever, but nothing to configure.",
                up=3,
                down=2,
            ),
        ),
    ),
    ThreadScript(
        title="Can the Mesh 3 Pro hang upside down in a cabinet?",
        by="mateus",
        topic="mesh-3",
        ago=26,
        text="""\
Our only free place is the inside of the fuse cabinet door, wooden, with a slot on top. The Mesh 3 Pro would hang upside down on its screws. Does it get too warm like this, and does the antenna mind which way is up?

The leaflet only shows it standing or on a wall the right way round.""",
        tags=("setup", "range"),
        context={"device": "Mesh 3 Pro", "provider": "Fibre, 1 Gbit/s"},
        up=2,
        me_too=1,
    ),
    ThreadScript(
        title="IPv6 works for an hour after each reconnect, then every device loses it until I restart the router",
        by="oskar",
        topic="mesh-3",
        ago=8815,
        text="""\
I have the following behaviour with native IPv6, reproducible, and would like to know whether it is my configuration or the router.

**What happens.** The provider renews the line every night at about 04:10 and gives me a new prefix. After that IPv6 works for all devices. Roughly one hour later, all devices still have addresses from the new prefix, but nothing outside answers over IPv6. IPv4 is never affected. Pages that try IPv6 first take several seconds to open, which is how I notice it.

**What I see on a laptop** (prefixes shortened):

```bash
$ ip -6 route show default
default via fe80::1 dev wlan0 proto ra metric 600 expires 1794sec pref medium
$ ping -6 -c 2 example.com
PING example.com(2001:db8:aa:1::10) 56 data bytes
From 2001:db8:51:200::1 icmp_seq=1 Destination unreachable: No route
From 2001:db8:51:200::1 icmp_seq=2 Destination unreachable: No route
```

**What I see in the router's log** at the moment it breaks:

```text
05:09:58 dhcp6c: T1 reached, sending RENEW for 2001:db8:51:200::/56
05:10:08 dhcp6c: no reply, retry 1
05:10:28 dhcp6c: no reply, retry 2
05:11:08 dhcp6c: reply, status NoBinding
05:11:08 dhcp6c: prefix withdrawn from wan, lan keeps advertising
```

To be sure that the packets do not get lost on their way to the provider, I put an old switch with a mirror port between router and modem for a night and recorded the exchange. It confirms the log: the RENEW goes out with the *old* prefix, although the reconnect one hour before had already brought a new one, and the answer from the provider arrives within 20 ms. After the `NoBinding` there is not a single DHCPv6 packet from the router any more until I restart it.

So the router asks to renew a prefix, the provider says “I do not know it” (`NoBinding`), the router drops the route, but goes on telling my devices that the prefix is valid. According to [RFC 8415](https://www.rfc-editor.org/rfc/rfc8415), the client has to send a new REQUEST in this case. It looks as if this does not happen.

**What I have tried:**

1. Restart of the router: works again, for one hour.
2. *Internet › Reconnect*: the same.
3. “Keep the same prefix” on and off: no difference.
4. Another device directly at the modem: keeps IPv6 the whole day. So the provider can do it.

5. Factory reset and a set-up by hand without restoring the backup, in case something old was carried along from my Mesh 2: no difference.

What I have *not* tried is to switch IPv6 off, because one of my two providers for telephony is reachable only that way, and because I think it should simply work.

Is anybody else on a line with a nightly reconnect seeing this? A workaround that does not need me to be awake at five would be welcome.""",
        tags=("ipv6", "firmware"),
        context={"device": "Mesh 3", "firmware": "4.0.8", "provider": "DSL, 100 Mbit/s, nightly reconnect"},
        up=19,
        me_too=22,
        answers=(
            AnswerScript(
                by="pavel",
                after=7,
                text="""\
Your reading is right, and there is a workaround: set **Internet › Advanced › IPv6 › Request prefix** from “Renew” to “New on reconnect”. The router then forgets the old lease at the moment the line comes back, so there is nothing to renew an hour later.

The reason it takes an hour: at 04:10 the router keeps the old lease in memory *next to* the new one, and T1 of the old one is reached 60 minutes later. The `NoBinding` is for the dead prefix, but the router throws away both.

| Setting | After the reconnect | One hour later |
| --- | --- | --- |
| Renew | old and new lease | both gone |
| New on reconnect | new lease only | renewed normally |
| Keep the same prefix | old lease, refused | both gone |

You need to do it once; it survives updates. I would still call it a bug.""",
                up=17,
                accepted_after=52,
                recommended_by="maria",
                comments=(
                    CommentScript(
                        by="oskar", after=51.5, text="Two nights, no loss. And a better explanation than mine."
                    ),
                    CommentScript(
                        by="maria",
                        after=55,
                        text="It is a bug and it is ours. 4.1.2 keeps the leases apart; with it “Renew” is safe again. Oskar, thank you for the very complete report.",
                    ),
                ),
            ),
            AnswerScript(
                by="ravi",
                after=11,
                text="""\
If you would rather not touch the setting, a small script on any machine that is always on does the job: it reconnects only when IPv6 is really gone.

```bash
#!/bin/sh
# every ten minutes from cron
if ! ping -6 -c 3 -W 2 example.com >/dev/null 2>&1; then
    curl -s -X POST -H "Authorization: Bearer $TARN_TOKEN" \\
        http://tarn.local/api/v1/wan/reconnect
fi
```

It needs the local API switched on and a token with the right “network”.""",
                up=8,
                down=1,
            ),
            AnswerScript(
                by="hanako",
                after=1500,
                text="For people who find this later: on 4.1.2 and newer I changed nothing and have had IPv6 for three weeks without a gap. Line also reconnects nightly.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Mesh 3 Pro: the 2.5 Gbit port only ever connects at 100 Mbit, with three different computers",
        by="andrei",
        topic="mesh-3",
        ago=2610,
        text="""\
The 2.5 G port on my Mesh 3 Pro shows “100 Mbit/s” in the app. Three computers, two of them with 2.5 G cards, always 100. The other ports give 1000 with the same computers.

Is the port defective? I would rather know before I pack everything up for a repair.""",
        tags=("ethernet", "repair"),
        context={"device": "Mesh 3 Pro", "firmware": "4.2.1", "provider": "Fibre, 2 Gbit/s"},
        up=4,
        me_too=7,
        answers=(
            AnswerScript(
                by="andrei",
                after=21,
                text="""\
I found it myself, so others do not have to: it was the wall socket. The electrician had connected only **two of the four pairs** in the socket behind the shelf. 100 Mbit/s needs two pairs, everything above needs four.

How to find it in five minutes:

1. Put a short, known good cable directly between the port and a computer. Mine went to 2500 at once.
2. Add the parts of the real way back one after the other: patch cable, socket, patch cable.
3. The part after which it falls to 100 is the culprit.

I had only ever used the *other* ports with short cables, that is why they looked better. The port was never guilty.""",
                up=14,
                accepted_after=26,
                comments=(
                    CommentScript(
                        by="pavel",
                        after=40,
                        text="Nicely done. The word to remember: exactly 100 is almost always two missing pairs.",
                    ),
                ),
            ),
            AnswerScript(
                by="ingrid",
                after=19,
                text="Before you send it in: exactly 100 usually means that two of the four pairs have no contact. Try a short cable straight into the port, without any wall socket.",
                up=9,
            ),
        ),
    ),
    ThreadScript(
        title="Since I switched to WPA3 the old laser printer cannot join any more",
        by="camille",
        topic="routers",
        ago=251,
        text="I switched the network to “WPA3” because the app recommended it. Everything came back except our laser printer, about nine years old. It sees the network, asks for the password and then says “Connection failed (0x13)”. Do I have to choose between safety and the printer?",
        tags=("wpa3", "setup"),
        context={"device": "Mesh 3, one satellite", "firmware": "4.3.0", "provider": "Cable, 500 Mbit/s"},
        up=5,
        me_too=9,
        me_too_this_week=2,
        answers=(
            AnswerScript(
                by="ingrid",
                after=3.2,
                text="""\
You do not have to choose: set the main network to **WPA2 and WPA3**. New devices take WPA3 by themselves, the printer takes WPA2.

*Network › Wi-Fi › Security*. Nobody has to type a password again, it stays the same.

If you want WPA3 *only* for your own devices, switch on the **guest network**, leave that on WPA2 and put the printer there; then share the printer from the guest page to the main network.""",
                up=12,
                comments=(
                    CommentScript(
                        by="leilani",
                        after=10,
                        text="The mixed mode worked for a printer of the same age here. I had to switch the printer off and on once.",
                    ),
                ),
            ),
            AnswerScript(
                by="siiri",
                after=14,
                text="Or use the cable. Nine-year-old printers usually have a network socket in the back, and then the question goes away for good.",
                up=6,
            ),
        ),
    ),
    ThreadScript(
        title="Farmhouse with 80 cm stone walls: how many satellites, or cable after all?",
        by="katarina",
        topic="routers",
        ago=70,
        text="""\
We have moved into a farmhouse, 180 m² on two floors plus a studio in the barn, 25 m away. The walls inside are stone, up to 80 cm. The Mesh 3 stands in the hall and the signal ends one room further.

The dealer says “four satellites”. My brother says satellites are useless through stone and I need cables. I have one empty pipe from the hall to the barn, and none inside the house.

What would you do with your own money? A floor plan in words:

- hall in the middle, router there
- kitchen and living room left and right of it, thick walls
- stairs open from the hall, three bedrooms above
- barn: two windows towards the house""",
        tags=("range", "satellite", "backhaul"),
        context={"device": "Mesh 3, no satellite yet", "firmware": "4.3.0", "provider": "Fibre, 500 Mbit/s"},
        up=4,
        me_too=3,
    ),
    ThreadScript(
        title="Home server opens by its address but not by its name: “DNS answer blocked (rebinding)” on the Mesh 3",
        by="siiri",
        topic="mesh-3",
        ago=4130,
        text="""\
I run a small server for photos at home. It has a name in my own domain, and the name points to the local address `192.168.20.14`, because I only want to use it at home. With the old router `https://photos.example.com` opened. With the Mesh 3 the browser says the name does not exist, and in the log:

```text
dns: answer for photos.example.com blocked (rebinding), 192.168.20.14
```

By address it opens, but then the certificate does not match. Can I switch this protection off?""",
        tags=("dns",),
        context={"device": "Mesh 3", "firmware": "4.2.1", "provider": "Fibre, 500 Mbit/s"},
        up=10,
        me_too=12,
        answers=(
            AnswerScript(
                by="ravi",
                after=2,
                text="""\
Use another DNS server than the router's for the devices that need it, and the protection no longer applies. In *Network › Local › DNS for devices* put the address of any resolver, for example one on your own server:

```ini
# /etc/dnsmasq.d/home.conf
address=/photos.example.com/192.168.20.14
server=192.168.20.1
local-ttl=300
```

Then enter the server's own address in the router. I have it like that for three years. The disadvantage: when the server is off, names do not work at all.""",
                up=7,
                down=1,
                accepted_after=22,
                comments=(
                    CommentScript(by="siiri", after=21.5, text="Works, and I have wanted my own resolver anyway."),
                ),
            ),
            AnswerScript(
                by="maria",
                after=27,
                text="""\
You can keep the protection and allow just your name: **Network › Firewall › Name protection › Exceptions**, enter `photos.example.com`, save. It works within a minute and needs no second DNS server.

A short word on why it exists: a page from outside could otherwise point a name at a device in your home and use your browser to talk to it. With one exception for a name you own, nothing is lost.

`*.example.com` with a star is possible as well, if you plan to have more names.""",
                up=16,
                recommended_by="ada",
                comments=(
                    CommentScript(
                        by="siiri",
                        after=47,
                        text="Thank you, I did not know this list exists. I keep Ravi's way because it is running, but this is the shorter one.",
                    ),
                    CommentScript(
                        by="joao",
                        after=900,
                        text="The exception took about five minutes here and a restart of the browser.",
                    ),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="My Hub 1 gets no updates any more. Is it still safe to use it?",
        by="deb",
        topic="older-routers",
        ago=9930,
        text="My Hub 1 works. It has always worked. Now the app shows a grey line, “This device no longer receives updates”. I do not want to buy something new only because a line is grey. What exactly is the risk for somebody who reads the news and writes e-mails?",
        tags=("firmware", "reset"),
        context={"device": "Hub 1", "firmware": "2.6.11", "provider": "DSL, 50 Mbit/s"},
        up=16,
        me_too=28,
        answers=(
            AnswerScript(
                by="ruth",
                after=8,
                text="""\
Honestly: today little, in two years more. The Hub 1 does not become unsafe on the day the updates stop, but from then on nobody repairs what is found.

I kept mine for a year after the end, with these four changes:

1. **Remote access off** (*Home › Away from home*). That is the only door that looks to the outside.
2. **UPnP off**, so no device opens doors by itself.
3. A new Wi-Fi password, long, and a new password for the Hub itself.
4. No smart locks or cameras behind it.

What protects your bank and your e-mail is the lock in the browser, not the Hub. I would plan for a new one calmly, and not today.""",
                up=26,
                accepted_after=30,
                comments=(
                    CommentScript(
                        by="deb",
                        after=29.6,
                        text="That is an answer I can understand and do. Remote access and UPnP are off. Thank you, Ruth.",
                    ),
                    CommentScript(
                        by="giulia",
                        after=50,
                        text="The Hub 1 also makes a fine satellite-less access point behind a new router, by the way. Then it is no longer the door at all.",
                    ),
                ),
            ),
            AnswerScript(
                by="ingrid",
                after=10,
                text="I would add one point to what Ruth writes: check once a year if a known weakness of the Hub 1 is listed anywhere. If there is one that works from outside, replace it that week.",
                up=12,
            ),
            AnswerScript(
                by="hugo",
                after=2100,
                text="Replaced mine last month after reading this thread twice. The Mesh 3 took over name and password, no device noticed.",
                up=4,
            ),
        ),
    ),
    ThreadScript(
        title="Mesh 2 behind the provider's box: bridge mode or access point mode?",
        by="wibisono",
        topic="older-routers",
        ago=12350,
        text="""\
I have to keep the provider's box because the telephone hangs on it. The Mesh 2 stands behind it, and I have two networks, 192.168.0.x and 192.168.20.x. The TV in one cannot see the phone in the other.

The Mesh 2 offers “bridge” and “access point”. What is the difference, and which one do I need?""",
        tags=("bridge-mode", "setup"),
        context={"device": "Mesh 2, one satellite", "firmware": "3.8.2", "provider": "Cable, 200 Mbit/s"},
        up=7,
        me_too=15,
        answers=(
            AnswerScript(
                by="oskar",
                after=4,
                text="""\
**Access point mode** on the Mesh 2 is what you need. It stops being a router, everything is in the network of the provider's box, and the TV sees the phone.

On the Mesh 2 the words mean:

- *Access point*: no own addresses, no own firewall, Wi-Fi and satellites go on. One cable from the provider's box to any port.
- *Bridge*: the WAN port is passed through to **one** device. That is for people who put a firewall behind it.

The satellite stays connected in access point mode. Parental controls and guest Wi-Fi do not; these need the router part.""",
                up=14,
            ),
            AnswerScript(
                by="anneke",
                after=30,
                text="The other direction is possible too: set the **provider's box** to bridge and let the Mesh 2 be the router. Then you keep guest Wi-Fi. But ask first if the telephone still works, with my provider it did not.",
                up=8,
            ),
        ),
    ),
    ThreadScript(
        title="Wi-Fi calls break off after exactly 30 seconds since the router change",
        by="rosa",
        topic="routers",
        ago=3410,
        text="Both our phones use Wi-Fi calling because the mobile signal is weak here. Since the Mesh 3 replaced the old router each call ends after 30 seconds, to the second. Messages and everything else are fine. Calls in a café with Wi-Fi work.",
        tags=("firmware", "ios"),
        context={"device": "Mesh 3", "firmware": "4.1.9", "provider": "Fibre, 300 Mbit/s"},
        up=3,
        me_too=4,
        answers=(
            AnswerScript(
                by="pavel",
                after=6,
                text="Thirty seconds sounds like a lost confirmation in the call set-up. Try **Network › Firewall › SIP helper: off**. It was made for old desk phones and disturbs the phones of today.",
                up=6,
            ),
        ),
        comments=(
            CommentScript(by="rosa", after=12, text="SIP helper was already off, sorry, I should have written that."),
            CommentScript(
                by="rosa",
                after=49,
                text="Found it! The provider's box still had its own firewall on “high” and both were in a row. Set it to “low”, calls of an hour now. I close this.",
            ),
        ),
        solved_otherwise="solved_myself",
    ),
    ThreadScript(
        title="Satellite light is amber but the speed test is fine. Should I care?",
        by="fatou",
        topic="mesh-3",
        ago=304,
        text="The satellite upstairs is amber all day. The speed test next to it gives 280 of my 300. Is the light only a warning about something else, or will it break soon?",
        tags=("amber-light", "satellite", "lights"),
        context={"device": "Mesh 3, one satellite", "firmware": "4.2.3", "provider": "Cable, 300 Mbit/s"},
        up=7,
        me_too=14,
        me_too_this_week=6,
        answers=(
            AnswerScript(
                by="maria",
                after=18,
                text="""\
Steady amber with good speed means that the satellite is on its **spare link**: it could not use the fast 5 GHz link and went to 2.4 GHz or to a detour over another satellite. At 300 Mbit/s you do not feel it, with two films at once you might.

It does not break. If you want it white:

1. Look in *Devices › your satellite › Link*. “2.4 GHz” or “via …” is the spare link.
2. Turn the satellite a quarter. Its antennas are on the narrow sides, they should not point at a wall mirror or a fridge.
3. If it is still amber after five minutes, move it one metre towards the stairs.

*Blinking* amber is something different: then there is no link at all.""",
                up=13,
                recommended_by="sam",
                comments=(
                    CommentScript(
                        by="fatou", after=30, text="It says “2.4 GHz”. There is a mirror. Of course there is a mirror."
                    ),
                ),
            ),
            AnswerScript(
                by="zeynep",
                after=22,
                text="Mine is amber since two years and everybody in the house is happy. I put a sticker over it.",
                up=9,
                down=3,
            ),
        ),
    ),
    ThreadScript(
        title="Mesh 3 Pro restarts every minute since 4.3.0, the log is always the same (complete log inside)",
        by="hugo",
        topic="mesh-3",
        ago=191,
        text=f"""\
Since the update in the night to Tuesday my Mesh 3 Pro restarts about every 70 seconds. White, blinking, white, blinking. I managed to copy the log between two restarts; it is long, but each round looks the same to me. My own blocking list is in use, 312 entries, and it never made trouble before.

```text
{RESTART_LOG}
```

I can get into the app for some forty seconds each time. What can I do in forty seconds? I would not like to reset it, there are about thirty fixed addresses in it.""",
        tags=("firmware", "parental-controls", "backup", "reset"),
        context={"device": "Mesh 3 Pro, one satellite", "firmware": "4.3.0", "provider": "Fibre, 1 Gbit/s"},
        up=14,
        me_too=18,
        me_too_this_week=13,
        answers=(
            AnswerScript(
                by="ingrid",
                after=1.1,
                text="""\
Forty seconds are enough: switch your **own blocking list off** and it stops. Your log says that the filter runs out of memory (`filterd: memory 64 MB, limit 64 MB, killed`) right after it complains about entry 188.

1. Have the app open on *Network › Filters* while it restarts.
2. As soon as the page is there, switch **Own list** off. Do not edit it, only the switch; that takes one second.
3. Wait for the next restart. It should be the last one.

Afterwards, calmly: look at entry **188** of your list. It has no host name, probably an empty line or a line with only a space. Delete it and switch the list on again. 4.2 jumped over such lines; 4.3.0 seems to read them as “everything”.

Your fixed addresses are not touched by any of this. Make a backup all the same (*Settings › Backup › Save now*).""",
                up=22,
                accepted_after=2.4,
                recommended_by="maria",
                comments=(
                    CommentScript(
                        by="hugo",
                        after=2.3,
                        text="Caught it on the second try. It is quiet now. Line 188 was a line with one space. Unbelievable.",
                    ),
                    CommentScript(
                        by="maria",
                        after=5,
                        text="Thank you both. We can repeat it here: an empty entry makes the filter load the whole family list for each device. 4.3.1 will skip such lines and the memory limit no longer restarts the router.",
                    ),
                    CommentScript(
                        by="dele",
                        after=26,
                        text="Same here, line 3 of my list was a comment with a `#` and nothing behind it.",
                    ),
                ),
            ),
            AnswerScript(
                by="maria",
                after=49,
                text="""\
4.3.1 is out for the Mesh 3 and Mesh 3 Pro and contains the correction. If your router still restarts and you cannot reach the switch in time:

1. Pull the internet cable, then the power, wait ten seconds, power on. Without internet the filter is not started.
2. Switch the own list off in the app.
3. Put the internet cable back and choose *Settings › Update now*.

You can then use your list again without changing it. I am sorry for the short nights.""",
                up=17,
                comments=(
                    CommentScript(by="hugo", after=60, text="On 4.3.1 since this evening, list on again, no restart."),
                ),
            ),
        ),
    ),
    ThreadScript(
        title="How much power does a Mesh 3 satellite really draw?",
        by="yuna",
        topic="mesh-3",
        ago=9,
        text="I run the satellite in the garden house from a battery with a solar panel. The power supply says 24 W, but I guess that is the maximum. Has somebody measured it with few devices and with the wired backhaul? I need to know if the battery lasts through a winter night.",
        tags=("satellite", "battery"),
        context={"device": "Mesh 3, one satellite"},
        up=1,
        me_too=2,
        me_too_this_week=2,
    ),
    ThreadScript(
        title="Pausing the children's Wi-Fi at nine: it stops films at once, but games run on for half an hour",
        by="meiling",
        topic="routers",
        ago=1210,
        text="""\
At nine the pause begins for the profile “Children”. Films stop at once. The game on the tablet goes on as if nothing had happened, sometimes until half past nine, and you can imagine the discussion about justice.

Both tablets are in the profile. I checked twice.""",
        tags=("parental-controls",),
        context={"device": "Mesh 3, one satellite", "firmware": "4.2.1", "provider": "Fibre, 500 Mbit/s"},
        up=11,
        me_too=17,
        answers=(
            AnswerScript(
                by="ingrid",
                after=2.5,
                text="""\
The pause stops *new* connections; a game that is already connected keeps its old one. Switch on **Profiles › Children › Cut running connections too** and it ends at nine sharp.

The switch is further down under “Strict pause”. One warning: it also cuts a video call with grandma in the middle of the sentence, so I have set it five minutes later than the normal pause.""",
                up=19,
                accepted_after=20,
                comments=(
                    CommentScript(
                        by="meiling",
                        after=19.5,
                        text="Nine sharp. The justice discussion is now about me, but the router is innocent. Thank you!",
                    ),
                    CommentScript(
                        by="camille", after=200, text="Does it need a certain version? I do not see the switch."
                    ),
                    CommentScript(
                        by="ingrid",
                        after=204,
                        text="@camille-lefèvre From 4.2.0 on, and only in profiles with a pause.",
                    ),
                ),
            ),
            AnswerScript(
                by="tariq",
                after=5,
                text="Also look whether the tablet uses a random hardware address. After it changes, the tablet is a new device and no longer in the profile. Switch “private address” off for your own network.",
                up=8,
            ),
        ),
    ),
    ThreadScript(
        title="Video calls stutter as soon as somebody uploads photos. What does “fair queue” do?",
        by="joao",
        topic="routers",
        ago=2015,
        text="My line has 100 down and 10 up. When my daughter's phone sends its photos to the cloud, my calls turn into slides. There is a setting “Fair queue” with a field for the speed. What do I put there, and does it help at all?",
        tags=("slow-wifi",),
        context={"device": "Mesh 3", "firmware": "4.2.1", "provider": "DSL, 100 down, 10 up"},
        up=8,
        me_too=10,
        answers=(
            AnswerScript(
                by="pavel",
                after=9,
                text="""\
It helps exactly here. Put **about 90 % of your real upload** into the field, so 9 Mbit/s for you, and leave the download empty.

What happens: your modem has a large waiting room for outgoing data. The photos fill it, and your call has to stand at the end, for a second or more. With the field set a bit below the real speed, the waiting room is in the router instead, and there each conversation gets its own line.

To see the difference, ping something while the photos are being sent:

| Fair queue | Ping, line idle | Ping while uploading |
| --- | --- | --- |
| off | 18 ms | 900–1400 ms |
| on, 10 Mbit/s | 18 ms | 200–600 ms |
| on, 9 Mbit/s | 18 ms | 25–40 ms |

These are my numbers from a DSL line like yours.""",
                up=16,
                comments=(
                    CommentScript(
                        by="ingrid",
                        after=15,
                        text="I can only agree, and the method has a name: [RFC 8290](https://www.rfc-editor.org/rfc/rfc8290). It is the single best setting for slow uploads.",
                    ),
                ),
            ),
            AnswerScript(
                by="kwame",
                after=990,
                text="With fibre, 500 up, it made no difference for me and cost a bit of speed. I think it is for slow lines only.",
                up=3,
            ),
        ),
    ),
)
