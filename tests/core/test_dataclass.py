"""Our `dataclass` behaves like that of the standard library, but is faster."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, replace

import pytest

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One field of each kind."""

    at: float
    text: str = ""
    words: list[str] = field(default_factory=list)
    turn: int = field(default=0, compare=False)
    audio: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.strip())


@dataclass(slots=True)
class Counter:
    """One that is not frozen."""

    count: int = 0
    names: list[str] = field(default_factory=list)


Standard = dataclasses.dataclass(frozen=True, slots=True)


@Standard
class Reference:
    """The same, made by the standard library."""

    at: float
    text: str = ""
    words: list[str] = field(default_factory=list)
    turn: int = field(default=0, compare=False)
    audio: bytes = field(default=b"", repr=False)


def test_fields_repr_and_slots_equal_those_of_the_standard_library():
    ours, theirs = Heard(1.0, "hello"), Reference(1.0, "hello")

    assert repr(ours) == repr(theirs).replace("Reference", "Heard")
    assert asdict(ours) == asdict(theirs)
    assert Heard.__slots__ == Reference.__slots__
    assert Heard.__match_args__ == Reference.__match_args__
    assert Heard.__init__.__annotations__ == Reference.__init__.__annotations__
    assert not hasattr(ours, "__dict__")
    assert repr(Empty()) == "Empty()"


def test_instances_are_compared_and_hashed_by_their_compared_fields():
    assert Heard(1.0, turn=1) == Heard(1.0, turn=2) != Heard(2.0)
    assert Heard(1.0) != Reference(1.0)
    assert Empty() == Empty()
    assert {Empty(), Empty()} == {Empty()}
    with pytest.raises(TypeError, match="unhashable"):
        hash(Heard(1.0))  # it holds a list


def test_default_factories_are_called_for_each_instance():
    first, second = Heard(1.0), Heard(1.0)
    first.words.append("hello")

    assert second.words == []


def test_post_init_runs_and_arguments_are_checked():
    assert Heard(1.0, "  hello ").text == "hello"
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'at'"):
        Heard()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        Heard(1.0, nonsense=2)  # type: ignore[call-arg]


def test_nothing_can_be_assigned_or_deleted():
    heard = Heard(1.0)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'at'"):
        heard.at = 2.0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'at'"):
        del heard.at
    assert heard.at == 1.0


def test_instances_can_be_replaced_matched_copied_and_pickled():
    heard = Heard(1.0, "hello", ["hello"], 3, b"x")

    assert replace(heard, at=2.0) == Heard(2.0, "hello", ["hello"], 3, b"x")
    assert asdict(copy.deepcopy(heard)) == asdict(copy.copy(heard)) == asdict(heard)
    assert asdict(pickle.loads(pickle.dumps(heard))) == asdict(heard)
    match heard:
        case Heard(at, text=text):
            assert (at, text) == (1.0, "hello")


@pytest.mark.parametrize("frozen", [True, False])
def test_a_class_keeps_the_methods_that_it_defines(frozen):
    @dataclass(frozen=frozen, slots=True)
    class Secret:
        key: str

        def __repr__(self) -> str:
            return "Secret(***)"

    assert repr(Secret("sesame")) == "Secret(***)"


def test_a_subclass_has_to_be_frozen_too():
    @dataclasses.dataclass(frozen=True)
    class Louder(Heard):
        volume: float = 1.0

    assert Louder(1.0, volume=2.0).volume == 2.0
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):
        dataclasses.dataclass(type("Thawed", (Heard,), {}))


def test_what_it_cannot_make_is_refused():
    for option in ({"kw_only": True}, {"init": False, "default": 1}):
        with pytest.raises(TypeError, match=r"Unmade\.at: use the standard library's dataclass"):
            dataclass(frozen=True, slots=True)(
                type("Unmade", (), {"__annotations__": {"at": int}, "at": field(**option)})
            )


def test_one_that_is_not_frozen_can_change():
    counter = Counter()
    counter.count += 1
    counter.names.append("hello")

    assert counter == Counter(1, ["hello"]) != Counter(1)
    assert Counter.__slots__ == ("count", "names")
    assert repr(counter) == "Counter(count=1, names=['hello'])"
    assert pickle.loads(pickle.dumps(counter)) == copy.deepcopy(counter) == replace(counter) == counter
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)
