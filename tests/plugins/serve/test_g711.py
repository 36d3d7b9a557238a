"""The codecs of the telephone."""

import numpy
import pytest

from voicebot_serve.g711 import ALAW, MULAW

SAMPLES = numpy.arange(-32768, 32768).astype("<i2")


@pytest.mark.parametrize(
    ("law", "codes", "samples"),
    [  # from ITU-T G.711, tables 1 and 2, scaled to 16 bit
        (MULAW, "ff 7f 80 00 ef 8f 0f", [0, 0, 32124, -32124, 132, 16764, -16764]),
        (ALAW, "d5 55 aa 2a d4 a5 25", [8, -8, 32256, -32256, 24, 16896, -16896]),
    ],
    ids=["mu-law", "A-law"],
)
def test_codes_are_those_of_the_standard(law, codes, samples):
    assert numpy.frombuffer(law.decode(bytes.fromhex(codes)), "<i2").tolist() == samples
    again = law.decode(law.encode(numpy.array(samples, "<i2").tobytes()))
    assert numpy.frombuffer(again, "<i2").tolist() == samples


@pytest.mark.parametrize("law", [MULAW, ALAW], ids=["mu-law", "A-law"])
def test_every_sample_comes_back_to_within_the_step_of_its_segment(law):
    again = numpy.frombuffer(law.decode(law.encode(SAMPLES.tobytes())), "<i2").astype(int)
    step = numpy.maximum(abs(again) // 16, 16)
    clipped = abs(SAMPLES.astype(int)) > 32256
    assert (abs(again - SAMPLES)[~clipped] <= step[~clipped]).all()
    assert (numpy.sign(again) * SAMPLES >= 0).all()


@pytest.mark.parametrize("law", [MULAW, ALAW], ids=["mu-law", "A-law"])
def test_every_code_comes_back_as_it_is_but_the_second_zero(law):
    codes = bytes(range(256))
    again = law.encode(law.decode(codes))
    assert [code for code in codes if again[code] != code] in ([], [0x7F])


def test_an_odd_byte_at_the_end_is_left_out():
    assert len(MULAW.encode(b"\0" * 5)) == 2
    assert MULAW.encode(b"") == MULAW.decode(b"") == b""
