"""What the bot of `tools.yaml` can do: tell the time, calculate, and keep a shopping list.

Copy this file and change it. Each function marked with `@tool` is one tool: the chat model sees its name, its
docstring and the types of its arguments.
"""

import ast
import operator
import re
from datetime import datetime
from pathlib import Path

from voicebot import ProviderError, ToolResult, tool

SHOPPING_LIST = Path("shopping-list.txt")  # in the folder where the bot is started, one item a line

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}
WORDS = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/", "over": "/"}
NUMBERS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety".split(),
        [*range(20), *range(20, 100, 10)],
        strict=True,
    )
)
TENS = {str(number) for number in range(20, 100, 10)}


@tool(effect="reads")
def clock() -> dict[str, str]:
    """Tell the time and the date."""
    now = datetime.now().astimezone()
    return {"time": f"{now:%H:%M}", "date": f"{now:%A}, {now:%B} {now.day}"}


@tool(effect="reads")
def calculate(expression: str) -> str:
    """Calculate; use it for any sum, and do not guess.

    Args:
        expression: Numbers with + - * / and parentheses, such as `(3 + 4) * 12`; words work too.
    """
    try:
        return f"{value(ast.parse(as_digits(expression), mode='eval').body):.10g}"
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ProviderError("that is not a sum of numbers with + - * / and parentheses") from error
    except ArithmeticError as error:
        raise ProviderError("that has no result") from error


@tool
def add_to_list(item: str) -> str:
    """Put something on the shopping list.

    Args:
        item: One thing to buy, such as `two bottles of milk`.
    """
    item = " ".join(item.split())
    if item.lower() in (each.lower() for each in items()):
        return f"The list has {item} already."
    with SHOPPING_LIST.open("a", encoding="utf-8") as file:
        file.write(f"{item}\n")
    return f"I put {item} on the list."


@tool(effect="reads")
def read_list() -> str:
    """Read the shopping list."""
    return ", ".join(items()) or "nothing"


@tool(confirm="Shall I throw the whole list away?")
def clear_list() -> ToolResult:
    """Throw the shopping list away."""
    SHOPPING_LIST.unlink(missing_ok=True)
    return ToolResult("The list is empty now.", say="Overboard it went. The list is empty.")


def items() -> list[str]:
    try:
        return SHOPPING_LIST.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def value(node: ast.expr) -> float:
    """Return the value of a sum; nothing else is evaluated."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=operation, operand=operand) if type(operation) in OPERATORS:
            return OPERATORS[type(operation)](value(operand))
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATORS:
            return OPERATORS[type(operation)](value(left), value(right))
    raise ValueError


def as_digits(said: str) -> str:
    """Return a sum with digits and signs instead of words: `twenty one times two` is `21*2`."""
    text = said.lower().replace("-", " - ")
    for word, sign in WORDS.items():
        text = re.sub(rf"\b{word}\b", f" {sign} ", text)
    parts: list[str] = []
    for word in re.findall(r"[a-z]+|[\d.]+|\S", text):
        number = NUMBERS.get(word)
        if number is None:
            parts.append(word)
        elif 0 < number < 10 and parts and parts[-1] in TENS:
            parts[-1] = str(int(parts[-1]) + number)
        else:
            parts.append(str(number))
    return "".join(parts)
