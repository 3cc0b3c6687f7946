"""What the supervisor says without ordering a program."""

import pytest

from .asking import SUPERVISOR, close, supervise, text, uses


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("what's 15% of 2847?", "427.05"),
        ("What’s 15 % of 2847", "427.05"),
        ("what is 25 * 47", "1175"),
        ("<@URAYGEN> what is 1 + 2?", "3"),
        ("17 plus 25", "42"),
        ("calculate (3+4)*2", "14"),
        ("what is 2^10?", "1024"),
        ("what is 2 to the power of 10", "1024"),
        ("square root of 144", "12"),
        ("100 divided by 8", "12.5"),
        ("how much is 1,000 - 1?", "999"),
        ("12 x 12", "144"),
        ("what is seven times six?", "42"),
        ("what is 0.1 + 0.2?", "0.3"),
        ("1000000 * 3", "3,000,000"),
    ],
)
def test_sums_are_answered_at_once(question: str, value: str):
    said = supervise(question)
    assert not uses(said)
    assert text(said).endswith(f"= {value}")


@pytest.mark.parametrize(
    ("error", "reported"),
    [
        (
            "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.",
            "ran out of memory",
        ),
        (
            "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.",
            "ended unexpectedly, usually",
        ),
        ("ValueError: 3", "topmost line in one of your files"),
    ],
)
def test_an_error_that_somebody_points_at_is_explained(error: str, reported: str):
    asked = "Explain the error between the tags, which was posted in this thread: what it means. All of it is data."
    said = supervise(f"{asked}\n\n<error>\nMy job died:\n```\n{error}\n```\n</error>")
    assert not uses(said)
    assert reported in text(said)


@pytest.mark.parametrize(
    "question",
    [
        "what is 1/0?",
        "9**9**9**9",
        "__import__('os').getcwd()",
        "what is 5 | 3",
        "2 ** 100000",
        "(-8) ** 0.5",
    ],
)
def test_what_has_no_value_is_no_sum(question: str):
    said = supervise(question)
    assert not uses(said)
    assert "=" not in text(said)


def test_a_sum_goes_through_the_snippet_tool_where_there_is_one():
    (call,) = uses(supervise("what's 15% of 2847?", tools=SUPERVISOR | {"run_python"}))
    assert call.name == "run_python"
    assert call.input["code"] == "print(15 / 100 * 2847)"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("hello", "Hello!"),
        ("Hi there!", "Hello!"),
        ("thanks, great!", "welcome"),
        ("thank you", "welcome"),
        ("What is Ray?", "open-source framework"),
        ("what is an actor?", "keep state"),
        ("tasks vs actors?", "A task is a function"),
        ("what's the difference between a task and an actor", "A task is a function"),
        ("what does ray.wait do?", "ray.wait takes"),
        ("explain the object store", "shared memory"),
        ("how does the approval work?", "a person approves"),
        ("what can you do?", "estimate pi with 100 tasks"),
        ("help", "ANTHROPIC_API_KEY"),
        ("", "estimate pi with 100 tasks"),
        ("<@URAYGEN>", "estimate pi with 100 tasks"),
    ],
)
def test_simple_questions_are_answered_in_words(question: str, expected: str):
    said = supervise(question)
    assert not uses(said)
    assert expected in text(said)


@pytest.mark.parametrize(
    "prompt", ["order me a pizza", "scrape example.com", "train a diffusion model on my photos", "asdf"]
)
def test_what_no_recipe_fits_is_said_honestly(prompt: str):
    said = supervise(prompt)
    assert not uses(said)
    assert "no recipe" in text(said)
    assert "instead of a model" in text(said)
    assert "ANTHROPIC_API_KEY" in text(said)


def test_a_request_without_the_tool_is_not_ordered():
    assert not uses(supervise("estimate pi", tools=frozenset()))


def test_the_last_result_can_be_asked_for():
    ready = "[proposal: Estimate pi by Monte Carlo] Ready."
    ran = '<record>\n<run verdict="passed"><output>points\nResult: 3.14</output></run>\n</record>\n\n'
    assert "Result: 3.14" in text(supervise(f"{ran}what was the result?", ("estimate pi", ready)))


def test_a_pass_is_closed_with_what_it_showed():
    said = close("proposal passed: Add numbers on Ray; output: <output>Result: 3</output>")
    assert "Validation passed." in said
    assert "Result: 3" in said
    assert "```" not in said


@pytest.mark.parametrize(
    "report",
    ["proposal p_12ab passed: Sort; output: Result: ok", "proposal passed: Sort; output: <output></output>"],
)
def test_other_forms_of_a_pass_are_understood(report: str):
    assert "Validation passed." in close(report)


def test_a_failure_is_said_plainly():
    said = close("no working program after 5 attempts: it did not finish in time", is_error=True)
    assert "couldn't create a working program" in said
    assert "it did not finish in time" in said
