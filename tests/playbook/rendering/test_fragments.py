from django.utils.safestring import SafeString

from playbook.rendering.fragments import fill, gap


def test_a_gap_is_filled_wherever_it_is() -> None:
    fragment = f'<p title="{gap("name")}">{gap("name")} and {gap("other")}</p>'
    assert fill(fragment, name="one", other=2) == '<p title="one">one and 2</p>'


def test_what_fills_a_gap_is_escaped_unless_it_is_safe() -> None:
    fragment = f"{gap('typed')} {gap('html')}"
    assert fill(fragment, typed="<b>", html=SafeString("<b>")) == "&lt;b&gt; <b>"


def test_what_fills_a_gap_cannot_be_taken_for_another() -> None:
    assert fill(f"{gap('one')}{gap('other')}", one="-other-", other="here") == "-other-here"
