"""Simple questions and courtesies, answered in a few sentences without a program."""

from __future__ import annotations

import re

_TOPICS: tuple[tuple[str, str], ...] = (
    (
        r"tasks?\b.*\b(?:vs\.?|versus|or|and|between|from)\b.*\bactors?|actors?\b.*\b(?:vs\.?|versus|or|and|between|from)\b.*\btasks?",
        (
            "A task is a function that runs once somewhere on the cluster and keeps nothing; use tasks for stateless "
            "work, as many as you like. An actor is an object that lives in one worker process and keeps its state "
            "between calls; use one for a counter, a loaded model or a connection. Tasks scale and retry more "
            "easily, so take an actor only when there is state to keep."
        ),
    ),
    (
        r"\bactors?\b",
        (
            "An actor is a Python object that lives in its own worker process on the cluster. You make one from a "
            "class marked with @ray.remote, and its methods run one after the other there, so it can keep state: "
            "a counter, a cache, a loaded model."
        ),
    ),
    (
        r"\bobject ?refs?\b|\bray\.get\b|\bfutures?\b",
        (
            "An ObjectRef is a reference to a value that a task will produce or that ray.put has stored. You can pass "
            "it to other tasks without waiting; ray.get waits for the value and returns it."
        ),
    ),
    (
        r"\bobject store\b|\bray\.put\b|\bplasma\b",
        (
            "The object store is shared memory on every node, in which Ray stores task results and objects from "
            "ray.put. Workers of one node read the same copy, so a large array is stored once and passed by reference."
        ),
    ),
    (
        r"\bray\.wait\b",
        (
            "ray.wait takes a list of references and returns as soon as some are ready, split into ready and pending. "
            "It is how you handle results as they come and keep a bounded number of tasks in flight."
        ),
    ),
    (
        r"\bplacement groups?\b",
        (
            "A placement group reserves resources on one or more nodes together, packed or spread, so that tasks and "
            "actors that belong together are placed together."
        ),
    ),
    (
        r"\bray data\b",
        (
            "Ray Data reads, transforms and groups tables in blocks that stream through the cluster, so a dataset "
            "can be larger than memory. It is the usual way to do batch inference and preprocessing."
        ),
    ),
    (
        r"\bray tune\b",
        (
            "Ray Tune runs many trials of a training function with different hyper-parameters, in parallel, and stops "
            "the poor ones early."
        ),
    ),
    (
        r"\bray serve\b",
        "Ray Serve runs models and other Python services behind HTTP, and scales their replicas.",
    ),
    (
        r"\btasks?\b|\bremote functions?\b|@ray\.remote",
        (
            "A task is a Python function marked with @ray.remote. Calling it with .remote() starts it somewhere on the "
            "cluster and returns a reference at once; ray.get returns the result."
        ),
    ),
    (
        r"\braygen\b|\bapprov\w+|\bvalidation\b",
        (
            "raygen turns your request into a Ray program, validates it by running it in a sealed cluster, and shows you the "
            "code with the results. It runs on the real cluster only after a person approves it."
        ),
    ),
    (
        r"\bray\b",
        (
            "Ray is an open-source framework that runs Python on many cores and machines. You mark functions and classes "
            "with @ray.remote, and Ray schedules them on the cluster, moves their data and retries failures. "
            "Libraries for data, training, tuning and serving build on it."
        ),
    ),
)
_COURTESIES: tuple[tuple[str, str], ...] = (
    (
        r"(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening|day)|yo|greetings)(?: (?:there|raygen|bot|all))?",
        (
            "Hello! Describe what to compute, for example “estimate pi with 100 tasks”, and I'll write and validate a Ray "
            "program for it."
        ),
    ),
    (
        (
            r"(?:(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|cheers|great|perfect|nice|awesome|cool|"
            r"well done|good job)(?:[,!. ]+(?:thanks?(?: you)?|raygen|bot|all|great|perfect|nice|cool|that(?:'s| is) (?:great|perfect)))*"
        ),
        "You're welcome! Say what you would like to change, or ask for something new.",
    ),
    (r"(?:good ?)?bye|see you|good night", "Goodbye! You can continue in this thread at any time."),
    (r"how are you(?: (?:doing|today))?", "Ready to work. What would you like to compute?"),
    (
        r"(?:test|testing|ping|are you there)",
        "I'm here. Ask for a Ray program, for example “count words in parallel”.",
    ),
)
_HELP = re.compile(
    r"^(?:help(?: me)?|\?|what (?:can|do) you (?:do|know)(?: for me)?|what are you|who are you|"
    r"what (?:is|are) (?:the|your) (?:recipes|options|commands)|list (?:the |your )?recipes|recipes|"
    r"how (?:do|can) i (?:use|start)(?: (?:you|this|raygen))?|show me what you can do|examples?)$"
)
_QUESTION = re.compile(
    r"^(?:what|what's|whats|why|when|how|which|who|explain|define|difference|tell me about|describe|"
    r"do i|should i|is|are|does|can)\b|\?$| (?:vs\.?|versus) "
)
_ORDER = re.compile(
    r"\b(?:write|create|make|build|run|generate|program|code|compute|calculate|estimate|simulate)\b"
)


def wants_help(text: str) -> bool:
    return _HELP.match(_bare(text)) is not None


def reply(text: str) -> str | None:
    """The answer to a courtesy or a question about Ray; None when the text is neither."""
    bare = _bare(text)
    for pattern, said in _COURTESIES:
        if re.fullmatch(pattern, bare):
            return said
    if not _QUESTION.search(text.lower().strip()) or _ORDER.search(bare):
        return None
    return next((said for pattern, said in _TOPICS if re.search(pattern, bare)), None)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("’", "'")).strip(" .!?,\n")
