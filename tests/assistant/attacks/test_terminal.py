"""What is printed is shown by a terminal and never obeyed."""

from __future__ import annotations

from cli.metrics import print_rows
from cli.output import print_line, print_note
from metrics import Column

ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u200b"


def test_names_with_escapes_are_printed_without_them(capsys) -> None:
    print_line(f"First: {ESCAPES} milk")
    print_note(f"A note on {ESCAPES}")
    print_rows((Column("product", "Product", "text", "dimension"),), [{"product": f"{ESCAPES} milk"}])
    printed = capsys.readouterr()
    for text in (printed.out, printed.err):
        assert not set(text) & set("\x1b\x07\u202e\u200b")
    assert "milk" in printed.out


def test_spaces_and_letters_of_other_languages_stay(capsys) -> None:
    print_line("5,0\u00a0% Süßwaren\u202f1\nשלום")
    assert capsys.readouterr().out == "5,0\u00a0% Süßwaren\u202f1\nשלום\n"
