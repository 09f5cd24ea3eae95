"""CSV as a download: the text as it is, named, and never shown by a browser."""

from ingest.http import csv_response


def test_a_table_is_an_attachment_in_utf_8() -> None:
    text = csv_response.table(["page", "n"], [["/é,\n", 3], ["=1+1", None]])
    response = csv_response.download(text, "pages.csv")
    assert response.get_data() == 'page,n\r\n"/é,\n",3\r\n\'=1+1,\r\n'.encode()
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="pages.csv"'


def test_a_table_without_rows_is_its_header() -> None:
    assert csv_response.download(csv_response.table(["a"], []), "a.csv").get_data() == b"a\r\n"
