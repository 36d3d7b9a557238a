"""Metrics in the text format of Prometheus."""

from __future__ import annotations

from voicebot_serve.running.metric_types import Counter, Gauge, Histogram


def test_a_counter_has_a_line_for_each_combination_of_labels() -> None:
    counter = Counter("c_total", "How often.", ("bot", "by"))
    counter.add("b", "x")
    counter.add("a", "y", amount=2.5)
    counter.add("b", "x")
    assert counter.text() == (
        "# HELP c_total How often.\n# TYPE c_total counter\n"
        'c_total{bot="a",by="y"} 2.5\nc_total{bot="b",by="x"} 2\n'
    )


def test_a_counter_without_labels_begins_at_0() -> None:
    assert Counter("c_total", "How often.").text().endswith("c_total 0\n")


def test_labels_are_escaped() -> None:
    counter = Counter("c_total", "How often.", ("bot",))
    counter.add('a"b\\c\nd')
    assert 'c_total{bot="a\\"b\\\\c\\nd"} 1\n' in counter.text()


def test_a_gauge_is_read_when_it_is_asked_for() -> None:
    numbers = {(): 1.0}
    gauge = Gauge("g", "Now.", lambda: numbers)
    numbers[()] = 0.25
    assert gauge.text() == "# HELP g Now.\n# TYPE g gauge\ng 0.25\n"


def test_a_histogram_counts_what_is_at_most_each_bound() -> None:
    histogram = Histogram("h", "How long.", (0.5, 1), ("bot",))
    for number in (0.1, 0.5, 0.7, 3):
        histogram.observe(number, "a")
    assert histogram.text().splitlines()[2:] == [
        'h_bucket{bot="a",le="0.5"} 2',
        'h_bucket{bot="a",le="1"} 3',
        'h_bucket{bot="a",le="+Inf"} 4',
        'h_sum{bot="a"} 4.3',
        'h_count{bot="a"} 4',
    ]
