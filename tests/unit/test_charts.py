"""Pictures of reports."""

from xml.etree import ElementTree

from agentscaler.charts import Point, Series, document, share_plot, text


def test_a_plot_has_a_bar_for_each_point_and_a_line_where_one_is_wanted() -> None:
    points = (Point(0.25, 0.5, 0.4, 0.6, (0.45, 0.55)), Point(0.75, 0.7, 0.6, 0.9))
    drawn = share_plot("Title", [Series("a", points, line=True), Series("b", points)], {"1": 0.25})
    root = ElementTree.fromstring(drawn)
    kinds = [element.tag.rpartition("}")[2] for element in root]
    assert kinds.count("polyline") == 1
    assert kinds.count("circle") == 2 * (2 + 2)


def test_words_cannot_break_out_of_a_picture() -> None:
    name = '</text><script x="1">&'
    root = ElementTree.fromstring(document(10, 10, [text(1, 1, name)]))
    assert [element.text for element in root][-1] == name


def test_a_plot_of_nothing_is_a_picture() -> None:
    assert ElementTree.fromstring(share_plot("Title", [], {})) is not None
