//! The rules that this DMP applies, by their ids: what a list of rules may name.

use dmp_protocol::rules::aliases;

/// Every id that a verdict of the mock may bear; a test holds the list against the sources. Other names of the same
/// checks are in [`dmp_protocol::rules::aliases`].
const APPLIED: &str = "SOAP ITI-43 TD0.3 TD0.4 TD0.5 TD1.6 \
    V01 V02 V03 V04 V05 V06 V10 V11 V12 V13 V14 V15 V20 V21 V22 V23 V30 V31 V32 V33 V34 V35 V36 V37 V38 V39 V40 V41 V42 \
    V43 V44 V45 V46 V47 V50 V51 V52 V53 V54 V70 V71 V72 V73 V74 \
    S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 \
    X01 X02 X03 X04 X05 X07 X08 X09 X11 X14 X15 X16 X17 X18 X22 X24 \
    CDA-XDS-001 CDA-XDS-002 CDA-XDS-003 CDA-XDS-004 CDA-XDS-005 CDA-XDS-006 CDA-XDS-007 CDA-XDS-008 CDA-XDS-009 \
    CDA-XDS-010 CDA-XDS-011 CDA-XDS-012 CDA-XDS-013 CDA-XDS-014 CDA-XDS-015 CDA-XDS-016 CDA-XDS-017 CDA-XDS-018 \
    CDA-XDS-019 CDA-XDS-020 \
    ACT-02 ACT-07 FUN-01 FUN-02 FUN-03 PAT-02 PAT-03 PAT-04 EMG-01 EMG-02 EMG-03 EMG-04 EMG-05 \
    AUT-01 AUT-02 AUT-03 AUT-04 AUT-05 AUT-08 LIM-01 LIM-02 LIM-03 LIM-04 LIM-05 LIM-06 DOC-01 DOC-02 DOC-03 DOC-04 DOC-05 \
    OWN-01 OWN-02 OWN-04 OWN-05 OWN-06 OWN-07 OWN-08 OWN-10 LIF-02 LIF-03 LIF-04 LIF-05 LIF-06 LIF-08 \
    VIS-01 VIS-02 VIS-04 VIS-05 VIS-07 VIS-08 VIS-09 MAT-01 MAT-02 MAT-03 MIN-06 MIN-07";

/// An id that is no rule's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule is called {found}; they are {APPLIED}")]
pub struct UnknownRule {
    found: String,
}

/// Whether a rule of this DMP has that id, or that other name.
///
/// # Errors
/// [`UnknownRule`], with every id.
pub fn check_known(id: &str) -> Result<(), UnknownRule> {
    let id = id.to_ascii_uppercase();
    let is = |applied: &str| applied == id || aliases(applied).any(|name| name == id);
    if APPLIED.split_whitespace().any(is) { Ok(()) } else { Err(UnknownRule { found: id.chars().take(32).collect() }) }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn a_rule_is_known_under_any_of_its_names() {
        for id in ["V41", "v41", "OWN-01", "X12", "V82", "EX_2.1-1140", "X13", "S04", "X06", "CDA-XDS-013"] {
            assert_eq!(check_known(id), Ok(()), "{id}");
        }
        for id in ["V99", "X99", "OWN-99", "CDA-XDS-021", "FUN"] {
            let error = check_known(id).unwrap_err().to_string();
            assert!(error.contains(id) && error.contains("OWN-01"), "{error}");
        }
    }

    /// Every id at the start of a `breach(`, of a `refuse(`… in the sources of the mock and of the verifications.
    #[test]
    fn every_id_in_the_sources_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders: Vec<PathBuf> =
            ["src/rules", "src/admission", "src/services", "src/server"].iter().map(|one| root.join(one)).collect();
        folders.extend(["vihf/verify", "xades/verify"].iter().map(|one| root.join("../dmp-protocol/src").join(one)));
        let mut missing = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let source = std::fs::read_to_string(&path).unwrap();
                    let code = source.split("#[cfg(test)]").next().unwrap();
                    let literals = code.split('"').filter(|text| looks_like_an_id(text));
                    missing.extend(literals.filter(|id| check_known(id).is_err()).map(str::to_owned));
                }
            }
        }
        missing.sort();
        missing.dedup();
        assert!(missing.is_empty(), "add to APPLIED: {missing:?}");
    }

    /// Two or three capitals, a hyphen, two digits; or one of V, S, X and two digits.
    fn looks_like_an_id(text: &str) -> bool {
        let (letters, number) = text.split_at(text.find(|one: char| !one.is_ascii_uppercase()).unwrap_or(text.len()));
        let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        match letters {
            "V" | "S" | "X" => two_digits(number),
            _ => letters.len() == 3 && number.strip_prefix('-').is_some_and(two_digits),
        }
    }
}
