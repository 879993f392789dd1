//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::acting::Acting;
use crate::cda::CdaCommand;
use crate::code::CodeArguments;
use crate::doctor::Doctor;
use crate::ins::InsCommand;
use crate::parameters::ParametersArguments;
use crate::patients::{AdminData, Authorisations, Authorised, SearchPatient};
use crate::web_ps::WebPs;

/// Talks to one DMP: existence, authorisation, documents; looks at documents, identities and codes without any DMP.
///
/// Exit code: 0 done, 1 refused by the DMP or by a check, 2 bad input or configuration, 3 could not reach.
#[derive(Debug, Parser)]
#[command(name = "dmp", version, after_help = LOG_HELP, after_long_help = LOG_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const LOG_HELP: &str = "Environment: DMP_LOG sets what is logged on stderr: error, warn (default; each tolerated rule \
is a line), info, debug, or a directive such as dmp_client=debug.";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Shared {
    /// Configuration file; `dmp init` writes one.
    #[arg(long, global = true, default_value = "dmp.toml", value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Print JSON: an array for `find`, `authorisations`, `authorised`, `search-patient`, `cda check`, `code list` and `code search`, one object otherwise.
    /// A failure is one object too: status (refused or error), code, rule, transaction, explanation.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Write every exchange to DIR as NNN-TDx-request.http and NNN-TDx-response.http (health data: owner only).
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) capture: Option<PathBuf>,
    /// Turn local rules into warnings on stderr, such as X10,X12.
    #[arg(long, global = true, value_name = "RULES")]
    pub(crate) lenient: Option<String>,
    /// Explain errors in this language.
    #[arg(long, global = true, value_enum, default_value_t = Language::En)]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// Language of explanations.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented configuration file.
    Init {
        /// Wire it to a running mock: the JSON line that `dmp-mock serve` printed, in a file.
        #[arg(long, value_name = "READY.json")]
        from_mock: Option<PathBuf>,
        /// Where to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Write in place of an existing file.
        #[arg(long)]
        force: bool,
    },
    /// Look for what is wrong here: certificates, settings, network, clock, and each line of a signed assertion.
    ///
    /// Sends no transaction. Exit code: 0 nothing failed, 2 something of this installation did, 3 the DMP could not be
    /// reached.
    Doctor(Doctor),
    /// Show the parameter file of the DMP and the age of the copy that is kept.
    Parameters(ParametersArguments),
    /// TD0.2: does the patient have a DMP, and is the caller authorised on it?
    Exists {
        #[command(flatten)]
        patient: Patient,
    },
    /// TD0.3: authorise the professional on the record, as the patient agreed; with a CPE, the structure.
    Authorise {
        #[command(flatten)]
        patient: Patient,
        /// Remove the authorisation instead: the patient changed their mind.
        #[arg(long)]
        withdraw: bool,
    },
    /// TD1.3a: the patient's oppositions to emergency accesses, and identity data on demand.
    AdminData(AdminData),
    /// TD1.6: who is authorised on the record, or blocked by the patient.
    Authorisations(Authorisations),
    /// TD0.4: the DMP on which the professional or the structure is authorised.
    Authorised(Authorised),
    /// TD0.5: search a patient by traits, in régulation médicale only.
    SearchPatient(SearchPatient),
    /// Explain a refusal code of the DMP, without any DMP.
    Explain {
        /// A code, such as DMPClosed.
        code: String,
    },
    /// TD2.1, or TD2.2 with a CPE: feed documents of one patient (the patient is read in the documents).
    Send(Send),
    /// TD3.1: search documents.
    Find(Box<Find>),
    /// TD3.1: what was submitted, replaced or changed since an instant.
    News(News),
    /// TD3.2: retrieve documents, in one request.
    Get {
        /// uniqueIds of the documents.
        #[arg(required = true, value_name = "UNIQUE_ID")]
        unique_ids: Vec<String>,
        /// Where to write: a file for one document, a folder for several (UNIQUE_ID.xml in it). Only a whole document
        /// takes its name; those that come are written even when another is refused.
        #[arg(short, long, value_name = "PATH")]
        output: PathBuf,
        #[command(flatten)]
        patient: Patient,
    },
    /// TD3.3a: hide a document from professionals.
    Hide(Target),
    /// TD3.3a: show a hidden document to professionals again.
    Show(Target),
    /// TD3.3b: make a document visible to the patient or to the legal representatives. IRREVERSIBLE.
    Reveal {
        #[command(flatten)]
        target: Target,
        /// Who will see it.
        #[arg(long, value_enum)]
        to: Audience,
    },
    /// TD3.3d: archive a document.
    Archive(Target),
    /// TD3.3d: take a document out of the archive.
    Unarchive(Target),
    /// TD3.3c: delete a document of the structure, and the versions it replaced. IRREVERSIBLE.
    Delete(Target),
    /// TD0.9, or TD0.10 in air: enter the DMP by its Web-PS; prints an address (card), or writes a form (air).
    ///
    /// Sends nothing. One DMP window at a time (REC_0.9-1010).
    WebPs(WebPs),
    /// Look at a CDA document without any DMP.
    Cda {
        #[command(subcommand)]
        command: CdaCommand,
    },
    /// Look at the identity of a patient without any DMP.
    Ins {
        #[command(subcommand)]
        command: InsCommand,
    },
    /// Look into the nomenclatures.
    Code(CodeArguments),
}

/// World of the identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RealmChoice {
    /// Real patients.
    Production,
    /// Test platforms.
    Test,
}

impl From<RealmChoice> for dmp_client::Realm {
    fn from(choice: RealmChoice) -> Self {
        match choice {
            RealmChoice::Production => Self::Production,
            RealmChoice::Test => Self::Test,
        }
    }
}

/// A patient whose identity is qualified: giving the number declares so.
#[derive(Debug, Args)]
pub(crate) struct Patient {
    /// INS of the patient, 15 characters, whose identity you declare qualified; the OID defaults to that of the
    /// realm (.8 in production, .10 in test).
    #[arg(long, value_name = "NUMBER[@OID]")]
    pub(crate) ins: String,
}

/// One document of one patient.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// uniqueId of the document.
    pub(crate) unique_id: String,
    #[command(flatten)]
    pub(crate) patient: Patient,
}

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// CDA documents (.xml), or .pdf and .txt files to wrap in an unstructured CDA.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What a .pdf or .txt does not say: patient, type, title, dates (TOML).
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) meta: Option<PathBuf>,
    /// Keep the documents invisible to some until they are told.
    #[arg(long, value_enum, value_name = "WHO")]
    pub(crate) hide_from: Vec<HiddenFrom>,
    /// Send nothing: tell everything for which the submission would be refused; exit code 1 if there is something.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Replace the document of this uniqueId (one file only).
    #[arg(long, value_name = "UNIQUE_ID")]
    pub(crate) replace: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Find {
    #[command(flatten)]
    pub(crate) patient: Patient,
    /// Only these types: CODE@SYSTEM, repeated; the system defaults to LOINC.
    #[arg(long = "type", value_name = "CODE[@OID]")]
    pub(crate) types: Vec<String>,
    /// Only these classes: CODE@SYSTEM, repeated; the system defaults to TRE_A03.
    #[arg(long = "class", value_name = "CODE[@OID]")]
    pub(crate) classes: Vec<String>,
    /// Only these formats: CODE@SYSTEM, repeated; the system defaults to that of IHE.
    #[arg(long = "format", value_name = "CODE[@OID]")]
    pub(crate) formats: Vec<String>,
    /// Only these practice settings (cadre d'exercice), repeated; the system defaults to TRE_A01.
    #[arg(long = "practice-setting", value_name = "CODE[@OID]")]
    pub(crate) practice_settings: Vec<String>,
    /// Only these kinds of establishment (secteur d'activité), repeated; the system defaults to TRE_R02.
    #[arg(long = "facility", value_name = "CODE[@OID]")]
    pub(crate) facility_types: Vec<String>,
    /// Only these events, repeated; the system defaults to CIM-10.
    #[arg(long = "event", value_name = "CODE[@OID]")]
    pub(crate) events: Vec<String>,
    /// Only these authors, by a pattern such as %MODELE^ALIX%, repeated.
    #[arg(long = "author", value_name = "PATTERN")]
    pub(crate) authors: Vec<String>,
    /// Only documents that bear one of these identifiers (accession, order, study), by a pattern such as ACC-1^%.
    #[arg(long = "reference", value_name = "PATTERN")]
    pub(crate) references: Vec<String>,
    /// Documents created at this date or later.
    #[arg(long, value_name = "DATE")]
    pub(crate) created_since: Option<String>,
    /// Documents created at this date or earlier, the whole day included.
    #[arg(long, value_name = "DATE")]
    pub(crate) created_until: Option<String>,
    /// Acts that began at this date or later (YYYY-MM-DD, or an instant).
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
    /// Acts that began at this date or earlier, the whole day included.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Statuses to look for; default approved.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) status: Vec<Status>,
}

#[derive(Debug, Args)]
pub(crate) struct News {
    #[command(flatten)]
    pub(crate) patient: Patient,
    /// When it was asked last (YYYY-MM-DD, or the instant that was printed then).
    #[arg(long, value_name = "DATE")]
    pub(crate) since: String,
    /// uniqueIds of documents held already, repeated.
    #[arg(long, value_name = "UNIQUE_ID")]
    pub(crate) known: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Audience {
    /// The patient.
    Patient,
    /// The legal representatives of a minor.
    Representatives,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HiddenFrom {
    /// MASQUE_PS.
    Professionals,
    /// INVISIBLE_PATIENT.
    Patient,
    /// INVISIBLE_REPRESENTANTS_LEGAUX.
    Representatives,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Status {
    /// Current versions.
    Approved,
    /// Archived and current.
    Archived,
    /// Replaced versions.
    Deprecated,
}
