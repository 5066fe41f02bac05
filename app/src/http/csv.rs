//! Tables as text (RFC 4180), for programs that people open tables with.

/// What such programs take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One line. A cell that would begin a formula is led by an apostrophe, so that what somebody typed is never calculated.
pub(super) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (number, cell) in cells.into_iter().enumerate() {
        if number > 0 {
            line.push(',');
        }
        push_cell(&mut line, cell);
    }
    line.push_str("\r\n");
    line
}

fn push_cell(line: &mut String, cell: &str) {
    let apostrophe = if cell.starts_with(FORMULA) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        line.push('"');
        line.push_str(apostrophe);
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(apostrophe);
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_separated_by_commas_and_lines_end_as_the_standard_says() {
        assert_eq!(line(["a", "", "ä b"]), "a,,ä b\r\n");
    }

    #[test]
    fn what_has_a_meaning_in_the_format_is_quoted() {
        assert_eq!(line(["a,b", "say \"no\"", "two\nlines"]), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
    }

    #[test]
    fn nothing_that_was_typed_is_a_formula() {
        for begin in FORMULA {
            let cell = format!("{begin}1");
            let line = line([cell.as_str()]);
            assert!(line.trim_start_matches('"').starts_with('\''), "{line:?}");
        }
        assert_eq!(line(["=HYPERLINK(\"http://x\",1)"]), "\"'=HYPERLINK(\"\"http://x\"\",1)\"\r\n");
        assert_eq!(line(["1-2", "a=b"]), "1-2,a=b\r\n");
    }
}
