//! What somebody may have meant.

/// The known word that is nearest to what was written, if one is near: at most a third of it has to change.
pub(super) fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let written: Vec<char> = written.chars().take(40).collect();
    let distance = |known: &str| edits(&written, &known.chars().collect::<Vec<_>>());
    let (best, changes) = known.iter().map(|known| (*known, distance(known))).min_by_key(|(_, changes)| *changes)?;
    (changes * 3 <= written.len().max(3)).then_some(best)
}

/// How many letters must be inserted, deleted or replaced to make one word of the other.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.iter().enumerate() {
        let mut diagonal = row.first().copied().unwrap_or_default();
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
        let mut left = line + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(to) {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["name", "description", "stage", "due_in"];
        assert_eq!(nearest("stages", &known), Some("stage"));
        assert_eq!(nearest("descripton", &known), Some("description"));
        assert_eq!(nearest("duein", &known), Some("due_in"));
        assert_eq!(nearest("colour", &known), None);
        assert_eq!(nearest("", &[]), None);
    }

    #[test]
    fn edits_are_counted() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (from, to, changes) in [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("abc", "abc", 0)] {
            assert_eq!(edits(&chars(from), &chars(to)), changes, "{from} to {to}");
        }
    }
}
