"""Small computations in the middle of a conversation: a snippet, no program."""

from bot.evaluation.case import Group
from bot.evaluation.checks import answers, answers_in_order, answers_number, no_program

_group = Group("computing")
_UNDEFINED = "|".join(
    (
        *(
            "undefined",
            "not defined",
            "n['’]t defined",
            "no defined",
            "not a number",
            "meaningless",
            "no meaning",
        ),
        *("no (?:answer|result|value)", "impossible", "not possible", "not allowed"),
        *("(?:not|n['’]t) have (?:an?|any) ", "(?:not|n['’]t) exist", "can(?:not|['’]t) (?:be )?divid"),
    )
)

CASES = (
    _group.answer("product", "What is 25 * 47?", answers_number(1175), no_program()),
    _group.answer("percent", "What is 15% of 2847?", answers_number(427.05), no_program()),
    _group.answer(
        "first_primes", "What is the sum of the first 10 prime numbers?", answers_number(129), no_program()
    ),
    _group.answer(
        "fibonacci_to_100",
        "Which Fibonacci numbers are there up to 100? No Ray needed, just list them",
        answers_in_order(1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89),
        no_program(),
    ),
    _group.answer(
        "by_zero",
        "What do I get for 10 / 0?",
        answers(_UNDEFINED, "says that there is no such number"),
        no_program(),
    ),
    _group.answer(
        "days",
        "How many days are there from 1 March 2026 to 24 December 2026?",
        answers_number(298),
        no_program(),
    ),
    _group.answer(
        "interest",
        "What do 1000 euros at 5% a year, compounded yearly, come to after 10 years?",
        answers_number(1628.89, 0.011),
        no_program(),
    ),
    _group.answer(
        "deviation",
        "What is the sample standard deviation of 2, 4, 4, 4, 5, 5, 7 and 9?",
        answers_number(2.138, 0.003),
        no_program(),
    ),
    _group.answer(
        "letters", "How often is the letter r in “strawberry refrigerator”?", answers_number(7), no_program()
    ),
    _group.answer("backwards", "Spell “distributed” backwards", answers(r"\bdetubirtsid\b"), no_program()),
)
