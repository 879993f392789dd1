//! `dmp code`: the nomenclatures, as shipped or with the files of a folder in place of the shipped ones.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use dmp_vocabulary::nomenclature::Nomenclatures;

use crate::exit::Failure;
use crate::output::Report;

#[derive(Debug, Args)]
pub(crate) struct CodeArguments {
    #[command(flatten)]
    tables: Tables,
    #[command(subcommand)]
    command: CodeCommand,
}

/// Which edition of the tables.
#[derive(Debug, Args)]
pub(crate) struct Tables {
    /// Folder of TSV files that replace those of the same name that the program ships [EX_GEN-1360].
    #[arg(long, value_name = "DIR", global = true)]
    nomenclatures: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum CodeCommand {
    /// List the value sets, or the codes of one: code, code system and label between tabs.
    List {
        /// A value set, such as JDV_J66.
        set: Option<String>,
    },
    /// Tell everything known of a code: value sets, class, who may create it.
    Show {
        /// A code, of one code system only after @.
        #[arg(value_name = "CODE[@OID]")]
        code: String,
    },
    /// Search codes and labels that hold every word, whatever the case and the accents.
    Search {
        /// Words, or parts of words.
        #[arg(required = true)]
        words: Vec<String>,
    },
}

impl Tables {
    /// The tables of the folder; `None` for those that are shipped.
    pub(crate) fn of_folder(&self) -> Result<Option<Nomenclatures>, Failure> {
        let Some(folder) = &self.nomenclatures else { return Ok(None) };
        Nomenclatures::load(folder)
            .map(Some)
            .map_err(|error| Failure::input(format!("--nomenclatures {}: {error}", folder.display())))
    }
}

pub(crate) fn run(arguments: &CodeArguments) -> Result<Report, Failure> {
    let own = arguments.tables.of_folder()?;
    let tables = own.as_ref().unwrap_or_else(|| Nomenclatures::embedded());
    match &arguments.command {
        CodeCommand::List { set: None } => {
            let summaries: Vec<_> = tables.summaries().collect();
            Ok(Report::of(summaries.iter().map(ToString::to_string).collect(), &summaries))
        }
        CodeCommand::List { set: Some(name) } => {
            let set = tables.value_set(name).ok_or_else(|| {
                Failure::input(format!("{name}: no such value set; `dmp code list` names those there are"))
            })?;
            let line = |concept: &dmp_vocabulary::nomenclature::Concept| {
                format!("{}\t{}\t{}", concept.code, concept.system, concept.display)
            };
            Ok(Report::of(set.concepts().iter().map(line).collect(), &set.concepts()))
        }
        CodeCommand::Show { code } => show(tables, code),
        CodeCommand::Search { words } => {
            let found = tables.search(&words.join(" "));
            Ok(Report::of(found.iter().map(ToString::to_string).collect(), &found))
        }
    }
}

fn show(tables: &Nomenclatures, code: &str) -> Result<Report, Failure> {
    let (code, system) = code.split_once('@').map_or((code, None), |(code, system)| (code, Some(system)));
    let mut meanings = tables.explain(code);
    meanings.retain(|meaning| system.is_none_or(|system| meaning.system == system));
    if meanings.is_empty() {
        // A code received from a DMP and absent from the tables is data: it is only unknown here [REC_GEN-1370].
        return Err(Failure::input(format!("{code}: in no table; `dmp code search WORDS` looks for labels")));
    }
    let lines = meanings.iter().map(ToString::to_string).collect();
    Ok(Report::of(lines, &serde_json::json!({ "code": code, "meanings": meanings })))
}
