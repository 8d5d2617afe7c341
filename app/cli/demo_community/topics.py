"""The topics of the demo community, parents before their children."""

from app.cli.demo_community.script import ContextField, TopicScript

TOPICS: tuple[TopicScript, ...] = (
    TopicScript(
        slug="routers",
        name="Routers and mesh",
        description="Setting up, range, satellites, ports",
        icon="router",
        fields=(
            ContextField("device", "Device", "Which model, and how many satellites?"),
            ContextField("firmware", "Firmware", "App › Help › About."),
            ContextField("provider", "Provider", "Fibre, cable, DSL or mobile, and the speed you pay for."),
        ),
    ),
    TopicScript(
        slug="thermostats",
        name="Thermostats",
        description="Schedules, sensors, radiator valves, batteries",
        icon="thermostat",
        fields=(
            ContextField("device", "Device", "Dial, Dial 2, Valve; with or without the floor kit."),
            ContextField("firmware", "Firmware", "On the device: hold the ring, then Info."),
            ContextField("tried", "What you have tried"),
        ),
    ),
    TopicScript(
        slug="speakers",
        name="Speakers",
        description="Sound, pairing, inputs, alarms",
        icon="speaker",
        fields=(
            ContextField("device", "Device", "Mono, Duo or Bar, and how many."),
            ContextField("firmware", "Firmware", "App › Help › About."),
            ContextField("tried", "What you have tried"),
        ),
    ),
    TopicScript(
        slug="app",
        name="The Tarn app",
        description="Sign-in, sharing a home, widgets, notifications",
        icon="app",
        fields=(
            ContextField("phone", "Phone", "Model and system version."),
            ContextField("version", "App version", "App › Help › About, the last line."),
        ),
    ),
    TopicScript(
        slug="orders",
        name="Orders and repairs",
        description="Delivery, returns, guarantee, parts",
        icon="box",
    ),
    TopicScript(
        slug="privacy",
        name="Privacy and account",
        description="Your data, two-step sign-in, moving and closing an account",
        icon="privacy",
    ),
    TopicScript(
        slug="mesh-3",
        name="Mesh 3 and Mesh 3 Pro",
        description="Satellites, channels, wired backhaul, the lights",
        icon="",
        parent="routers",
    ),
    TopicScript(
        slug="older-routers",
        name="Hub 1 and Mesh 2",
        description="No longer sold, still running: owners help each other here",
        icon="",
        staffed=False,
        parent="routers",
    ),
    TopicScript(
        slug="dial-2",
        name="Dial 2",
        description="The round one with the ring: schedules, display, night temperature",
        icon="",
        parent="thermostats",
    ),
    TopicScript(
        slug="boilers-and-floors",
        name="Boilers, heat pumps and floor heating",
        description="Wiring, the relay box, the floor kit, error codes",
        icon="",
        parent="thermostats",
        fields=(
            ContextField("device", "Device", "Dial, Dial 2, relay box, floor kit."),
            ContextField("heating", "Heating", "Boiler or heat pump: maker and model, and how many zones."),
            ContextField(
                "wiring", "Wiring", "Which terminals are in use now? Do not open anything you are not sure about."
            ),
        ),
    ),
    TopicScript(
        slug="multi-room",
        name="Groups and multi-room",
        description="Speakers that play together, and those that should",
        icon="",
        parent="speakers",
    ),
    TopicScript(
        slug="automation",
        name="Scripts and home automation",
        description="The local API, MQTT and your own scripts: owners help each other here",
        icon="",
        staffed=False,
        parent="app",
        fields=(
            ContextField("setup", "What you run", "The software and where it runs."),
            ContextField("api", "Local API", "Version, as shown under Home › Advanced › Local API."),
        ),
    ),
)
