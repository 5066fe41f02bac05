//! How texts become words to be found by, and how what somebody types becomes a question for words.
//!
//! Both databases get words that are split here, so that both find the same: PostgreSQL's own parser takes `lease.txt` for
//! a host and `off-season` for three words. Nothing that a database could take for an operator is left of what was typed.

/// Longer words are cut, in texts and in questions alike.
const MAX_WORD_CHARS: usize = 64;
/// At most so many words of one request are kept, so that PostgreSQL's megabyte is enough for them.
const MAX_WORDS: usize = 40_000;
/// At most so many bytes of them.
const MAX_BYTES: usize = 400_000;
/// At most so many words or phrases are searched for at once.
const MAX_TERMS: usize = 16;
/// At most so many words of one phrase.
const MAX_PHRASE_WORDS: usize = 16;
/// The last place that PostgreSQL keeps of a word in its text.
const LAST_PLACE: usize = 16_383;
/// Stands between two texts on SQLite. Nobody can type it, so that no phrase reaches over it.
const BETWEEN: &str = " \u{e000} ";

/// The words of a text, in their order and in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    let pieces = text.split(|letter| !belongs(letter)).filter(|piece| !piece.is_empty());
    pieces.map(|piece| piece.chars().flat_map(char::to_lowercase).take(MAX_WORD_CHARS).collect())
}

/// Letters, digits, and the accents that some systems write behind their letter.
fn belongs(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\u{300}'..='\u{36f}')
}

/// The words of several texts; what comes first is kept when it is too much.
#[derive(Debug, Default)]
pub(super) struct Words {
    texts: Vec<Vec<String>>,
    count: usize,
    bytes: usize,
}

impl Words {
    /// Adds the words of a text.
    pub(super) fn add(&mut self, text: &str) {
        let mut kept = Vec::new();
        for word in words(text) {
            if self.count == MAX_WORDS || self.bytes + word.len() > MAX_BYTES {
                break;
            }
            self.count += 1;
            self.bytes += word.len();
            kept.push(word);
        }
        if !kept.is_empty() {
            self.texts.push(kept);
        }
    }

    /// As a text for FTS5.
    pub(super) fn for_sqlite(&self) -> String {
        self.texts.iter().map(|text| text.join(" ")).collect::<Vec<_>>().join(BETWEEN)
    }

    /// As a `tsvector`. Between two texts one place stays free.
    pub(super) fn for_postgres(&self) -> String {
        let mut vector = String::with_capacity(self.bytes + 10 * self.count);
        let mut place = 0;
        for text in &self.texts {
            for word in text {
                place += 1;
                vector.push_str(&format!("'{word}':{} ", place.min(LAST_PLACE)));
            }
            place += 1;
        }
        vector
    }
}

/// What somebody searches for: all of it must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question(Vec<Term>);

/// Words that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    words: Vec<String>,
    /// Whether the last word may go on.
    is_begun: bool,
}

impl Question {
    /// What was typed: words, and phrases between quotes. The last word counts as begun unless a quote ends it. Nothing when
    /// no word is in it.
    pub(super) fn of(typed: &str) -> Option<Self> {
        let quotes = typed.matches('"').count();
        let mut terms = Vec::new();
        for (number, part) in typed.split('"').enumerate() {
            let (is_phrase, before) = (number % 2 == 1 && number < quotes, terms.len());
            if is_phrase {
                terms.extend(Term::of(part));
            } else {
                terms.extend(part.split_whitespace().filter_map(Term::of));
            }
            let ends_so = number == quotes && terms.len() > before;
            if let Some(last) = terms.last_mut().filter(|_| ends_so) {
                last.is_begun = true;
            }
        }
        terms.truncate(MAX_TERMS);
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// As FTS5 understands it.
    pub(super) fn for_sqlite(&self) -> String {
        let term = |term: &Term| format!("\"{}\"{}", term.words.join(" "), if term.is_begun { " *" } else { "" });
        self.0.iter().map(term).collect::<Vec<_>>().join(" AND ")
    }

    /// As a `tsquery`.
    pub(super) fn for_postgres(&self) -> String {
        let term = |term: &Term| {
            let words: Vec<_> = term.words.iter().map(|word| format!("'{word}'")).collect();
            format!("({}{})", words.join(" <-> "), if term.is_begun { ":*" } else { "" })
        };
        self.0.iter().map(term).collect::<Vec<_>>().join(" & ")
    }
}

impl Term {
    fn of(typed: &str) -> Option<Self> {
        let words: Vec<_> = words(typed).take(MAX_PHRASE_WORDS).collect();
        (!words.is_empty()).then_some(Self { words, is_begun: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(typed: &str) -> (String, String) {
        Question::of(typed).map_or_else(Default::default, |question| (question.for_sqlite(), question.for_postgres()))
    }

    #[test]
    fn every_word_must_be_found_and_the_last_one_may_go_on() {
        assert_eq!(asked("Rent  HALL"), ("\"rent\" AND \"hall\" *".into(), "('rent') & ('hall':*)".into()));
        assert_eq!(asked("ana@x.org").1, "('ana' <-> 'x' <-> 'org':*)");
    }

    #[test]
    fn what_stands_between_quotes_is_a_phrase_as_it_is() {
        assert_eq!(asked("\"new Lease\"").0, "\"new lease\"");
        assert_eq!(asked("old \"new lease\" x").1, "('old') & ('new' <-> 'lease') & ('x':*)");
        assert_eq!(asked("\"new lease").0, "\"new\" AND \"lease\" *", "a quote that is not closed quotes nothing");
    }

    #[test]
    fn nothing_that_means_something_to_a_database_is_left() {
        for typed in ["' OR 1=1 --", "a:* & !b | (c <-> d)", "NEAR(a b, 5)", "\"a\\\" AND -b*", "^a {b} words: c + d"] {
            let (sqlite, postgres) = asked(typed);
            let plain = |text: &str, signs: &str| text.chars().all(|c| c.is_alphanumeric() || signs.contains(c));
            assert!(plain(&sqlite, "\" *"), "{sqlite}");
            assert!(plain(&postgres, "'()<->&:* "), "{postgres}");
        }
        for nothing in ["", " ", "\"", "\"\"", "*", "-", "'", "%_", "\\", "& | !"] {
            assert_eq!(Question::of(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_question_without_end_is_cut() {
        let (sqlite, _) = asked(&"word ".repeat(2_000));
        assert_eq!(sqlite.matches("word").count(), MAX_TERMS);
        let (long, _) = asked(&"x".repeat(10_000));
        assert_eq!(long.matches('x').count(), MAX_WORD_CHARS);
    }

    #[test]
    fn texts_are_kept_apart() {
        let mut words = Words::default();
        for text in ["Lease, 2027", "", "off-season!"] {
            words.add(text);
        }
        assert_eq!(words.for_sqlite(), "lease 2027 \u{e000} off season");
        assert_eq!(words.for_postgres(), "'lease':1 '2027':2 'off':4 'season':5 ");
    }

    #[test]
    fn more_than_there_is_room_for_is_left_out() {
        let mut words = Words::default();
        words.add("title");
        words.add(&"w ".repeat(MAX_WORDS));
        words.add("last");
        assert_eq!(words.count, MAX_WORDS);
        assert!(words.for_sqlite().starts_with("title \u{e000} w w") && !words.for_sqlite().contains("last"));
    }
}
