//! Which instances a client means, as conditions of a statement.
//!
//! Which index serves a page is decided here and not left to the statistics, which an SQLite database usually lacks: the
//! one that leaves the fewest rows is tags, then the parent, then the id prefix, then what is blocked. Only without any
//! of these it is the state, the name or the age.

use sea_orm::{DbBackend, Value};

use super::entities;
use crate::clock::Timestamp;
use crate::model::RuntimeStatus;
use crate::store::{Between, Cursor, InstanceFilter, InstanceOrder};

/// A statement's tables, its conditions, and the values that they bind.
pub(super) struct Selection {
    backend: DbBackend,
    from: &'static str,
    /// Whether something else leads than a name, or a state as such.
    leads: bool,
    conditions: Vec<String>,
    values: Vec<Value>,
    age: &'static str,
    key: &'static str,
    created: Between,
    completed: Between,
    prefix: Option<String>,
}

impl Selection {
    /// The instances that `filter` means, except for its states. `None` when there can be none.
    pub(super) fn of(filter: &InstanceFilter, order: InstanceOrder, backend: DbBackend) -> Option<Self> {
        let texts = [&filter.name, &filter.version, &filter.id_prefix, &filter.text];
        let tags = filter.tags.iter().flat_map(|(name, value)| [name, value]);
        // No column holds the character zero, and PostgreSQL does not even take it in a question.
        if texts.into_iter().flatten().chain(tags).any(|text| text.contains('\0')) {
            return None;
        }
        let mut selection = Self {
            backend,
            from: "instances i",
            // Ends are in the order of an index for each state.
            leads: has_better_index(filter) || order == InstanceOrder::ByEnd,
            conditions: Vec::new(),
            values: Vec::new(),
            age: "i.created_at",
            key: "i.key",
            created: filter.created,
            completed: filter.completed,
            prefix: filter.id_prefix.clone(),
        };
        let by_id = filter.id_prefix.is_some() && filter.parent.is_none() && filter.blocked != Some(true);
        if by_id && backend == DbBackend::Sqlite {
            // In a form that keeps SQLite from walking the whole list in the order of its age.
            (selection.age, selection.key) = ("+i.created_at", "+i.key");
        }
        selection.tags(&filter.tags);
        if filter.statuses.is_empty() {
            // Entities are in a state of their own, which no list of orchestrations asks for.
            selection.and(&format!("i.status <> '{}'", entities::STATUS));
        }
        selection.columns(filter);
        let mut selection = selection.between("i.updated_at", filter.updated);
        if let Some(text) = &filter.text {
            selection.text(text);
        }
        Some(selection)
    }

    /// Adds a condition on the state. What has ended with an output is mostly the bulk, everything else is rare.
    pub(super) fn status(&mut self, status: RuntimeStatus, filter: &InstanceFilter) {
        let value = self.bind(status.as_str());
        let rare = filter.name.is_none() || status != RuntimeStatus::Completed;
        let serves = !has_better_index(filter) && (self.leads || rare);
        let column = self.column("i.status", serves);
        self.conditions.push(format!("{column} = {value}"));
    }

    /// Adds a condition on several states.
    pub(super) fn statuses(&mut self, statuses: &[RuntimeStatus]) {
        if !statuses.is_empty() {
            let values: Vec<String> = statuses.iter().map(|status| self.bind(status.as_str())).collect();
            self.conditions.push(format!("i.status IN ({})", values.join(", ")));
        }
    }

    /// Adds a condition that is written out and binds nothing.
    pub(super) fn and(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// The parts of a list that come after a place, in the order in which they are read: those with the same age as the
    /// place and those with another one. Each is one range of an index, with one bound at each end: of two at the same end a
    /// database may choose the one that leaves more to skip, and not all understand a comparison of pairs.
    pub(super) fn after(mut self, order: InstanceOrder, place: Option<&Cursor>) -> Vec<Self> {
        let Some(place) = place else { return vec![self.whole()] };
        let (age, time, moment) = match order {
            InstanceOrder::ById => return vec![self.after_id(place)],
            InstanceOrder::ByEnd => {
                let time = std::mem::take(&mut self.completed);
                ("i.completed_at", time, place.completed_at.unwrap_or(place.created_at))
            }
            InstanceOrder::NewestFirst | InstanceOrder::OldestFirst => {
                (self.age, std::mem::take(&mut self.created), place.created_at)
            }
        };
        let list = self.whole();
        let newest_first = order == InstanceOrder::NewestFirst;
        let comparison = if newest_first { "<" } else { ">" };
        let inside = time.from.is_none_or(|from| from <= moment) && time.until.is_none_or(|until| moment < until);
        let same = inside.then(|| {
            let (number, key) = (list.key, place.key.0);
            list.clone().compared(age, "=", moment.as_micros().into()).compared(number, comparison, key.into())
        });
        let beyond = if newest_first {
            let until = time.until.map_or(moment, |until| until.min(moment));
            list.between(age, Between { from: time.from, until: Some(until) })
        } else {
            let next = Timestamp::from_micros(moment.as_micros().saturating_add(1));
            let from = time.from.map_or(next, |from| from.max(next));
            list.between(age, Between { from: Some(from), until: time.until })
        };
        same.into_iter().chain([beyond]).collect()
    }

    fn after_id(mut self, place: &Cursor) -> Self {
        let prefix = self.prefix.take().unwrap_or_default();
        let list = self.whole();
        let list = match after_all_with(&prefix) {
            Some(end) => list.compared("i.id", "<", end.into()),
            None => list,
        };
        if prefix.as_str() > place.id.as_str() {
            list.compared("i.id", ">=", prefix.into())
        } else {
            list.compared("i.id", ">", place.id.as_str().into())
        }
    }

    /// All conditions, those of the order included.
    fn whole(mut self) -> Self {
        let (created, completed) = (std::mem::take(&mut self.created), std::mem::take(&mut self.completed));
        if let Some(prefix) = self.prefix.take() {
            self = self.begins_with(&prefix);
        }
        let age = self.age;
        self.between(age, created).between("i.completed_at", completed)
    }

    /// The statement `SELECT columns … ORDER BY … LIMIT …` and its values.
    pub(super) fn page(mut self, columns: &str, order: InstanceOrder, limit: u32) -> (String, Vec<Value>) {
        if order == InstanceOrder::ByEnd {
            self.and("i.completed_at IS NOT NULL");
        }
        let (age, key) = (self.age, self.key);
        let by = match order {
            InstanceOrder::NewestFirst => format!("{age} DESC, {key} DESC"),
            InstanceOrder::OldestFirst => format!("{age}, {key}"),
            InstanceOrder::ById => "i.id".to_owned(),
            InstanceOrder::ByEnd => "i.completed_at, i.key".to_owned(),
        };
        let limit = self.bind(i64::from(limit));
        (format!("SELECT {columns} {} ORDER BY {by} LIMIT {limit}", self.clauses()), self.values)
    }

    /// The statement that counts states, and its values.
    pub(super) fn counts(self) -> (String, Vec<Value>) {
        let selection = self.whole();
        (format!("SELECT i.status, COUNT(*) {} GROUP BY i.status", selection.clauses()), selection.values)
    }

    fn clauses(&self) -> String {
        let conditions = if self.conditions.is_empty() { "1 = 1".to_owned() } else { self.conditions.join(" AND ") };
        format!("FROM {} WHERE {conditions}", self.from)
    }

    fn clone(&self) -> Self {
        let (conditions, values, prefix) = (self.conditions.clone(), self.values.clone(), self.prefix.clone());
        Self { conditions, values, prefix, ..*self }
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn compared(mut self, column: &str, comparison: &str, value: Value) -> Self {
        let value = self.bind(value);
        self.conditions.push(format!("{column} {comparison} {value}"));
        self
    }

    /// The column, for SQLite in a form that keeps it from choosing the column's index where another one serves better.
    fn column(&self, name: &str, serves: bool) -> String {
        if serves || self.backend != DbBackend::Sqlite { name.to_owned() } else { format!("+{name}") }
    }

    /// The first tag's rows lead, in the order of the list, whatever a planner would guess.
    fn tags(&mut self, tags: &[(String, String)]) {
        let mut tags = tags.iter();
        let Some((name, value)) = tags.next() else { return };
        self.from = "instance_tags t CROSS JOIN instances i";
        (self.age, self.key) = ("t.created_at", "t.instance_key");
        let (name, value) = (self.bind(name), self.bind(value));
        self.conditions.push(format!("t.name = {name} AND t.value = {value} AND i.key = t.instance_key"));
        for (name, value) in tags {
            let (name, value) = (self.bind(name), self.bind(value));
            self.conditions.push(format!(
                "EXISTS (SELECT 1 FROM instance_tags o WHERE o.name = {name} AND o.value = {value} \
                 AND o.created_at = t.created_at AND o.instance_key = t.instance_key)"
            ));
        }
    }

    fn columns(&mut self, filter: &InstanceFilter) {
        if let Some(parent) = &filter.parent {
            let parent = self.bind(parent.as_str());
            self.conditions.push(format!("i.parent_id = {parent}"));
        }
        if let Some(name) = &filter.name {
            let rare = filter.statuses.iter().all(|status| *status != RuntimeStatus::Completed);
            let serves = !self.leads && (filter.statuses.is_empty() || !rare);
            let (column, name) = (self.column("i.name", serves), self.bind(name));
            self.conditions.push(format!("{column} = {name}"));
        }
        if let Some(version) = &filter.version {
            let version = self.bind(version);
            self.conditions.push(format!("i.version = {version}"));
        }
        match filter.blocked {
            Some(true) => self.and("(i.blocked_kind IS NOT NULL OR i.has_set_aside)"),
            Some(false) => self.and("(i.blocked_kind IS NULL AND NOT i.has_set_aside)"),
            None => {}
        }
    }

    /// A range of the index on ids, whose order is that of characters: `LIKE` takes some of them for wildcards, and SQLite's
    /// ignores the case of letters.
    fn begins_with(self, prefix: &str) -> Self {
        let list = self.compared("i.id", ">=", prefix.into());
        match after_all_with(prefix) {
            Some(end) => list.compared("i.id", "<", end.into()),
            None => list,
        }
    }

    fn between(mut self, column: &str, time: Between) -> Self {
        for (moment, comparison) in [(time.from, ">="), (time.until, "<")] {
            if let Some(moment) = moment {
                self = self.compared(column, comparison, moment.as_micros().into());
            }
        }
        self
    }

    fn text(&mut self, text: &str) {
        // The letters A to Z only, on both databases: `lower` follows the collation on PostgreSQL.
        let collation = if self.backend == DbBackend::Sqlite { "" } else { " COLLATE \"C\"" };
        let mut pattern = String::from("%");
        for character in text.chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character.to_ascii_lowercase());
        }
        pattern.push('%');
        let pattern = self.bind(pattern);
        let columns = ["i.id", "i.name", "i.custom_status", "i.failure"];
        let found = columns.map(|column| format!("lower({column}{collation}) LIKE {pattern} ESCAPE '\\'"));
        self.conditions.push(format!("({})", found.join(" OR ")));
    }
}

/// Whether something leaves fewer rows than a state or a name does.
fn has_better_index(filter: &InstanceFilter) -> bool {
    !filter.tags.is_empty() || filter.parent.is_some() || filter.id_prefix.is_some() || filter.blocked == Some(true)
}

/// The first text, in the order of characters, that comes after all texts that begin with `prefix`.
fn after_all_with(prefix: &str) -> Option<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // The characters before and after the surrogates are neighbours in UTF-8.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_all_with;

    #[test]
    fn a_range_ends_after_the_last_text_with_the_prefix() {
        for (prefix, end) in
            [("a", "b"), ("order-9", "order-:"), ("é", "ê"), ("a\u{10FFFF}", "b"), ("\u{D7FF}", "\u{E000}")]
        {
            assert_eq!(after_all_with(prefix).as_deref(), Some(end));
            assert!(format!("{prefix}\u{10FFFF}x").as_str() < end && prefix < end);
        }
        assert_eq!((after_all_with(""), after_all_with("\u{10FFFF}")), (None, None));
    }
}
