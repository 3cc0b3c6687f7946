"""The agent half of raygen: a supervisor that talks, a generator that writes, a workshop that proves."""

from importlib.resources import files


def prompt(name: str) -> str:
    """The system prompt `name` (`supervisor` or `generator`), as shipped."""
    return (files("services.supervisor") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
