//! What can be said of an INS without showing it: for `dmp ins check` and for support.

use std::fmt;

use serde::Serialize;

use super::error::{IdentityError, Parsed};
use super::ins::DEPARTMENT;
use super::policy::{IdentityPolicy, Severity};
use super::shape::tidy;
use super::{Ins, InsDatamatrix, InsKind, ins_key};
use crate::Realm;

/// Kind, key and verdict of each realm on an INS. Neither `Display`, `Debug` nor serde show the number: whoever wants
/// it asks [`Self::number`].
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct InsReport {
    /// Form of the text.
    pub form: InsForm,
    /// Kind of number, by its OID; `None` without OID or for an OID that is no INS.
    pub kind: Option<InsKind>,
    /// The two digits of the key.
    pub key: KeyVerdict,
    /// What each realm makes of it, with the default switches: production, then test.
    pub realms: [RealmVerdict; 2],
    #[serde(skip)]
    number: String,
}

/// Form of a text that holds an INS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InsForm {
    /// The matricule alone, or beside its OID.
    Matricule,
    /// CX of HL7 v2 and XDS.
    Cx,
    /// Text of a datamatrix INS.
    Datamatrix,
}

/// What the two digits of the key say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyVerdict {
    /// The key of this number.
    Right,
    /// Another key than that of this number.
    Wrong,
    /// 13 characters without key.
    Absent,
    /// No number of 13 characters to compute a key from.
    Unknown,
}

/// What a realm makes of an INS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RealmVerdict {
    /// The realm.
    pub realm: Realm,
    /// Silent: accepted; warning: accepted with the messages; error: refused.
    pub severity: Severity,
    /// Why, with the rule; never the number.
    pub messages: Vec<String>,
}

impl InsReport {
    /// Examines a CX, the text of a datamatrix INS, or a matricule without OID.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = text.trim();
        let matricule = text.split('^').next().unwrap_or_default();
        if text.contains('^') {
            Self::examine(InsForm::Cx, matricule, None, |policy| Ins::parse_cx(text, policy))
        } else if text.starts_with("IS") {
            Self::examine(InsForm::Datamatrix, "", None, |policy| {
                InsDatamatrix::parse(text, policy).map(|parsed| parsed.map(|datamatrix| datamatrix.ins))
            })
        } else {
            Self::of_matricule(matricule, "")
        }
    }

    /// Examines a matricule and the OID of its kind; an empty OID is one that is missing, which is an error.
    #[must_use]
    pub fn of_matricule(matricule: &str, oid: &str) -> Self {
        let kind = InsKind::from_oid(oid.trim());
        Self::examine(InsForm::Matricule, matricule, kind, |policy| Ins::parse(matricule, oid, policy))
    }

    /// `number` and `kind` are what is known when `parse` refuses the text.
    fn examine(
        form: InsForm,
        number: &str,
        kind: Option<InsKind>,
        parse: impl Fn(IdentityPolicy) -> Result<Parsed<Ins>, IdentityError>,
    ) -> Self {
        let ins = parse(IdentityPolicy::shape_only()).ok().map(|parsed| parsed.value);
        let number = match &ins {
            Some(ins) => ins.matricule().to_owned(),
            None => tidy(number, Some(DEPARTMENT)),
        };
        let verdict = |realm| RealmVerdict::new(realm, parse(IdentityPolicy::from(realm)));
        let realms = [verdict(Realm::Production), verdict(Realm::Test)];
        Self { form, kind: ins.map(|ins| ins.kind()).or(kind), key: KeyVerdict::of(&number), realms, number }
    }

    /// The number examined, as text, whatever it is worth: health data, for a screen that was asked for it.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The key that the 13 characters call for; with them it makes the whole number: see [`Self::number`].
    #[must_use]
    pub fn expected_key(&self) -> Option<String> {
        ins_key(self.number.get(..13)?)
    }
}

impl KeyVerdict {
    fn of(number: &str) -> Self {
        let Some((body, key)) = number.split_at_checked(13) else { return Self::Unknown };
        match (ins_key(body), key) {
            (None, _) => Self::Unknown,
            (Some(_), "") => Self::Absent,
            (Some(expected), found) if expected == found => Self::Right,
            (Some(_), _) => Self::Wrong,
        }
    }
}

impl fmt::Display for KeyVerdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Right => "right",
            Self::Wrong => "wrong: a character was mistyped; refused in both realms unless ins_key_check = warn",
            Self::Absent => "absent: 13 characters are the number only, add the 2 digits of the key",
            Self::Unknown => "not computed: no number of 13 characters was found",
        })
    }
}

impl RealmVerdict {
    fn new(realm: Realm, parsed: Result<Parsed<Ins>, IdentityError>) -> Self {
        let (severity, problems) = match parsed {
            Ok(parsed) if parsed.warnings.is_empty() => (Severity::Silent, Vec::new()),
            Ok(parsed) => (Severity::Warning, parsed.warnings),
            Err(error) => (Severity::Error, vec![error]),
        };
        Self { realm, severity, messages: problems.iter().map(ToString::to_string).collect() }
    }
}

impl fmt::Display for RealmVerdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let realm = match self.realm {
            Realm::Production => "production",
            Realm::Test => "test",
        };
        let verdict = match self.severity {
            Severity::Silent => "accepted",
            Severity::Warning => "accepted with a warning",
            Severity::Error => "refused",
        };
        write!(formatter, "{realm}: {verdict}")?;
        self.messages.iter().try_for_each(|message| write!(formatter, "; {message}"))
    }
}

impl fmt::Display for InsReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => writeln!(formatter, "kind: {kind}")?,
            None => {
                writeln!(formatter, "kind: unknown, the OID tells it and a matricule never travels without its OID")?
            }
        }
        writeln!(formatter, "key: {}", self.key)?;
        match self.kind {
            Some(InsKind::Nia) => writeln!(formatter, "DMP: a NIA never opens a DMP [test 0.2-080]")?,
            Some(_) => writeln!(formatter, "DMP: opened by this kind of number, for an identité qualifiée [EXI 06]")?,
            None => {}
        }
        let [production, test] = &self.realms;
        write!(formatter, "{production}\n{test}")
    }
}

impl fmt::Debug for InsReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InsReport")
            .field("form", &self.form)
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("realms", &self.realms)
            .finish_non_exhaustive()
    }
}
