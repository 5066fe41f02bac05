//! The command line.

use std::path::PathBuf;

use crate::Error;

/// What `--help` says.
pub(crate) const HELP: &str = "\
make bench ARGS=\"[w1 .. w6] [burst] [--quick] [--runs N] [--waiting N] [--folder F] [--postgres [URL]]\"

  w1 .. w6, burst only these workloads; without any of them all
  --quick         small numbers: whether it works, not how fast it is
  --runs N        so many runs of each workload, of which the median and the spread are told; usually 1
  --waiting N     the waiting instances of W6; usually 1,000,000
  --folder F      where the databases of the runs lie; usually below the target folder
  --results F     where the files with the figures go; usually target/bench
  --postgres URL  W1, W3 and W4 on that PostgreSQL server too, in a database made for it; without a URL the one of
                  COUNTERSIGN_DATABASE_URL";

/// The variable with the URL of a server.
const SERVER: &str = "COUNTERSIGN_DATABASE_URL";

/// What the process is to do.
pub(crate) enum Mode {
    Help,
    Suite(Options),
    Part(Part),
}

/// A whole benchmark.
pub(crate) struct Options {
    pub workloads: Vec<Workload>,
    pub runs: usize,
    pub folder: PathBuf,
    /// Where the figures go.
    pub results: PathBuf,
    pub postgres: Option<String>,
    pub size: Size,
}

/// How much there is to do.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub quick: bool,
    pub waiting: u64,
}

/// One workload of one run, in this process.
pub(crate) struct Part {
    pub step: Step,
    /// The folder of the run, which outlives the process.
    pub folder: PathBuf,
    pub postgres: Option<String>,
    pub size: Size,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Workload {
    W1,
    W2,
    W3,
    W4,
    W5,
    W6,
    Burst,
}

/// What one process does: W6 makes its waiting instances in one and starts on them in another, with memory that is fresh.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Whole(Workload),
    ServeWaiting,
}

impl Workload {
    pub(crate) const ALL: [Self; 7] = [Self::W1, Self::W2, Self::W3, Self::W4, Self::W5, Self::W6, Self::Burst];

    pub(crate) fn name(self) -> &'static str {
        ["w1", "w2", "w3", "w4", "w5", "w6", "burst"][self as usize]
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|workload| workload.name() == word)
    }

    /// The processes it takes.
    pub(crate) fn steps(self) -> Vec<Step> {
        if self == Self::W6 { vec![Step::Whole(self), Step::ServeWaiting] } else { vec![Step::Whole(self)] }
    }
}

impl Step {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whole(workload) => workload.name(),
            Self::ServeWaiting => "w6-serve",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        if word == Self::ServeWaiting.name() {
            Some(Self::ServeWaiting)
        } else {
            Workload::parse(word).map(Self::Whole)
        }
    }
}

impl Options {
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Mode, Error> {
        let results = results_folder()?;
        let mut options = Self {
            workloads: Vec::new(),
            runs: 1,
            folder: results.join("data"),
            results,
            postgres: None,
            size: Size { quick: false, waiting: 1_000_000 },
        };
        let mut part = None;
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            match word.as_str() {
                // cargo says so to every benchmark.
                "--bench" => {}
                "--help" | "-h" => return Ok(Mode::Help),
                "--quick" => options.size.quick = true,
                "--runs" => options.runs = number::<usize>(&word, words.next())?.max(1),
                "--waiting" => options.size.waiting = number(&word, words.next())?,
                "--folder" => options.folder = words.next().ok_or("--folder needs a folder")?.into(),
                "--results" => options.results = words.next().ok_or("--results needs a folder")?.into(),
                "--postgres" => options.postgres = Some(server(words.next_if(|next| next.contains("://")))?),
                "--part" => part = words.next().as_deref().and_then(Step::parse),
                _ => options.workloads.push(Workload::parse(&word).ok_or(format!("{word}? See --help"))?),
            }
        }
        if let Some(step) = part {
            let Self { folder, postgres, size, .. } = options;
            return Ok(Mode::Part(Part { step, folder, postgres, size }));
        }
        if options.workloads.is_empty() {
            options.workloads = Workload::ALL.to_vec();
        }
        options.workloads.sort();
        options.workloads.dedup();
        Ok(Mode::Suite(options))
    }
}

fn server(given: Option<String>) -> Result<String, Error> {
    given.or_else(|| std::env::var(SERVER).ok()).ok_or_else(|| format!("--postgres needs a URL, or {SERVER}").into())
}

fn number<T: std::str::FromStr>(option: &str, word: Option<String>) -> Result<T, Error> {
    let parsed = word.and_then(|word| word.replace([',', '_'], "").parse().ok());
    parsed.ok_or_else(|| format!("{option} needs a number").into())
}

/// `bench` in the target folder: the program lies in `target/<profile>/deps`.
fn results_folder() -> Result<PathBuf, Error> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("the program does not lie in a target folder")?;
    Ok(target.join("bench"))
}
