//! What a new request's title and text begin as.

/// What a template may name, and what stands there later.
pub const PLACEHOLDERS: [(&str, &str); 4] = [
    ("requester", "the name of whoever submits the request"),
    ("email", "their mail address"),
    ("date", "the day, such as 2026-11-23"),
    ("policy", "the name of the policy"),
];

/// What stands for the placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filling {
    /// For `{{requester}}`.
    pub(super) requester: String,
    /// For `{{email}}`.
    pub(super) email: String,
    /// For `{{date}}`.
    pub(super) date: String,
    /// For `{{policy}}`.
    pub(super) policy: String,
}

impl Filling {
    fn of(&self, name: &str) -> Option<&str> {
        match name {
            "requester" => Some(&self.requester),
            "email" => Some(&self.email),
            "date" => Some(&self.date),
            "policy" => Some(&self.policy),
            _ => None,
        }
    }
}

/// The template with everything that it names in its place. What was filled in is not looked at again.
pub(super) fn fill(template: &str, filling: &Filling) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next(rest) {
        text.push_str(before);
        match filling.of(name.trim()) {
            Some(value) => text.push_str(value),
            None => text.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The first placeholder that there is none of.
pub(super) fn unknown(template: &str) -> Option<&str> {
    let mut rest = template;
    while let Some((_, name, after)) = next(rest) {
        if !PLACEHOLDERS.iter().any(|(known, _)| *known == name.trim()) {
            return Some(name.trim());
        }
        rest = after;
    }
    None
}

/// The text before the next placeholder, its name, and the text after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, opened) = text.split_once("{{")?;
    let (name, after) = opened.split_once("}}")?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_once() {
        let filling = Filling {
            requester: "{{email}}".into(),
            email: "ana@x.org".into(),
            date: "2026-11-23".into(),
            policy: "Travel".into(),
        };
        let template = "{{policy}} of {{ requester }}, {{date}}: {{other}} {{email";
        assert_eq!(fill(template, &filling), "Travel of {{email}}, 2026-11-23: {{other}} {{email");
    }

    #[test]
    fn a_placeholder_that_there_is_none_of_is_named() {
        assert_eq!(unknown("{{requester}} and { json: {} }"), None);
        assert_eq!(unknown("{{date}} {{ amount }}"), Some("amount"));
    }
}
