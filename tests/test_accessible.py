"""What is mended in the text of every page."""

import pytest
from accessible import mend


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ('<div role="doc-biblioentry">', '<div role="listitem">'),
        ("<code>doc-biblioentry</code>", "<code>doc-biblioentry</code>"),
        ("<tr><th></th><th>x</th></tr>", "<tr><td></td><th>x</th></tr>"),
        ('<th scope="row"></th>', "<td></td>"),
        (
            '<dl>\n<dd><em class="sig-param">x</em></dd></dl>',
            '<dl role="presentation">\n<dd><em class="sig-param">x</em></dd></dl>',
        ),
        ("<dl>\n<dt>x</dt><dd>a word</dd></dl>", "<dl>\n<dt>x</dt><dd>a word</dd></dl>"),
        (
            '<th scope="col"><mjx-container><math></math></mjx-container></th>',
            '<th scope="col"><mjx-container><math></math></mjx-container>&#8288;</th>',
        ),
        ("<th><math><mi>x</mi></math></th>", "<th><math><mi>x</mi></math>&#8288;</th>"),
        ("<th><math></math> in units</th>", "<th><math></math> in units</th>"),
        ("<th><math></math> a</th><th>b</th>", "<th><math></math> a</th><th>b</th>"),
        ("<thead><tr></tr></thead>", "<thead><tr></tr></thead>"),
    ],
)
def test_heads_and_roles(written: str, mended: str) -> None:
    """A blank cell heads nothing, a formula is a head, a reference is an item of its list."""
    assert mend(written) == mended
