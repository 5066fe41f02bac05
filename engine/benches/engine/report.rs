//! The table, and the files with the figures.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Error;
use crate::figures::{
    ACTIVITIES_PER_SECOND, BYTES, CPU, Figures, INSTANCES_PER_SECOND, KEYS, LIMIT, LOGICAL_COMMITS, P50, P99, PEAK_RSS,
    PHYSICAL_COMMITS, REFERENCE_LIMIT, ROWS, percentile,
};

/// The table's columns: heading, figure, what it is divided by, digits after the point.
const COLUMNS: [(&str, &str, f64, usize); 10] = [
    ("inst/s", INSTANCES_PER_SECOND, 1.0, 1),
    ("act/s", ACTIVITIES_PER_SECOND, 1.0, 0),
    ("p50 ms", P50, 1.0, 2),
    ("p99 ms", P99, 1.0, 2),
    ("commits/inst", LOGICAL_COMMITS, 1.0, 1),
    ("rows/inst", ROWS, 1.0, 1),
    ("physical", PHYSICAL_COMMITS, 1.0, 0),
    ("KB/inst", BYTES, 1_000.0, 1),
    ("CPU ms/inst", CPU, 1.0, 2),
    ("peak MB", PEAK_RSS, 1e6, 1),
];

/// What all runs measured, by case.
#[derive(Default)]
pub(crate) struct Report {
    cases: BTreeMap<(String, String), BTreeMap<String, Vec<f64>>>,
}

/// Smallest, median and largest of some runs.
struct Spread {
    least: f64,
    median: f64,
    most: f64,
    runs: usize,
}

impl Report {
    pub(crate) fn add(&mut self, figures: Vec<Figures>) {
        for Figures { workload, variant, values } in figures {
            let case = self.cases.entry((workload, variant)).or_default();
            for (name, value) in values {
                case.entry(name).or_default().push(value);
            }
        }
    }

    /// Medians, and the spread in brackets when there are several runs.
    pub(crate) fn print(&self) {
        let mut rows =
            vec![std::iter::once("").chain(COLUMNS.iter().map(|column| column.0)).map(str::to_owned).collect()];
        for ((workload, variant), values) in &self.cases {
            let mut row = vec![label(workload, variant)];
            row.extend(COLUMNS.iter().map(|&(_, name, unit, digits)| cell(values.get(name), unit, digits)));
            rows.push(row);
        }
        print_table(&rows);
        self.print_limits();
        self.print_others();
    }

    fn print_limits(&self) {
        for ((workload, variant), values) in &self.cases {
            for (name, what) in
                [(LIMIT, "the same rows by a bare loop"), (REFERENCE_LIMIT, "reference rows by a bare loop")]
            {
                let (Some(limit), Some(reached)) = (values.get(name), values.get(INSTANCES_PER_SECOND)) else {
                    continue;
                };
                let share = 100.0 * Spread::of(reached).median / Spread::of(limit).median;
                println!(
                    "{}: {what}: {} inst/s, reached {share:.1} %",
                    label(workload, variant),
                    cell(Some(limit), 1.0, 0)
                );
            }
        }
    }

    fn print_others(&self) {
        for ((workload, variant), values) in &self.cases {
            for (name, values) in values.iter().filter(|(name, _)| !KEYS.contains(&name.as_str()) && *name != ROWS) {
                println!("{}: {name}: {}", label(workload, variant), cell(Some(values), 1.0, 2));
            }
        }
    }

    /// Writes `engine.jsonl`, one object per workload, and `cases.jsonl`, which has the variants and everything measured.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        fs::create_dir_all(folder)?;
        let mut workloads = fs::File::create(folder.join("engine.jsonl"))?;
        let mut cases = fs::File::create(folder.join("cases.jsonl"))?;
        for ((workload, variant), values) in &self.cases {
            let median = |name: &str| values.get(name).map(|values| json!(rounded(Spread::of(values).median)));
            let all: Map<String, Value> =
                values.keys().filter_map(|name| Some((name.clone(), median(name)?))).collect();
            writeln!(cases, "{}", json!({ "workload": workload, "variant": variant, "values": all }))?;
            if variant.is_empty() {
                let mut object = Map::from_iter([("workload".to_owned(), json!(workload))]);
                object.extend(KEYS.iter().filter_map(|name| Some(((*name).to_owned(), median(name)?))));
                writeln!(workloads, "{}", Value::Object(object))?;
            }
        }
        Ok(())
    }
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mut values = values.to_vec();
        let median = percentile(&mut values, 50.0);
        let (least, most) = (values.first(), values.last());
        Self { least: *least.unwrap_or(&median), median, most: *most.unwrap_or(&median), runs: values.len() }
    }
}

fn label(workload: &str, variant: &str) -> String {
    format!("{workload} {variant}").trim_end().to_owned()
}

fn cell(values: Option<&Vec<f64>>, unit: f64, digits: usize) -> String {
    let Some(values) = values else { return String::new() };
    let Spread { least, median, most, runs } = Spread::of(values);
    let shown = |value: f64| format!("{:.digits$}", value / unit);
    if runs == 1 { shown(median) } else { format!("{} ({}-{})", shown(median), shown(least), shown(most)) }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn print_table(rows: &[Vec<String>]) {
    let width = |place: usize| rows.iter().map(|row| row[place].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=COLUMNS.len()).map(width).collect();
    println!();
    for row in rows {
        let first = format!("{:<width$}", row[0], width = widths[0]);
        let others = row[1..].iter().zip(&widths[1..]).map(|(cell, width)| format!("{cell:>width$}"));
        println!("{}", std::iter::once(first).chain(others).collect::<Vec<_>>().join("  "));
    }
    println!();
}
