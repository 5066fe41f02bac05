//! Names of files in an archive: as people know them, but harmless on every system that unpacks it.

use std::collections::HashSet;

/// The longest name in bytes; file systems take 255, and folders come before it.
const MAX_BYTES: usize = 160;
/// What Windows takes for a device, whatever its ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The names that are taken in one folder of an archive.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A name that is safe and not taken yet, as near to `name` as possible.
    pub fn take(&mut self, name: &str) -> String {
        let safe = safe(name);
        let (stem, ending) = split(&safe);
        let numbered = |number: u32| format!("{stem} ({number}){ending}");
        let mut candidates = std::iter::once(safe.clone()).chain((2..).map(numbered));
        // There are more numbers than files; the last resort is never reached.
        candidates.find(|candidate| self.taken.insert(key(candidate))).unwrap_or(safe)
    }
}

/// Without path, controls, marks that turn a text around, and what Windows does not allow; never empty, hidden or a device.
fn safe(name: &str) -> String {
    let name: String = name.chars().filter(|character| !is_invisible(*character)).map(harmless).collect();
    let name = name.trim_matches(|character: char| character == '.' || character.is_whitespace());
    let (stem, ending) = split(name);
    let stem = cut(stem, MAX_BYTES.saturating_sub(ending.len()));
    let name = format!("{}{ending}", stem.trim_end());
    match name.as_str() {
        "" => String::from("file"),
        name if is_device(name) => format!("_{name}"),
        _ => name,
    }
}

fn harmless(character: char) -> char {
    let forbidden = "/\\:*?\"<>|".contains(character) || character.is_control();
    if forbidden { '_' } else { character }
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = ["com", "lpt"].iter().any(|port| {
        let digit = stem.strip_prefix(port).unwrap_or_default();
        digit.chars().count() == 1 && digit.contains(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '¹', '²', '³'])
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// The stem and the ending with its dot, where it is a short one.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 12 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What two names have in common that some file system takes for the same: case, and how letters with marks are written. It
/// says so of a few more, which only get a number.
fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for character in name.to_lowercase().chars() {
        if matches!(character, '\u{300}'..='\u{36f}') {
            key.pop();
        }
        // One place holder for every letter with marks, however it is written.
        key.push(if character.is_ascii() { character } else { '\u{fffd}' });
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_harmless_ones() {
        let long = format!("{}.pdf", "ä".repeat(300));
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\a\\b.txt", "C__a_b.txt"),
            ("..", "file"),
            ("", "file"),
            (".hidden", "hidden"),
            ("trailing. . ", "trailing"),
            ("nul", "_nul"),
            ("COM1.tar.gz", "_COM1.tar.gz"),
            ("a\r\nb\0.txt", "a__b_.txt"),
            ("cod\u{202e}fdp.exe", "codfdp.exe"),
            ("Grüße.txt", "Grüße.txt"),
        ] {
            assert_eq!(Names::default().take(name), expected, "{name:?}");
        }
        let cut = Names::default().take(&long);
        assert!(cut.len() <= MAX_BYTES && cut.ends_with("ä.pdf"), "{cut}");
    }

    #[test]
    fn a_name_is_given_once_even_to_systems_that_see_no_difference() {
        let mut names = Names::default();
        let given = ["a.txt", "A.TXT", "a.txt", "u\u{308}.txt", "ü.txt"].map(|name| names.take(name));
        assert_eq!(given, ["a.txt", "A (2).TXT", "a (3).txt", "u\u{308}.txt", "ü (2).txt"]);
    }
}
