//! The comparison.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Error;

/// What is compared: figure, and whether more of it is better.
const COMPARED: [(&str, bool); 5] = [
    ("instances_per_second", true),
    ("activities_per_second", true),
    ("p50_ms", false),
    ("p99_ms", false),
    ("cpu_ms_per_instance", false),
];

/// How many instances failed.
pub const FAILED: &str = "failed";

/// The figures of a workload, or of one of its variants.
pub struct Case {
    workload: String,
    variant: String,
    values: BTreeMap<String, f64>,
}

impl Case {
    pub fn of(workload: &str, values: BTreeMap<String, f64>) -> Self {
        Self { workload: workload.to_owned(), variant: String::new(), values }
    }

    /// A line of the engine's `cases.jsonl`.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let object: Value = serde_json::from_str(line)?;
        let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let values = object["values"].as_object().ok_or("a case without values")?;
        let values = values.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect();
        Ok(Self { workload: text("workload"), variant: text("variant"), values })
    }
}

/// What all runs measured, by workload and figure.
#[derive(Default)]
pub struct Ratios {
    ours: BTreeMap<(String, String), Vec<f64>>,
    theirs: BTreeMap<(String, String), Vec<f64>>,
}

impl Ratios {
    pub fn add_ours(&mut self, cases: Vec<Case>) {
        for case in cases.into_iter().filter(|case| case.variant.is_empty()) {
            add(&mut self.ours, case);
        }
    }

    pub fn add_theirs(&mut self, case: Case) {
        add(&mut self.theirs, case);
    }

    /// Medians with their spread, and how many times better the engine is.
    pub fn print(&self) {
        println!("{:<28}{:>32}{:>32}{:>10}", "", "countersign-engine", "duroxide 0.1.32, tuned", "ratio");
        for ((workload, figure), theirs) in &self.theirs {
            let compared = COMPARED.iter().find(|(name, _)| name == figure);
            let key = (workload.clone(), figure.clone());
            let (Some((_, more_is_better)), Some(ours)) = (compared, self.ours.get(&key)) else { continue };
            let ((ours, ours_shown), (theirs, theirs_shown)) = (spread(ours), spread(theirs));
            let ratio = if *more_is_better { ours / theirs } else { theirs / ours };
            println!("{:<28}{ours_shown:>32}{theirs_shown:>32}{ratio:>9.1}x", format!("{workload} {figure}"));
        }
        for ((workload, _), failed) in self.theirs.iter().filter(|((_, figure), _)| figure == FAILED) {
            println!(
                "{workload}: instances that duroxide did not complete, its database being locked: {}",
                spread(failed).1
            );
        }
    }
}

fn add(all: &mut BTreeMap<(String, String), Vec<f64>>, case: Case) {
    for (figure, value) in case.values {
        all.entry((case.workload.clone(), figure)).or_default().push(value);
    }
}

/// The median, and how it is shown.
fn spread(values: &[f64]) -> (f64, String) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let shown = format!("{median:.2} ({:.2}-{:.2})", sorted[0], sorted[sorted.len() - 1]);
    (median, if sorted.len() == 1 { format!("{median:.2}") } else { shown })
}
